"""Recordings: what was said, as NDJSON, one exchange or session a line, written and read back."""

from __future__ import annotations

import base64
import json
import os
import threading
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cache, partial
from importlib.resources import files
from pathlib import Path
from typing import Any, Self, TypeAlias, cast

import jsonschema_rs
import orjson

from accord.cases.request import Request
from accord.contract.pointer import Json, from_path
from accord.errors import RecordingError
from accord.exchange.secrets import Secrets
from accord.exchange.values import (
    Closed,
    Event,
    Exchange,
    Lapse,
    Opened,
    Received,
    Response,
    Sent,
    Session,
    Side,
)
from accord.exchange.wire import Headers

LONGEST_LINE = 256 * 1024 * 1024
"""More than a body or a session within the default limits can take."""

_Object: TypeAlias = dict[str, Any]


@dataclass(frozen=True, slots=True, kw_only=True)
class Mark:
    """A line that names the case which the exchanges and sessions after it belong to, up to the next mark.

    ``case`` is how to play it again, None for what follows from the contract.
    """

    name: str
    case: Json = None


def schema() -> Json:
    """Return the JSON Schema of one line of a recording."""
    text = files("accord.exchange").joinpath("recording.schema.json").read_bytes()
    return cast("Json", orjson.loads(text))


def dump(value: Exchange | Session | Mark) -> bytes:
    """Return *value* as one line, with its line feed."""
    if isinstance(value, Mark):
        marked = {"kind": "case", "name": value.name, "case": value.case}
        return orjson.dumps(marked, option=orjson.OPT_APPEND_NEWLINE)
    document = _dump_exchange(value) if isinstance(value, Exchange) else _dump_session(value)
    try:
        return orjson.dumps(document, option=orjson.OPT_APPEND_NEWLINE)
    except TypeError:
        # A request that was refused may hold lone surrogates, which orjson does not write.
        return json.dumps(document, separators=(",", ":")).encode() + b"\n"


def load(line: bytes) -> Exchange | Session | Mark:
    """Return the value that *line* holds.

    Raises ``RecordingError``, without a place, for anything but a line that ``dump`` could have written.
    """
    document = _parse(line)
    error = next(iter(_validator().iter_errors(document)), None)
    if error is not None:
        at = from_path(error.instance_path)
        raise RecordingError(f"not a line of a recording: {error.message[:300]} at {at or 'its root'}")
    item = cast("_Object", document)
    if item["kind"] == "case":
        return Mark(name=item["name"], case=item["case"])
    try:
        return _load_exchange(item) if item["kind"] == "exchange" else _load_session(item)
    except (ValueError, OverflowError) as problem:
        raise RecordingError(f"not a line of a recording: {problem}") from None


def read(path: Path, *, longest: int = LONGEST_LINE) -> Iterator[Exchange | Session]:
    """Yield the exchanges and sessions of the recording at *path*, line by line.

    Raises ``RecordingError`` with file and line at the first line that cannot be read or has more
    than *longest* bytes.
    """
    return (item for item in read_marked(path, longest=longest) if not isinstance(item, Mark))


def read_marked(path: Path, *, longest: int = LONGEST_LINE) -> Iterator[Exchange | Session | Mark]:
    """Yield what the recording at *path* holds, marks too, line by line; empty lines are passed over.

    Raises ``RecordingError`` as ``read`` does.
    """
    for place, line in lines(path, longest):
        yield read_line(line, place, longest)


def lines(path: Path, longest: int) -> Iterator[tuple[str, bytes]]:
    """Yield each line that is not empty with its place, one that is longer than *longest* cut behind that."""
    try:
        with path.open("rb") as stream:
            for number, line in enumerate(iter(partial(stream.readline, longest + 1), b""), start=1):
                if line.strip():
                    yield f"{path}:{number}", line
    except OSError as problem:
        reason = f"the recording cannot be read: {problem.strerror}"
        raise RecordingError(reason, place=str(path), next_step="Check the path.") from None


class Recorder:
    """Writes what is said to a new recording at *path*, without the *secrets*.

    A line is written at once and whole, so that a run may be interrupted at any time. It may be
    used as an observer of a client, and as a context manager.

    Raises ``RecordingError`` when the file cannot be made or written.
    """

    def __init__(self, path: Path, secrets: Secrets) -> None:
        self._path = path
        self._secrets = secrets
        self._lock = threading.Lock()
        self._size = 0
        try:
            self._file: int | None = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_TRUNC | os.O_APPEND, 0o600)
        except OSError as problem:
            raise self._error(problem) from None

    def __enter__(self) -> Self:
        """Return the recorder."""
        return self

    def __exit__(self, *_: object) -> None:
        """Close the recording."""
        self.close()

    def __call__(self, value: Exchange | Session) -> None:
        """Write one line; after ``close``, nothing."""
        secrets = self._secrets
        masked = secrets.mask_exchange(value) if isinstance(value, Exchange) else secrets.mask_session(value)
        line = dump(masked)
        with self._lock:
            if self._file is not None:
                self._write(self._file, line)

    def mark(self, mark: Mark) -> None:
        """Write the line that says what the next exchanges and sessions belong to."""
        with self._lock:
            if self._file is not None:
                self._write(self._file, dump(mark))

    def close(self) -> None:
        """Close the file; the second time nothing happens."""
        with self._lock:
            if self._file is not None:
                os.close(self._file)
                self._file = None

    def _write(self, file: int, line: bytes) -> None:
        rest = memoryview(line)
        try:
            while rest:
                rest = rest[os.write(file, rest) :]
        except OSError as problem:
            os.ftruncate(file, self._size)
            raise self._error(problem) from None
        self._size += len(line)

    def _error(self, problem: OSError) -> RecordingError:
        reason = f"the recording cannot be written: {problem.strerror}"
        return RecordingError(
            reason, place=str(self._path), next_step="Name a file in a directory that exists."
        )


def read_line(line: bytes, place: str, longest: int) -> Exchange | Session | Mark:
    """Return the value of a *line* that stands at *place*; raises ``RecordingError`` as ``read`` does."""
    if len(line) > longest:
        raise RecordingError(f"the line has more than {longest} bytes", place=place, next_step=_ADVICE)
    try:
        return load(line)
    except RecordingError as problem:
        raise RecordingError(problem.reason, place=place, next_step=_ADVICE) from None


_ADVICE = "Record again, or take the line out; `accord` writes one exchange or session a line."


@cache
def _validator() -> jsonschema_rs.Draft202012Validator:
    return jsonschema_rs.Draft202012Validator(cast("_Object", schema()), mask="the value")


@cache
def _events_validator() -> jsonschema_rs.Draft202012Validator:
    definitions = cast("_Object", schema())["$defs"]
    return jsonschema_rs.Draft202012Validator(
        {"type": "array", "items": {"$ref": "#/$defs/event"}, "$defs": definitions}
    )


def _parse(line: bytes) -> Json:
    try:
        return cast("Json", orjson.loads(line))
    except ValueError as problem:
        try:
            # Lone surrogates again, or what is no JSON.
            return cast("Json", json.loads(line))
        except (ValueError, RecursionError):
            raise RecordingError(f"not JSON: {problem}") from None


def _dump_data(data: str | bytes) -> _Object:
    if isinstance(data, str):
        return {"text": data}
    return {"base64": base64.b64encode(data).decode()}


def _dump_body(body: bytes) -> _Object:
    try:
        return _dump_data(body.decode())
    except UnicodeDecodeError:
        return _dump_data(body)


def _dump_exchange(exchange: Exchange) -> _Object:
    request, response = exchange.request, exchange.response
    return {
        "kind": "exchange",
        "id": exchange.id,
        "operation": exchange.operation,
        "request": {
            "method": request.method,
            "url": request.url,
            "headers": request.headers,
            "body": _dump_body(request.body),
        },
        "response": None
        if response is None
        else {"status": response.status, "headers": response.headers, "body": _dump_body(response.body)},
        "lapse": exchange.lapse,
        "detail": exchange.detail,
        "started": exchange.started,
        "seconds": exchange.seconds,
    }


def _dump_session(session: Session) -> _Object:
    return {
        "kind": "session",
        "id": session.id,
        "channel": session.channel,
        "url": session.url,
        "script": session.script,
        "identity": session.identity,
        "events": dump_events(session.events),
        "started": session.started,
        "crash": session.crash,
    }


def dump_events(events: tuple[Event, ...]) -> list[_Object]:
    """Return *events* as a recording has them."""
    return [_dump_event(event) for event in events]


def load_events(items: list[Any]) -> tuple[Event, ...]:
    """Return the events that ``dump_events`` gave; raises ``ValueError`` for what it cannot have given."""
    validator = _events_validator()
    if not validator.is_valid(items):
        raise ValueError("not the events of a recording")
    return tuple(_load_event(item) for item in items)


def _dump_event(event: Event) -> _Object:
    match event:
        case Opened():
            return {"event": "opened", "at": event.at, "subprotocol": event.subprotocol}
        case Closed():
            return {
                "event": "closed",
                "at": event.at,
                "code": event.code,
                "reason": event.reason,
                "by": event.by,
                "status": event.status,
                "detail": event.detail,
            }
        case _:
            name = "sent" if isinstance(event, Sent) else "received"
            return {"event": name, "at": event.at, "data": _dump_data(event.data)}


def load_data(data: _Object) -> str | bytes:
    """Return text as text and what stands in base64 as bytes; raises ``ValueError``."""
    return str(data["text"]) if "text" in data else base64.b64decode(data["base64"], validate=True)


def _load_body(data: _Object) -> bytes:
    body = load_data(data)
    return body.encode() if isinstance(body, str) else body


def _load_headers(pairs: list[list[str]]) -> Headers:
    return tuple((name, value) for name, value in pairs)


def _load_exchange(item: _Object) -> Exchange:
    request, response, lapse = item["request"], item["response"], item["lapse"]
    return Exchange(
        id=item["id"],
        operation=item["operation"],
        request=Request(
            method=request["method"],
            url=request["url"],
            headers=_load_headers(request["headers"]),
            body=_load_body(request["body"]),
        ),
        response=response
        and Response(
            status=int(response["status"]),
            headers=_load_headers(response["headers"]),
            body=_load_body(response["body"]),
        ),
        lapse=None if lapse is None else Lapse(lapse),
        detail=item["detail"],
        started=float(item["started"]),
        seconds=float(item["seconds"]),
    )


def _load_session(item: _Object) -> Session:
    return Session(
        id=item["id"],
        channel=item["channel"],
        url=item["url"],
        script=item["script"],
        identity=item["identity"],
        events=tuple(_load_event(event) for event in item["events"]),
        started=float(item["started"]),
        crash=item["crash"],
    )


def _load_event(item: _Object) -> Event:
    at = float(item["at"])
    match item["event"]:
        case "opened":
            return Opened(at=at, subprotocol=item["subprotocol"])
        case "sent":
            return Sent(at=at, data=load_data(item["data"]))
        case "received":
            return Received(at=at, data=load_data(item["data"]))
        case _:
            return Closed(
                at=at,
                code=int(item["code"]),
                reason=item["reason"],
                by=Side(item["by"]),
                status=None if item["status"] is None else int(item["status"]),
                detail=item["detail"],
            )
