"""What a form can say, and what it cannot tell apart."""

from __future__ import annotations

import pytest

from accord.cases.form import FORM, may_keep_contract
from accord.contract import library as libraries
from accord.contract.document import Document
from accord.contract.library import Library
from accord.contract.openapi import Body, MediaType, Operation

NULLABLE = {"anyOf": [{"type": "string", "minLength": 3}, {"type": "null"}]}
SCHEMA = {
    "type": "object",
    "required": ["user"],
    "properties": {
        "user": {"type": "string", "minLength": 1},
        "scope": NULLABLE,
        **{f"o{i}": NULLABLE for i in range(9)},
    },
}


def keeps(body: bytes, content_type: str | None = FORM, declared: str = FORM) -> bool:
    """Tell what is said of *body*."""
    library = Library(documents={"x.json": Document(name="x.json", data={"s": SCHEMA}, text="")})
    media_type = MediaType(name=declared, schema=libraries.uri("x.json", "/s"), uri="", encoding={})
    operation = Operation(
        id="o", method="POST", path="/", tags=(), parameters=(), answers={}, security=(), uri="",
        body=Body(required=True, media_types=(media_type,), uri=""),
    )  # fmt: skip
    return may_keep_contract(library, operation, content_type, body)


@pytest.mark.parametrize(
    ("body", "kept"),
    [
        (b"user=ann&scope=", True),
        (b"user=ann&scope=&o1=&o2=", True),
        (b"user=&scope=", False),
        (b"user=&scope=abc", False),
        (b"user=ann&scope=x", False),
        (b"user=ann&scope=abc", False),
        (b"scope=", False),
        (b"", False),
        (b"user=ann&scope=&scope=", True),
        (b"\xff=&user=a", False),
        (b"%FF=&user=ann", True),
        (b"&".join(b"o%d=" % i for i in range(9)) + b"&user=ann", False),
    ],
)
def test_empty_field_may_be_null_or_absent(body: bytes, kept: bool) -> None:
    """An empty field that may be null, or left out, keeps the contract; nothing else is excused here."""
    assert kept == keeps(body)


def test_only_forms_are_looked_at() -> None:
    """Another content type, or a form that the operation does not take, is not excused."""
    body = b"user=ann&scope="
    assert keeps(body, f"{FORM.title()}; charset=utf-8")
    assert not keeps(body, "application/json")
    assert not keeps(body, None)
    assert not keeps(body, declared="multipart/form-data")


def test_many_fields_take_no_time() -> None:
    """A hundred thousand fields end at once: the readings of six are looked at, not of all."""
    assert not keeps(b"&".join(b"f%d=" % i for i in range(100_000)))


@pytest.mark.parametrize(
    ("body", "kept"),
    [
        (b'{"user": "a"}\n', True),
        (b'{"user": "a"}\n{"user": ""}\n', False),
        (b"", True),
        (b"5\n", False),
        (b'{"user": "a"', False),
    ],
)
def test_sequence_keeps_the_contract_as_it_is_read(body: bytes, kept: bool) -> None:
    """Whatever it was before it was written, each item that is read is held against the schema of one."""
    library = Library(documents={"x.json": Document(name="x.json", data={"s": SCHEMA}, text="")})
    item = libraries.uri("x.json", "/s")
    media_type = MediaType(
        name="application/jsonl", schema=None, uri="", encoding={}, item=item, sequence=True
    )
    operation = Operation(
        id="o", method="POST", path="/", tags=(), parameters=(), answers={}, security=(), uri="",
        body=Body(required=True, media_types=(media_type,), uri=""),
    )  # fmt: skip
    assert kept == may_keep_contract(library, operation, "application/jsonl; charset=utf-8", body)
