"""Rules about one message that the server sent: exactly one of those that the contract describes."""

from __future__ import annotations

import json
from collections.abc import Iterator
from itertools import islice
from typing import Any

from accord.contract import library as libraries
from accord.contract import pointer as pointers
from accord.contract.contract import Contract
from accord.contract.pointer import Json
from accord.exchange.values import Received
from accord.findings.body import expectation, short
from accord.findings.evidence import SessionObservation
from accord.findings.finding import Finding
from accord.findings.rule import Rule, Subject
from accord.findings.transcript import Line, candidates, transcript

_MOST_ERRORS = 200
_LONGEST = 240
_COMBINING = ("anyOf", "oneOfNotValid")


def malformed_message(contract: Contract, observed: SessionObservation) -> Iterator[Finding]:
    """Yield when the server sent something that is not strict JSON."""
    for line in _received(contract, observed):
        if line.reading and line.reading.fault:
            yield observed.finding(
                f"Message {line.number} is not strict JSON: {line.reading.detail}.",
                deviation=line.reading.fault,
                expected="JSON that every reader understands alike",
                seen=line.reading.fault,
            )


def binary_message(contract: Contract, observed: SessionObservation) -> Iterator[Finding]:
    """Yield when the server sent a binary frame on a channel where only text is understood."""
    for line in _received(contract, observed):
        if isinstance(line.event, Received) and isinstance(line.event.data, bytes):
            yield observed.finding(
                f"Message {line.number} is a binary frame.",
                pointer=f"{observed.channel.place}/x-session/closes/binary-frame",
                deviation="binary",
                expected="a text frame",
                seen=f"{len(line.event.data)} bytes of binary data",
            )


def undeclared_message(contract: Contract, observed: SessionObservation) -> Iterator[Finding]:
    """Yield when the server sent JSON that is none of the channel's messages."""
    for line in _received(contract, observed):
        if line.reading and not line.reading.fault and line.message is None:
            seen, deviation = _unknown(observed, line.reading.value)
            yield observed.finding(
                f"Message {line.number} is none of the messages that the server may send.",
                deviation=deviation,
                expected=", ".join(message.name for message in observed.channel.sent_by_server()),
                seen=seen,
            )


def ambiguous_message(contract: Contract, observed: SessionObservation) -> Iterator[Finding]:
    """Yield when the server sent a message that is valid as two of the channel's messages."""
    for line in _received(contract, observed):
        if not line.valid or line.reading is None:
            continue
        names = [
            message.name
            for message in observed.channel.sent_by_server()
            if contract.library.validator(message.schema).is_valid(line.reading.value)
        ]
        if len(names) > 1:
            yield observed.finding(
                f"Message {line.number} is valid as {' and as '.join(names)}.",
                deviation=" ".join(sorted(names)),
                expected="valid as one message only",
                seen=", ".join(names),
            )


def message_schema_violation(contract: Contract, observed: SessionObservation) -> Iterator[Finding]:
    """Yield when the server sent a message that its own schema refuses."""
    for line in _received(contract, observed):
        if line.message is None or line.valid or line.reading is None:
            continue
        told: set[str] = set()
        for error in islice(_errors(contract, observed, line), _MOST_ERRORS):
            finding = _violation(observed, line, error)
            # Items of a long array break a schema in the same way; one of them tells it.
            if finding.fingerprint not in told:
                told.add(finding.fingerprint)
                yield finding


def _violation(observed: SessionObservation, line: Line, error: Any) -> Finding:
    keyword = error.kind.name
    missing = f" {error.kind.property}" if keyword == "required" else ""
    value = line.reading.value if line.reading else None
    where = pointers.from_path(pointers.spelled(error.instance_path, value))
    schema = line.message.schema if line.message else ""
    return observed.finding(
        f"Message {line.number} ({line.name}) breaks its schema at {where or '/'}: {short(error.message)}",
        pointer=libraries.place(error.absolute_keyword_location or schema),
        evidence_pointer=where,
        deviation=keyword + missing,
        expected=expectation(error),
        seen="missing" if missing else _told(error.instance),
    )


def _errors(contract: Contract, observed: SessionObservation, line: Line) -> Iterator[Any]:
    value = line.reading.value if line.reading else None
    messages = candidates(observed.channel.sent_by_server(), value)
    every = [
        list(islice(contract.library.validator(item.schema).iter_errors(value), _MOST_ERRORS))
        for item in messages
    ]
    for error in min(every, key=len):
        yield from _deepest(error)


def _deepest(error: Any) -> Iterator[Any]:
    """Yield what is wrong in the one branch that was meant, or *error* itself when that is not clear.

    A branch is meant when it takes the value's type, as ``anyOf: [<object>, null]`` does for an object.
    """
    branches: list[list[Any]] = error.kind.context if error.kind.name in _COMBINING else []
    meant = [
        branch
        for branch in branches
        if not any(
            item.schema_path[-1:] == ["type"] and len(item.instance_path) == len(error.instance_path)
            for item in branch
        )
    ]
    if len(meant) == 1 and meant[0]:
        for item in meant[0]:
            yield from _deepest(item)
    else:
        yield error


def _unknown(observed: SessionObservation, value: Json) -> tuple[str, str]:
    """Return what was seen, and the class of it."""
    if not isinstance(value, dict):
        return f"a JSON {_kind(value)}", f"not-an-object {_kind(value)}"
    names = {message.discriminant for message in observed.channel.sent_by_server() if message.discriminant}
    for name in sorted(names):
        if name in value:
            return f"{name}: {_told(value[name])}", f"unknown {name}"
    return f"no {' or '.join(sorted(names))}" if names else "valid as none", "no-discriminant"


def _told(value: Json) -> str:
    """Return *value* in short; what it holds may be long, and is not written out for that."""
    if isinstance(value, dict | list):
        return f"{_kind(value)} of {len(value)}"
    return short(json.dumps(value[:_LONGEST] if isinstance(value, str) else value, ensure_ascii=False))


def _kind(value: Json) -> str:
    kinds = {
        bool: "boolean",
        int: "number",
        float: "number",
        str: "string",
        list: "array",
        type(None): "null",
    }
    return kinds.get(type(value), "object")


def _received(contract: Contract, observed: SessionObservation) -> Iterator[Line]:
    """Yield the messages of the server, of one name only where the player asks about that one."""
    only = {value for name, value in observed.notes if name == "only"}
    lines = transcript(contract, observed.channel, observed.session)
    return (line for line in lines if line.from_server and (not only or line.name in only))


def _anything_received(observed: SessionObservation) -> bool:
    return any(isinstance(event, Received) for event in observed.session.events)


def _only_text(observed: SessionObservation) -> bool:
    closes = (observed.channel.session or {}).get("closes")
    return _anything_received(observed) and isinstance(closes, dict) and "binary-frame" in closes


RULES: tuple[Rule, ...] = (
    Rule(function=malformed_message, subject=Subject.SESSION, when=_anything_received),
    Rule(function=binary_message, subject=Subject.SESSION, when=_only_text),
    Rule(function=undeclared_message, subject=Subject.SESSION, when=_anything_received),
    Rule(function=ambiguous_message, subject=Subject.SESSION, when=_anything_received),
    Rule(function=message_schema_violation, subject=Subject.SESSION, when=_anything_received),
)
