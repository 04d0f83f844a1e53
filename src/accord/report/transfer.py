"""A run on its way between processes: one line of ASCII text there, the same run back."""

from __future__ import annotations

import base64
import json
from collections.abc import Callable, Mapping
from dataclasses import fields
from enum import StrEnum

from accord.cases.request import Request
from accord.contract.pointer import Json
from accord.errors import RecordingError
from accord.exchange.values import Closed, Exchange, Lapse, Opened, Received, Response, Sent, Session, Side
from accord.findings.finding import Finding, Outcome, Severity, Verdict
from accord.findings.result import (
    Approved,
    Counts,
    Coverage,
    Feature,
    Location,
    Place,
    Removal,
    Run,
    Throttling,
)
from accord.findings.timing import Timing

_RESULT = (
    *(Run, Counts, Coverage, Feature, Timing, Finding, Outcome),
    *(Approved, Place, Location, Throttling, Removal),
)
_EVIDENCE = (Exchange, Request, Response, Session, Opened, Sent, Received, Closed)
_RECORDS: Mapping[str, Callable[..., object]] = {kind.__name__: kind for kind in (*_RESULT, *_EVIDENCE)}
_WORDS: Mapping[str, type[StrEnum]] = {kind.__name__: kind for kind in (Severity, Verdict, Lapse, Side)}


def pack(run: Run) -> str:
    """Return *run* as one line of JSON in ASCII, whatever bytes or characters it holds."""
    return json.dumps(_plain(run))


def unpack(line: str) -> Run:
    """Return the run that ``pack`` wrote.

    Raises ``RecordingError`` when *line* is not the work of ``pack``.
    """
    try:
        run = _value(json.loads(line))
    except (ValueError, LookupError, TypeError, AttributeError, RecursionError) as error:
        raise _unreadable() from error
    if not isinstance(run, Run):
        raise _unreadable()
    return run


def _unreadable() -> RecordingError:
    return RecordingError(
        "the result of a worker process cannot be read back",
        place="worker process",
        next_step="Use one version of accord in every process.",
    )


def _plain(value: object) -> Json:
    """Return *value* as JSON; what JSON has no word for becomes an object with one member."""
    match value:
        case StrEnum():
            return {type(value).__name__: str(value)}
        case None | bool() | int() | float() | str():
            return value
        case bytes():
            return {"bytes": base64.b64encode(value).decode("ascii")}
        case tuple():
            return [_plain(item) for item in value]
        case Mapping():
            return {"mapping": {str(name): _plain(item) for name, item in value.items()}}
    members = {field.name: _plain(getattr(value, field.name)) for field in fields(value)}  # type: ignore[arg-type]
    return {type(value).__name__: members}


def _value(plain: Json) -> object:
    match plain:
        case list():
            return tuple(_value(item) for item in plain)
        case {"bytes": str(text)}:
            return base64.b64decode(text, validate=True)
        case {"mapping": dict(members)}:
            return {name: _value(item) for name, item in members.items()}
        case dict():
            ((kind, content),) = plain.items()
            if isinstance(content, dict):
                return _RECORDS[kind](**{name: _value(item) for name, item in content.items()})
            return _WORDS[kind](str(content))
    return plain
