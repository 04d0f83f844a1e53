"""Facts about JSON Schemas that stand alone: any draft is read in the terms of 2020-12, by independent judgement."""

from __future__ import annotations

import json

import jsonschema
import pytest

from accord.contract.contract import load
from accord.contract.draft import draft_of, renewed
from accord.errors import ContractError

DRAFTS = {
    "http://json-schema.org/draft-04/schema#": jsonschema.Draft4Validator,
    "http://json-schema.org/draft-06/schema#": jsonschema.Draft6Validator,
    "http://json-schema.org/draft-07/schema#": jsonschema.Draft7Validator,
    "https://json-schema.org/draft/2019-09/schema": jsonschema.Draft201909Validator,
}
SCHEMAS = {
    "a tuple": {"items": [{"type": "integer"}, {"type": "string"}], "additionalItems": False},
    "an open tuple": {"items": [{"type": "integer"}]},
    "a list": {"items": {"type": "integer"}, "additionalItems": False},
    "names that ask for names": {"dependencies": {"a": ["b"]}},
    "names that ask for schemas": {"dependencies": {"a": {"required": ["c"]}, "b": ["a"]}},
    "a property called dependencies": {"properties": {"dependencies": {"type": "integer"}}},
    "a tuple inside": {"properties": {"a": {"items": [{"type": "integer"}]}}},
    "a reference with siblings": {
        "definitions": {"n": {"type": "integer"}},
        "properties": {"a": {"$ref": "#/definitions/n", "minimum": 5}},
    },
    "a reference into a tuple": {
        "items": [{"type": "integer"}, {"$ref": "#/items/0"}],
    },
    "a reference to the root": {"properties": {"next": {"$ref": "#"}}, "required": ["a"]},
}
VALUES = [
    None, 1, [], [1], ["a"], [1, "a"], [1, 1], [1, "a", 2], [2, 2], {}, {"a": 1}, {"a": 7}, {"a": "x"},
    {"a": 1, "b": 2}, {"b": 1}, {"a": 1, "c": 2}, {"dependencies": "x"}, {"dependencies": 1}, {"a": [1]},
    {"a": ["x"]}, {"a": 1, "next": {}}, {"a": 1, "next": {"a": 2}},
]  # fmt: skip


@pytest.mark.parametrize("draft", DRAFTS)
@pytest.mark.parametrize("name", SCHEMAS)
def test_a_schema_means_the_same_in_the_terms_of_2020(name, draft):
    """The validator of the draft and that of 2020-12 agree on every value."""
    schema = {"$schema": draft, **SCHEMAS[name]}
    new = {key: value for key, value in renewed(json.loads(json.dumps(schema))).items() if key != "$schema"}
    judge, oracle = jsonschema.Draft202012Validator(new), DRAFTS[draft](schema)
    assert {json.dumps(value): oracle.is_valid(value) for value in VALUES} == {
        json.dumps(value): judge.is_valid(value) for value in VALUES
    }


@pytest.mark.parametrize("keyword", ["minimum", "maximum"])
def test_a_boolean_bound_of_draft_4_is_a_bound(keyword):
    """5 itself is excluded."""
    word = f"exclusive{keyword.capitalize()}"
    schema = {"$schema": "http://json-schema.org/draft-04/schema#", keyword: 5, word: True}
    judge, oracle = jsonschema.Draft202012Validator(renewed(dict(schema))), jsonschema.Draft4Validator(schema)
    assert [oracle.is_valid(value) for value in (4, 5, 6)] == [
        judge.evolve(schema={k: v for k, v in renewed(dict(schema)).items() if k != "$schema"}).is_valid(
            value
        )
        for value in (4, 5, 6)
    ]


def test_a_schema_without_a_draft_is_of_2020():
    """So says the newest draft."""
    assert "2020-12" == draft_of({"type": "object"})
    assert "7" == draft_of({"$schema": "http://json-schema.org/draft-07/schema"})


@pytest.fixture
def write(tmp_path):
    """Return what writes schemas to a folder."""

    def written(**schemas):
        for name, schema in schemas.items():
            (tmp_path / f"{name}.json").write_text(json.dumps(schema))
        return tmp_path

    return written


def test_definitions_are_messages_where_the_root_says_nothing(write):
    """A schema that says something is one message by itself."""
    folder = write(a={"$defs": {"x": {"type": "string"}, "y": True}}, b={"$schema": "", "type": "object"})
    contract = load(folder, judging=False)
    assert {"a.json": ["x", "y"], "b.json": ["schema"]} == {
        channel.id: [message.name for message in channel.messages] for channel in contract.channels
    }


def test_a_reference_by_identity_leads_to_its_file(write):
    """An absolute ``$id``, a relative reference against it and an embedded one are found; others are told."""
    folder = write(
        a={"$id": "https://example.com/s/a", "properties": {"b": {"$ref": "b"}, "c": {"$ref": "/t/c#/x"}}},
        b={
            "$id": "https://example.com/s/b",
            "type": "string",
            "$defs": {"c": {"$id": "/t/c", "x": {"type": "null"}}},
        },
    )
    library = load(folder, judging=False).library
    assert "string" == library.follow("contract:/a.json#/properties/b")[1]["type"]
    assert {"type": "null"} == library.follow("contract:/a.json#/properties/c")[1]

    write(a={"type": "object", "properties": {"b": {"$ref": "https://example.com/none"}}})
    with pytest.raises(ContractError, match="out of the contract"):
        load(folder, judging=False)


def test_what_is_judged_needs_a_document_around_its_schemas(write):
    """A service cannot be held against schemas alone."""
    with pytest.raises(ContractError, match="neither an OpenAPI nor an AsyncAPI"):
        load(write(a={"type": "object"}))


def test_a_document_of_other_things_is_no_schema(write):
    """Nothing in it says so."""
    folder = write(a={"name": "x"})
    with pytest.raises(ContractError, match="neither an OpenAPI nor an AsyncAPI"):
        load(folder, judging=False)
