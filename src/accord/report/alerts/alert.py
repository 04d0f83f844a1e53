"""An alert: what is told of one fact, and all that a message with several of them needs."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, datetime

from accord.contract.pointer import Json
from accord.findings.drift.lifecycle import Event
from accord.report.text import count, printable

_SUBJECT = 200


@dataclass(frozen=True, slots=True, kw_only=True)
class Alert:
    """What happened to a fact: *body* is the fact as JSON, *came* since when it stands, in seconds."""

    event: Event
    body: dict[str, Json]
    came: float


@dataclass(frozen=True, slots=True, kw_only=True)
class Letter:
    """Alerts for one receiver: what they are about, and the command that ends them."""

    target: str
    contract: str
    accept: str
    written: float
    alerts: tuple[Alert, ...]


def text_of(body: dict[str, Json], name: str) -> str:
    """Return the member *name* of *body* where that is a text, else an empty one."""
    value = body.get(name)
    return value if isinstance(value, str) else ""


def line(body: dict[str, Json]) -> str:
    """Return the fact *body* in one line: how grave, which rule, what, and where it shows."""
    where = text_of(body, "where")
    said = f"{text_of(body, 'grade')}  {text_of(body, 'rule')}: {text_of(body, 'headline')}"
    return f"{said}, {where}" if where else said


def is_silence(letter: Letter) -> bool:
    """Tell whether *letter* is about nothing but that the service cannot be asked, or can be again."""
    return all(text_of(alert.body, "kind") == "service" for alert in letter.alerts)


def subject(letter: Letter) -> str:
    """Return one line that says what *letter* is about."""
    return printable(_subject(letter.alerts), limit=_SUBJECT) + printable(
        f": {letter.target}", limit=_SUBJECT
    )


def _subject(alerts: Sequence[Alert]) -> str:
    if len(alerts) == 1:
        (alert,) = alerts
        if text_of(alert.body, "kind") == "service":
            return "can be asked again" if alert.event is Event.OVER else "cannot be asked"
        return f"drift {alert.event}: {line(alert.body)}"
    tally = Counter(alert.event for alert in alerts)
    said = ", ".join(f"{tally[event]:,} {event}" for event in Event if tally[event])
    return f"{count(len(alerts), 'fact')} of drift: {said}"


def timestamp(seconds: float) -> str:
    """Return *seconds* since the epoch as RFC 3339 has it, to the second."""
    return datetime.fromtimestamp(seconds, UTC).strftime("%Y-%m-%dT%H:%M:%SZ")
