"""Recordings: every value comes back as it was, every line is what the schema says."""

from __future__ import annotations

import base64
import json
from pathlib import Path

import jsonschema
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from accord.cases.request import Request
from accord.errors import RecordingError
from accord.exchange.recording import Recorder, dump, load, read, schema
from accord.exchange.secrets import Secrets
from accord.exchange.spoken import read_spoken, spoken
from accord.exchange.values import Closed, Exchange, Lapse, Opened, Received, Response, Sent, Session, Side

TEXT = st.text(st.characters(), max_size=20)
NUMBER = st.floats(0, 1e12)
HEADERS = st.lists(st.tuples(TEXT, TEXT), max_size=3).map(tuple)
DATA = st.one_of(TEXT, st.binary(max_size=20))
REQUESTS = st.builds(Request, method=TEXT, url=TEXT, headers=HEADERS, body=st.binary(max_size=20))
RESPONSES = st.builds(Response, status=st.integers(0, 2**60), headers=HEADERS, body=st.binary(max_size=20))
EXCHANGES = st.builds(
    Exchange,
    id=TEXT,
    operation=st.none() | TEXT,
    request=REQUESTS,
    response=st.none() | RESPONSES,
    lapse=st.none() | st.sampled_from(Lapse),
    detail=TEXT,
    started=NUMBER,
    seconds=NUMBER,
)
EVENTS = st.one_of(
    st.builds(Opened, at=NUMBER, subprotocol=st.none() | TEXT),
    st.builds(Sent, at=NUMBER, data=DATA),
    st.builds(Received, at=NUMBER, data=DATA),
    st.builds(
        Closed,
        at=NUMBER,
        code=st.integers(0, 70_000),
        reason=TEXT,
        by=st.sampled_from(Side),
        status=st.none() | st.integers(100, 599),
        detail=TEXT,
    ),
)
SESSIONS = st.builds(
    Session,
    id=TEXT,
    channel=TEXT,
    url=TEXT,
    script=TEXT,
    identity=st.none() | TEXT,
    events=st.lists(EVENTS, max_size=4).map(tuple),
    started=NUMBER,
    crash=TEXT,
)
EXCHANGE = Exchange(
    id="e1",
    operation="get_shop",
    request=Request(method="GET", url="http://h/", headers=(("Authorization", "Bearer abc"),)),
    response=Response(status=200, body=b"ok"),
    started=1.5,
    seconds=0.25,
)


@given(EXCHANGES | SESSIONS)
def test_every_value_comes_back_as_it_was(value: Exchange | Session) -> None:
    """What is read from a line is what was written to it, lone surrogates and all."""
    line = dump(value)
    assert value == load(line)
    assert (1, b"\n") == (line.count(b"\n"), line[-1:])


@given(EXCHANGES | SESSIONS)
def test_every_line_is_what_the_schema_says(value: Exchange | Session) -> None:
    """Another implementation of JSON Schema finds each line valid."""
    assert [] == list(jsonschema.Draft202012Validator(schema()).iter_errors(json.loads(dump(value))))


def test_the_schema_is_a_schema_and_describes_everything() -> None:
    """The schema keeps to its dialect, and no member goes without a word."""
    document = schema()
    jsonschema.Draft202012Validator.check_schema(document)
    assert isinstance(document, dict)
    for name, part in document["$defs"].items():
        assert part["description"], name
        for member, rule in part.get("properties", {}).items():
            assert "description" in rule or "$ref" in rule, (name, member)


def test_a_line_is_readable() -> None:
    """Text is text, other bytes are base64, absent things are null."""
    expected = {
        "kind": "exchange",
        "id": "e1",
        "operation": "get_shop",
        "request": {
            "method": "GET",
            "url": "http://h/",
            "headers": [["Authorization", "Bearer abc"]],
            "body": {"text": ""},
        },
        "response": {"status": 200, "headers": [], "body": {"text": "ok"}},
        "lapse": None,
        "detail": "",
        "started": 1.5,
        "seconds": 0.25,
    }
    assert expected == json.loads(dump(EXCHANGE))
    session = Session(
        id="s1",
        channel="c",
        url="u",
        script="s",
        identity=None,
        events=(Sent(at=0.5, data=b"\xff"),),
        started=2,
    )
    event = {"event": "sent", "at": 0.5, "data": {"base64": base64.b64encode(b"\xff").decode()}}
    assert [event] == json.loads(dump(session))["events"]


GOOD = json.loads(dump(EXCHANGE))


@pytest.mark.parametrize(
    "line",
    [
        b"",
        b"nonsense",
        b"\xff\xfe",
        b"null",
        b"[]",
        b'"text"',
        b"{}",
        b'{"kind":"other"}',
        b'{"kind":"exchange"}',
        b"[" * 100_000,
        b'{"a":' * 100_000,
        b"1" * 10_000,
        json.dumps({**GOOD, "extra": 1}).encode(),
        json.dumps({**GOOD, "lapse": "bored"}).encode(),
        json.dumps({**GOOD, "started": "now"}).encode(),
        json.dumps({**GOOD, "started": 10**400}).encode(),
        json.dumps({**GOOD, "response": {"status": 200, "headers": [["a"]], "body": {"text": ""}}}).encode(),
        json.dumps({**GOOD, "response": {"status": 200, "headers": [], "body": {"base64": "%"}}}).encode(),
        json.dumps({**GOOD, "response": {"status": 200, "headers": [], "body": {"base64": "é"}}}).encode(),
        json.dumps({**GOOD, "response": {"status": 200, "headers": [], "body": {"text": "\ud800"}}}).encode(),
        json.dumps({**GOOD, "response": {"status": 200, "headers": [], "body": {}}}).encode(),
        json.dumps(
            {**GOOD, "response": {"status": 200, "headers": [], "body": {"text": "", "base64": ""}}}
        ).encode(),
        dump(EXCHANGE)[:-10],
    ],
)
def test_a_bad_line_is_named_by_file_and_line(tmp_path: Path, line: bytes) -> None:
    """Whatever stands in a line, the error says where, in a few words."""
    with pytest.raises(RecordingError):
        load(line)
    path = tmp_path / "run.ndjson"
    path.write_bytes(dump(EXCHANGE) + b"\n" + line.replace(b"\n", b" ") + b"\n" + dump(EXCHANGE))
    values = read(path)
    assert next(values) == EXCHANGE
    if not line.strip():
        assert [EXCHANGE] == list(values)
        return
    with pytest.raises(RecordingError) as caught:
        next(values)
    assert caught.value.place == f"{path}:3"
    assert caught.value.next_step
    assert len(str(caught.value)) < 1000


@given(st.binary())
def test_any_bytes_are_a_value_or_an_error(line: bytes) -> None:
    """Nothing but RecordingError comes out of a line that is none."""
    with pytest.raises(RecordingError):
        load(line)


def test_reading_is_bounded_and_lazy(tmp_path: Path) -> None:
    """A line over the limit is not read to its end; lines after the wanted one are not read."""
    path = tmp_path / "run.ndjson"
    path.write_bytes(dump(EXCHANGE) + b"x" * 10_000_000)
    values = read(path, longest=10_000)
    assert next(values) == EXCHANGE
    with pytest.raises(RecordingError, match="more than 10000 bytes"):
        next(values)


def test_a_recording_that_is_not_there_is_told(tmp_path: Path) -> None:
    """The path is named, for reading and for writing."""
    with pytest.raises(RecordingError, match="No such file") as caught:
        next(read(tmp_path / "none.ndjson"))
    assert str(tmp_path) in caught.value.place
    with pytest.raises(RecordingError, match="No such file"):
        Recorder(tmp_path / "none" / "run.ndjson", Secrets())
    with pytest.raises(RecordingError, match="directory"):
        next(read(tmp_path))


def test_a_recorder_writes_masked_whole_lines_at_once(tmp_path: Path) -> None:
    """What is observed is on disk, without secrets, before the next thing happens."""
    path = tmp_path / "run.ndjson"
    with Recorder(path, Secrets(["get_shop!", "http://h"])) as recorder:
        assert path.read_bytes() == b""
        recorder(EXCHANGE)
        (first,) = read(path)
        recorder(EXCHANGE)
        assert 2 == len(list(read(path)))
    recorder(EXCHANGE)
    recorder.close()
    assert 2 == len(list(read(path)))
    assert isinstance(first, Exchange)
    assert ("[secret]/", (("Authorization", "Bearer [secret]"),)) == (
        first.request.url,
        first.request.headers,
    )
    assert path.stat().st_mode & 0o077 == 0
    Recorder(path, Secrets()).close()
    assert path.read_bytes() == b""


def test_a_full_disk_leaves_whole_lines(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """A line that cannot be written to its end is taken back, and the error says so."""
    import os  # noqa: PLC0415

    path = tmp_path / "run.ndjson"
    recorder = Recorder(path, Secrets())
    recorder(EXCHANGE)
    write, calls = os.write, []

    def fail_second(file: int, data: memoryview) -> int:
        calls.append(len(data))
        if len(calls) > 1:
            raise OSError(28, "No space left on device")
        return write(file, data[:10])

    monkeypatch.setattr("os.write", fail_second)
    with pytest.raises(RecordingError, match="No space left"):
        recorder(EXCHANGE)
    monkeypatch.undo()
    recorder.close()
    assert 1 == path.read_bytes().count(b"\n")
    assert path.read_bytes().endswith(b"\n")


@settings(max_examples=30)
@given(said=st.lists(EXCHANGES | SESSIONS, max_size=3))
def test_what_was_said_is_the_same_read_quickly(said: list[Exchange | Session], tmp_path_factory) -> None:
    """Reading only what was said gives what reading all of it gives."""
    path = tmp_path_factory.mktemp("recording") / "said.ndjson"
    path.write_bytes(b"".join(map(dump, said)))
    told = [spoken(item) if isinstance(item, Session) else item for item in read(path)]
    assert told == list(read_spoken(path))


def test_a_session_that_is_none_is_told_with_its_line(tmp_path: Path) -> None:
    """What the quick reading does not understand is looked at closely."""
    path = tmp_path / "said.ndjson"
    path.write_bytes(dump(EXCHANGE) + b'{"kind": "session", "events": [{"event": "sent"}]}\n')
    with pytest.raises(RecordingError) as caught:
        list(read_spoken(path))
    assert f"{path}:2" == caught.value.place
