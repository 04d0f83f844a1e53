"""Whole requests that the service sends, and the answers to them, judged from their bytes."""

from __future__ import annotations

import json
from typing import Any

import pytest

from accord.cases.request import Request
from accord.contract.contract import Contract, load_text
from accord.exchange.values import Response
from accord.findings.changes.change import Answered, Delivered, Sender
from accord.findings.changes.delivery_judge import DeliveryJudge
from accord.findings.changes.response_judge import ResponseJudge

PAYLOAD = {
    "type": "object",
    "required": ["id", "secret"],
    "properties": {
        "id": {"type": "integer", "readOnly": True},
        "secret": {"type": "string", "writeOnly": True},
    },
    "additionalProperties": False,
}
SENT = {
    "parameters": [
        {"name": "since", "in": "query", "required": True, "schema": {"type": "integer"}},
        {"name": "X-Sum", "in": "header", "schema": {"type": "string", "minLength": 2}},
    ],
    "requestBody": {"required": True, "content": {"application/json": {"schema": PAYLOAD}}},
    "responses": {
        "200": {"description": "ok", "content": {"application/json": {"schema": PAYLOAD}}},
        "410": {"description": "no more"},
    },
}
JSON = ("Content-Type", "application/json")
EXPRESSIONS = ("{$request.body#/a}", "{$request.body#/b}")


def contract() -> Contract:
    """Return a contract of a webhook, and of an operation with a callback to two addresses."""
    callbacks = {
        "done": {
            at: {"post": {"responses": {f"20{number}": {"description": "ok"}}}}
            for number, at in enumerate(EXPRESSIONS)
        }
    }
    document: dict[str, Any] = {
        "openapi": "3.1.0",
        "info": {"title": "T", "version": "1"},
        "security": [{"key": []}],
        "paths": {"/a/{id}": {"put": {"responses": {"200": {"description": "ok"}}, "callbacks": callbacks}}},
        "webhooks": {
            "paid": {"post": SENT},
            "signed": {"post": {"security": [{"key": []}], "responses": {"200": {"description": "ok"}}}},
        },
        "components": {"securitySchemes": {"key": {"type": "apiKey", "in": "header", "name": "X-Key"}}},
    }
    return load_text(json.dumps(document), name="d.json")


def refusal(
    *headers: tuple[str, str],
    query: str = "?since=1",
    body: bytes = b'{"id": 1}',
    named: tuple[str, str, str, str] = ("webhook", "", "POST", "paid"),
    is_open: bool = False,
) -> str:
    """Return why a request is none that the service of the contract sends."""
    kind, owner, method, path = named
    request = Request(method=method, url=f"https://anywhere.example/{query}", headers=headers, body=body)
    delivered = Delivered(kind=kind, owner=owner, method=method, path=path, request=request)
    return DeliveryJudge.of(contract(), is_open=is_open).refusal(delivered)


@pytest.mark.parametrize(
    ("reason", "sent"),
    [
        ("", {}),
        ("", {"headers": (JSON, ("x-sum", "ab"))}),
        ("", {"body": b'{"id": 1, "undeclared": 1}', "is_open": True}),
        ("its body is not valid", {"body": b'{"id": 1, "undeclared": 1}'}),
        (
            "its body is not valid",
            {"body": b'{"secret": "what only clients send does not stand for the id"}'},
        ),
        ("its body cannot be read", {"body": b"{"}),
        ("its body is missing", {"headers": ()}),
        ("text/csv is no media type of its body", {"headers": (("Content-Type", "text/csv"),)}),
        ("query parameter since is missing", {"query": ""}),
        ("query parameter since is not valid", {"query": "?since=now"}),
        ("header parameter X-Sum is not valid", {"headers": (JSON, ("X-Sum", "a"))}),
        ("PUT paid is no webhook", {"named": ("webhook", "", "PUT", "paid")}),
        ("POST lost is no webhook", {"named": ("webhook", "", "POST", "lost")}),
    ],
)
def test_a_webhook_is_held_against_all_but_its_address(reason: str, sent: dict[str, Any]) -> None:
    """What the service sends has what it needs, and no credential that only clients are asked for."""
    assert reason == refusal(*sent.pop("headers", (JSON,)), **sent)


def test_a_webhook_may_need_a_credential_of_its_own() -> None:
    """What it says of itself counts."""
    named = ("webhook", "", "POST", "signed")
    assert "no alternative of its security is met" == refusal(query="", named=named)
    assert "" == refusal(("X-Key", "k"), query="", named=named)


@pytest.mark.parametrize(
    ("reason", "owner", "path"),
    [
        ("", "PUT /a/{id}", f"done {EXPRESSIONS[0]}"),
        ("", "PUT /a/{other}", f"done {EXPRESSIONS[1]}"),
        ("", "PUT /a/{id}", "done {$request.body#/called/otherwise}"),
        ("POST other {$request.body#/a} is no callback", "PUT /a/{id}", "other {$request.body#/a}"),
        ("POST done {$request.body#/a} is no callback", "PUT /b", f"done {EXPRESSIONS[0]}"),
        ("POST done {$request.body#/a} is no callback", "", f"done {EXPRESSIONS[0]}"),
    ],
)
def test_a_callback_is_found_by_the_operation_that_it_comes_of(reason: str, owner: str, path: str) -> None:
    """The names of variables do not count, where nothing else is called so."""
    assert reason == refusal(query="", named=("callback", owner, "POST", path))


@pytest.mark.parametrize(
    ("reason", "status", "body"),
    [
        ("", 200, b'{"secret": "a"}'),
        ("", 410, b""),
        ("its body is not valid", 200, b'{"id": 1}'),
        ("500 is no status of its answers", 500, b""),
    ],
)
def test_what_a_client_answers_is_held_against_what_clients_send(
    reason: str, status: int, body: bytes
) -> None:
    """Of the members that only one side sends, those of the client are needed."""
    judge = ResponseJudge.of(contract(), is_open=False, sender=Sender.CLIENT)
    response = Response(status=status, headers=(JSON,), body=body)
    assert reason == judge.refusal(Answered(kind="webhook", method="POST", path="paid", response=response))


@pytest.mark.parametrize(
    ("reason", "status", "path"),
    [
        ("", 200, EXPRESSIONS[0]),
        ("200 is no status of its answers", 200, EXPRESSIONS[1]),
        ("", 201, "{$another}"),
        ("202 is no status of its answers", 202, "{$another}"),
    ],
)
def test_an_answer_is_held_against_the_callback_of_that_address(reason: str, status: int, path: str) -> None:
    """Of an address that is called otherwise, what is one of any is taken."""
    judge = ResponseJudge.of(contract(), is_open=False, sender=Sender.CLIENT)
    response = Response(status=status, headers=(), body=b"")
    answered = Answered(
        kind="callback", owner="PUT /a/{id}", method="POST", path=f"done {path}", response=response
    )
    assert reason == judge.refusal(answered)
