"""What was said in the sessions of a recording, without when: read several times as fast as whole sessions."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import orjson

from accord.exchange.recording import LONGEST_LINE, Mark, lines, load_data, read_line
from accord.exchange.values import Exchange, Received, Sent, Session


@dataclass(frozen=True, slots=True, kw_only=True)
class Spoken:
    """What was said in a session, without when: the data of the messages that each side sent."""

    channel: str
    url: str
    sent: tuple[str | bytes, ...]
    received: tuple[str | bytes, ...]


def read_spoken(path: Path, *, longest: int = LONGEST_LINE) -> Iterator[Exchange | Spoken]:
    """Yield what ``recording.read`` does, but of sessions only what was said; raises ``RecordingError`` as it does."""
    for place, line in lines(path, longest):
        found = _spoken(line) if len(line) <= longest else None
        said = found or read_line(line, place, longest)
        if not isinstance(said, Mark):
            yield spoken(said) if isinstance(said, Session) else said


def spoken(session: Session) -> Spoken:
    """Return what was said in *session*."""
    return Spoken(
        channel=session.channel,
        url=session.url,
        sent=tuple(event.data for event in session.events if isinstance(event, Sent)),
        received=tuple(event.data for event in session.events if isinstance(event, Received)),
    )


def _spoken(line: bytes) -> Spoken | None:
    """Return what *line* says when it is a session as accord writes one, else None: then it is looked at closely."""
    try:
        item = orjson.loads(line)
        if item["kind"] != "session":
            return None
        said: dict[str, list[str | bytes]] = {"sent": [], "received": []}
        for event in item["events"]:
            if event["event"] in said:
                said[event["event"]].append(load_data(event["data"]))
        return Spoken(
            channel=str(item["channel"]),
            url=str(item["url"]),
            sent=tuple(said["sent"]),
            received=tuple(said["received"]),
        )
    except (ValueError, TypeError, KeyError):
        return None
