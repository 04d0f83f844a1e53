"""Whole bodies judged from their bytes, field by field and part by part."""

from __future__ import annotations

import json
from typing import Any

import pytest

from accord.contract.contract import load_text
from accord.contract.media_type import FORM, MULTIPART
from accord.findings.changes.change import Sender
from accord.findings.changes.content_judge import body_fault
from accord.findings.changes.judge import Judge, Role

MEMBERS: dict[str, Any] = {
    "tags": {"type": "array", "maxItems": 2, "items": {"type": "integer"}},
    "file": {"type": "string", "maxLength": 3},
    "meta": {"type": "object", "required": ["a"], "properties": {"a": {"type": "integer"}}},
}
SUM = {"X-Sum": {"required": True, "schema": {"type": "integer"}}}
MANY_ENCODINGS = {
    "tags": {"style": "pipeDelimited"},
    "file": {"contentType": "image/*, text/plain", "headers": SUM},
    "meta": {"contentType": "application/json"},
}


def fault(media_type: str, kind: str, body: bytes, encoding: dict[str, Any]) -> str | None:
    """Return why *body* is none that the contract has."""
    media = {"schema": {"type": "object", "properties": MEMBERS}, "encoding": encoding}
    operation = {"requestBody": {"content": {media_type: media}}, "responses": {"200": {"description": "ok"}}}
    document = {
        "openapi": "3.2.0",
        "info": {"title": "T", "version": "1"},
        "paths": {"/a": {"post": operation}},
    }
    contract = load_text(json.dumps(document), name="d.json")
    described = contract.operations[0].body
    assert described is not None
    judge = Judge(library=contract.library, role=Role(sender=Sender.CLIENT, open=True))
    return body_fault(judge, described.media_types, kind, body)


def part(name: str, text: str, *headers: str) -> bytes:
    """Return a multipart body of one part."""
    head = "\r\n".join((f'Content-Disposition: form-data; name="{name}"', *headers))
    return f"--x\r\n{head}\r\n\r\n{text}\r\n--x--\r\n".encode()


@pytest.mark.parametrize(
    ("reason", "body", "encoding"),
    [
        ("", b"tags=1&tags=2", {}),
        ("its body is not valid", b"tags=1&tags=2&tags=3", {}),
        ("its body is not valid", b"tags=1%7C2", {}),
        ("", b"tags=1%7C2", {"style": "pipeDelimited"}),
        ("its body is not valid", b"tags=1%7C2%7C3", {"style": "pipeDelimited"}),
        ("its body is not valid", b"tags=1%2C2", {"style": "pipeDelimited"}),
        ("", b"tags=1%2C2", {"style": "form", "explode": False}),
        ("its body cannot be read", b"tags=1&tags=2", {"style": "form", "explode": False}),
        ("", b"tags=1+2", {"style": "spaceDelimited"}),
        ("", b"tags=%5B1%2C2%5D", {"contentType": "application/json"}),
        ("", b"tags=1&tags=2", {"contentType": "application/json"}),
        ("its body cannot be read", b"tags=%5B1", {"contentType": "application/json"}),
        ("its body is not valid", b"tags=%5B1%2C2%5D", {"contentType": "text/plain"}),
        ("", b"tags=anything", {"encoding": {}}),
    ],
)
def test_a_field_is_read_as_its_encoding_has_it(reason, body, encoding) -> None:
    """A list in another style is another value; where nobody knows how a field is read, nothing is refused."""
    assert reason == fault(FORM, FORM, body, {"tags": encoding} if encoding else {})


@pytest.mark.parametrize(
    ("reason", "body"),
    [
        ("", b"meta%5Ba%5D=1"),
        ("its body is not valid", b"meta%5Bb%5D=1"),
        ("its body is not valid", b"meta%5Ba%5D=x"),
    ],
)
def test_an_object_is_read_member_by_member(reason, body) -> None:
    """Each member of a deep object is a field of the form."""
    assert reason == fault(FORM, FORM, body, {"meta": {"style": "deepObject"}})


@pytest.mark.parametrize(
    ("reason", "body"),
    [
        ("", part("file", "abc", "Content-Type: image/gif", "x-sum: 3")),
        ("", part("file", "abc", "X-Sum: 3")),
        ("its body is not valid", part("file", "abcd", "Content-Type: image/gif", "x-sum: 3")),
        ("its part file may not be video/mp4", part("file", "abc", "Content-Type: video/mp4", "X-Sum: 3")),
        ("of its part file, the header X-Sum is missing", part("file", "abc", "Content-Type: image/gif")),
        ("of its part file, the header X-Sum is not valid", part("file", "abc", "X-Sum: a")),
        ("", part("meta", '{"a": 1}', "Content-Type: application/json; charset=utf-8")),
        ("its part meta may not be text/plain", part("meta", '{"a": 1}')),
        ("its body cannot be read", part("meta", "{", "Content-Type: application/json")),
        ("its body is not valid", part("meta", "{}", "Content-Type: application/json")),
        ("", part("tags", "1|2")),
        ("its body is not valid", part("tags", "1|2|3")),
        ("its body cannot be read", b"--y--\r\n"),
        ("its body cannot be read", b"\xff"),
    ],
)
def test_a_part_is_held_against_its_encoding(reason, body) -> None:
    """Its content type, its headers, and its text as the content type has it."""
    assert reason == fault(MULTIPART, f"{MULTIPART}; boundary=x", body, MANY_ENCODINGS)


def test_another_media_type_is_told_apart() -> None:
    """What is none of the media types is not judged as one."""
    assert fault(FORM, "application/json", b"{}", {}) is None
