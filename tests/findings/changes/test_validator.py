"""The validator of the judge says what another validator says, and is not slow over a union of many messages."""

from __future__ import annotations

from typing import Any

import jsonschema_rs
import pytest

from accord.findings.changes.effort import Effort
from accord.findings.changes.validator import Validator

CREATED = {"type": "object", "required": ["kind"], "properties": {"kind": {"const": "created"}}}
NAMED = {
    "urn:created": CREATED,
    "urn:gone": {"required": ["kind"], "properties": {"kind": {"enum": ["deleted", "lost", 1]}}},
    "urn:events": {"oneOf": [{"$ref": "urn:created"}, {"$ref": "urn:gone"}]},
    "urn:part": {
        "oneOf": [
            {"type": "object", "properties": {"next": {"$ref": "urn:part"}, "a": {"type": "integer"}}},
            {"type": "object", "properties": {"next": {"$ref": "urn:part"}, "b": {"type": "integer"}}},
            {"type": "object", "properties": {"next": {"$ref": "urn:part"}}, "required": ["c"]},
            {"type": "integer"},
        ]
    },
    "urn:size": {"type": "integer", "minimum": 1},
    "urn:tree": {"type": "object", "properties": {"below": {"items": {"$ref": "urn:tree"}}}},
}
SCHEMAS: tuple[Any, ...] = (
    {"$ref": "urn:events"},
    {"anyOf": [{"$ref": "urn:events"}, {"type": "integer"}]},
    {"oneOf": [{"$ref": "urn:created"}, {"$ref": "urn:created"}]},
    {"oneOf": [{"$ref": "urn:created"}, {"required": ["size"]}]},
    {"anyOf": [False, {"$ref": "urn:tree", "maxProperties": 1}]},
    {"anyOf": [{"anyOf": [{"anyOf": [{"anyOf": [{"anyOf": [{"$ref": "urn:gone"}]}]}]}]}]},
    {"$ref": "urn:part"},
    {"not": {"$ref": "urn:part"}},
    {"oneOf": [{"$ref": "urn:tree"}], "unevaluatedProperties": False},
    {"pattern": r"^[\p{L}\d]+$"},
    {"patternProperties": {r"^\p{Lu}": {"type": "integer"}, "d$": False}},
    {"properties": {"a": True}, "patternProperties": {r"^\p{Lu}": True}, "additionalProperties": False},
    {"properties": {"kind": True}, "additionalProperties": {"type": "integer"}},
    {"type": ["integer", "null"]},
    {"type": "number"},
    {"type": "boolean"},
    {"enum": ["created", "lost"]},
    {"enum": [1, None, {"kind": 1}]},
    {"const": {"kind": 1}},
    {"properties": {"kind": {"type": "integer", "maximum": 0}, "next": False}},
    {
        "properties": {"kind": {"type": "string", "pattern": "^c", "maxLength": 7}},
        "additionalProperties": False,
    },
    {"additionalProperties": {"type": ["array", "string"]}, "minProperties": 1},
    {"patternProperties": {"^k": {"$ref": "urn:size"}}, "propertyNames": {"minLength": 4}},
    {"if": {"required": ["kind"]}, "then": {"required": ["size"]}, "else": {"type": "object"}},
    {"allOf": [{"type": "object"}, {"not": {"required": ["next"]}}, True]},
    {"dependentRequired": {"size": ["kind"]}, "dependentSchemas": {"below": {"$ref": "urn:tree"}}},
    {"properties": {"below": {"contains": {"$ref": "urn:size"}, "items": {"type": "integer"}}}},
    {"properties": {"below": {"prefixItems": [{"type": "object"}], "unevaluatedItems": False}}},
    {
        "properties": {"kind": True},
        "anyOf": [{"properties": {"size": True}}, True],
        "unevaluatedProperties": False,
    },
    {"format": "date", "description": "a keyword that says nothing"},
    {"patternProperties": {r"^\p{Lu}$": True}, "unevaluatedProperties": False},
    {
        "properties": {"kind": True},
        "allOf": [{"properties": {"size": True}}],
        "unevaluatedProperties": {"type": "integer"},
    },
    {
        "if": {"required": ["kind"]},
        "then": {"properties": {"kind": True}},
        "else": {"properties": {"a": True}},
        "unevaluatedProperties": False,
    },
    {
        "dependentSchemas": {"kind": {"properties": {"kind": True}}},
        "not": {"required": ["size"]},
        "unevaluatedProperties": False,
    },
    {
        "anyOf": [
            {"properties": {"next": True, "a": True}, "required": ["a"]},
            {"additionalProperties": {"type": "integer"}},
        ],
        "unevaluatedProperties": {"type": "string"},
    },
    {"$ref": "urn:created", "unevaluatedProperties": False},
    {"allOf": [{"unevaluatedProperties": True}], "unevaluatedProperties": False},
)
VALUES: tuple[Any, ...] = (
    {"kind": "created"},
    {"kind": "deleted", "size": 1},
    {"kind": "created", "size": 1},
    {"kind": True},
    {"kind": 1},
    {"kind": 1.0},
    {"kind": ["created"]},
    {"below": [{"below": [{}]}]},
    {"below": [3]},
    {"next": 1, "a": "x"},
    {"next": {"next": 1, "a": "x"}, "b": "x", "c": 1},
    {"next": {"next": 1, "a": "x"}, "b": "x", "a": "x", "c": 1},
    {"next": {"next": "x", "a": "x"}},
    {"Ä": 1, "a": 2},
    {"Ä": "x"},
    {"below": 1, "and": 2},
    "äöü1",
    "1\n",
    "\u0663",
    {},
    [],
    1,
    None,
)


@pytest.mark.parametrize("schema", SCHEMAS, ids=str)
def test_a_value_is_taken_where_another_validator_takes_it(schema: Any) -> None:
    """References, unions and what is passed over at once change no answer, also when asked twice."""
    registry = jsonschema_rs.Registry(list(NAMED.items()), draft=jsonschema_rs.Draft202012)
    oracle = jsonschema_rs.Draft202012Validator(schema, registry=registry)
    asked = Validator(lookup=NAMED.__getitem__)
    expected = [oracle.is_valid(value) for value in VALUES]
    for _ in range(2):
        assert expected == [asked.takes(schema, value) for value in VALUES]


DOCUMENTS: dict[str, Any] = {
    "urn:one": {
        "A": {"$ref": "#/B"},
        "B": {"type": "integer"},
        "C": {"properties": {"a": {"$ref": "urn:two#/A"}}},
    },
    "urn:two": {"A": {"anyOf": [{"$ref": "#/B"}, {"items": {"$ref": "#/B"}}]}, "B": {"type": "string"}},
    "urn:three": {
        "A": {"$ref": "urn:two#/C", "unevaluatedProperties": False},
        "B": {"not": {"$ref": "#/C"}},
        "C": {"required": ["b"]},
    },
}
DOCUMENTS["urn:two"]["C"] = {"allOf": [{"$ref": "#/D"}]}
DOCUMENTS["urn:two"]["D"] = {"properties": {"a": {"$ref": "#/B"}}}


@pytest.mark.parametrize(
    ("name", "taken", "refused"),
    [
        ("urn:one#/A", 1, "a"),
        ("urn:one#/C", {"a": "a"}, {"a": [1]}),
        ("urn:two#/A", ["a"], [1]),
        ("urn:three#/A", {"a": "a"}, {"a": "a", "b": 1}),
        ("urn:three#/B", {"a": 1}, {"b": 1}),
    ],
)
def test_a_reference_is_meant_in_the_document_that_it_stands_in(name: str, taken: Any, refused: Any) -> None:
    """Also where the library asks, and where one document leads to another and that to itself."""

    def lookup(name: str) -> Any:
        document, _, member = name.partition("#/")
        return DOCUMENTS[document][member]

    def meaning(schema: dict[str, Any], base: str) -> dict[str, Any]:
        target = schema.get("$ref", "")
        return {**schema, "$ref": base.partition("#")[0] + target} if target.startswith("#") else schema

    registry = jsonschema_rs.Registry(list(DOCUMENTS.items()), draft=jsonschema_rs.Draft202012)
    oracle = jsonschema_rs.Draft202012Validator({"$ref": name}, registry=registry)
    asked = Validator(lookup=lookup, meaning=meaning)
    assert (True, False) == (asked.referred(name, taken), asked.referred(name, refused))
    assert (True, False) == (oracle.is_valid(taken), oracle.is_valid(refused))


def test_a_message_is_held_against_its_own_kind_alone() -> None:
    """Of two hundred kinds that a constant tells apart, only that of the message is read as a whole."""
    read: list[str] = []

    class Read(dict[str, Any]):
        def __init__(self, name: str, schema: dict[str, Any]) -> None:
            super().__init__(schema)
            self.name = name

        def items(self) -> Any:
            read.append(self.name)
            return super().items()

    named = {
        f"urn:{index}": Read(f"{index}", {**CREATED, "properties": {"kind": {"const": f"kind{index}"}}})
        for index in range(200)
    }
    schema = {"oneOf": [{"$ref": name} for name in named]}
    assert Validator(lookup=named.__getitem__).takes(schema, {"kind": "kind150"})
    assert {"150"} == set(read)


def test_a_part_of_a_value_is_held_against_a_definition_once() -> None:
    """Not once for each way through branches that overlap, of which sixty levels have more than can be counted."""
    value: Any = 1
    for _ in range(60):
        value = {"next": value, "a": "x", "b": "x", "c": 1}
    effort = Effort(1_000)
    asked = Validator(lookup=NAMED.__getitem__, effort=effort)
    assert asked.takes({"$ref": "urn:part"}, value)
    assert not asked.takes({"$ref": "urn:part"}, {"next": value, "a": "x", "b": "x"})
    assert not effort.is_spent
