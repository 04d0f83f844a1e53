"""Values of other types that frameworks read as the wanted one; the frameworks themselves are the oracle."""

from __future__ import annotations

import json
from datetime import date, datetime, time
from typing import Any

import pytest
from marshmallow import ValidationError as Unfit
from marshmallow import fields
from pydantic import TypeAdapter, ValidationError

from accord.cases.aim import Aim, Intent
from accord.cases.request import Request
from accord.contract.contract import Contract, load_text
from accord.exchange.values import Exchange, Response
from accord.findings.coercion import READINGS, keeps_contract
from accord.findings.evidence import Observation
from accord.findings.profiles import DJANGO_REST, FASTAPI, FLASK

VALUES: list[Any] = [
    "1", "-7", " 12 ", "1.0", "1.5", "1_000", "1e3", "", "x", "true", "True", "off", "0x10", "١",
    0, 1, 2, 2.5, 3.0, True, False, [1], {"a": 1},
]  # fmt: skip
TYPES = {"integer": int, "number": float, "boolean": bool}
FIELDS = {"integer": fields.Integer(), "number": fields.Float(), "boolean": fields.Boolean()}


def keeps(
    schema: dict[str, Any], body: Any, readings: frozenset[str], *, content_type: str = "application/json"
) -> bool:
    """Tell whether *body* keeps *schema*, that of the member ``m``, once *readings* are made."""
    whole = {"type": "object", "required": ["m"], "properties": {"m": schema}}
    contract = written({"requestBody": {"content": {"application/json": {"schema": whole}}}}, "post")
    request = Request(
        method="POST",
        url="http://127.0.0.1/things",
        headers=(("Content-Type", content_type),),
        body=json.dumps({"m": body}).encode(),
    )
    return keeps_contract(contract, observed(contract, request, Aim(intent=Intent.INVALID)), readings)


def written(operation: dict[str, Any], method: str = "get", path: str = "/things") -> Contract:
    """Return a contract of one operation."""
    whole = {**operation, "responses": {"200": {"description": "x"}}}
    document = {"openapi": "3.1.0", "info": {"title": "t", "version": "1"}, "paths": {path: {method: whole}}}
    return load_text(json.dumps(document), name="openapi.json")


def observed(contract: Contract, request: Request, aim: Aim) -> Observation:
    exchange = Exchange(
        id="1", operation=None, request=request, response=Response(status=200), started=0.0, seconds=0.0
    )
    return Observation(operation=contract.operations[0], aim=aim, exchange=exchange)


def pydantic_takes(kind: Any, value: Any) -> bool:
    try:
        TypeAdapter(kind).validate_python(value)
    except ValidationError:
        return False
    return True


def marshmallow_takes(name: str, value: Any) -> bool:
    try:
        FIELDS[name].deserialize(value)
    except Unfit:
        return False
    return True


@pytest.mark.parametrize("name", TYPES)
@pytest.mark.parametrize("value", VALUES, ids=repr)
def test_nothing_is_excused_that_pydantic_refuses(name: str, value: Any) -> None:
    """What FastAPI's profile reads, pydantic takes in its lax mode."""
    if keeps({"type": name}, value, FASTAPI.readings):
        assert pydantic_takes(TYPES[name], value)


@pytest.mark.parametrize("name", TYPES)
@pytest.mark.parametrize("value", VALUES, ids=repr)
def test_nothing_is_excused_that_marshmallow_refuses(name: str, value: Any) -> None:
    """What Flask's profile reads, a field of marshmallow takes when it is not strict."""
    if keeps({"type": name}, value, FLASK.readings):
        assert marshmallow_takes(name, value)


@pytest.mark.parametrize(
    ("kind", "value"),
    [("integer", "1"), ("integer", "1_000"), ("integer", "1.0"), ("integer", True), ("number", "1e3"),
     ("number", False), ("boolean", "off"), ("boolean", 1), ("boolean", "True")],
)  # fmt: skip
def test_what_pydantic_takes_of_another_type_is_excused(kind: str, value: Any) -> None:
    """The forms that a drawn request has are among them."""
    assert pydantic_takes(TYPES[kind], value)
    assert keeps({"type": kind}, value, FASTAPI.readings)
    assert keeps({"anyOf": [{"type": kind}, {"type": "null"}]}, value, FASTAPI.readings)


@pytest.mark.parametrize(("form", "kind"), [("date-time", datetime), ("time", time), ("date", date)])
def test_a_number_stands_for_a_time_to_pydantic(form: str, kind: Any) -> None:
    """A count of seconds is read as a moment, and nowhere else as a text."""
    assert pydantic_takes(kind, 0)
    assert keeps({"type": "string", "format": form}, 0, FASTAPI.readings)
    assert not keeps({"type": "string"}, 0, FASTAPI.readings)


def test_a_list_stands_for_a_set_to_pydantic() -> None:
    """Doubles are dropped; what else is wrong with the list stays wrong."""
    schema = {"type": "array", "uniqueItems": True, "items": {"type": "integer"}, "minItems": 2}
    assert pydantic_takes(set[int], [1, 1, 2])
    assert keeps(schema, [1, 1, 2], FASTAPI.readings)
    assert not keeps(schema, [1, 1], FASTAPI.readings)
    assert not keeps(schema, [1, 1, 2], FLASK.readings)


@pytest.mark.parametrize(
    ("schema", "value"),
    [
        ({"type": "integer", "minimum": 5}, "1"),
        ({"type": "integer", "enum": [2, 3]}, True),
        ({"type": "integer"}, "a"),
        ({"type": "integer"}, 2.5),
        ({"type": "string"}, 1),
        ({"type": "string", "minLength": 2}, "a"),
        ({"type": "array", "items": {"type": "integer"}}, ["1", "x"]),
        ({"type": "object", "required": ["a"]}, {}),
    ],
)
def test_a_value_that_breaks_something_else_is_not_excused(schema: dict[str, Any], value: Any) -> None:
    """The value that is read must keep the contract, everywhere."""
    assert not keeps(schema, value, FASTAPI.readings)


@pytest.mark.parametrize("name", ["a", "0", "01", "+7"])
def test_a_member_named_by_digits_is_read_as_any_other(name: str) -> None:
    """It is no item of a list, also where more stands below it."""
    deep = {"additionalProperties": {"properties": {"n": {"type": "integer"}}}}
    assert keeps(deep, {name: {"n": "1"}}, FASTAPI.readings)
    assert keeps({"additionalProperties": {"type": "integer"}}, {name: "1"}, FASTAPI.readings)


def test_what_stands_below_an_empty_name_is_not_excused() -> None:
    """The validator does not say where that is."""
    deep = {"additionalProperties": {"items": {"properties": {"n": {"type": "integer"}}}}}
    assert not keeps(deep, {"": [{"n": "1"}]}, FASTAPI.readings)


def test_a_body_that_keeps_the_contract_needs_no_excuse() -> None:
    """Then something else is wrong with the request, and that is not excused."""
    assert not keeps({"type": "integer"}, 1, FASTAPI.readings)


def test_a_number_is_a_text_to_django_alone() -> None:
    """A text of Django REST framework is made of any number, and not of a boolean; its length still counts."""
    assert keeps({"type": "string"}, 12, DJANGO_REST.readings)
    assert not keeps({"type": "string"}, True, DJANGO_REST.readings)
    assert not keeps({"type": "string", "maxLength": 1}, 12, DJANGO_REST.readings)
    assert not keeps({"type": "string"}, 12, FASTAPI.readings | FLASK.readings)


def test_a_read_only_member_need_not_be_sent() -> None:
    """It is required of answers alone."""
    schema = {
        "type": "object",
        "required": ["id", "n"],
        "properties": {"id": {"type": "integer", "readOnly": True}, "n": {"type": "integer"}},
    }
    assert keeps(schema, {"n": "1"}, FASTAPI.readings)
    assert not keeps(schema, {"id": 1}, FASTAPI.readings)


def test_many_wrong_places_are_read_one_after_the_other() -> None:
    """Up to a bound: a body of hundreds of them is not excused, and takes no time."""
    schema = {"type": "array", "items": {"type": "integer"}}
    assert keeps(schema, ["1"] * 40, FASTAPI.readings)
    assert not keeps(schema, ["1"] * 4000, FASTAPI.readings)


def test_another_media_type_is_not_excused() -> None:
    """Only a JSON body has types to mistake."""
    assert not keeps({"type": "integer"}, "1", FASTAPI.readings, content_type="text/plain")
    assert not keeps({"type": "integer"}, "1", FASTAPI.readings, content_type="")


@pytest.mark.parametrize(
    ("location", "url", "headers", "expected"),
    [
        ("query", "http://127.0.0.1/things?flag=yes", (), True),
        ("query", "http://127.0.0.1/things?flag=perhaps", (), False),
        ("query", "http://127.0.0.1/things?flag=yes&flag=no", (), False),
        ("header", "http://127.0.0.1/things", (("Flag", "on"),), True),
    ],
)
def test_a_parameter_is_read_by_its_text(location: str, url: str, headers: Any, expected: bool) -> None:
    """One text, of the parameter that was meant to be wrong."""
    parameter = {"name": "flag", "in": location, "schema": {"type": "boolean"}}
    contract = written({"parameters": [parameter]})
    aim = Aim(intent=Intent.INVALID_PLACE, location=location, path=("flag",), keyword="type")
    seen = observed(contract, Request(method="GET", url=url, headers=headers), aim)
    assert expected is keeps_contract(contract, seen, FASTAPI.readings)


def test_a_segment_of_the_path_is_read_by_its_text() -> None:
    """It is found by its place in the template, behind whatever the base URL has."""
    parameter = {"name": "flag", "in": "path", "required": True, "schema": {"type": "boolean"}}
    contract = written({"parameters": [parameter]}, path="/things/{flag}")
    aim = Aim(intent=Intent.INVALID_PLACE, location="path", path=("flag",), keyword="type")
    for segment, expected in (("off", True), ("perhaps", False)):
        request = Request(method="GET", url=f"http://127.0.0.1/api/things/{segment}")
        assert expected is keeps_contract(contract, observed(contract, request, aim), FASTAPI.readings)


def test_every_reading_of_a_profile_is_known() -> None:
    """A misspelt one would excuse nothing."""
    known = {*READINGS, "time from number", "set from list"}
    assert all(profile.readings <= known for profile in (FASTAPI, FLASK, DJANGO_REST))
