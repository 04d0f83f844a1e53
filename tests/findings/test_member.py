"""The members of a body, beside what schemas say of them."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

from accord.contract.contract import load
from accord.findings.member import members

ITEM = {"type": "object", "properties": {"a": {"type": "integer"}}}
OTHER = {"type": "object", "properties": {"b": {"type": "integer"}}}


def stray(folder: Path, schema: Any, body: Any) -> list[str]:
    """Return the pointers of the members of *body* that nothing declares."""
    document = {
        "openapi": "3.1.0",
        "info": {"title": "t", "version": "1"},
        "components": {"schemas": {"Root": schema, "Item": ITEM, "Other": OTHER, "Tree": TREE}},
    }
    (folder / "openapi.json").write_text(json.dumps(document))
    library = load(folder).library
    found = members(library, "contract:/openapi.json#/components/schemas/Root", body)
    return [item.pointer for item in found if item.stray]


def ref(name: str) -> dict[str, str]:
    """Return a reference to a component."""
    return {"$ref": f"#/components/schemas/{name}"}


TREE = {"type": "object", "properties": {"below": {"type": "array", "items": ref("Tree")}}}


@pytest.mark.parametrize(
    ("schema", "body", "pointers"),
    [
        (ITEM, {"a": 1, "x": 2}, ["/x"]),
        (ref("Item"), {"x": 2}, ["/x"]),
        ({"allOf": [ref("Item"), ref("Other")]}, {"a": 1, "b": 2, "x": 3}, ["/x"]),
        ({"anyOf": [ref("Item"), {"type": "null"}]}, {"x": 3}, ["/x"]),
        ({"oneOf": [ref("Item"), ref("Other")]}, {"b": 3, "x": 1}, ["/x"]),
        ({"type": "array", "items": ref("Item")}, [{"a": 1}, {"x": 1}], ["/1/x"]),
        ({"prefixItems": [ref("Item")], "items": ref("Other")}, [{"b": 1}, {"b": 1}], ["/0/b"]),
        (ref("Tree"), {"below": [{"below": [{"x": 1}]}]}, ["/below/0/below/0/x"]),
        ({"additionalProperties": ref("Item")}, {"k": {"x": 1}}, ["/k/x"]),
        ({"if": {}, "then": ref("Other"), "properties": {"a": {}}}, {"b": 1, "x": 1}, ["/x"]),
        ({**ITEM, "additionalProperties": True}, {"x": 1}, []),
        ({**ITEM, "patternProperties": {"^x": {}}}, {"x": 1}, []),
        ({**ITEM, "unevaluatedProperties": False}, {"x": 1}, []),
        ({"allOf": [ref("Item"), {"additionalProperties": {}}]}, {"x": 1}, []),
        ({"anyOf": [ref("Item"), {"type": "object"}]}, {"x": 1}, []),
        ({"anyOf": [ref("Item"), {}]}, {"x": 1}, []),
        ({"type": "object"}, {"x": {"y": 1}}, []),
        ({}, {"x": {"y": 1}}, []),
        (True, {"x": 1}, []),
        (ITEM, [{"x": 1}], []),
        (ITEM, {"a": {"x": 1}}, []),
    ],
)
def test_member_that_nothing_declares_is_stray(
    tmp_path: Path, schema: Any, body: Any, pointers: list[str]
) -> None:
    """A member is stray where the schemas of its object have properties, not this one, and leave no other open."""
    assert pointers == stray(tmp_path, schema, body)


def test_names_that_are_data_are_a_star(tmp_path: Path) -> None:
    """The pattern of a pointer has a star for each key of a map."""
    assert [] == stray(tmp_path, {"additionalProperties": ref("Item")}, {})
    library = load(tmp_path).library
    found = members(library, "contract:/openapi.json#/components/schemas/Root", {"k": {"x": 1}})
    assert ["/*", "/*/x"] == [item.pattern for item in found]


def test_large_body_is_looked_at_in_part(tmp_path: Path) -> None:
    """The number of values is bounded, and depth costs no stack."""
    body: Any = {"x": 1}
    for _ in range(5_000):
        body = [body]
    assert [] == stray(tmp_path, ITEM, body)
    assert len(stray(tmp_path, {"type": "array", "items": ref("Item")}, [{"x": 1}] * 50_000)) < 20_001
