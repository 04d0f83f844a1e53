"""HTTP Archives: what is written is one and reads back the same; what others write is read, or told why not."""

from __future__ import annotations

import base64
import gzip
import json
import re
from pathlib import Path

import jsonschema
import pytest
from haralyzer import HarParser
from hypothesis import given, settings
from hypothesis import strategies as st
from referencing import Registry, Resource

from accord.cases.request import Request
from accord.errors import RecordingError
from accord.exchange.har import read
from accord.exchange.har_writer import render
from accord.exchange.values import (
    Closed,
    Exchange,
    Lapse,
    Opened,
    Received,
    Response,
    Sent,
    Session,
    Side,
)

DATA = Path(__file__).parent / "data" / "har"
SCHEMAS = {path.name: json.loads(path.read_text()) for path in DATA.glob("*.json")}
REGISTRY = Registry().with_resources(
    [(name, Resource.from_contents(schema)) for name, schema in SCHEMAS.items()]
)
VALIDATOR = jsonschema.Draft6Validator(SCHEMAS["har.json"], registry=REGISTRY)

EXCHANGE = Exchange(
    id="e1",
    operation="read_book",
    request=Request(
        method="POST",
        url="http://127.0.0.1/books?a=1&b=%C3%A9",
        headers=(("Content-Type", "application/json"), ("X-Two", "1"), ("X-Two", "2")),
        body='{"title": "Émile"}'.encode(),
    ),
    response=Response(status=201, headers=(("Content-Type", "image/png"),), body=b"\x89PNG\x00"),
    started=1_700_000_000.123456,
    seconds=0.25,
)
SESSION = Session(
    id="s1",
    channel="events",
    url="ws://127.0.0.1/ws",
    script="greet",
    identity=None,
    events=(
        Opened(at=0.1, subprotocol="v1"),
        Sent(at=0.2, data='{"type": "hello"}'),
        Received(at=0.3, data=b"\x00\xff"),
        Closed(at=0.4, code=1000, by=Side.SERVER),
    ),
    started=1_700_000_001.5,
)
TEXTS = st.text(st.characters(exclude_categories=["Cs"], exclude_characters="\x00"), max_size=20)
NAMES = st.from_regex(r"[A-Za-z][A-Za-z-]{0,8}", fullmatch=True).filter(
    lambda name: name.lower() != "content-type"
)
EXCHANGES = st.builds(
    Exchange,
    id=st.just("e1"),
    operation=st.none() | st.just("read_book"),
    request=st.builds(
        Request,
        method=st.sampled_from(["GET", "POST"]),
        url=st.just("https://example.test/a?b=c"),
        headers=st.lists(st.tuples(NAMES, TEXTS), max_size=3).map(tuple),
        body=st.binary(max_size=20),
    ),
    response=st.builds(
        Response,
        status=st.integers(100, 599),
        headers=st.lists(st.tuples(NAMES, TEXTS), max_size=2).map(tuple),
        body=st.binary(max_size=20),
    ),
    started=st.floats(0, 4e9),
    seconds=st.floats(0, 1e5),
)


class Unmasked:
    """Leaves everything as it is, to see what the form itself keeps."""

    def mask_exchange(self, exchange):
        return exchange

    def mask_session(self, session):
        return session


def archive(tmp_path, *recorded, secrets=None):
    """Write an archive of *recorded*, and return its path."""
    path = tmp_path / "said.har"
    path.write_bytes(b"".join(render(recorded, secrets)))
    return path


def entries(tmp_path, *found, **options):
    """Return what is read of an archive with the entries *found*, and what was skipped."""
    path = tmp_path / "browser.har"
    path.write_text(json.dumps({"log": {"version": "1.2", "entries": list(found)}}), **options)
    skipped: list[str] = []
    return list(read(path, skip=skipped.append)), skipped


def entry(**changed):
    """Return an entry as a browser writes it."""
    whole = {
        "startedDateTime": "2026-01-02T03:04:05.678Z",
        "time": 12.5,
        "request": {"method": "GET", "url": "https://example.test/books", "headers": []},
        "response": {"status": 200, "headers": [], "content": {"mimeType": "application/json", "text": "[]"}},
    }
    return {**whole, **changed}


def test_an_archive_is_valid_and_read_by_another_tool(tmp_path):
    """The published schemas of HAR 1.2 take it, and a library of others finds its entries."""
    document = json.loads(archive(tmp_path, EXCHANGE, SESSION).read_bytes())

    assert [] == list(VALIDATOR.iter_errors(document))
    first, second = HarParser(document).har_data["entries"]
    assert ("POST", 201, 101) == (
        first["request"]["method"],
        first["response"]["status"],
        second["response"]["status"],
    )
    assert [{"name": "a", "value": "1"}, {"name": "b", "value": "é"}] == first["request"]["queryString"]


def test_the_same_recording_gives_the_same_bytes(tmp_path):
    """Nothing of the time or the machine stands in an archive."""
    assert archive(tmp_path, EXCHANGE, SESSION).read_bytes() == b"".join(render([EXCHANGE, SESSION]))


def test_an_archive_reads_back(tmp_path):
    """Exchanges and sessions come back as they were, binary messages and bodies included."""
    assert [EXCHANGE, SESSION] == list(read(archive(tmp_path, EXCHANGE, SESSION), skip=pytest.fail))


@settings(max_examples=25)
@given(exchange=EXCHANGES)
def test_every_exchange_reads_back(exchange, tmp_path_factory):
    """Whatever bytes and texts were said."""
    path = archive(tmp_path_factory.mktemp("har"), exchange, secrets=Unmasked())
    assert [exchange] == list(read(path, skip=pytest.fail, secrets=Unmasked()))


def test_secrets_are_left_out_of_what_is_written_and_read(tmp_path):
    """Authorization, cookies and members named like a secret go, in bodies and in messages."""
    headers = [{"name": "Authorization", "value": "Bearer abc"}, {"name": "Cookie", "value": "sid=abc"}]
    posted = {"mimeType": "application/json", "text": '{"password": "abc"}'}
    request = {
        "method": "POST",
        "url": "https://u:abc@example.test/?token=abc",
        "headers": headers,
        "postData": posted,
    }
    messages = [{"type": "send", "time": 1, "opcode": 1, "data": '{"token": "abc"}'}]
    socket = entry(_webSocketMessages=messages, request={"method": "GET", "url": "wss://example.test/"})
    said, skipped = entries(tmp_path, entry(request=request), socket)

    assert [] == skipped
    assert "abc" not in repr(said)
    assert b"abc" not in b"".join(render(said))


def test_messages_of_a_browser_are_a_session(tmp_path):
    """Who sent is kept, binary messages are bytes, and control frames are none."""
    messages = [
        {"type": "send", "time": 1767323046.0, "opcode": 1, "data": "hello"},
        {"type": "receive", "time": 1767323046.5, "opcode": 2, "data": base64.b64encode(b"\x00").decode()},
        {"type": "receive", "time": 1767323047.0, "opcode": 9, "data": ""},
    ]
    request = {"method": "GET", "url": "https://example.test/ws", "headers": []}
    ((session,), _) = entries(
        tmp_path, entry(request=request, response={"status": 101}, _webSocketMessages=messages)
    )

    assert isinstance(session, Session)
    assert "wss" == session.url.partition(":")[0] or session.url.startswith("ws")
    assert ["hello", b"\x00"] == [
        event.data for event in session.events if isinstance(event, Sent | Received)
    ]
    assert isinstance(session.events[1], Sent)


def test_bodies_are_read_in_any_encoding(tmp_path):
    """Text, base64, form fields, and no body at all."""
    content = {"mimeType": "image/png", "encoding": "base64", "text": base64.b64encode(b"\x89").decode()}
    posted = {"mimeType": "application/x-www-form-urlencoded", "params": [{"name": "a b", "value": "é"}]}
    request = {"method": "post", "url": "https://example.test/", "postData": posted}
    ((one, two), skipped) = entries(
        tmp_path,
        entry(request=request, response={"status": 200, "content": content}),
        entry(response={"status": 0}),
    )

    assert [] == skipped
    assert ("POST", b"a+b=%C3%A9", b"\x89") == (one.request.method, one.request.body, one.response.body)
    assert "image/png" == one.response.header("content-type")
    assert (None, Lapse.CLOSED) == (two.response, two.lapse)


def test_a_body_that_a_tool_left_encoded_is_decoded_or_told(tmp_path):
    """gzip is undone; of what cannot be undone the answer stays, without its body."""

    def coded(body, name):
        text = base64.b64encode(body).decode()
        content = {"mimeType": "application/json", "encoding": "base64", "text": text}
        return entry(
            response={
                "status": 200,
                "headers": [{"name": "Content-Encoding", "value": name}],
                "content": content,
            }
        )

    brotli = b"\x0b\x02\x80hello\x03"
    said, skipped = entries(
        tmp_path, coded(gzip.compress(b"[1]"), "gzip"), coded(b"[2]", "br"), coded(brotli, "br")
    )

    assert [b"[1]", b"[2]", b""] == [item.response.body for item in said]
    assert ["the body of an answer in the encoding 'br', which cannot be undone"] == skipped


@pytest.mark.parametrize("encoding", ["utf-8-sig", "utf-16"])
def test_a_byte_order_mark_is_understood(tmp_path, encoding):
    """Tools of Windows write one."""
    ((exchange,), _) = entries(tmp_path, entry(), encoding=encoding)
    assert "https://example.test/books" == exchange.request.url


@pytest.mark.parametrize(
    "bad",
    [
        7,
        {},
        {"request": []},
        entry(request={"url": 3}),
        entry(request={"url": "data:text/plain,x"}),
        entry(request={"url": "ws://example.test/"}),
        entry(response={"status": 200, "content": {"text": "é!", "encoding": "base64"}}),
        entry(_webSocketMessages=[], _accord={"events": [{"event": "exploded"}]}),
    ],
)
def test_an_entry_that_cannot_be_read_is_passed_over_and_told(tmp_path, bad):
    """The others are read all the same."""
    said, skipped = entries(tmp_path, bad, entry())

    assert 1 == len(said)
    assert 1 == len(skipped)
    assert skipped[0].startswith("an entry of an archive: ")


def test_odd_values_of_members_are_not_believed(tmp_path):
    """Numbers, dates and lists that make no sense count as absent."""
    odd = {"status": True, "headers": 3, "content": []}
    request = {
        "method": 5,
        "url": "http://h/",
        "headers": [3, {"name": ":path", "value": "/"}, {"name": "A", "value": 1}],
    }
    said, _ = entries(
        tmp_path, entry(startedDateTime="never", time="long", request=request, response=odd, _accord=3)
    )

    assert [("GET", (("A", ""),), 0.0, 0.0)] == [
        (item.request.method, item.request.headers, item.started, item.seconds) for item in said
    ]


@pytest.mark.parametrize(
    ("data", "words"),
    [
        (b'{"log": {"entries": [', r"x\.har:1: is not JSON and seems to be cut off"),
        (b'{"log":\n [}', r"x\.har:2: is not JSON: "),
        (b'{"log": {}}', r"has no list at /log/entries"),
        (b"[" * 100_000, r"nested too deep"),
        (b"", r"is not JSON"),
    ],
)
def test_what_is_no_archive_is_told_with_its_place(tmp_path, data, words):
    """One clear error, never a traceback."""
    path = tmp_path / "x.har"
    path.write_bytes(data)
    with pytest.raises(RecordingError) as caught:
        list(read(path, skip=pytest.fail))
    assert re.search(words, str(caught.value))


def test_an_archive_that_is_too_large_is_not_read(tmp_path):
    """Its size is looked at first."""
    with pytest.raises(RecordingError, match="more than 3 bytes"):
        list(read(archive(tmp_path, EXCHANGE), skip=pytest.fail, largest=3))


def test_bytes_that_are_no_text_are_replaced_and_told(tmp_path):
    """A tool that writes Latin-1 loses some letters, not the archive."""
    path = tmp_path / "x.har"
    text = json.dumps({"log": {"entries": [entry()]}}).replace('[]"', 'caf\\u00e9 ?"')
    path.write_bytes(text.encode().replace(b"?", b"\xe9"))
    skipped: list[str] = []
    (exchange,) = read(path, skip=skipped.append)

    assert ["bytes of an archive that are no UTF-8 were replaced"] == skipped
    assert "café \ufffd" == exchange.response.body.decode()
