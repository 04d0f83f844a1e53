"""Whole requests judged from their bytes."""

from __future__ import annotations

import json
from typing import Any

import pytest

from accord.cases.request import Request
from accord.contract.contract import load_text
from accord.findings.changes.request_judge import RequestJudge

OPERATION = {
    "parameters": [
        {"name": "id", "in": "path", "required": True, "schema": {"type": "integer"}},
        {
            "name": "q",
            "in": "query",
            "schema": {"type": "array", "maxItems": 2, "items": {"type": "integer"}},
        },
        {
            "name": "p",
            "in": "query",
            "style": "pipeDelimited",
            "explode": False,
            "schema": {"type": "array", "items": {"type": "integer"}},
        },
        {"name": "d", "in": "query", "style": "deepObject", "schema": {"type": "object", "required": ["a"]}},
        {"name": "j", "in": "query", "content": {"application/json": {"schema": {"type": "object"}}}},
        {"name": "X-Map", "in": "header", "explode": True, "schema": {"type": "object", "required": ["a"]}},
        {"name": "c", "in": "cookie", "schema": {"type": "integer"}},
    ],
    "requestBody": {"content": {"application/json": {"schema": {"type": "integer"}}, "text/*": {}}},
    "security": [{"key": []}, {"basic": []}],
    "responses": {"200": {"description": "ok", "content": {"application/json": {}}}},
}
KEY = ("X-Key", "k")


def refusal(url: str, *headers: tuple[str, str], body: bytes = b"", method: str = "PUT") -> str:
    """Return why the contract refuses a request."""
    document: dict[str, Any] = {
        "openapi": "3.1.0",
        "info": {"title": "T", "version": "1"},
        "servers": [{"url": "https://{region}.example/v1", "variables": {"region": {"default": "eu"}}}],
        "paths": {"/things/{id}": {"put": OPERATION}},
        "components": {
            "securitySchemes": {
                "key": {"type": "apiKey", "in": "header", "name": "X-Key"},
                "basic": {"type": "http", "scheme": "basic"},
            }
        },
    }
    contract = load_text(json.dumps(document), name="openapi.json")
    request = Request(method=method, url=f"https://us.example{url}", headers=headers, body=body)
    return RequestJudge.of(contract, is_open=True).refusal(request)


@pytest.mark.parametrize(
    ("url", "headers", "body"),
    [
        ("/v1/things/1", (KEY,), b""),
        ("/v1/things/1", (("Authorization", "basic abc"),), b""),
        ("/v1/things/1?q=1&q=2", (KEY,), b""),
        ("/v1/things/1?p=1%7C2", (KEY,), b""),
        ("/v1/things/1?d%5Ba%5D=1", (KEY,), b""),
        ("/v1/things/1?j=%7B%7D", (KEY,), b""),
        ("/v1/things/1", (KEY, ("X-Map", "a=1,b=2")), b""),
        ("/v1/things/1", (KEY, ("Cookie", "c=1")), b""),
        ("/v1/things/1", (KEY, ("Content-Type", "application/json; charset=utf-8")), b"1"),
        ("/v1/things/1", (KEY, ("Content-Type", "text/csv")), b"a,b"),
        ("/v1/things/1", (KEY, ("Accept", "application/*")), b""),
    ],
)
def test_what_the_contract_takes(url: str, headers: tuple[tuple[str, str], ...], body: bytes) -> None:
    """A request that keeps to the contract is refused for nothing."""
    assert refusal(url, *headers, body=body) == ""


@pytest.mark.parametrize(
    ("expected", "url", "headers", "body"),
    [
        ("PUT /things/1 is no operation at that address", "/things/1", (KEY,), b""),
        ("path parameter id is not valid", "/v1/things/a", (KEY,), b""),
        ("query parameter q is not valid", "/v1/things/1?q=1&q=2&q=3", (KEY,), b""),
        ("query parameter p is not valid", "/v1/things/1?p=1,2", (KEY,), b""),
        ("query parameter d is not valid", "/v1/things/1?d%5Bb%5D=1", (KEY,), b""),
        ("query parameter j is not valid", "/v1/things/1?j=%7B", (KEY,), b""),
        ("header parameter X-Map is not valid", "/v1/things/1", (KEY, ("X-Map", "b=2")), b""),
        ("cookie parameter c is not valid", "/v1/things/1", (KEY, ("Cookie", "c=a")), b""),
        ("no alternative of its security is met", "/v1/things/1", (), b""),
        ("no alternative of its security is met", "/v1/things/1", (("Authorization", "Bearer abc"),), b""),
        ("its body is not valid", "/v1/things/1", (KEY, ("Content-Type", "application/json")), b'"a"'),
        ("its body cannot be read", "/v1/things/1", (KEY, ("Content-Type", "application/json")), b"{"),
        ("image/png is no media type of its body", "/v1/things/1", (KEY, ("Content-Type", "image/png")), b""),
        ("nothing is answered as text/csv", "/v1/things/1", (KEY, ("Accept", "text/csv")), b""),
    ],
)
def test_what_the_contract_refuses(
    expected: str, url: str, headers: tuple[tuple[str, str], ...], body: bytes
) -> None:
    """A request that breaks the contract in one place is refused for that place."""
    assert expected == refusal(url, *headers, body=body)


def test_another_method_is_another_operation() -> None:
    """A method that the path does not have is refused."""
    assert "POST /v1/things/1 is no operation at that address" == refusal("/v1/things/1", KEY, method="POST")


LATER = {
    "query": {
        "parameters": [
            {
                "name": "whole",
                "in": "querystring",
                "required": True,
                "content": {
                    "application/x-www-form-urlencoded": {
                        "schema": {
                            "type": "object",
                            "required": ["a"],
                            "properties": {"a": {"type": "integer"}},
                        }
                    }
                },
            },
            {
                "name": "c",
                "in": "cookie",
                "style": "cookie",
                "schema": {"type": "array", "items": {"maxLength": 3}},
            },
        ],
        "requestBody": {"content": {"application/json-seq": {"itemSchema": {"type": "integer"}}}},
        "responses": {"200": {}},
    }
}


@pytest.mark.parametrize(
    ("query", "cookie", "body", "reason"),
    [
        ("?a=1", "c=a%20; c=b", b"\x1e1\n", "cookie parameter c is not valid"),
        ("?a=1", "c=a; c=b", b"\x1e1\n", ""),
        ("?a=x", "c=a", b"", "querystring parameter whole is not valid"),
        ("?b=1", "c=a", b"", "querystring parameter whole is not valid"),
        ("", "c=a", b"", "querystring parameter whole is missing"),
        ("?a=1", "d=a", b'\x1e"x"\n', "an item of its body is not valid"),
    ],
)
def test_what_3_2_lets_a_request_be_is_read(query: str, cookie: str, body: bytes, reason: str) -> None:
    """The whole query is one value, cookies come as they are, and a body may be items."""
    document = {"openapi": "3.2.0", "info": {"title": "T", "version": "1"}, "paths": {"/a": LATER}}
    headers = (("Cookie", cookie), *((("Content-Type", "application/json-seq"),) if body else ()))
    request = Request(method="QUERY", url=f"https://service.example/a{query}", headers=headers, body=body)
    contract = load_text(json.dumps(document), name="openapi.json")
    assert reason == RequestJudge.of(contract, is_open=True).refusal(request)


@pytest.mark.parametrize(
    ("url", "expected"),
    [
        ("https://a.example/v1/x", ""),
        ("https://b.example/v1/x", ""),
        ("https://b.example/v1.1/x", ""),
        ("https://c.example/v1/x", "POST /v1/x is no operation at that address"),
        ("https://b.example/v1/y/x", "POST /v1/y/x is no operation at that address"),
        ("https://a.example/v1", "POST /v1 is no operation at that address"),
        ("https://a.example/v1x", "POST /v1x is no operation at that address"),
        ("https://operation.example/x", ""),
        ("https://operation.example/v1/x", "POST /v1/x is no operation at that address"),
    ],
)
def test_an_address_begins_with_one_of_the_servers(url: str, expected: str) -> None:
    """Variables of a server are one of their values, or any text without a slash; the nearest list counts."""
    region = {"region": {"default": "a", "enum": ["a", "b"]}, "version": {"default": "v1"}}
    answers = {"responses": {"200": {"description": "ok"}}}
    document: dict[str, Any] = {
        "openapi": "3.1.0",
        "info": {"title": "T", "version": "1"},
        "servers": [{"url": "https://{region}.example/{version}/", "variables": region}],
        "paths": {
            "/x": {"post": answers}
            if "operation" not in url
            else {"post": {**answers, "servers": [{"url": "https://operation.example"}]}},
        },
    }
    contract = load_text(json.dumps(document), name="openapi.json")
    judge = RequestJudge.of(contract, is_open=True)
    assert expected == judge.refusal(Request(method="POST", url=url))
