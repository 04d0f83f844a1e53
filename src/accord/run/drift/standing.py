"""What stands between a service and its contract: facts noted in the state file, with all that is to be told."""

from __future__ import annotations

import json
import sqlite3
import uuid
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field

from accord.contract.pointer import Json
from accord.findings.drift.fact import Fact, Kind
from accord.findings.drift.lifecycle import Event, Heard, Listener, due
from accord.findings.finding import Severity
from accord.run.drift.ledger import Ledger

_KEPT_SECONDS = 90 * 86_400.0
"""How long a message that was sent is kept; what came and went is kept for ever."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Scope:
    """Which service is held against which contract, as users name them."""

    target: str
    contract: str
    accept: str = ""
    """The command that takes what is published as the contract."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Receiver:
    """A listener, and whether all that it is told at once comes as one message."""

    listener: Listener
    digest: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class Tale:
    """A fact that stands, and what is kept of it."""

    fact: Fact
    body: dict[str, Json]


@dataclass(frozen=True, slots=True, kw_only=True)
class Noted:
    """What came of noting: what became of facts, since when each stands, how many alerts were written.

    ``late`` tells that another watcher has asked since, and nothing was noted.
    """

    events: tuple[tuple[Event, dict[str, Json]], ...] = ()
    since: dict[str, float] = field(default_factory=dict)
    alerts: int = 0
    late: bool = False


def failed(ledger: Ledger, scope: Scope) -> int:
    """Note that the service could not be asked; returns how often that was so without a break."""
    with ledger.writing() as connection:
        id_ = _scope(connection, scope)
        connection.execute("UPDATE scope SET failures = failures + 1 WHERE id = ?", (id_,))
        return int(connection.execute("SELECT failures FROM scope WHERE id = ?", (id_,)).fetchone()[0])


def note(
    ledger: Ledger,
    scope: Scope,
    tales: Sequence[Tale],
    receivers: Sequence[Receiver],
    *,
    kinds: frozenset[Kind],
    asked: float,
    now: float,
) -> Noted:
    """Note that of all facts of *kinds*, *tales* stand, as the service said when it was *asked*.

    Facts, their history and the alerts about them are written in one transaction: either an alert is
    there to be sent, or its fact is not known yet.
    """
    with ledger.writing() as connection:
        id_ = _scope(connection, scope)
        (last,) = connection.execute("SELECT asked FROM scope WHERE id = ?", (id_,)).fetchone()
        if last > asked:
            return Noted(late=True)
        answered = Kind.PUBLISHED in kinds
        connection.execute(
            "UPDATE scope SET asked = ?, failures = CASE WHEN ? THEN 0 ELSE failures END WHERE id = ?",
            (asked, answered, id_),
        )
        book = _Book(connection=connection, scope=id_, now=now, kinds=kinds)
        events = tuple(book.stand(tales))
        alerts = sum(book.tell(tales, receiver) for receiver in receivers)
        connection.execute("DELETE FROM outbox WHERE sent < ?", (now - _KEPT_SECONDS,))
        since = dict(
            connection.execute("SELECT key, came FROM fact WHERE scope = ? AND went IS NULL", (id_,))
        )
        return Noted(events=events, since=since, alerts=alerts)


def _scope(connection: sqlite3.Connection, scope: Scope) -> int:
    names = (scope.target, scope.contract)
    connection.execute(
        "INSERT INTO scope (target, contract, accept) VALUES (?, ?, ?)"
        " ON CONFLICT (target, contract) DO UPDATE SET accept = excluded.accept",
        (*names, scope.accept),
    )
    found = connection.execute("SELECT id FROM scope WHERE target = ? AND contract = ?", names)
    return int(found.fetchone()[0])


@dataclass(frozen=True, slots=True, kw_only=True)
class _Book:
    """One transaction about the facts of *kinds* in one scope."""

    connection: sqlite3.Connection
    scope: int
    now: float
    kinds: frozenset[Kind]

    def stand(self, tales: Sequence[Tale]) -> Iterator[tuple[Event, dict[str, Json]]]:
        """Let *tales* be what stands, and yield what became of each fact that did not stay as it was."""
        known = {key: (id_, state, severity, body) for id_, key, state, severity, body in self._standing()}
        for tale in tales:
            fact = tale.fact
            text = json.dumps(tale.body)
            if fact.key not in known:
                self.connection.execute(
                    "INSERT INTO fact (scope, key, kind, state, severity, body, came) VALUES (?, ?, ?, ?, ?, ?, ?)",
                    (self.scope, fact.key, fact.kind, fact.state, fact.severity, text, self.now),
                )
                id_ = int(self.connection.execute("SELECT last_insert_rowid()").fetchone()[0])
                yield self._moment(id_, Event.NEW, tale.body)
                continue
            id_, state, severity, before = known.pop(fact.key)
            if text != before:
                self.connection.execute(
                    "UPDATE fact SET state = ?, severity = ?, body = ? WHERE id = ?",
                    (fact.state, fact.severity, text, id_),
                )
            if state != fact.state:
                worse = fact.severity.rank < Severity(severity).rank
                yield self._moment(id_, Event.WORSE if worse else Event.CHANGED, tale.body)
        for id_, _, _, before in known.values():
            self.connection.execute("UPDATE fact SET went = ? WHERE id = ?", (self.now, id_))
            yield self._moment(id_, Event.OVER, json.loads(before))

    def tell(self, tales: Sequence[Tale], receiver: Receiver) -> int:
        """Write what *receiver* is to be told, and return how many alerts that are."""
        listener = receiver.listener
        heard = self._heard(listener.name)
        standing = {tale.fact.key: tale for tale in tales}
        message = _message()
        count = 0
        for key in dict.fromkeys((*standing, *heard)):
            tale = standing.get(key)
            event = due(tale.fact if tale else None, heard.get(key), listener, self.now)
            if event is None:
                continue
            self._write(key, event, listener.name, message)
            count += 1
            message = message if receiver.digest else _message()
        return count

    def _write(self, key: str, event: Event, destination: str, message: str) -> None:
        row = self.connection.execute(
            "SELECT id, kind, state, severity, body, came FROM fact WHERE scope = ? AND key = ?"
            " ORDER BY id DESC LIMIT 1",
            (self.scope, key),
        ).fetchone()
        id_, kind, state, severity, body, came = row
        self.connection.execute(
            "INSERT INTO outbox (message, scope, fact, destination, event, body, came, written, due)"
            " VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?)",
            (message, self.scope, id_, destination, event, body, came, self.now, self.now),
        )
        self.connection.execute(
            "INSERT OR REPLACE INTO heard (scope, key, destination, kind, event, state, severity, at)"
            " VALUES (?, ?, ?, ?, ?, ?, ?, ?)",
            (self.scope, key, destination, kind, event, state, severity, self.now),
        )

    def _standing(self) -> list[tuple[int, str, str, str, str]]:
        return self.connection.execute(
            "SELECT id, key, state, severity, body FROM fact WHERE scope = ? AND went IS NULL"
            " AND kind IN (SELECT value FROM json_each(?)) ORDER BY id",
            (self.scope, json.dumps(sorted(self.kinds))),
        ).fetchall()

    def _heard(self, destination: str) -> dict[str, Heard]:
        """Return what *destination* was last told of each fact of these kinds."""
        rows = self.connection.execute(
            "SELECT key, event, state, severity, at FROM heard WHERE scope = ? AND destination = ?"
            " AND kind IN (SELECT value FROM json_each(?))",
            (self.scope, destination, json.dumps(sorted(self.kinds))),
        )
        return {
            key: Heard(event=Event(event), state=state, severity=Severity(severity), at=at)
            for key, event, state, severity, at in rows
        }

    def _moment(self, id_: int, event: Event, body: dict[str, Json]) -> tuple[Event, dict[str, Json]]:
        self.connection.execute(
            "INSERT INTO moment (fact, at, event, severity, headline) VALUES (?, ?, ?, ?, ?)",
            (id_, self.now, event, body["severity"], body["headline"]),
        )
        return event, body


def _message() -> str:
    return f"msg_{uuid.uuid4().hex}"
