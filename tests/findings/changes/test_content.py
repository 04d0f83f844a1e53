"""Forms, multipart bodies and plain texts, written and read again."""

from __future__ import annotations

import json
import re
from email import message_from_bytes
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from accord.contract.contract import load_text
from accord.contract.media_type import FORM, MULTIPART
from accord.findings.changes.change import Change
from accord.findings.changes.content import PLAIN, Piece, meanings, multipart, pieces_of
from accord.findings.changes.contracts import compare

TEXTS = st.text(st.characters(exclude_categories=["Cs"]), max_size=12) | st.sampled_from(
    ["--accord", "a\r\n--accord--\r\n", '"', "%22", "1", "true", "null", "[1]"]
)


def pieces(value: dict[str, Any]) -> list[Piece]:
    """Return the fields of *value*, lists as fields of the same name."""
    return [
        Piece(name=name, text=text)
        for name, texts in value.items()
        for text in (texts if isinstance(texts, list) else [texts])
    ]


@settings(max_examples=150, derandomize=True, deadline=None)
@given(value=st.dictionaries(TEXTS, TEXTS | st.lists(TEXTS, min_size=2, max_size=3), max_size=3))
def test_a_multipart_body_may_mean_what_was_written(value) -> None:
    """Whatever its names and texts hold, line ends, quotes and boundaries too."""
    text, media_type = multipart(pieces(value))
    found = meanings(media_type, text.encode())
    assert found is not None
    assert value in found


def test_another_reader_finds_the_same_parts() -> None:
    """What is written is what RFC 7578 asks for, as the library of Python reads it."""
    picture = Piece(name="file", text="GIF", content_type="image/gif", headers=(("X-Sum", "1,2"),))
    text, media_type = multipart([*pieces({"name": "Emma", "tags": ["a", "b"]}), picture])
    message = message_from_bytes(f"Content-Type: {media_type}\r\n\r\n{text}".encode())
    parts = [
        (
            part.get_param("name", header="content-disposition"),
            part.get_payload(),
            part["content-type"],
            part["x-sum"],
        )
        for part in message.get_payload()
        if not isinstance(part, str)
    ]
    assert [
        ("name", "Emma", None, None),
        ("tags", "a", None, None),
        ("tags", "b", None, None),
        ("file", "GIF", "image/gif", "1,2"),
    ] == parts


def test_the_parts_are_read_with_their_types_and_headers() -> None:
    """What the library of Python writes is read: names with quotes, header names in any case."""
    body = b'--x\r\ncontent-disposition: form-data; name="a%22b"\r\ncontent-type: text/csv\r\nX-SUM:  1 \r\n\r\n1,2\r\n--x--\r\n'
    (piece,) = pieces_of(f"{MULTIPART}; boundary=x", body.decode())
    assert ('a"b', "1,2", "text/csv", "1") == (
        piece.name,
        piece.text,
        piece.content_type,
        dict(piece.headers)["X-SUM"],
    )


@pytest.mark.parametrize(
    ("media_type", "body", "expected"),
    [
        ("application/problem+json", b'{"a": 1}', [{"a": 1}]),
        ("application/json", b"{", []),
        (FORM, b"", [{}]),
        (FORM, b"a=1", [{"a": "1"}, {"a": 1}, {"a": ["1"]}, {"a": [1]}]),
        (FORM, b"a=x+y&a=%C3%A9", [{"a": ["x y", "é"]}]),
        (FORM, b"nothing", []),
        (f"{PLAIN}; charset=utf-8", b"1.5", ["1.5", 1.5]),
        (PLAIN, b"null", ["null"]),
        (PLAIN, b"\xff", []),
        (MULTIPART, b"--x--\r\n", []),
        (f"{MULTIPART}; boundary=x", b"--x\r\n\r\na\r\n--x--\r\n", []),
        ("image/png", b"a", None),
        (FORM, "&".join(f"a{number}=1" for number in range(30)).encode(), None),
    ],
)
def test_a_body_means_all_that_its_text_may(media_type, body, expected) -> None:
    """None is said of other kinds and of too many fields; what cannot be read means nothing."""
    assert expected == meanings(media_type, body)


def changes(media_type: str, old: Any, new: Any, **encoding: Any) -> tuple[Change, ...]:
    """Return what changed between two schemas of a body."""

    def document(schema: Any) -> str:
        body = {"required": True, "content": {media_type: {"schema": schema, **encoding}}}
        operation = {"requestBody": body, "responses": {"200": {"description": "ok"}}}
        paths = {"/things": {"post": operation}}
        return json.dumps({"openapi": "3.2.0", "info": {"title": "T", "version": "1"}, "paths": paths})

    sides = [load_text(document(schema), name="openapi.json") for schema in (old, new)]
    return compare(*sides)


def named(limit: int, *others: str) -> dict[str, Any]:
    """Return an object with a limited name and other members that it must have."""
    members = {
        "name": {"type": "string", "maxLength": limit},
        **{name: {"type": "string"} for name in others},
    }
    return {"type": "object", "required": list(members), "properties": members}


@pytest.mark.parametrize(
    ("media_type", "body"),
    [
        (FORM, rb"name=[a-z]{4,5}"),
        (
            MULTIPART,
            rb'--accord\r\nContent-Disposition: form-data; name="name"\r\n\r\n[a-z]{4,5}\r\n--accord--\r\n',
        ),
    ],
)
def test_a_break_of_a_form_is_shown_as_a_whole_request(media_type, body) -> None:
    """The request is as a client writes it, and both contracts have judged it."""
    (change,) = changes(media_type, named(5), named(3))
    assert change.witness is not None
    assert change.witness.request is not None
    assert re.fullmatch(body, change.witness.request.body)
    assert "a client that sends this today is refused tomorrow: its body is not valid" == change.witness.means


@pytest.mark.parametrize(
    ("others", "encoding"),
    [
        (tuple(f"field{number}" for number in range(30)), {}),
        ((), {"encoding": {"name": {"encoding": {"inner": {}}}}}),
    ],
    ids=["many fields", "a field with fields of its own"],
)
def test_what_is_written_in_another_way_is_judged_by_its_value(others, encoding) -> None:
    """Where no request is built, the value alone shows the break, with the reason why it is alone."""
    (change,) = changes(FORM, named(5, *others), named(3, *others), **encoding)
    assert change.witness is not None
    assert change.witness.alone
    assert change.witness.request is None
    assert "breaking" == change.verdict
