"""Documents that say by ``$self`` what they are referred to by (OpenAPI 3.2)."""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any

import pytest

from accord.contract.bundle import bundle
from accord.contract.contract import Contract, load, load_text
from accord.errors import ContractError

Refusals = Callable[[Mapping[str, object]], ContractError]
Writes = Callable[[Mapping[str, object]], Path]


def document(self_: str, target: str, **members: object) -> dict[str, Any]:
    """Return a document of one operation that answers with what *target* names."""
    content = {"application/json": {"schema": {"$ref": target}}}
    paths = {"/a": {"get": {"responses": {"200": {"content": content}}}}}
    return {
        "openapi": "3.2.0",
        "$self": self_,
        "info": {"title": "t", "version": "1"},
        "paths": paths,
        **members,
    }


SHARED = {
    "openapi": "3.2.0",
    "$self": "https://example.com/shared/things",
    "info": {"title": "s", "version": "1"},
    "components": {"schemas": {"Thing": {"type": "integer"}}},
}


def answers(contract: Contract) -> list[Any]:
    """Return the schema that the one operation answers with, of the bundle, which stands for itself."""
    data: Any = bundle(contract.library, contract.openapi or "")
    (media_type,) = contract.operations[0].answers["200"].media_types
    validator = contract.library.validator(media_type.schema or "")
    return [validator.is_valid(1), validator.is_valid("1"), "$self" in data]


@pytest.mark.parametrize("self_", ["https://example.com/api/openapi", "/api/openapi", "openapi"])
def test_document_is_known_by_its_own_name(self_: str) -> None:
    """A reference to the name of the document itself, absolute or relative, leads into it."""
    for target in (
        f"{self_}#/components/schemas/T",
        "#/components/schemas/T",
        "openapi#/components/schemas/T",
    ):
        data = document(self_, target, components={"schemas": {"T": {"type": "integer"}}})
        assert [True, False, False] == answers(load_text(json.dumps(data), name="openapi.json"))


@pytest.mark.parametrize(
    "target", ["https://example.com/shared/things", "../shared/things", "/shared/things"]
)
def test_other_document_is_known_by_its_name(write: Writes, target: str) -> None:
    """References are resolved against ``$self`` and lead to the document of that name, whatever its file."""
    folder = write(
        {
            "main.json": document("https://example.com/api/openapi", f"{target}#/components/schemas/Thing"),
            "b.json": SHARED,
        }
    )
    assert [True, False, False] == answers(load(folder / "main.json"))


def test_files_are_known_by_their_paths_all_the_same(write: Writes) -> None:
    """Where no document has the name that a reference leads to, it is the path of a file."""
    folder = write(
        {
            "main.json": document("https://example.com/api/openapi", "parts/b.json#/T"),
            "parts/b.json": {"T": {"type": "integer"}},
            "broken.json": "{",
        }
    )
    assert [True, False, False] == answers(load(folder / "main.json"))


@pytest.mark.parametrize("self_", ["https://example.com/#a", 5])
def test_name_that_is_none_is_refused(refusal: Refusals, self_: Any) -> None:
    """``$self`` is a URI reference without a fragment."""
    error = refusal({"a.json": document(self_, "#/components/schemas/T")})
    assert error.place == "a.json:1#/$self"


def test_name_that_no_parser_takes_hides_nothing(refusal: Refusals) -> None:
    """An address that cannot be resolved is told as any other that leads out of the folder."""
    error = refusal({"a.json": document("https://[", "https://[#/x")})
    assert "not in the contract folder" in error.reason


def test_document_means_itself_before_a_copy(write: Writes) -> None:
    """A copy that lies beside a document and has its name is not what the document refers to."""
    name = "https://example.com/api/openapi"
    main = document(name, f"{name}#/components/schemas/T", components={"schemas": {"T": {"type": "integer"}}})
    copy = {**main, "components": {"schemas": {"T": {"type": "string"}}}}
    folder = write({"main.json": main, "zcopy.json": copy})
    assert [True, False, False] == answers(load(folder / "main.json"))
