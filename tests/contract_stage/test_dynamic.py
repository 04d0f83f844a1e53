"""Dynamic references that can lead to one place only."""

from __future__ import annotations

import json
from typing import Any

import jsonschema
import pytest

from accord.contract.document import Document
from accord.contract.dynamic import settled
from accord.contract.library import Library, uri

TREE = {
    "$dynamicAnchor": "node",
    "type": "object",
    "properties": {"of": {"type": "array", "items": {"$dynamicRef": "#node"}}},
    "additionalProperties": False,
}


def documents(**contents: Any) -> dict[str, Document]:
    """Return documents by name, their references settled."""
    return settled(
        {name: Document(name=name, data=data, text=json.dumps(data)) for name, data in contents.items()}
    )


@pytest.mark.parametrize("value", [{}, {"of": [{}]}, {"of": [{"of": []}]}, {"of": [{"a": 1}]}, {"of": [1]}])
def test_the_one_place_is_what_a_validator_takes_it_for(value: Any) -> None:
    """A tree takes and refuses what it does for another tool."""
    found = Library(documents=documents(tree=TREE))
    assert {"$ref": "#node"} == found.lookup(uri("tree", "/properties/of/items"))
    expected = jsonschema.Draft202012Validator(TREE).is_valid(value)
    assert expected == found.validator(uri("tree")).is_valid(value)


def test_one_that_may_lead_to_several_places_stays() -> None:
    """Where another document has the same anchor, it depends on how the schema was come to."""
    strict = {"$dynamicAnchor": "node", "$ref": "tree", "minProperties": 1}
    found = documents(tree=TREE, strict=strict)
    assert TREE == found["tree"].data


def test_it_stands_beside_a_reference() -> None:
    """Both hold, in the order in which they stood."""
    schema = {"$ref": "#/$defs/a", "$dynamicRef": "#b", "$defs": {"a": {}, "b": {"$dynamicAnchor": "b"}}}
    found = documents(s=schema)["s"].data
    assert ("#/$defs/a", [{"$ref": "#b"}]) == (found["$ref"], found["allOf"])


def test_without_any_nothing_is_copied() -> None:
    """Documents that have none are the same objects."""
    document = Document(name="a", data={"type": "object"}, text="{}")
    assert settled({"a": document})["a"] is document
