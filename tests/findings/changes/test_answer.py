"""Whole responses built for a change, as small as the contract lets them be."""

from __future__ import annotations

import json
from typing import Any

import pytest

from accord.contract.contract import load_text
from accord.exchange.values import Response
from accord.findings.changes.answer import Answerer, Part
from accord.findings.changes.node import Schemas
from accord.findings.changes.sample import UnbuildableError

RESPONSES = {
    "200": {
        "description": "ok",
        "headers": {
            "X-List": {
                "required": True,
                "schema": {"type": "array", "minItems": 2, "items": {"type": "integer"}},
            },
            "X-Free": {"schema": {"type": "string"}},
        },
        "content": {"application/json": {"schema": {"type": "integer", "minimum": 3}}, "text/*": {}},
    },
    "404": {"description": "none"},
    "4XX": {"description": "refused"},
    "default": {"description": "else"},
}


def response(part: Part) -> Response:
    """Return the response that is built for *part*."""
    document: dict[str, Any] = {"openapi": "3.1.0", "info": {"title": "T", "version": "1"}}
    document["paths"] = {"/a": {"get": {"responses": RESPONSES}}}
    contract = load_text(json.dumps(document), name="d.json")
    answerer = Answerer(
        contract=contract, schemas=Schemas(contract.library), operation=contract.operations[0]
    )
    return answerer.answered(part).response


def test_the_smallest_response_has_what_is_required() -> None:
    """Required headers in the style of headers, and a small body of the first media type."""
    headers = (("Content-Type", "application/json"), ("X-List", "1,1"))
    assert Response(status=200, headers=headers, body=b"3") == response(Part(status="200"))


def test_a_part_is_as_the_change_wants_it() -> None:
    """A header that is left out, another media type, another body, another value of a header."""
    without = response(Part(status="200", header="x-list"))
    text = response(Part(status="200", media_type="text/*", body="é"))
    free = response(Part(status="200", header="X-Free", value="a", body=[]))
    assert (("Content-Type", "application/json"),) == without.headers
    assert ("text/plain", "é".encode()) == (text.header("content-type"), text.body)
    assert ("a", b"[]") == (free.header("X-Free"), free.body)


@pytest.mark.parametrize(
    ("part", "number"),
    [
        (Part(status="4XX"), 400),
        (Part(status="4XX", others=("400", "401")), 402),
        (Part(status="default"), 201),
        (Part(status="default", others=("2XX",)), 500),
        (Part(status="418"), 418),
    ],
)
def test_a_range_is_shown_by_a_number_that_nothing_else_names(part: Part, number: int) -> None:
    """The number of a range or the default is described by it alone."""
    assert number == response(part).status


def test_what_is_not_described_cannot_be_answered() -> None:
    """Where every number of a range is described by itself, none shows it."""
    with pytest.raises(UnbuildableError, match="no number is answered that is described as 4XX alone"):
        response(Part(status="4XX", others=tuple(map(str, range(400, 500)))))
