"""Parameters that are the whole query, written and read back."""

from __future__ import annotations

import json
from typing import Any
from urllib.parse import parse_qs, unquote

import pytest

from accord.cases.querystring import may_keep_contract, readings, written
from accord.cases.request import Request
from accord.contract.contract import Contract, load_text

FORM = "application/x-www-form-urlencoded"
SCHEMA = {
    "type": "object",
    "required": ["a"],
    "properties": {
        "a": {"type": "string"},
        "n": {"type": "integer"},
        "many": {"type": "array", "items": {"type": "integer"}},
    },
}


def contract(media_type: str, schema: object = SCHEMA) -> Contract:
    """Return a contract of one operation whose query is of *media_type*."""
    parameter = {"name": "q", "in": "querystring", "content": {media_type: {"schema": schema}}}
    document = {
        "openapi": "3.2.0",
        "info": {"title": "t", "version": "1"},
        "paths": {"/a": {"get": {"parameters": [parameter], "responses": {"200": {}}}}},
    }
    return load_text(json.dumps(document), name="openapi.json")


def text_of(media_type: str, value: Any) -> str:
    """Return how *value* is written."""
    loaded = contract(media_type)
    return written(loaded.library, loaded.operations[0].parameters[0], value)


def values_of(media_type: str, query: str) -> list[Any]:
    """Return what *query* may mean."""
    loaded = contract(media_type)
    return list(readings(loaded.library, loaded.operations[0].parameters[0], query))


def test_a_form_is_written_as_forms_are() -> None:
    """Members of lists repeat their name; another parser reads what was meant."""
    value = {"a": "x y&z", "n": 5, "many": [1, 2]}
    assert {"a": ["x y&z"], "n": ["5"], "many": ["1", "2"]} == parse_qs(text_of(FORM, value))
    assert value in values_of(FORM, text_of(FORM, value))


@pytest.mark.parametrize("value", [{"a": "é"}, [1], "text", None])
def test_json_is_written_as_one_text(value: Any) -> None:
    """Nothing of it is left that has a meaning in a URL."""
    text = text_of("application/json", value)
    assert value == json.loads(unquote(text))
    assert not set(text) & set("&#?+ {}")
    assert [value] == values_of("application/json", text)


def test_any_other_media_type_is_a_text() -> None:
    """A JSONPath, for example, is written as it is (OpenAPI 3.2, 4.12.8)."""
    text = text_of("application/jsonpath", "$.a.b[1:1]")
    assert ("%24.a.b%5B1%3A1%5D", ["$.a.b[1:1]"]) == (text, values_of("application/jsonpath", text))


@pytest.mark.parametrize("query", ["{", "%7B", "[" * 100_000])
def test_json_that_is_none_means_nothing(query: str) -> None:
    """What no reader can make a value of has no reading."""
    assert [] == values_of("application/json", query)


@pytest.mark.parametrize(
    ("query", "kept"),
    [
        ("a=1&n=1", True),
        ("a=1&n=x", False),
        ("a=1&many=1&many=2", True),
        ("n=1", False),
        ("abc", False),
        ("", False),
    ],
)
def test_form_keeps_the_contract_in_any_reading(query: str, kept: bool) -> None:
    """Texts are what the schemas of the members can make of them, and nothing more."""
    loaded = contract(FORM)
    request = Request(method="GET", url=f"http://service/a?{query}")
    assert kept == may_keep_contract(loaded.library, loaded.operations[0], request)


def test_so_many_fields_mean_nothing() -> None:
    """A query of more fields than anybody writes is not taken apart."""
    assert [] == values_of(FORM, "&".join(f"a{number}=1" for number in range(1_000)))
