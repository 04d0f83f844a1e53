"""Two values of one thing are compared in what both of their schemas declare."""

from __future__ import annotations

import json
from typing import Any

import pytest

from accord.contract.contract import Contract, load
from accord.findings.comparison import Side, differences

THING = {
    "type": "object",
    "properties": {
        "a": {"type": ["string", "number", "boolean", "null"]},
        "list": {"type": "array", "items": {"$ref": "#/components/schemas/Thing"}},
        "map": {"type": "object", "additionalProperties": {"$ref": "#/components/schemas/Thing"}},
        "numbers": {"type": "array", "items": {"type": "number"}},
        "maybe": {"anyOf": [{"$ref": "#/components/schemas/Thing"}, {"type": "null"}]},
    },
}
OTHER = {"type": "object", "properties": {"a": {}, "list": {"$ref": "#/components/schemas/List"}, "here": {}}}


@pytest.fixture(scope="module")
def contract(tmp_path_factory: pytest.TempPathFactory) -> Contract:
    """Return a contract with the two schemas."""
    document = {
        "openapi": "3.1.0",
        "info": {"title": "t", "version": "1"},
        "paths": {},
        "components": {
            "schemas": {"Thing": THING, "Other": OTHER, "List": {"type": "array", "items": OTHER}}
        },
    }
    path = tmp_path_factory.mktemp("contract") / "openapi.json"
    path.write_text(json.dumps(document))
    return load(path)


def told(contract: Contract, left: Any, right: Any, *apart: str, other: str = "Thing") -> list[str]:
    """Return the pointers of what differs between two values, the left one below ``/in``."""
    uri = "contract:/openapi.json#/components/schemas/"
    found = differences(
        contract.library,
        Side(uri=f"{uri}Thing", value=left),
        Side(uri=uri + other, value=right),
        apart=apart,
    )
    return [item.pointer for item in found]


@pytest.mark.parametrize(
    ("left", "right", "expected"),
    [
        ({"a": 1}, {"a": 1.0}, []),
        ({"a": 1}, {"a": True}, ["/a"]),
        ({"a": 1}, {"a": "1"}, ["/a"]),
        ({"a": None}, {"a": "x"}, ["/a"]),
        ({"a": "2024-05-01T10:00:00Z"}, {"a": "2024-05-01T12:00:00+02:00"}, []),
        ({"a": "2024-05-01T10:00:00Z"}, {"a": "2024-05-01T10:00:01Z"}, ["/a"]),
        ({"a": "2024-05-01T10:00:00"}, {"a": "2024-05-01T10:00:00Z"}, ["/a"]),
        ({"a": 1}, {}, []),
        ({"numbers": [1, 2]}, {"numbers": [2, 1]}, ["/numbers"]),
        ({"numbers": [1]}, {"numbers": []}, ["/numbers"]),
        ({"list": [{"a": 1}, {"a": 2}]}, {"list": [{"a": 1}, {"a": 3}]}, ["/list/1/a"]),
        ({"list": [{"a": 1}]}, {"list": []}, ["/list"]),
        ({"map": {"k/1": {"a": 1}}}, {"map": {"k/1": {"a": 2}}}, ["/map/k~11/a"]),
        ({"maybe": None}, {"maybe": {"a": 1}}, ["/maybe"]),
        ({"maybe": {"maybe": {"a": 1}}}, {"maybe": {"maybe": {"a": 2}}}, ["/maybe/maybe/a"]),
        ({"unknown": 1}, {"unknown": 2}, []),
        ([], {}, []),
    ],
)
def test_outermost_members_that_differ_are_told(
    contract: Contract, left: Any, right: Any, expected: list[str]
) -> None:
    """Scalars by value and instant, lists by order and length, and nothing below what is told."""
    assert expected == told(contract, left, right)


def test_only_what_both_schemas_declare_is_compared(contract: Contract) -> None:
    """A member that one side alone declares may be anything, at any depth."""
    left = {"a": 1, "here": 1, "list": [{"a": 1, "here": 1, "numbers": [1]}]}
    right = {"a": 1, "here": 2, "list": [{"a": 2, "here": 2, "numbers": [2]}]}
    assert ["/list/0/a"] == told(contract, left, right, other="Other")


def test_what_stands_apart_is_not_compared(contract: Contract) -> None:
    """A pattern names members at its own depth, with all that is below them."""
    left, right = ({"a": n, "list": [{"a": n, "list": [{"a": n}]}]} for n in (1, 2))
    assert ["/a", "/list/0/list/0/a"] == told(contract, left, right, "/list/*/a")
    assert ["/a"] == told(contract, left, right, "/list")


def test_thing_may_stand_deep_in_one_side(contract: Contract) -> None:
    """Pointers are seen from the thing, patterns hold for names that are data."""
    uri = "contract:/openapi.json#/components/schemas/Thing"
    value = {"maybe": {"map": {"k": {"a": 1}}}, "a": 5}
    left = Side(uri=uri, value=value, at="/maybe")
    (found,) = differences(contract.library, left, Side(uri=uri, value={"map": {"k": {"a": 2}}, "a": 6}))
    assert ("/map/k/a", "/map/*/a", 1, 2) == (found.pointer, found.pattern, found.left, found.right)
