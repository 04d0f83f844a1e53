"""The rule about reconnects: a client that comes back learns how the things ended that it had lost sight of."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace

from accord.contract.contract import Contract
from accord.contract.session import SessionRules, read_session
from accord.findings.checks.entity import snapshots
from accord.findings.checks.readback import value_at
from accord.findings.evidence import SessionObservation
from accord.findings.finding import Finding
from accord.findings.rule import Rule, Subject
from accord.findings.strict import read_json

_MEANS = {"refetch": "a read after the reconnect, or an event", "replay": "an event after the reconnect"}


def lost_on_reconnect(contract: Contract, observed: SessionObservation) -> Iterator[Finding]:
    """Yield when a client that lost its connection was not told of a final status by the promised means."""
    rules = read_session(observed.channel)
    means = _MEANS.get(rules.resume or "") if rules else None
    if rules is None or means is None:
        return
    told = _told(contract, observed, rules)
    for entity, status, key in _ends(observed):
        final = next((item.final for item in rules.lifecycles if item.name == entity), frozenset[str]())
        seen = told.get((entity, key), [])
        if seen and not final.intersection(seen):
            yield observed.finding(
                f"A {entity} became {status} while the client was away or after it came back; the client "
                f"knows it as {seen[-1]}.",
                pointer=f"{observed.channel.place}/x-session/resume",
                deviation=f"{entity} {status}",
                expected=f"{status}, by {means}",
                seen=seen[-1],
            )


def _told(
    contract: Contract, observed: SessionObservation, rules: SessionRules
) -> dict[tuple[str, str], list[str]]:
    """Return the statuses that the client was told of each thing: by events, then by its reads."""
    told: dict[tuple[str, str], list[str]] = {}
    for session in (*observed.earlier, observed.session):
        for snapshot in snapshots(contract, replace(observed, session=session)):
            told.setdefault((snapshot.lifecycle.name, snapshot.key), []).append(snapshot.status() or "none")
    reads = {item.name: item.read for item in rules.lifecycles}
    for readback in observed.refetches if rules.resume == "refetch" else ():
        response, read = readback.exchange.response, reads.get(readback.entity)
        if response is not None and response.status == 200 and read is not None:
            status = value_at(read_json(response.body).value, read.status)
            told.setdefault((readback.entity, readback.key), []).append(str(status))
    return told


def _ends(observed: SessionObservation) -> Iterator[tuple[str, str, str]]:
    """Yield what another connection was told: kind, final status and key of each thing that was lost."""
    for name, value in observed.notes:
        if name == "end":
            entity, status, key = value.split(" ", 2)
            yield entity, status, key


def _came_back(observed: SessionObservation) -> bool:
    return bool(observed.earlier) and any(name == "end" for name, _ in observed.notes)


RULES: tuple[Rule, ...] = (Rule(function=lost_on_reconnect, subject=Subject.SESSION, when=_came_back),)
