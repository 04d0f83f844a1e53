"""Rules about the things that messages tell of: how they may change from one message to the next."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from accord.contract import pointer as pointers
from accord.contract.contract import Contract
from accord.contract.pointer import Json
from accord.contract.session import Lifecycle, read_session
from accord.exchange.values import Received
from accord.findings.comparison import instant
from accord.findings.evidence import SessionObservation
from accord.findings.finding import Finding
from accord.findings.rule import Rule, Subject
from accord.findings.transcript import Line, transcript


@dataclass(frozen=True, slots=True, kw_only=True)
class Snapshot:
    """A thing as one message tells it: ``where`` in the message it stands, and what it was ``before``."""

    lifecycle: Lifecycle
    line: Line
    where: str
    key: str
    thing: Json
    before: Json = None

    def status(self) -> str | None:
        """Return the status, None without any."""
        return _text(self.thing, self.lifecycle.status)

    def status_before(self) -> str | None:
        """Return the status in the message before, None without any."""
        return _text(self.before, self.lifecycle.status)


def status_out_of_order(contract: Contract, observed: SessionObservation) -> Iterator[Finding]:
    """Yield when a thing took a status that cannot follow the one it had, or that nobody knows."""
    for snapshot in snapshots(contract, observed):
        before, after, lifecycle = snapshot.status_before(), snapshot.status(), snapshot.lifecycle
        if after is None or after == before or before in lifecycle.final:
            continue
        unknown = after not in lifecycle.order
        allowed = (
            frozenset(lifecycle.order)
            if unknown
            else lifecycle.reachable.get(before or "", frozenset({after}))
        )
        if after not in allowed:
            yield observed.finding(
                f"Message {snapshot.line.number}: {lifecycle.name} went from {before or 'none'} to {after}.",
                pointer=_place(observed, lifecycle, "order"),
                evidence_pointer=snapshot.where + lifecycle.status,
                deviation="undeclared" if unknown else f"{before} to {after}",
                expected=", ".join(sorted(allowed)) or "no other status",
                seen=after,
            )


def change_after_final_status(contract: Contract, observed: SessionObservation) -> Iterator[Finding]:
    """Yield when a thing left a status that is final."""
    for snapshot in snapshots(contract, observed):
        before, after, lifecycle = snapshot.status_before(), snapshot.status(), snapshot.lifecycle
        if before in lifecycle.final and after is not None and after != before:
            yield observed.finding(
                f"Message {snapshot.line.number}: {lifecycle.name} left its final status {before}.",
                pointer=_place(observed, lifecycle, "final"),
                evidence_pointer=snapshot.where + lifecycle.status,
                deviation=f"{before} to {after}",
                expected=before or "",
                seen=after,
            )


def changed_fixed_value(contract: Contract, observed: SessionObservation) -> Iterator[Finding]:
    """Yield when a value changed that never changes."""
    for snapshot in snapshots(contract, observed):
        for pointer in snapshot.lifecycle.fixed:
            try:
                before, after = (pointers.lookup(item, pointer) for item in (snapshot.before, snapshot.thing))
            except LookupError:
                continue
            if before != after and (instant(before) is None or instant(before) != instant(after)):
                yield observed.finding(
                    f"Message {snapshot.line.number}: {pointer} of a {snapshot.lifecycle.name} has changed.",
                    pointer=_place(observed, snapshot.lifecycle, "fixed"),
                    evidence_pointer=snapshot.where + pointer,
                    deviation=pointer,
                    expected=_short(before),
                    seen=_short(after),
                )


def decreasing_update_time(contract: Contract, observed: SessionObservation) -> Iterator[Finding]:
    """Yield when the time of a thing's last change went back."""
    for snapshot in snapshots(contract, observed):
        pointer = snapshot.lifecycle.updated
        if pointer is None:
            continue
        before, after = _text(snapshot.before, pointer), _text(snapshot.thing, pointer)
        earlier, later = instant(before), instant(after)
        if earlier and later and later < earlier:
            yield observed.finding(
                f"Message {snapshot.line.number}: {snapshot.lifecycle.name} is older than it was before.",
                pointer=_place(observed, snapshot.lifecycle, "updated"),
                evidence_pointer=snapshot.where + pointer,
                deviation="decreasing",
                expected=f"{before} or later",
                seen=after or "",
            )


def snapshots(contract: Contract, observed: SessionObservation) -> Iterator[Snapshot]:
    """Yield what the valid messages of the session tell of each thing, in order."""
    rules = read_session(observed.channel)
    known: dict[tuple[str, str], Json] = {}
    for line in transcript(contract, observed.channel, observed.session):
        if not rules or not line.from_server or not line.valid or line.reading is None:
            continue
        for lifecycle in rules.lifecycles:
            if line.name not in lifecycle.messages:
                continue
            for where, thing in lifecycle.things(line.reading.value):
                key = _key(thing, lifecycle.key)
                if key is not None:
                    yield Snapshot(
                        lifecycle=lifecycle,
                        line=line,
                        where=where,
                        key=key,
                        thing=thing,
                        before=known.get((lifecycle.name, key)),
                    )
                    known[lifecycle.name, key] = thing


def _place(observed: SessionObservation, lifecycle: Lifecycle, member: str) -> str:
    return f"{observed.channel.place}/x-session{lifecycle.pointer}/{member}"


def _key(thing: Json, pointer: str) -> str | None:
    try:
        value = pointers.lookup(thing, pointer)
    except LookupError:
        return None
    return None if value is None or isinstance(value, dict | list) else str(value)


def _text(thing: Json, pointer: str) -> str | None:
    try:
        value = pointers.lookup(thing, pointer)
    except LookupError:
        return None
    return value if isinstance(value, str) else None


def _short(value: Json) -> str:
    return str(value)[:80]


def _with_entities(observed: SessionObservation) -> bool:
    entities = (observed.channel.session or {}).get("entities")
    return bool(entities) and any(isinstance(event, Received) for event in observed.session.events)


RULES: tuple[Rule, ...] = (
    Rule(function=status_out_of_order, subject=Subject.SESSION, when=_with_entities),
    Rule(function=change_after_final_status, subject=Subject.SESSION, when=_with_entities),
    Rule(function=changed_fixed_value, subject=Subject.SESSION, when=_with_entities),
    Rule(function=decreasing_update_time, subject=Subject.SESSION, when=_with_entities),
)
