"""Sequential media types: bodies that are one item after another, read into a list (OpenAPI 3.2, 4.14.3)."""

from __future__ import annotations

import json
from collections.abc import Iterator
from dataclasses import dataclass, replace
from typing import cast

import orjson

from accord.contract.media_type import essence
from accord.contract.pointer import Json

MAXIMUM_ITEMS = 1_000
"""How many items of one body are looked at."""
MAXIMUM_BYTES = 4 * 1024 * 1024
"""How much of it: what is longer is cut after the last item that ends before."""

_LINES = frozenset(
    {"application/jsonl", "application/x-jsonl", "application/ndjson", "application/x-ndjson"}
    | {"application/jsonlines", "application/x-jsonlines", "application/json-lines"}
)
_EVENTS = "text/event-stream"
_SEPARATOR = "\x1e"
_FAULT = 200


@dataclass(frozen=True, slots=True, kw_only=True)
class Sequence:
    """The first items of a body; ``fault`` says which one cannot be read, ``whole`` whether these are all."""

    items: tuple[Json, ...] = ()
    fault: str = ""
    whole: bool = True


def is_sequence(media_type: str | None) -> bool:
    """Tell whether *media_type* is a sequence that accord reads: JSON lines, JSON texts, or server-sent events."""
    name = essence(media_type)
    return name in _LINES or name == _EVENTS or _is_texts(name)


def read_sequence(body: bytes, media_type: str | None) -> Sequence:
    """Return the items of *body*, a whole one of *media_type*, which is a sequence."""
    if len(body) > MAXIMUM_BYTES:
        end = _SEPARATOR if _is_texts(essence(media_type)) else "\n"
        part = body[: body.rfind(end.encode(), 0, MAXIMUM_BYTES) + 1]
        return replace(read_sequence(part, media_type), whole=False)
    name = essence(media_type)
    try:
        text = body.decode()
    except UnicodeDecodeError as error:
        if name != _EVENTS:
            return Sequence(fault=f"byte {error.start} is not UTF-8", whole=False)
        # HTML, 9.2.6: an event stream is decoded with replacement.
        text = body.decode(errors="replace")
    if name == _EVENTS:
        return _first(_events(text.removeprefix("\ufeff")))
    return _first(_texts(text) if _is_texts(name) else _lines(text))


def write_item(item: Json, media_type: str | None) -> str:
    """Return *item* as *media_type*, a sequence, has it written."""
    name = essence(media_type)
    # Escaped, since a text may hold half of a surrogate pair.
    written = json.dumps(item, separators=(",", ":"))
    if name != _EVENTS:
        return f"{_SEPARATOR if _is_texts(name) else ''}{written}\n"
    members = item if isinstance(item, dict) else {"data": written}
    fields = (
        f"{key}: {line}\n"
        for key in ("event", "id", "retry", "data")
        if key in members
        for line in _field(members[key]).split("\n")
    )
    return "".join(fields) + "\n"


def _field(value: Json) -> str:
    return value if isinstance(value, str) else json.dumps(value)


def _is_texts(name: str) -> bool:
    return name == "application/json-seq" or name.endswith("+json-seq")


def _first(items: Iterator[Json | _Fault]) -> Sequence:
    found: list[Json] = []
    for item in items:
        if isinstance(item, _Fault):
            return Sequence(items=tuple(found), fault=item.said, whole=False)
        if len(found) == MAXIMUM_ITEMS:
            return Sequence(items=tuple(found), whole=False)
        found.append(item)
    return Sequence(items=tuple(found))


@dataclass(frozen=True, slots=True)
class _Fault:
    said: str


def _read(text: str, name: str) -> Json | _Fault:
    try:
        return cast("Json", orjson.loads(text))
    except orjson.JSONDecodeError as error:
        return _Fault(f"{name} is not JSON: {error}"[:_FAULT])


def _lines(text: str) -> Iterator[Json | _Fault]:
    for number, line in enumerate(text.split("\n"), 1):
        # A parser may ignore empty lines (NDJSON 1.0, 3.1), and the last one is empty as a rule.
        if line.strip():
            yield _read(line, f"line {number}")


def _texts(text: str) -> Iterator[Json | _Fault]:
    """Yield JSON texts, each after a record separator (RFC 7464, 2.1)."""
    before, *rest = text.split(_SEPARATOR)
    if before:
        yield _Fault("it does not begin with a record separator")
        return
    for number, item in enumerate(rest, 1):
        # RFC 7464, 2.1: of several separators in a row, all but the last are ignored.
        if item:
            yield _read(item, f"text {number}")


def _events(text: str) -> Iterator[Json]:
    """Yield events as browsers dispatch them (HTML, 9.2.6): one without data, or without an empty line, is none."""
    event: dict[str, Json] = {}
    data: list[str] = []
    for line in text.replace("\r\n", "\n").replace("\r", "\n").split("\n")[:-1]:
        name, _, value = line.partition(":")
        value = value.removeprefix(" ")
        if not line:
            if data:
                yield {**event, "data": "\n".join(data)}
            event, data = {}, []
        elif name == "data":
            data.append(value)
        elif name == "event" or (name == "id" and "\0" not in value):
            event[name] = value
        elif name == "retry" and value.isascii() and value.isdigit():
            # More digits than a clock has are no time to wait.
            event[name] = int(value[:18])
