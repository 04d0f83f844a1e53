"""The lines that document an answer: a contract that has them accepts it."""

from __future__ import annotations

import json

import jsonschema
import pytest
import yaml

from accord.exchange.values import Response
from accord.findings.settlement import response_lines


def lines_for(status: int, body: bytes, kind: str = "application/json; charset=utf-8") -> dict:
    """Return the response object that the lines give."""
    response = Response(status=status, headers=(("Content-Type", kind),) if kind else (), body=body)
    return yaml.safe_load(response_lines(response))["responses"][str(status)]


@pytest.mark.parametrize(
    "value",
    [
        {"detail": "no"},
        {"a": 1, "b": 1.5, "c": None, "d": True, "e": [], "f": {}, "g": [{"h": "i"}]},
        [{"a": {"b": {"c": {"d": {}}}}}],
        [],
        "text",
        None,
        {"on": "yes", 'quote"': "x", "line\nbreak": 1, "\u2028": 2},
    ],
)
def test_the_schema_accepts_the_body_that_was_seen(value):
    """The reference validator takes the body under the schema, which is valid YAML and JSON Schema."""
    told = lines_for(404, json.dumps(value).encode())
    schema = told["content"]["application/json"]["schema"]
    jsonschema.Draft202012Validator.check_schema(schema)
    jsonschema.validate(value, schema)
    assert told["description"] == "Not Found"


def test_a_body_of_another_kind_has_its_media_type_alone():
    """A page has no schema."""
    assert {"text/html": {}} == lines_for(404, b"<h1>", "text/html")["content"]


def test_no_body_is_no_content():
    """Nor is one without a type."""
    assert {"description": "No Content"} == lines_for(204, b"")
    assert {"description": "Forbidden"} == lines_for(403, b"x", "")


def test_a_huge_body_gives_few_lines():
    """Members, names and depth are bounded: the lines are for people."""
    value = {f"member{number}": {"x" * 1000: 1} for number in range(10_000)}
    response = Response(
        status=299, headers=(("Content-Type", "application/json"),), body=json.dumps(value).encode()
    )
    assert len(response_lines(response)) < 3000
    assert "?" == lines_for(299, b"{}")["description"]
