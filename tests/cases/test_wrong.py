"""Wrong values: each breaks its keyword at its place, and nothing else, as jsonschema sees it."""

from __future__ import annotations

import copy
from typing import Any
from urllib.parse import quote, unquote

import jsonschema
import jsonschema_rs
import pytest
from hypothesis import assume, given, settings
from hypothesis import strategies as st

from accord.cases.wrong import ABSENT, MAXIMUM_TEXT, Wrong, put, wrong_bodies, wrong_parameters
from accord.contract import library as libraries
from accord.contract.document import Document
from accord.contract.library import Library
from accord.contract.openapi import Operation, Parameter

OF_THE_HOLDER = ("required", "additionalProperties")
AT = libraries.uri("x.json", "/schema")


def library(schema: object, **others: object) -> Library:
    """Return a library whose schema at AT is *schema*, beside the definitions *others*."""
    data: Any = {"schema": schema, "$defs": others}
    return Library(documents={"x.json": Document(name="x.json", data=data, text="")})


def wrongs(schema: object, body: Any, **others: object) -> list[Wrong]:
    """Return the wrong places of *body*."""
    return list(wrong_bodies(library(schema, **others), AT, body))


def named(found: list[Wrong]) -> set[str]:
    """Return the wrong places as ``path keyword``."""
    return {f"{'.'.join(map(str, item.path))} {item.keyword}" for item in found}


def oracle(schema: Any) -> Any:
    """Return the validator of the other implementation."""
    return jsonschema.Draft202012Validator(
        schema, format_checker=jsonschema.Draft202012Validator.FORMAT_CHECKER
    )


NUMBERS = st.integers(-20, 20)
STRINGS = st.fixed_dictionaries(
    {"type": st.just("string")},
    optional={
        "minLength": st.integers(0, 4),
        "maxLength": st.integers(4, 9),
        "pattern": st.sampled_from(["^[a-z]*$", "^."]),
    },
)
NUMERIC = st.fixed_dictionaries(
    {"type": st.sampled_from(["integer", "number"])},
    optional={
        "minimum": NUMBERS | st.floats(-20, 0), "maximum": st.integers(21, 40), "exclusiveMinimum": NUMBERS,
        "multipleOf": st.sampled_from([1, 2, 5, 0.5]),
    },
)  # fmt: skip
OTHERS = st.sampled_from(
    [
        {"type": "boolean"}, {"enum": ["a", "b"]}, {"const": 5}, {"type": "string", "format": "ipv4"},
        {"type": "string", "format": "date"}, {"type": "string", "enum": ["x", "y"]}, {"type": ["string", "null"]}, {},
    ]
)  # fmt: skip
LEAVES = STRINGS | NUMERIC | OTHERS


def _objects(inner: st.SearchStrategy[Any]) -> st.SearchStrategy[Any]:
    @st.composite
    def drawn(draw: st.DrawFn) -> dict[str, Any]:
        properties = draw(
            st.dictionaries(st.sampled_from(["a", "b", "c/d", "e~f"]), inner, min_size=1, max_size=3)
        )
        required = draw(st.lists(st.sampled_from(sorted(properties)), unique=True))
        closed = draw(st.sampled_from([{}, {"additionalProperties": False}, {"maxProperties": 3}]))
        return {"type": "object", "properties": properties, "required": required, **closed}

    return drawn()


def _around(inner: st.SearchStrategy[Any]) -> st.SearchStrategy[Any]:
    arrays = st.fixed_dictionaries(
        {"type": st.just("array"), "items": inner},
        optional={"minItems": st.integers(0, 1), "maxItems": st.integers(2, 4), "uniqueItems": st.booleans()},
    )
    nullable = inner.map(
        lambda schema: schema if "anyOf" in schema else {"anyOf": [schema, {"type": "null"}]}
    )
    return _objects(inner) | arrays | nullable


SCHEMAS = _objects(st.recursive(LEAVES, _around, max_leaves=5))


def bodies(schema: Any) -> st.SearchStrategy[Any]:
    """Return values that are mostly of *schema*."""
    if "anyOf" in schema:
        return st.none() | bodies(schema["anyOf"][0])
    if "const" in schema or "enum" in schema:
        return st.sampled_from(schema.get("enum", [schema.get("const")]))
    match schema.get("type"):
        case "object":
            members = {name: bodies(item) for name, item in schema["properties"].items()}
            required = {name: members.pop(name) for name in schema["required"]}
            return st.fixed_dictionaries(required, optional=members)
        case "array":
            least, most = schema.get("minItems", 0), schema.get("maxItems", 3)
            return st.lists(bodies(schema["items"]), min_size=least, max_size=most)
        case "integer":
            return st.integers(20, 40).map(lambda number: number // 10 * 10)
        case "number":
            return st.sampled_from([20, 30, 40, 30.0])
        case "boolean":
            return st.booleans()
        case "string" if "format" in schema:
            return st.sampled_from(["1.2.3.4", "2024-02-29"])
        case "string":
            return st.text(
                "abc", min_size=max(1, schema.get("minLength", 0)), max_size=schema.get("maxLength", 9)
            )
        case _:
            return st.none() | st.just("x")


def schema_at(schema: Any, path: tuple[str | int, ...]) -> Any:
    """Return the schema of *path*, through nullable ones."""
    for step in path:
        schema = schema["anyOf"][0] if "anyOf" in schema else schema
        schema = schema["items"] if isinstance(step, int) else schema["properties"][step]
    return schema


def places(error: Any) -> set[tuple[str | int, ...]]:
    """Return the places that *error* speaks of, of a nullable schema those of what it is when not null."""
    branch = [item for item in error.context or () if item.relative_schema_path[0] == 0]
    return {found for item in branch for found in places(item)} or {tuple(error.absolute_path)}


def without(schema: Any, wrong: Wrong) -> Any:
    """Return *schema* with the keyword of *wrong* taken away at its place."""
    result = copy.deepcopy(schema)
    holder = schema_at(result, wrong.path[:-1] if wrong.keyword in OF_THE_HOLDER else wrong.path)
    if wrong.keyword in ("type", "null"):
        holder.clear()
        return result
    holder = holder["anyOf"][0] if "anyOf" in holder else holder
    if wrong.keyword == "required":
        holder["required"].remove(wrong.path[-1])
    else:
        del holder[wrong.keyword]
    return result


@settings(max_examples=80, deadline=None)
@given(st.data())
def test_wrong_place_is_wrong_alone(data: st.DataObject) -> None:
    """The body is invalid with each wrong value, valid without it, and valid once the keyword is taken from the schema."""
    schema = data.draw(SCHEMAS)
    body = data.draw(bodies(schema))
    assume(oracle(schema).is_valid(body))
    for wrong in wrongs(schema, body):
        broken = put(body, wrong.path, wrong.value)
        place = wrong.path[:-1] if wrong.keyword in OF_THE_HOLDER else wrong.path
        errors = list(oracle(schema).iter_errors(broken))
        assert errors
        assert {place} == {found for error in errors for found in places(error)}
        assert oracle(without(schema, wrong)).is_valid(broken), wrong


BODY: dict[str, Any] = {
    "name": "Ann", "age": 3, "tags": ["x"], "when": "2024-01-01", "id": "123e4567-e89b-42d3-a456-426614174000",
    "kind": "cat", "at": {"city": "Rome"}, "maybe": None,
}  # fmt: skip
SCHEMA: dict[str, Any] = {
    "type": "object",
    "required": ["name", "at"],
    "properties": {
        "name": {"type": "string", "minLength": 1, "maxLength": 10},
        "age": {"type": "integer", "minimum": 0, "exclusiveMaximum": 150},
        "tags": {"type": "array", "items": {"type": "string", "pattern": "^x"}, "minItems": 1, "maxItems": 2},
        "when": {"type": "string", "format": "date"},
        "id": {"type": "string", "format": "uuid", "minLength": 36},
        "kind": {"enum": ["cat", "dog"]},
        "at": {"$ref": "#/$defs/address"},
        "maybe": {"anyOf": [{"type": "integer", "multipleOf": 3}, {"type": "null"}]},
        "absent": {"type": "boolean"},
    },
}
ADDRESS = {
    "type": "object",
    "required": ["city"],
    "properties": {"city": {"type": "string"}, "up": {"$ref": "#/$defs/address"}},
}


def test_every_keyword_is_broken() -> None:
    """Each keyword of each member, also of absent and nested ones, has its wrong value."""
    assert named(wrongs(SCHEMA, BODY, address=ADDRESS)) == {
        " type", " null",
        "name required", "name type", "name null", "name minLength", "name maxLength",
        "age type", "age null", "age minimum", "age exclusiveMaximum",
        "tags type", "tags null", "tags minItems", "tags maxItems", "tags.0 type", "tags.0 null", "tags.0 pattern",
        "when type", "when null", "when format", "id type", "id null", "id format",
        "kind enum", "kind null", "at required", "at type", "at null", "at.city required", "at.city type", "at.city null",
        "at.up type", "at.up null", "maybe type", "maybe multipleOf", "absent type", "absent null",
    }  # fmt: skip


@pytest.mark.parametrize(
    ("schema", "body", "expected"),
    [
        ({"additionalProperties": False, "properties": {"a": {}}}, {"a": 1}, "accordUndeclared additionalProperties"),
        ({"unevaluatedProperties": False, "properties": {"a": {}}}, {"a": 1}, "accordUndeclared unevaluatedProperties"),
        ({"minProperties": 1}, {"a": 1}, " minProperties"),
        ({"minProperties": 2, "required": ["b"]}, {"a": 1, "b": 2}, " minProperties"),
        ({"maxProperties": 1}, {"a": 1}, " maxProperties"),
        ({"maxProperties": 2, "additionalProperties": {"type": "integer"}}, {"a": 1}, " maxProperties"),
        ({"additionalProperties": {"type": "integer", "maximum": 5}}, {"a": 1}, "a maximum"),
        ({"additionalProperties": {"items": {"type": "integer"}}}, {"a": [1]}, "a.0 type"),
        ({"properties": {"a": {"maxItems": 2, "uniqueItems": True}}}, {}, "a maxItems"),
        ({"properties": {"a": {"maxItems": 2, "items": {"type": "string", "format": "uuid"}}}}, {"a": []}, "a maxItems"),
        ({"properties": {"a": {"uniqueItems": True, "items": {"type": "integer"}}}}, {}, "a uniqueItems"),
        ({"properties": {"a": {"minItems": 1}}}, {}, "a minItems"),
        ({"type": "array", "minItems": 1}, [1], " minItems"),
        ({"type": "array", "maxItems": 1}, [1], " maxItems"),
        ({"type": "string", "maxLength": 3}, "abc", " maxLength"),
        ({"properties": {"a": {"maxProperties": 0}}}, {}, "a maxProperties"),
    ],
)  # fmt: skip
def test_counts_and_further_members_are_broken(schema: Any, body: Any, expected: str) -> None:
    """How many members or items there may be, and members that nobody declared, at the root too."""
    found = wrongs(schema, body)
    assert expected in named(found)
    for wrong in found:
        assert not oracle(schema).is_valid(put(body, wrong.path, wrong.value))


@pytest.mark.parametrize(
    ("schema", "body", "keyword"),
    [
        ({"minProperties": 1, "required": ["a"]}, {"a": 1}, "minProperties"),
        ({"maxProperties": 10**9}, {"a": 1}, "maxProperties"),
        ({"additionalProperties": True}, {"a": 1}, "additionalProperties"),
    ],
)
def test_count_that_cannot_be_broken_alone_is_left(schema: Any, body: Any, keyword: str) -> None:
    """Where another keyword would be broken too, or too much would be sent, nothing is asked."""
    assert keyword not in {item.keyword for item in wrongs(schema, body)}


def test_body_is_left_alone() -> None:
    """Looking for wrong places changes nothing about the body."""
    body = copy.deepcopy(BODY)
    wrongs(SCHEMA, body, address=ADDRESS)
    assert body == BODY


def test_wrong_variant_of_a_union_is_found() -> None:
    """Inside a union, the alternative that the body is of says what is wrong about it."""
    cat = {
        "type": "object",
        "required": ["kind", "lives"],
        "properties": {"kind": {"const": "cat"}, "lives": {"type": "integer", "minimum": 1}},
    }
    dog = {
        "type": "object",
        "required": ["kind", "bark"],
        "properties": {"kind": {"const": "dog"}, "bark": {"type": "string"}},
    }
    for union in ("anyOf", "oneOf"):
        schema = {union: [{"$ref": "#/$defs/cat"}, {"$ref": "#/$defs/dog"}]}
        found = wrongs(schema, {"kind": "cat", "lives": 9}, cat=cat, dog=dog)
        assert {"lives minimum", "lives type", "lives required", "kind const"} <= named(found)
        assert not any("bark" in item.path for item in found)
        assert not any(
            oracle({**schema, "$defs": {"cat": cat, "dog": dog}}).is_valid(
                put({"kind": "cat", "lives": 9}, w.path, w.value)
            )
            for w in found
        )


@pytest.mark.parametrize(
    "schema", [{"$ref": "#/$defs/n", "minimum": 5}, {"allOf": [{"$ref": "#/$defs/n"}, {"minimum": 5}]}]
)
def test_keyword_beside_a_reference_is_broken(schema: dict[str, Any]) -> None:
    """The siblings of a reference and the parts of an allOf all speak of the one place."""
    found = wrongs({"properties": {"a": schema}}, {"a": 7}, n={"type": "integer", "maximum": 9})
    assert {"a minimum", "a maximum", "a type", "a null"} == named(found)


def test_read_only_member_is_never_wrong() -> None:
    """A service may ignore what a request says of a read-only member, so nothing there is asked."""
    schema = {
        "required": ["id", "a"],
        "properties": {"id": {"type": "integer", "readOnly": True}, "a": {"type": "integer"}},
    }
    assert {"a required", "a type", "a null"} == named(wrongs(schema, {"id": 1, "a": 1}))


def test_invalid_body_has_no_wrong_places() -> None:
    """Where to start from is not clear in a body that is wrong already."""
    assert wrongs({"type": "integer"}, "x") == []
    assert wrongs(False, {}) == []
    assert wrongs(True, {"a": 1}) == []


HOSTILE: list[tuple[dict[str, Any], Any]] = [
    ({"properties": {"a": {"type": "string", "minLength": 10**9}}}, {}),
    ({"properties": {"a": {"type": "string", "maxLength": 10**18, "minLength": 2.0}}}, {"a": "xx"}),
    ({"properties": {"a": {"type": "string", "maxLength": 3.0}}}, {"a": "xx"}),
    ({"properties": {"a": {"type": "array", "minItems": 10**12, "items": {}}}}, {}),
    ({"properties": {"a": {"type": "array", "maxItems": 10**12, "items": {}}}}, {"a": [1]}),
    ({"properties": {"a": {"type": "array", "maxItems": 2.0, "minItems": 1.0}}}, {"a": [1]}),
    ({"properties": {"a": {"type": "integer", "minimum": 10**400}}}, {}),
    ({"properties": {"a": {"type": "number", "maximum": -(10**400), "multipleOf": 0.5}}}, {}),
    ({"properties": {"a": {"type": "number", "minimum": 1e308, "multipleOf": 1e300}}}, {}),
    ({"properties": {"a": {"type": "number", "multipleOf": 5e-324}}}, {"a": 0}),
    ({"properties": {"a": {"type": "integer", "multipleOf": 10**400}}}, {"a": 0}),
    ({"properties": {"a": {"pattern": "^(a+)+(?=b)$"}}}, {"a": "b"}),
    ({"properties": {"a": {"enum": [None]}}}, {"a": None}),
    ({"properties": {"a": False}}, {}),
    ({"properties": {"": {"type": "string"}}}, {"": "x"}),
    ({"$ref": "#/schema/$defs/a", "$defs": {"a": {"properties": {"a": {"$ref": "#/schema/$defs/a"}}}}}, {}),
    ({"allOf": [{"allOf": [{"allOf": [{"properties": {"a": {"type": "null"}}}]}]}]}, {"a": None}),
    (
        {
            "items": {
                "items": {"items": {"items": {"items": {"items": {"items": {"items": {"type": "integer"}}}}}}}
            }
        },
        [[[[[[[[1]]]]]]]],
    ),
    ({"prefixItems": [{"type": "string"}], "items": {"type": "integer"}}, ["x", 1]),
    ({"items": {"type": "integer"}}, []),
    (
        {
            "properties": {
                f"p{i}": {"type": "string", "minLength": 1, "maxLength": 5, "pattern": "^x"}
                for i in range(1000)
            }
        },
        {},
    ),
]


@pytest.mark.parametrize(("schema", "body"), HOSTILE, ids=[str(item)[:50] for item, _ in HOSTILE])
def test_hostile_schema_is_bounded(schema: dict[str, Any], body: Any) -> None:
    """Huge limits, deep and recursive schemas end in few and small values, and in nothing untrue."""
    found = wrongs(schema, body)
    assert len(found) <= 500
    validator = library(schema).validator(AT)
    for wrong in found:
        assert not validator.is_valid(put(body, wrong.path, wrong.value))
        assert len(repr(wrong.value)) < 200_000


def operation(*parameters: Parameter) -> Operation:
    """Return an operation with *parameters*."""
    return Operation(
        id="o",
        method="GET",
        path="/",
        tags=(),
        parameters=parameters,
        body=None,
        answers={},
        security=(),
        uri="contract:/x.json#",
    )


def parameter(*, location: str = "query", required: bool = False) -> Parameter:
    """Return a parameter whose schema is at AT."""
    return Parameter(
        name="p",
        location=location,
        required=required,
        schema=AT,
        style="form",
        explode=True,
        uri="contract:/x.json#",
    )


def texts(schema: Any, location: str = "query", **others: object) -> dict[str, Any]:
    """Return the wrong texts of one parameter by keyword."""
    found = list(wrong_parameters(library(schema, **others), operation(parameter(location=location))))
    assert len(found) == len({item.keyword for item in found}), "one for each keyword"
    return {item.keyword: item.value for item in found}


@pytest.mark.parametrize(
    ("schema", "keywords"),
    [
        ({"type": "integer"}, {"type"}),
        ({"type": "integer", "minimum": 1, "maximum": 100}, {"type", "minimum", "maximum"}),
        ({"anyOf": [{"type": "integer", "minimum": 0}, {"type": "null"}]}, {"type", "minimum"}),
        ({"anyOf": [{"type": "integer"}, {"type": "string"}]}, set()),
        ({"oneOf": [{"type": "integer"}, {"type": "string", "maxLength": 3}]}, {"maxLength", "type"}),
        ({"type": "boolean"}, {"type"}),
        ({"type": "string"}, set()),
        ({"type": "string", "format": "uuid"}, {"format"}),
        ({"type": "string", "enum": ["a", "b"]}, {"enum"}),
        ({"enum": [1, 2]}, {"enum"}),
        ({"type": ["integer", "null"]}, {"type"}),
        ({"type": "string", "minLength": 1}, set()),
        ({"type": "string", "minLength": 5, "maxLength": 9}, {"minLength", "maxLength"}),
        ({"type": "string", "maxLength": 50_000}, set()),
        ({"type": "array", "items": {"type": "integer"}}, set()),
        ({"$ref": "#/$defs/n"}, {"type"}),
        ({}, set()),
    ],
)
@pytest.mark.parametrize("location", ["path", "query", "header"])
def test_text_is_wrong_in_every_reading(schema: Any, keywords: set[str], location: str) -> None:
    """A text in a URL or header is offered only when no type that it could be read as makes it right."""
    found = texts(schema, location, n={"type": "number"})
    assert keywords <= set(found) | {"type"}
    validator = jsonschema_rs.validator_for(
        {"$defs": {"n": {"type": "number"}}, **schema}, validate_formats=True
    )
    for text in found.values():
        assert not validator.is_valid(text)
        assert not (text.lstrip("-").isdecimal() and validator.is_valid(int(text)))
        assert text == unquote(quote(text)).strip()
        assert text
        assert "/" not in text
        assert len(text) <= MAXIMUM_TEXT
    assert bool(keywords) == bool(found)


@pytest.mark.parametrize(
    ("schema", "keywords"),
    [
        ({"type": "integer", "minimum": 1}, {"type", "minimum"}),
        ({"type": "string", "format": "uuid"}, {"format"}),
        ({"type": "string", "format": "email"}, {"format"}),
        ({"type": "string", "enum": ["a"]}, {"enum"}),
    ],
)
def test_wrong_cookie_is_one_that_a_cookie_can_hold(schema: Any, keywords: set[str]) -> None:
    """The value of a cookie has neither spaces nor quotes, commas, semicolons or backslashes (RFC 6265, 4.1.1)."""
    found = texts(schema, "cookie")
    assert keywords == set(found)
    assert not any(set(text) & set(' ",;\\') for text in found.values())


@pytest.mark.parametrize(
    ("schema", "keywords"),
    [
        ({"type": "string", "enum": ["1"]}, {"enum"}),
        ({"enum": [1, 2]}, {"enum"}),
        ({"type": "string", "pattern": "^[a-z]+$"}, {"pattern"}),
        ({"type": "integer", "minimum": 1}, {"type", "minimum"}),
        ({"type": "boolean"}, {"type"}),
    ],
)
def test_wrong_text_is_told_by_the_keyword_that_it_breaks(schema: Any, keywords: set[str]) -> None:
    """A text of the right type that is not in the enumeration breaks the enumeration, not the type."""
    assert keywords == set(texts(schema))


def test_member_of_the_right_type_breaks_no_type() -> None:
    """The value that stands for a wrong type is of another type, also where every other value is wrong as well."""
    schema = {"type": "object", "properties": {"a": {"type": "string", "enum": ["b"]}}}
    found = {item.keyword: item.value for item in wrong_bodies(library(schema), AT, {"a": "b"})}
    assert {"type", "enum", "null"} <= set(found)
    assert not isinstance(found["type"], str)


def test_required_parameter_can_be_absent() -> None:
    """A required query parameter, header or cookie may be left out; a path without its parameter is another path."""
    for location, expected in (
        ("query", ["required"]),
        ("header", ["required"]),
        ("path", []),
        ("cookie", ["required"]),
    ):
        found = list(wrong_parameters(library({}), operation(parameter(location=location, required=True))))
        assert expected == [item.keyword for item in found]
        assert all(item.value is ABSENT for item in found)


def test_putting_copies() -> None:
    """Putting a value in changes a copy; absence takes the member away; no path is the whole."""
    body = {"a": [{"b": 1}]}
    assert put(body, ("a", 0, "b"), 2) == {"a": [{"b": 2}]}
    assert put(body, ("a", 0, "b"), ABSENT) == {"a": [{}]}
    assert put(body, (), 5) == 5
    assert body == {"a": [{"b": 1}]}
