"""Forms and multipart bodies written as their encodings have it."""

from __future__ import annotations

import json
from email import message_from_bytes
from typing import Any
from urllib.parse import parse_qsl

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from accord.contract.contract import Contract, load_text
from accord.contract.media_type import FORM, MULTIPART
from accord.contract.openapi import MediaType
from accord.findings.changes.content import meanings
from accord.findings.changes.form_field import form_fields
from accord.findings.changes.form_text import Detail, FormWriter
from accord.findings.changes.node import Schemas
from accord.findings.changes.sample import Sampler, UnbuildableError

TEXTS = st.text("ab 1.%+=\r\n\"'é", min_size=1, max_size=4)
SCALARS = TEXTS | st.integers(-9, 9) | st.booleans()
ENCODED: dict[str, tuple[dict[str, Any], st.SearchStrategy[Any]]] = {
    "usual": ({}, SCALARS | st.lists(TEXTS, min_size=1, max_size=2)),
    "json": ({"contentType": "application/json"}, SCALARS | st.lists(SCALARS, min_size=1, max_size=2)),
    "object": ({"contentType": "application/x+json"}, st.dictionaries(TEXTS, SCALARS, max_size=2)),
    "text": ({"contentType": "text/csv, text/plain"}, SCALARS),
    "any": ({"contentType": "image/*"}, TEXTS),
    "exploded": ({"style": "form"}, st.lists(TEXTS, min_size=1, max_size=2)),
    "whole": ({"explode": False}, st.lists(TEXTS, min_size=1, max_size=2)),
    "spaced": ({"style": "spaceDelimited"}, st.lists(st.integers(), min_size=1, max_size=2)),
    "piped": ({"style": "pipeDelimited"}, st.lists(TEXTS, min_size=1, max_size=2)),
    "deep": (
        {"style": "deepObject"},
        st.dictionaries(st.text("ab", min_size=1), TEXTS, min_size=1, max_size=2),
    ),
}
MEMBERS: dict[str, Any] = {
    "exploded": {"type": "array"},
    "tags": {"type": "array", "items": {"type": "integer"}},
}


def described(media_type: str, encoding: dict[str, Any], **members: Any) -> tuple[Contract, MediaType]:
    """Return a contract with a body, and its media type."""
    schema = {"type": "object", "properties": {**MEMBERS, **members}}
    content = {media_type: {"schema": schema, "encoding": encoding}}
    operation = {"requestBody": {"content": content}, "responses": {"200": {"description": "ok"}}}
    document = {
        "openapi": "3.2.0",
        "info": {"title": "T", "version": "1"},
        "paths": {"/a": {"post": operation}},
    }
    contract = load_text(json.dumps(document), name="d.json")
    body = contract.operations[0].body
    assert body is not None
    return contract, body.media_types[0]


def written(
    media_type: str, encoding: dict[str, Any], value: Any, detail: Detail | None = None, **members: Any
) -> tuple[str, str]:
    """Return the text of *value*, and its media type."""
    contract, described_type = described(media_type, encoding, **members)
    sampler = Sampler(Schemas(contract.library))
    writer = FormWriter(library=contract.library, media_type=described_type, sampler=sampler, detail=detail)
    return writer.text(value)


@settings(max_examples=150, derandomize=True, deadline=None)
@given(
    media_type=st.sampled_from([FORM, MULTIPART]),
    value=st.lists(st.sampled_from(sorted(ENCODED)), max_size=3, unique=True).flatmap(
        lambda names: st.fixed_dictionaries({name: ENCODED[name][1] for name in names})
    ),
)
def test_what_is_written_may_mean_what_was_meant(media_type, value) -> None:
    """Whatever the encoding of a field: the reader of the same contract finds its value among all that it may be."""
    encoding = {name: encoding for name, (encoding, _) in ENCODED.items() if encoding}
    contract, described_type = described(media_type, encoding)
    text, kind = written(media_type, encoding, value)
    found = meanings(kind, text.encode(), form_fields(contract.library, described_type))
    assert found is not None
    assert value in found


@pytest.mark.parametrize(
    ("encoding", "value", "pairs"),
    [
        ({}, {"tags": [1, 2], "o": {"a": 1}, "n": None}, [("tags", "1"), ("tags", "2"), ("o", '{"a":1}')]),
        ({"tags": {"explode": False}}, {"tags": [1, 2]}, [("tags", "1,2")]),
        ({"tags": {"style": "spaceDelimited"}}, {"tags": [1, 2]}, [("tags", "1 2")]),
        ({"tags": {"style": "pipeDelimited"}}, {"tags": ["a b", "&"]}, [("tags", "a b|&")]),
        ({"o": {"style": "deepObject"}}, {"o": {"a": "x y", "b": 1}}, [("o[a]", "x y"), ("o[b]", "1")]),
        ({"o": {"style": "form", "explode": False}}, {"o": {"a": 1, "b": "é"}}, [("o", "a,1,b,é")]),
        ({"s": {"contentType": "application/json"}}, {"s": "a"}, [("s", '"a"')]),
        ({"s": {"contentType": "text/plain"}}, {"s": 3}, [("s", "3")]),
        # Where a style is named, the content type counts for nothing (OpenAPI 3.1, 4.8.15.1.2).
        ({"s": {"contentType": "application/json", "allowReserved": True}}, {"s": "a"}, [("s", "a")]),
    ],
)
def test_another_reader_finds_the_same_fields(encoding, value, pairs) -> None:
    """A form is written as OpenAPI has it, as the library of Python reads it."""
    members = {"s": {"type": "string"}, "n": {"type": "null"}}
    assert pairs == parse_qsl(written(FORM, encoding, value, **members)[0], keep_blank_values=True)


HEADERS = {
    "X-Sum": {"required": True, "schema": {"type": "array", "minItems": 2, "items": {"type": "integer"}}},
    "X-Free": {"schema": {"type": "string"}},
    "Content-Type": {"required": True, "schema": {"const": "ignored"}},
}


@pytest.mark.parametrize(
    ("detail", "expected"),
    [
        (None, ("application/pdf", "1,1", None, "a")),
        (Detail(name="file", content_type="image/*"), ("image/x-other", "1,1", None, "a")),
        (Detail(name="file", header="x-sum"), ("application/pdf", None, None, "a")),
        (Detail(name="file", header="x-sum", value=[3]), ("application/pdf", "3", None, "a")),
        (Detail(name="file", header="X-Free", value="v"), ("application/pdf", "1,1", "v", "a")),
    ],
)
def test_a_part_has_its_type_and_its_headers(detail, expected) -> None:
    """The first type that is named, the headers that are needed, and what a change wants of them."""
    encoding = {"file": {"contentType": "application/pdf, image/*", "headers": HEADERS}}
    text, kind = written(MULTIPART, encoding, {"file": "a"}, detail, file={"type": "string"})
    message = message_from_bytes(f"Content-Type: {kind}\r\n\r\n{text}".encode())
    (part,) = message.get_payload()
    assert not isinstance(part, str)
    assert expected == (part.get_content_type(), part["x-sum"], part["x-free"], part.get_payload())


def test_an_object_is_a_part_of_json_by_itself() -> None:
    """Where no content type is named, that of objects is JSON (OpenAPI 3.1, 4.8.15.1.1)."""
    text, kind = written(MULTIPART, {}, {"o": {"a": 1}})
    (part,) = message_from_bytes(f"Content-Type: {kind}\r\n\r\n{text}".encode()).get_payload()
    assert not isinstance(part, str)
    assert ("application/json", '{"a":1}') == (part.get_content_type(), part.get_payload())


@pytest.mark.parametrize(
    ("reason", "encoding", "value"),
    [
        ("the field o: its members stand among the fields under their own names", {"style": "form"}, {}),
        ("the field o: it has parts of its own inside", {"encoding": {}}, {}),
        ("how the field o is written as image/png, no contract says", {"contentType": "image/png"}, {}),
        (
            "no header carries the value of X-A",
            {"headers": {"X-A": {"required": True, "schema": {"const": "a\r\nb: c"}}}},
            "",
        ),
        ("it is no Unicode text", {"contentType": "text/plain"}, "\ud800"),
    ],
)
def test_what_cannot_be_written_is_told_with_the_reason(reason, encoding, value) -> None:
    """No whole is made up of what no contract says, and no header breaks out of its line."""
    with pytest.raises(UnbuildableError, match=reason):
        written(MULTIPART, {"o": encoding}, {"o": value})


def test_fields_that_may_mean_too_much_are_not_written() -> None:
    """A judge would have to try every combination."""
    with pytest.raises(UnbuildableError, match="may mean too much together"):
        written(FORM, {}, {f"f{number}": "1" for number in range(30)})
