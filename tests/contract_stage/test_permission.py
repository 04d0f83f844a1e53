"""Who may not call an operation, read from scopes and from ``x-accord``."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest

from accord.contract.contract import Contract
from accord.contract.permission import forbidden_to, lacks_scopes, needed_scopes
from accord.errors import ContractError


def document(security: Any = None, shared: Any = None, extension: Any = None) -> dict[str, Any]:
    """Return a document with one operation."""
    operation: dict[str, Any] = {"operationId": "a", "responses": {"200": {"description": "x"}}}
    operation |= {} if security is None else {"security": security}
    operation |= {} if extension is None else {"x-accord": extension}
    return {
        "openapi": "3.1.0",
        "info": {"title": "t", "version": "1"},
        "paths": {"/a": {"get": operation}},
        "components": {"securitySchemes": {name: {"type": "http", "scheme": "bearer"} for name in ("one", "two")}},
        **({} if shared is None else {"security": shared}),
    }  # fmt: skip


@pytest.mark.parametrize(
    ("security", "shared", "expected"),
    [
        (None, None, ()),
        (None, [{"one": ["read"]}], (frozenset({"read"}),)),
        ([{"one": ["write"]}], [{"one": ["read"]}], (frozenset({"write"}),)),
        ([], [{"one": ["read"]}], ()),
        ([{"one": ["a"], "two": ["b"]}, {"two": []}], None, (frozenset({"a", "b"}), frozenset())),
    ],
)
def test_scopes_are_those_of_each_alternative(
    contract: Callable[..., Contract], security: Any, shared: Any, expected: Any
) -> None:
    """An operation needs the scopes of one of its alternatives; its own security replaces the document's."""
    loaded = contract({"openapi.json": document(security, shared)})
    assert expected == needed_scopes(loaded.library, loaded.operations[0], "openapi.json")


@pytest.mark.parametrize(
    ("needed", "scopes", "expected"),
    [
        ([], ["read"], False),
        ([{"write"}], ["read"], True),
        ([{"write"}], ["read", "write"], False),
        ([{"write"}, set()], ["read"], False),
        ([{"write"}, {"admin"}], [], True),
        ([{"write", "read"}], ["write"], True),
    ],
)
def test_scopes_are_lacking_where_no_alternative_is_satisfied(
    needed: list[set[str]], scopes: list[str], expected: bool
) -> None:
    """A token may call when it has all the scopes of one alternative."""
    assert expected is lacks_scopes(needed, scopes)


def test_identities_are_named_by_the_operation(contract: Callable[..., Contract]) -> None:
    """``forbidden-to`` is a list of names, and other members of the extension are left alone."""
    loaded = contract({"openapi.json": document(extension={"forbidden-to": ["viewer", "guest"]})})
    assert ("viewer", "guest") == forbidden_to(loaded.library, loaded.operations[0])
    loaded = contract({"openapi.json": document()})
    assert () == forbidden_to(loaded.library, loaded.operations[0])


@pytest.mark.parametrize("names", ["viewer", [], [5], ["a", "a"], [""], ["a b"], {"viewer": True}, None])
def test_names_that_mean_nothing_are_refused(contract: Callable[..., Contract], names: Any) -> None:
    """What is no list of names ends the load, at its place."""
    with pytest.raises(ContractError, match="is not valid x-accord") as caught:
        contract({"openapi.json": document(extension={"forbidden-to": names})})
    assert "#/paths/~1a/get/x-accord/forbidden-to" in caught.value.place
