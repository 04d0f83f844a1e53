"""A session drawn as a sequence: what went from one side to the other, and where the finding is."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass

from accord.exchange.values import Closed, Event, Opened, Received, Sent, Session
from accord.report.evidence import closing
from accord.report.text import count, duration

_LONGEST = 20_000
_EVENTS = 200
_NUMBER = re.compile(r"Message (\d{1,9})\b")


@dataclass(frozen=True, slots=True, kw_only=True)
class Step:
    """One event of a session: ``kind`` is ``sent``, ``received`` or ``state``; ``here`` is what a finding is about."""

    at: str
    kind: str
    words: str
    here: bool = False


def talk(session: Session, message: str) -> Iterator[Step]:
    """Yield the events of *session*, of many those around the one that *message* of a finding numbers."""
    named = _NUMBER.match(message)
    wanted = int(named.group(1)) - 1 if named else -1
    total = len(session.events)
    first = min(max(0, wanted - _EVENTS // 2), max(0, total - _EVENTS))
    if first:
        yield Step(at="", kind="state", words=f"{count(first, 'event')} before")
    for number, event in enumerate(session.events[first : first + _EVENTS], start=first):
        yield _step(event, here=number == wanted)
    if first + _EVENTS < total:
        yield Step(at="", kind="state", words=f"and {count(total - first - _EVENTS, 'more event')}")


def _step(event: Event, *, here: bool) -> Step:
    at = duration(event.at)
    match event:
        case Opened():
            words = f"opened {event.subprotocol or ''}".rstrip()
            return Step(at=at, kind="state", words=words, here=here)
        case Sent():
            return Step(at=at, kind="sent", words=_words(event.data), here=here)
        case Received():
            return Step(at=at, kind="received", words=_words(event.data), here=here)
        case Closed():
            return Step(at=at, kind="state", words=closing(event), here=here)


def _words(data: str | bytes) -> str:
    return data if isinstance(data, str) else data[:_LONGEST].decode("utf-8", "backslashreplace")
