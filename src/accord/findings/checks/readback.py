"""Rules about events and reads: what a message tells of a thing, and what the service answers of it."""

from __future__ import annotations

import json
from collections.abc import Iterator
from dataclasses import dataclass

from accord.contract import pointer as pointers
from accord.contract.contract import Contract
from accord.contract.pointer import Json
from accord.contract.session import Lifecycle, Read
from accord.findings.checks.entity import Snapshot, snapshots
from accord.findings.comparison import Difference, Side, differences, instant, same
from accord.findings.evidence import Readback, SessionObservation
from accord.findings.finding import Finding
from accord.findings.rule import Rule, Subject
from accord.findings.strict import read_json

_LONGEST = 80


@dataclass(frozen=True, slots=True, kw_only=True)
class Pair:
    """A read, and the last event about the same thing before it; ``body`` is None for a 404.

    ``later`` are the events about the thing that came after the read was begun.
    """

    readback: Readback
    snapshot: Snapshot
    later: tuple[Snapshot, ...]
    read: Read
    body: Json

    @property
    def told(self) -> Json:
        """Return the whole message of the event."""
        return self.snapshot.line.reading.value if self.snapshot.line.reading else None

    def age(self) -> int:
        """Return -1 where the read tells of an older state than the event, 1 of a newer one, 0 of the same.

        The time of the last change tells; without one, the order of the statuses.
        """
        lifecycle = self.snapshot.lifecycle
        mine = instant(value_at(self.told, lifecycle.updated))
        theirs = instant(value_at(self.body, self.read.updated))
        if mine is not None and theirs is not None:
            return (theirs > mine) - (theirs < mine)
        before, after = self.snapshot.status(), value_at(self.body, self.read.status)
        if before == after or before is None or not isinstance(after, str):
            return 0
        back = before in lifecycle.reachable.get(after, ())
        return -1 if back and after not in lifecycle.reachable.get(before, ()) else 1

    def restamped(self) -> bool:
        """Tell whether the thing has changed since without another time: the read may tell of that."""
        updated = self.snapshot.lifecycle.updated
        stamp = value_at(self.told, updated)
        return any(
            updated is None or same(value_at(_message(snapshot), updated), stamp) for snapshot in self.later
        )

    def lost_end(self) -> bool:
        """Tell whether the thing has reached a final status that no event tells of."""
        status, final = value_at(self.body, self.read.status), self.snapshot.lifecycle.final
        return (
            self.readback.quiet and not self.later and status in final and self.snapshot.status() not in final
        )


def stale_or_divergent_event(contract: Contract, observed: SessionObservation) -> Iterator[Finding]:
    """Yield when an event and a read that came after it do not tell the same of a thing."""
    seen: set[tuple[str, str]] = set()
    for pair in reversed(list(_pairs(contract, observed))):
        thing = (pair.readback.entity, pair.readback.key)
        if pair.body is None:
            if thing in seen:
                yield _stale(observed, pair, "has no such thing", "unknown")
            continue
        seen.add(thing)
        age = pair.age()
        if age < 0:
            yield _stale(observed, pair, "is of an older state", "read behind")
        elif age > 0 and pair.readback.quiet and not pair.later and not pair.lost_end():
            yield _stale(observed, pair, "is of a newer state, of which no event tells", "event behind")
        elif age == 0 and pair.read.at is not None and not pair.restamped():
            yield from (_divergent(observed, pair, item) for item in _differences(contract, pair))


def lost_final_event(contract: Contract, observed: SessionObservation) -> Iterator[Finding]:
    """Yield when a thing has reached a final status and no event tells of it."""
    for pair in _pairs(contract, observed):
        if pair.lost_end():
            told, status = pair.snapshot.status(), value_at(pair.body, pair.read.status)
            yield observed.finding(
                f"A {pair.readback.entity} is {status}; the last event, message {pair.snapshot.line.number}, "
                f"has {told}.",
                pointer=_place(observed, pair.snapshot.lifecycle, "final"),
                evidence_pointer=pair.snapshot.lifecycle.status,
                deviation=f"{status}",
                expected=f"an event with {status}",
                seen=f"{told}",
            )


def _stale(observed: SessionObservation, pair: Pair, words: str, deviation: str) -> Finding:
    lifecycle = pair.snapshot.lifecycle
    by_time = value_at(pair.told, lifecycle.updated) is not None
    pointer = (lifecycle.updated or "") if by_time else lifecycle.status
    theirs = value_at(pair.body, pair.read.updated if by_time else pair.read.status)
    return observed.finding(
        f"Message {pair.snapshot.line.number} ({pair.snapshot.line.name}): what {pair.read.operation} answers "
        f"{'once it is quiet' if pair.readback.quiet else 'after it'} {words}.",
        pointer=_place(observed, lifecycle, "read"),
        evidence_pointer=pointer,
        deviation=deviation,
        expected=f"{pair.read.operation}: {_short(theirs)}" if pair.body is not None else "the thing itself",
        seen=_short(value_at(pair.told, pointer)),
    )


def _divergent(observed: SessionObservation, pair: Pair, item: Difference) -> Finding:
    at = pair.read.at or ""
    return observed.finding(
        f"Message {pair.snapshot.line.number} ({pair.snapshot.line.name}) and {pair.read.operation} differ in "
        f"{item.pointer}.",
        pointer=_place(observed, pair.snapshot.lifecycle, "read"),
        evidence_pointer=at + item.pointer,
        evidence_pattern=at + item.pattern,
        deviation="differs",
        expected=f"{pair.read.operation}: {_short(item.right)}",
        seen=_short(item.left),
    )


def _differences(contract: Contract, pair: Pair) -> Iterator[Difference]:
    response = pair.readback.exchange.response
    answer = contract.operation(pair.read.operation).answer(response.status if response else 0)
    media_type = answer.media_type(response.header("content-type")) if answer and response else None
    message = pair.snapshot.line.message
    if media_type is not None and media_type.schema is not None and message is not None:
        yield from differences(
            contract.library,
            Side(uri=message.schema, value=pair.told, at=pair.read.at or ""),
            Side(uri=media_type.schema, value=pair.body),
            apart=pair.read.apart,
        )


def _pairs(contract: Contract, observed: SessionObservation) -> Iterator[Pair]:
    """Yield each read that was answered, with the events around it."""
    told: dict[tuple[str, str], list[Snapshot]] = {}
    for snapshot in snapshots(contract, observed):
        told.setdefault((snapshot.lifecycle.name, snapshot.key), []).append(snapshot)
    for readback in observed.readbacks:
        about = told.get((readback.entity, readback.key), [])
        before = [snapshot for snapshot in about if snapshot.line.number <= readback.after]
        response = readback.exchange.response if readback.exchange.lapse is None else None
        if not before or before[-1].lifecycle.read is None or response is None:
            continue
        reading = read_json(response.body) if response.status == 200 else None
        if response.status == 404 or (reading is not None and reading.value is not None):
            yield Pair(
                readback=readback,
                snapshot=before[-1],
                later=tuple(about[len(before) :]),
                read=before[-1].lifecycle.read,
                body=reading.value if reading else None,
            )


def value_at(value: Json, pointer: str | None) -> Json:
    """Return what stands at *pointer*, None where nothing does or nobody says where."""
    try:
        return None if pointer is None else pointers.lookup(value, pointer)
    except LookupError:
        return None


def _message(snapshot: Snapshot) -> Json:
    return snapshot.line.reading.value if snapshot.line.reading else None


def _place(observed: SessionObservation, lifecycle: Lifecycle, member: str) -> str:
    return f"{observed.channel.place}/x-session{lifecycle.pointer}/{member}"


def _short(value: Json) -> str:
    text = f"{len(value)} items" if isinstance(value, list) else json.dumps(value, ensure_ascii=False)
    return text[:_LONGEST]


def _read_back(observed: SessionObservation) -> bool:
    return bool(observed.readbacks)


RULES: tuple[Rule, ...] = (
    Rule(function=stale_or_divergent_event, subject=Subject.SESSION, when=_read_back),
    Rule(function=lost_final_event, subject=Subject.SESSION, when=_read_back),
)
