"""Facts about what a contract says of a difference."""

from __future__ import annotations

import json

import pytest

from accord.cases.request import Request
from accord.contract.contract import load_text
from accord.exchange.values import Exchange, Lapse, Response
from accord.findings.regression.difference import Kind, Mark, Part, Standing
from accord.findings.regression.standing import judge_exchange

CONTRACT = load_text(
    """
openapi: 3.1.0
info: {title: T, version: "1"}
paths:
  /things:
    get:
      operationId: list
      responses:
        "200":
          description: Some.
          headers:
            X-Total: {required: true, schema: {type: integer}}
            X-Next: {schema: {type: string}}
          content: {application/json: {schema: {$ref: "#/components/schemas/Things"}}}
        "202": {description: Later.}
        "404": {description: None.}
components:
  schemas:
    Things:
      type: object
      required: [items]
      properties: {items: {type: array, items: {$ref: "#/components/schemas/Thing"}}}
    Thing:
      type: object
      required: [id, name]
      properties:
        id: {type: integer}
        name: {type: string}
        kind: {enum: [big, small]}
        note: {type: [string, "null"]}
        when: {type: string, format: date-time}
        any: {}
""",
    name="openapi.yaml",
)
THING = {"id": 1, "name": "x", "kind": "big", "note": "n", "when": "2026-01-02T03:04:05Z", "any": 1}


def said(body, status=200, headers=(), lapse=None):
    headers = (("Content-Type", "application/json"), *headers)
    return Exchange(
        id="e",
        operation="list",
        request=Request(method="GET", url="http://h/things"),
        response=Response(status=status, headers=headers, body=json.dumps(body).encode()),
        lapse=lapse,
        started=0,
        seconds=0,
    )


def standing(kind, pointer, before, after, part=Part.BODY):
    mark = Mark(part=part, kind=kind, pointer=pointer, baseline="", candidate="")
    return judge_exchange(CONTRACT, CONTRACT.operation("list"), mark, before, after).standing


def without(name):
    return {key: value for key, value in THING.items() if key != name}


@pytest.mark.parametrize(
    ("kind", "member", "thing", "expected"),
    [
        (Kind.GONE, "name", without("name"), Standing.BREAKS),
        (Kind.GONE, "kind", without("kind"), Standing.ALLOWED),
        (Kind.NEW, "kind", THING, Standing.ALLOWED),
        (Kind.NEW, "extra", THING | {"extra": 1}, Standing.UNCOVERED),
        (Kind.TYPE, "name", THING | {"name": None}, Standing.BREAKS),
        (Kind.TYPE, "note", THING | {"note": None}, Standing.ALLOWED),
        (Kind.TYPE, "any", THING | {"any": "1"}, Standing.UNCOVERED),
        (Kind.VALUE, "kind", THING | {"kind": "small"}, Standing.UNCOVERED),
        (Kind.VALUE, "kind", THING | {"kind": "huge"}, Standing.BREAKS),
        (Kind.FORM, "when", THING | {"when": "2026-01-02"}, Standing.BREAKS),
        (Kind.FORM, "when", THING | {"when": "2026-01-02T03:04:05.1Z"}, Standing.UNCOVERED),
        # What is wrong elsewhere is no reason to blame this place.
        (Kind.VALUE, "kind", without("name") | {"kind": "small"}, Standing.UNCOVERED),
    ],
)
def test_a_place_of_a_body_stands_as_its_schema_says(kind, member, thing, expected):
    """What breaks it, what it allows, what it does not cover."""
    before, after = said({"items": [THING]}), said({"items": [thing]})
    assert expected is standing(kind, f"/items/*/{member}", before, after)


def test_what_the_baseline_breaks_as_well_is_no_break():
    """A difference breaks the contract only where the baseline kept it."""
    before, after = said({"items": [THING | {"kind": "vast"}]}), said({"items": [THING | {"kind": "huge"}]})
    assert Standing.UNCOVERED is standing(Kind.VALUE, "/items/*/kind", before, after)


@pytest.mark.parametrize(
    ("status", "expected"), [(202, Standing.ALLOWED), (404, Standing.UNCOVERED), (500, Standing.BREAKS)]
)
def test_a_status_stands_as_it_is_documented(status, expected):
    """Another success is allowed; a refusal in its place is left open; what nobody documented breaks."""
    assert expected is standing(Kind.STATUS, "", said({}), said({}, status), Part.ANSWER)


@pytest.mark.parametrize(
    ("kind", "name", "headers", "expected"),
    [
        (Kind.GONE, "x-total", (), Standing.BREAKS),
        (Kind.GONE, "x-next", (), Standing.ALLOWED),
        (Kind.GONE, "x-else", (), Standing.UNCOVERED),
        (Kind.VALUE, "x-total", (("X-Total", "many"),), Standing.BREAKS),
        (Kind.VALUE, "x-total", (("X-Total", "4"),), Standing.UNCOVERED),
    ],
)
def test_a_header_stands_as_it_is_documented(kind, name, headers, expected):
    """A header that is demanded may not go; its value has a schema."""
    assert expected is standing(kind, f"/{name}", said({}), said({}, headers=headers), Part.HEADER)


def test_no_whole_answer_breaks():
    """What is not HTTP any more is never in order."""
    assert Standing.BREAKS is standing(
        Kind.NO_ANSWER, "", said({}), said({}, lapse=Lapse.TIMEOUT), Part.ANSWER
    )


def test_order_and_number_are_not_covered():
    """A schema of an array says nothing of either."""
    before, after = said({"items": [THING]}), said({"items": []})
    for kind in (Kind.ORDER, Kind.ITEMS, Kind.COUNT):
        assert Standing.UNCOVERED is standing(kind, "/items", before, after)
