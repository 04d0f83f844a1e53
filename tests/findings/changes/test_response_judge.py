"""Whole responses judged from their bytes."""

from __future__ import annotations

import json
from typing import Any

import pytest

from accord.contract.contract import Contract, load_text
from accord.exchange.values import Response
from accord.findings.changes.change import Answered
from accord.findings.changes.response_judge import ResponseJudge

JSON = ("Content-Type", "application/json; charset=utf-8")
LIST = ("X-List", "1,2")
RESPONSES = {
    "200": {
        "description": "ok",
        "headers": {
            "X-List": {"required": True, "schema": {"type": "array", "items": {"type": "integer"}}},
            "X-Map": {"explode": True, "schema": {"type": "object", "required": ["a"]}},
            "X-Json": {"content": {"application/json": {"schema": {"type": "object"}}}},
        },
        "content": {
            "application/json": {"schema": {"type": "object", "additionalProperties": False}},
            "text/*": {},
        },
    },
    "204": {"description": "nothing"},
    "4XX": {
        "description": "refused",
        "content": {"application/problem+json": {"schema": {"type": "object"}}},
    },
}


def contract() -> Contract:
    """Return a contract of one operation."""
    document: dict[str, Any] = {"openapi": "3.1.0", "info": {"title": "T", "version": "1"}}
    return load_text(
        json.dumps({**document, "paths": {"/a/{id}": {"get": {"responses": RESPONSES}}}}), name="d.json"
    )


def refusal(
    *headers: tuple[str, str],
    status: int = 200,
    body: bytes = b"{}",
    path: str = "/a/{other}",
    is_open: bool = False,
) -> str:
    """Return why a response is none of the contract's."""
    judge = ResponseJudge.of(contract(), is_open=is_open)
    response = Response(status=status, headers=headers, body=body)
    return judge.refusal(Answered(method="GET", path=path, response=response))


@pytest.mark.parametrize(
    "answer",
    [
        {"headers": (JSON, LIST)},
        {"headers": (JSON, LIST, ("x-map", "a=1,b=2"), ("X-Json", "{}"), ("X-Other", "1"))},
        {"headers": (("content-type", "text/csv"), LIST), "body": b"a,b"},
        {"headers": (), "status": 204, "body": b""},
        {"headers": (("Content-Type", "application/problem+json"),), "status": 418},
        {"headers": (JSON, LIST), "body": b'{"undeclared": 1}', "is_open": True},
    ],
)
def test_a_response_of_the_contract_is_one(answer: dict[str, Any]) -> None:
    """Codes and ranges, media types with parameters, headers in any case, undeclared members where they are ignored."""
    assert "" == refusal(*answer.pop("headers"), **answer)


@pytest.mark.parametrize(
    ("answer", "reason"),
    [
        ({"headers": (), "path": "/b"}, "GET /b is no operation"),
        ({"headers": (JSON, LIST), "status": 500}, "500 is no status of its answers"),
        ({"headers": (JSON,)}, "the header X-List is missing"),
        ({"headers": (JSON, ("X-List", "1,a"))}, "the header X-List is not valid"),
        ({"headers": (JSON, LIST, ("X-Map", "b=1"))}, "the header X-Map is not valid"),
        ({"headers": (JSON, LIST, ("X-Json", "{"))}, "the header X-Json is not valid"),
        ({"headers": (LIST,)}, "its body is missing"),
        ({"headers": (LIST, ("Content-Type", "image/png"))}, "image/png is no media type of the answer 200"),
        ({"headers": (JSON, LIST), "body": b"{"}, "its body cannot be read"),
        ({"headers": (JSON, LIST), "body": b'{"undeclared": 1}'}, "its body is not valid"),
    ],
)
def test_another_response_is_refused_with_the_reason(answer: dict[str, Any], reason: str) -> None:
    """What the contract does not describe is named."""
    assert reason == refusal(*answer.pop("headers"), **answer)


@pytest.mark.parametrize(
    ("kind", "body", "reason"),
    [
        ("application/jsonl", b"1\n2\n", ""),
        ("application/jsonl", b'1\n"a"\n', "an item of its body is not valid"),
        ("application/jsonl", b"1\n{\n", "its body cannot be read: line 2 is not JSON"),
        ("application/jsonl", b"1\n2\n3\n", "its body is not valid"),
        ("text/event-stream", b"data: 1\n\n", ""),
        ("text/event-stream", b"event: a\ndata: 1\n\n", "an item of its body is not valid"),
    ],
)
def test_sequences_are_read_item_by_item(kind: str, body: bytes, reason: str) -> None:
    """Each item is held against its schema, and the list of them against that of the whole (OpenAPI 3.2)."""
    content = {
        "application/jsonl": {"schema": {"maxItems": 2}, "itemSchema": {"type": "integer"}},
        "text/event-stream": {"itemSchema": {"properties": {"event": {"const": "b"}}}},
    }
    document: dict[str, Any] = {"openapi": "3.2.0", "info": {"title": "T", "version": "1"}}
    paths = {"/a": {"get": {"responses": {"200": {"content": content}}}}}
    promised = load_text(json.dumps({**document, "paths": paths}), name="d.json")
    response = Response(status=200, headers=(("Content-Type", kind),), body=body)
    answered = Answered(method="GET", path="/a", response=response)
    said = ResponseJudge.of(promised, is_open=True).refusal(answered)
    assert said.startswith(reason) if reason else said == ""
