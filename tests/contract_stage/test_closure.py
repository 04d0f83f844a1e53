"""Schemas written as one that needs no other: what stands in the place of references, and what stays one."""

from __future__ import annotations

from typing import Any

import jsonschema
import pytest

from accord.contract.closure import MAXIMUM_INLINED, whole
from accord.contract.document import Document
from accord.contract.library import Library, uri


def library(schema: Any) -> Library:
    """Return a library of one document."""
    return Library(documents={"s.json": Document(name="s.json", data=schema, text="")})


def of(schema: Any, *pointers: str, unfolded: bool = False) -> Any:
    """Return the whole of what stands at *pointers* of *schema*."""
    uris = [uri("s.json", item) for item in pointers or ("",)]
    return whole(library(schema), uris, dict, unfolded=unfolded)


def test_what_is_referred_to_stands_in_the_place_of_the_reference() -> None:
    """No reference is left where none leads back to itself."""
    schema = {"items": {"$ref": "#/$defs/a"}, "$defs": {"a": {"$ref": "#/$defs/b"}, "b": {"type": "null"}}}
    assert {"allOf": [{"items": {"type": "null"}}], "$defs": {}} == of(schema)


def test_what_leads_back_to_itself_is_a_definition() -> None:
    """A tree is defined once, and takes and refuses what it did."""
    schema = {
        "$ref": "#/$defs/tree",
        "$defs": {"tree": {"type": "object", "additionalProperties": {"$ref": "#/$defs/tree"}}},
    }
    found = of(schema)
    assert 1 == len(found["$defs"])
    for value in ({}, {"a": {"b": {}}}, {"a": {"b": 1}}, 1):
        expected = jsonschema.Draft202012Validator(schema).is_valid(value)
        assert expected == jsonschema.Draft202012Validator(found).is_valid(value)


def test_several_schemas_hold_together() -> None:
    """What several addresses say holds at once, also where one refers to another."""
    schema = {"$defs": {"a": {"minLength": 2}, "b": {"$ref": "#/$defs/a", "maxLength": 3}}}
    found = jsonschema.Draft202012Validator(of(schema, "/$defs/a", "/$defs/b"))
    assert [False, True, False] == [found.is_valid(text) for text in ("a", "aaa", "aaaa")]


def test_of_the_unfolded_only_what_they_say_themselves_is_taken() -> None:
    """Branches and references are left out where their parts are held beside; what depends on them is not."""
    schema = {
        "$defs": {"a": {"minLength": 2, "anyOf": [{"type": "string"}], "$ref": "#/$defs/b"}, "b": False}
    }
    assert [{"minLength": 2}] == of(schema, "/$defs/a", unfolded=True)["allOf"]
    schema = {"anyOf": [{"properties": {"a": {}}}], "unevaluatedProperties": False}
    assert [schema] == of(schema, unfolded=True)["allOf"]


def test_what_would_be_too_large_keeps_its_references() -> None:
    """Each definition that refers to the next one twice is copied once only."""
    count = 30
    definitions: dict[str, Any] = {
        f"n{number}": {"properties": {name: {"$ref": f"#/$defs/n{number + 1}"} for name in "ab"}}
        for number in range(count)
    }
    found = of({"$ref": "#/$defs/n0", "$defs": {**definitions, f"n{count}": {"type": "null"}}})
    assert 1 + count + 1 == len(found["$defs"])


@pytest.mark.parametrize(
    "schema",
    [
        {"$dynamicRef": "#a"},
        {"enum": list(range(100_000))},
        {"properties": {f"p{number}": {"$ref": f"#/$defs/d{number}"} for number in range(MAXIMUM_INLINED)}},
    ],
    ids=["dynamic", "many values", "many definitions"],
)
def test_what_is_beyond_the_limits_is_nothing(schema: Any) -> None:
    """Where something would have to be cut off there is no whole."""
    definitions = {f"d{number}": {"properties": {"a": True}} for number in range(MAXIMUM_INLINED)}
    assert of({**schema, "$defs": definitions}) is None
