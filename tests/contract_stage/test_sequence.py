"""Bodies of sequential media types, read into items."""

from __future__ import annotations

import json
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from accord.contract.sequence import MAXIMUM_BYTES, MAXIMUM_ITEMS, is_sequence, read_sequence, write_item

LINES, TEXTS, EVENTS = "application/jsonl", "application/json-seq", "text/event-stream"
VALUES = st.recursive(
    st.none() | st.booleans() | st.integers(-(2**53), 2**53) | st.text(max_size=5),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=3), inner, max_size=3),
    max_leaves=5,
)


@pytest.mark.parametrize(
    ("name", "expected"),
    [
        (LINES, True),
        ("Application/X-NDJSON; charset=utf-8", True),
        (TEXTS, True),
        ("application/geo+json-seq", True),
        (EVENTS, True),
        ("multipart/mixed", False),
        ("application/json", False),
        ("text/*", False),
        (None, False),
    ],
)
def test_sequences_are_known_by_their_media_types(name: str | None, expected: object) -> None:
    """JSON lines, JSON texts and events are read; parts of a multipart body are not."""
    assert expected == is_sequence(name)


@pytest.mark.parametrize(
    ("media_type", "body", "items"),
    [
        (LINES, b'{"a": 1}\n2\n', ({"a": 1}, 2)),
        (LINES, b'"a"\r\n\r\n"b"', ("a", "b")),
        (LINES, b"", ()),
        (TEXTS, b"\x1e{\n}\n\x1e1\n", ({}, 1)),
        (TEXTS, b"\x1e\x1e[1]\n", ([1],)),
        (TEXTS, b"", ()),
    ],
)
def test_json_items_are_read(media_type: str, body: bytes, items: tuple[Any, ...]) -> None:
    """NDJSON lets a reader pass over empty lines, RFC 7464 over doubled separators."""
    read = read_sequence(body, media_type)
    assert (items, "", True) == (read.items, read.fault, read.whole)


@pytest.mark.parametrize(
    ("media_type", "body", "items", "fault"),
    [
        (LINES, b"1\n{\n3\n", (1,), "line 2 is not JSON"),
        (LINES, b"1\n2 3\n", (1,), "line 2 is not JSON"),
        (LINES, b"NaN\n", (), "line 1 is not JSON"),
        (LINES, b"1\n\xff\n", (), "byte 2 is not UTF-8"),
        (LINES, b"[" * 100_000, (), "line 1 is not JSON"),
        (TEXTS, b"1\n", (), "does not begin with a record separator"),
        (TEXTS, b"\x1e1\n\x1e{\n", (1,), "text 2 is not JSON"),
    ],
)
def test_item_that_cannot_be_read_is_named(media_type: str, body: bytes, items: object, fault: str) -> None:
    """The items before it are kept, and what follows is not looked at."""
    read = read_sequence(body, media_type)
    assert (items, False) == (read.items, read.whole)
    assert fault in read.fault
    assert len(read.fault) <= 200


# Each stream with the events that the parser of the HTML standard dispatches, section 9.2.6, worked out by hand.
STREAMS: list[tuple[bytes, tuple[Any, ...]]] = [
    (b"data: a\n\n", ({"data": "a"},)),
    (b"data: a\ndata:  b\n\n", ({"data": "a\n b"},)),
    (b"data\n\ndata\ndata\n\ndata:", ({"data": ""}, {"data": "\n"})),
    (b"data:a\n\ndata: a\n\n", ({"data": "a"}, {"data": "a"})),
    (
        b": note\nevent: e\nid: 1\nretry: 5\nodd: x\ndata: a\n\n",
        ({"event": "e", "id": "1", "retry": 5, "data": "a"},),
    ),
    (b"event: e\n\ndata: a\n\n", ({"data": "a"},)),
    (b"retry: soon\nid: a\0b\ndata: a\n\n", ({"data": "a"},)),
    (b"\xef\xbb\xbfdata: a\r\n\r\ndata: b\r\rdata: c", ({"data": "a"}, {"data": "b"})),
    (b"data: \xff\n\n", ({"data": "\ufffd"},)),
    (b"", ()),
]


@pytest.mark.parametrize(("body", "events"), STREAMS)
def test_events_are_read_as_browsers_do(body: bytes, events: tuple[Any, ...]) -> None:
    """What a browser dispatches is an item; comments, unknown fields and unfinished events are none."""
    read = read_sequence(body, EVENTS)
    assert (events, "", True) == (read.items, read.fault, read.whole)


@pytest.mark.parametrize("digits", ["1" * 50, "1" * 100_000])
def test_endless_numbers_do_no_harm(digits: str) -> None:
    """A time to wait of any number of digits is a number."""
    (event,) = read_sequence(f"retry: {digits}\ndata: a\n\n".encode(), EVENTS).items
    assert isinstance(event, dict)
    assert isinstance(event["retry"], int)


@pytest.mark.parametrize(
    ("media_type", "item"), [(LINES, b"1\n"), (TEXTS, b"\x1e1\n"), (EVENTS, b"data: 1\n\n")]
)
def test_only_so_many_items_are_read(media_type: str, item: bytes) -> None:
    """Of a longer body the first items are looked at, and it is not taken for a whole."""
    read = read_sequence(item * (MAXIMUM_ITEMS + 1), media_type)
    assert (MAXIMUM_ITEMS, False, "") == (len(read.items), read.whole, read.fault)
    assert read_sequence(item * MAXIMUM_ITEMS, media_type).whole


@pytest.mark.parametrize(
    ("media_type", "item", "value"),
    [
        (LINES, b'"%s"\n', "a" * 1_000_000),
        (TEXTS, b'\x1e"%s"\n', "a" * 1_000_000),
        (EVENTS, b"data: %s\n\n", {"data": "a" * 1_000_000}),
    ],
)
def test_only_so_much_is_read(media_type: str, item: bytes, value: Any) -> None:
    """Of a longer body, the items that end before the limit are whole, and nothing is said of the rest."""
    read = read_sequence(item % (b"a" * 1_000_000) * 5, media_type)
    assert ([value] * 4, "", False) == (list(read.items), read.fault, read.whole)
    endless = read_sequence(item % (b"a" * 2 * MAXIMUM_BYTES), media_type)
    assert ((), "", False) == (endless.items, endless.fault, endless.whole)


@settings(max_examples=100, deadline=None, derandomize=True, database=None)
@given(st.lists(VALUES, max_size=4), st.sampled_from([LINES, TEXTS]))
def test_what_is_written_is_read_again(items: list[Any], media_type: str) -> None:
    """Items written one after another are those that are read; so says the json module of each."""
    texts = [write_item(item, media_type) for item in items]
    assert items == [json.loads(text.removeprefix("\x1e")) for text in texts]
    assert items == list(read_sequence("".join(texts).encode(), media_type).items)


def test_an_event_is_written_with_its_fields() -> None:
    """A member that no event has is left out, and lines of data come as lines."""
    written = write_item({"data": "a\nb", "event": "e", "retry": 5, "odd": 1}, EVENTS)
    assert written == "event: e\nretry: 5\ndata: a\ndata: b\n\n"
    assert write_item(5, EVENTS) == "data: 5\n\n"
