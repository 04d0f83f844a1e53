"""OpenAPI 3.0's schemas mean the same in JSON Schema 2020-12's terms."""

from __future__ import annotations

import copy
from typing import Any

import jsonschema
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from openapi_schema_validator import OAS30Validator

from accord.contract import pointer as pointers
from accord.contract.dialect import modernise, modernise_drafts

NUMBERS = st.integers(-3, 3)
VALUES = st.recursive(
    st.none() | st.booleans() | NUMBERS | st.floats(-3, 3) | st.sampled_from(["", "a", "ab", "abc"]),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.sampled_from("ab"), inner, max_size=2),
    max_leaves=5,
)


def _keywords(**more: Any) -> dict[str, Any]:
    return {
        "nullable": st.booleans(),
        "description": st.just("x"),
        "default": st.just({"nullable": True}),
        **more,
    }


def _of_type(kind: str, **more: Any) -> st.SearchStrategy[dict[str, Any]]:
    return st.fixed_dictionaries({"type": st.just(kind)}, optional=_keywords(**more))


BOUNDS = {
    "minimum": NUMBERS, "maximum": NUMBERS, "exclusiveMinimum": st.booleans(), "exclusiveMaximum": st.booleans(),
    "multipleOf": st.sampled_from([1, 2]),
}  # fmt: skip
LEAVES = st.one_of(
    _of_type(
        "string",
        minLength=st.integers(0, 2),
        maxLength=st.integers(0, 2),
        pattern=st.sampled_from(["a", "^b"]),
    ),
    _of_type("integer", **BOUNDS),
    _of_type("number", **BOUNDS),
    _of_type("boolean"),
    st.fixed_dictionaries({"enum": st.just([1, "a", None])}),
    st.just({}),
)


def _around(inner: st.SearchStrategy[dict[str, Any]]) -> st.SearchStrategy[dict[str, Any]]:
    several = st.lists(inner, min_size=1, max_size=2)
    return st.one_of(
        _of_type(
            "object",
            properties=st.dictionaries(st.sampled_from(["a", "b", "nullable", "default"]), inner, max_size=3),
            required=st.just(["a"]),
            additionalProperties=st.booleans() | inner,
        ),
        st.fixed_dictionaries(
            {"type": st.just("array"), "items": inner},
            optional=_keywords(
                minItems=st.integers(0, 2), maxItems=st.integers(0, 2), uniqueItems=st.booleans()
            ),
        ),
        st.fixed_dictionaries({"anyOf": several}),
        st.fixed_dictionaries({"oneOf": several}),
        st.fixed_dictionaries({"allOf": several}),
        st.fixed_dictionaries({"not": inner}),
    )


SCHEMAS = st.recursive(LEAVES, _around, max_leaves=6)


def document(schema: Any) -> dict[str, Any]:
    """Return a document with one schema."""
    return {"openapi": "3.0.3", "paths": {}, "components": {"schemas": {"A": schema}}}


def modern(schema: Any) -> Any:
    """Return *schema* as it stands in the modernised document."""
    return pointers.lookup(modernise(document(schema)), "/components/schemas/A")


@settings(max_examples=300, deadline=None)
@given(SCHEMAS, st.lists(VALUES, min_size=1, max_size=6))
def test_modern_schema_accepts_what_openapi_3_0_accepts(schema: dict[str, Any], values: list[Any]) -> None:
    """For drawn schemas and values, 2020-12 says of the modern schema what OpenAPI 3.0 says of the old one."""
    jsonschema.Draft202012Validator.check_schema(modern(schema))
    expected = [OAS30Validator(schema).is_valid(value) for value in values]
    assert expected == [jsonschema.Draft202012Validator(modern(schema)).is_valid(value) for value in values]


@settings(max_examples=50)
@given(SCHEMAS)
def test_document_is_not_changed_in_place(schema: dict[str, Any]) -> None:
    """Modernising leaves the document that it was given alone."""
    given_ = document(schema)
    before = copy.deepcopy(given_)
    modernise(given_)
    assert before == given_


@pytest.mark.parametrize(
    ("schema", "value", "valid"),
    [
        ({"nullable": True, "allOf": [{"type": "string"}]}, None, True),
        ({"nullable": True, "anyOf": [{"type": "string"}]}, 1, False),
        ({"type": "string", "nullable": True, "enum": ["a"]}, None, True),
        ({"type": "string", "nullable": False}, None, False),
        ({"minimum": 3, "exclusiveMinimum": True}, 3, False),
        ({"exclusiveMinimum": True}, 3, True),
    ],
)
def test_old_keyword_means_what_authors_mean(schema: dict[str, Any], value: Any, valid: bool) -> None:
    """Nullable adds null also beside an enum or a combination, where the letter of 3.0.3 leaves it open."""
    assert valid == jsonschema.Draft202012Validator(modern(schema)).is_valid(value)


def test_siblings_of_a_reference_go() -> None:
    """OpenAPI 3.0 ignores what stands beside a $ref, in every object but a path item."""
    assert modern({"$ref": "#/x", "minLength": 3, "nullable": True}) == {"$ref": "#/x"}
    item = {"$ref": "#/x", "get": {"responses": {}}}
    assert modernise({"paths": {"/a": item}})["paths"] == {"/a": item}


@pytest.mark.parametrize(
    "name", ["default", "example", "enum", "const", "examples", "$ref", "nullable", "value", "properties"]
)
def test_property_may_have_any_name(name: str) -> None:
    """A property called like a keyword is a schema like the others."""
    schema = {"type": "object", "properties": {name: {"type": "string", "nullable": True}}}
    assert modern(schema)["properties"][name] == {"type": ["string", "null"]}


@pytest.mark.parametrize("keyword", ["example", "default", "enum"])
def test_value_of_the_service_stays_as_it_is(keyword: str) -> None:
    """What looks like a schema inside an example is none."""
    value = [{"type": "string", "nullable": True, "exclusiveMinimum": True, "minimum": 1}]
    assert modern({keyword: value})[keyword] == value


def test_default_response_is_modernised() -> None:
    """The response called ``default`` is a response, no default value."""
    schema = {"type": "string", "nullable": True}
    responses = {"default": {"description": "x", "content": {"application/json": {"schema": schema}}}}
    found = modernise({"paths": {"/a": {"get": {"responses": responses}}}})
    at = "/paths/~1a/get/responses/default/content/application~1json/schema"
    assert pointers.lookup(found, at) == {"type": ["string", "null"]}


TEXT = {"type": "string"}


@pytest.mark.parametrize(
    ("old", "new"),
    [
        ({"items": [TEXT]}, {"prefixItems": [TEXT]}),
        ({"items": [TEXT], "additionalItems": False}, {"prefixItems": [TEXT], "items": False}),
        ({"items": TEXT}, {"items": TEXT}),
        ({"dependencies": {"a": ["b"]}}, {"dependentRequired": {"a": ["b"]}}),
        ({"dependencies": {"a": TEXT}}, {"dependentSchemas": {"a": TEXT}}),
        (
            {"dependencies": {"a": ["b"], "c": False}, "dependentRequired": {"a": []}},
            {"dependentRequired": {"a": []}, "dependentSchemas": {"c": False}},
        ),
        ({"properties": {"dependencies": TEXT}}, {"properties": {"dependencies": TEXT}}),
        ({"$id": "#name"}, {"$anchor": "name"}),
        ({"$id": "https://x.invalid/a"}, {"$id": "https://x.invalid/a"}),
        ({"$recursiveRef": "#"}, {"$ref": "#"}),
        ({"$ref": "#/a/items/0"}, {"$ref": "#/a/prefixItems/0"}),
        ({"$ref": "#/a", "minLength": 1}, {"$ref": "#/a", "minLength": 1}),
        ({"const": {"items": [1]}}, {"const": {"items": [1]}}),
        ({"items": 5, "dependencies": 5}, {"items": 5, "dependencies": 5}),
    ],
)
def test_older_drafts_are_read_in_the_terms_of_2020_12(old: dict[str, Any], new: dict[str, Any]) -> None:
    """What 2020-12 spells otherwise is spelled so; all else stays."""
    assert new == modernise_drafts(old)


def test_draft_7_ignores_what_stands_beside_a_reference() -> None:
    """Where the document says that it is draft 7, a reference stands alone but for annotations."""
    old = {
        "$schema": "http://json-schema.org/draft-07/schema#",
        "$ref": "#/definitions/A",
        "minLength": 5,
        "definitions": {"A": {"title": "t", "$ref": "#/definitions/B", "x-a": 1, "type": "null"}, "B": TEXT},
    }
    new = {
        "$schema": "http://json-schema.org/draft-07/schema#",
        "$ref": "#/definitions/A",
        "definitions": {"A": {"title": "t", "$ref": "#/definitions/B", "x-a": 1}, "B": TEXT},
    }
    assert new == modernise_drafts(old)
