"""A session read back: what each message is, and in which state it came."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from functools import lru_cache

from accord.contract.asyncapi import Channel, Message
from accord.contract.contract import Contract
from accord.contract.library import Library
from accord.contract.pointer import Json
from accord.contract.session import SessionRules, read_session
from accord.exchange.values import Event, Received, Sent, Session
from accord.findings.strict import Reading, read_json


@dataclass(frozen=True, slots=True, kw_only=True)
class Line:
    """One event of a session; ``number`` counts from 1.

    ``reading`` is the JSON of a message. ``message`` is the variant that it is meant to be, None
    when it is none or not clear; ``valid`` whether its schema agrees. ``states`` are the states in
    which the server may have been before the event, of which there are several only while
    messages of the client are on their way; there are none without ``x-session``.
    """

    number: int
    event: Event
    reading: Reading | None = None
    message: Message | None = None
    valid: bool = False
    states: frozenset[str] = frozenset()

    @property
    def from_server(self) -> bool:
        """Whether this is a message of the server."""
        return isinstance(self.event, Received)

    @property
    def name(self) -> str:
        """Return the name of the message, empty when it has none."""
        return self.message.name if self.message else ""


def transcript(contract: Contract, channel: Channel, session: Session) -> tuple[Line, ...]:
    """Return *session* line by line."""
    rules = read_session(channel)
    states = frozenset({rules.initial}) if rules else frozenset[str]()
    lines: list[Line] = []
    for number, (event, reading) in enumerate(_readings(session), start=1):
        if not isinstance(event, Received | Sent) or reading is None:
            lines.append(Line(number=number, event=event, states=states))
            continue
        sent = isinstance(event, Sent)
        messages = channel.sent_by_client() if sent else channel.sent_by_server()
        unread = reading.fault or (sent and (_is_binary(event) or is_too_big(rules, event)))
        message, valid = (None, False) if unread else choose(contract.library, messages, reading.value)
        line = Line(number=number, event=event, reading=reading, message=message, valid=valid, states=states)
        lines.append(line)
        if rules and sent and _is_disputed(rules, event, reading):
            states |= {step.next or state for state in states for step in rules.states[state].client.values()}
        elif rules and message and (valid or not sent):
            states = _moved(rules, states, message.name, by_client=sent)
    return tuple(lines)


def candidates(messages: Sequence[Message], value: Json) -> tuple[Message, ...]:
    """Return the variants whose discriminant *value* has, else those that have no discriminant."""
    members = value if isinstance(value, dict) else {}
    tagged = tuple(
        item for item in messages if item.discriminant and members.get(item.discriminant) in item.tags
    )
    return tagged or tuple(item for item in messages if item.discriminant is None)


def choose(library: Library, messages: Sequence[Message], value: Json) -> tuple[Message | None, bool]:
    """Return the variant that *value* is meant to be, and whether it is valid as that.

    A value without the discriminant of any is only then meant to be a variant when it is valid as
    that, or when there is no other.
    """
    found = candidates(messages, value)
    for message in found:
        if library.validator(message.schema).is_valid(value):
            return message, True
    meant = found and (found[0].discriminant is not None or len(messages) == 1)
    return (found[0] if meant else None), False


def is_too_big(rules: SessionRules | None, event: Received | Sent) -> bool:
    """Tell whether a message is longer than the server takes."""
    if rules is None or rules.maximum_bytes is None:
        return False
    data = event.data.encode(errors="replace") if isinstance(event.data, str) else event.data
    return len(data) > rules.maximum_bytes


def _is_binary(event: Received | Sent) -> bool:
    return isinstance(event.data, bytes)


def _is_disputed(rules: SessionRules, event: Received | Sent, reading: Reading) -> bool:
    """Tell whether a server may understand what the client sent, or may not."""
    return reading.disputed or (_is_binary(event) and "binary-frame" not in rules.closes)


@lru_cache(maxsize=4)
def _readings(session: Session) -> tuple[tuple[Event, Reading | None], ...]:
    """Return the events with what the messages say; kept, because every rule asks for it."""
    return tuple(
        (event, read_json(event.data) if isinstance(event, Received | Sent) else None)
        for event in session.events
    )


def _moved(rules: SessionRules, states: frozenset[str], name: str, *, by_client: bool) -> frozenset[str]:
    """Return the states after a message.

    The server may not have read the client's message yet, so the states before it stay possible;
    what the server sends tells which of them it was in.
    """
    following: set[str] = set()
    for state in states:
        steps = rules.states[state].client if by_client else rules.states[state].server
        if name in steps:
            following.add(steps[name].next or state)
    if by_client:
        return states | following
    return frozenset(following) or states
