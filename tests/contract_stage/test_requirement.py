"""Security requirements that name a scheme by its URI, as OpenAPI 3.2 lets them."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

import pytest

from accord.contract.contract import Contract
from accord.contract.permission import needed_scopes
from accord.errors import ContractError

Contracts = Callable[[Mapping[str, object]], Contract]
Refusals = Callable[[Mapping[str, object]], ContractError]
KEY = {"type": "apiKey", "in": "header", "name": "K"}
OK = {"200": {}}


def document(security: object, **members: object) -> dict[str, Any]:
    """Return a document with one operation that needs *security*."""
    paths = {"/a": {"get": {"security": security, "responses": OK}}}
    return {"openapi": "3.2.0", "info": {"title": "t", "version": "1"}, "paths": paths, **members}


def test_uri_of_a_component_is_its_name(contract: Contracts) -> None:
    """Who refers to a component by its URI means the same as who names it."""
    components = {"securitySchemes": {"k": KEY}}
    files = {"a.json": document([{"#/components/securitySchemes/k": []}, {"k": []}], components=components)}
    loaded = contract(files)
    assert (("k",), ("k",)) == loaded.operations[0].security
    assert {"k"} == loaded.security_schemes.keys()


def test_scheme_of_another_file_is_read(contract: Contracts) -> None:
    """A URI leads into other files of the folder, and is read from there, with its scopes."""
    files = {
        "a.json": document([{"more/b.json#/s": ["read"]}]),
        "more/b.json": {"s": {"$ref": "#/t"}, "t": KEY},
    }
    loaded = contract(files)
    assert (("more/b.json#/s",),) == loaded.operations[0].security
    assert dict(KEY) == loaded.security_schemes["more/b.json#/s"].definition
    assert (frozenset({"read"}),) == needed_scopes(loaded.library, loaded.operations[0], "a.json")


def test_uri_is_read_from_where_it_stands(contract: Contracts) -> None:
    """In a path item of another file, it is relative to that file."""
    item = {"get": {"security": [{"#/s": []}], "responses": OK}}
    files = {
        "a.json": {**document([]), "paths": {"/a": {"$ref": "more/b.json#/item"}}},
        "more/b.json": {"item": item, "s": KEY},
    }
    assert (("more/b.json#/s",),) == contract(files).operations[0].security


@pytest.mark.parametrize("needed", ["#/components/securitySchemes/no", "#/nothing", "no"])
def test_scheme_that_is_not_there_is_refused(refusal: Refusals, needed: str) -> None:
    """By name or by URI, a scheme that nobody declares is an error at the operation."""
    error = refusal({"a.json": document([{needed: []}])})
    assert "which is not declared" in error.reason
    assert error.place == "a.json:1#/paths/~1a/get"


def test_scheme_in_a_file_that_is_not_there_is_refused(refusal: Refusals) -> None:
    """A URI that leads to no file is told as a reference is."""
    assert "does not exist" in refusal({"a.json": document([{"b.json#/s": []}])}).reason
