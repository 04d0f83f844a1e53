"""A client that loses its connection while things change, comes back, and must not miss how they end."""

from __future__ import annotations

import time
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import TypeAlias

from accord.contract.asyncapi import Channel
from accord.contract.pointer import Json
from accord.contract.session import Lifecycle, SessionRules
from accord.exchange.client import Connection
from accord.exchange.values import Closed, Received, Session
from accord.findings.checks.readback import value_at
from accord.findings.evidence import Readback, SessionObservation
from accord.findings.strict import read_json
from accord.run.context import Context
from accord.run.websocket.readback import Reader, told_of
from accord.run.websocket.sessions import RESUME

_MOST = 8
_SLICE = 0.02

Thing: TypeAlias = tuple[str, str]
"""The kind of a thing, and its key."""


@dataclass(slots=True, kw_only=True)
class Returner:
    """A client that loses its connection when it is told of a thing that is not at its end yet.

    ``open_`` gives it a new connection. By turns it breaks off or closes, and comes back at once, or
    when a thing has come to its end of those that it has ``lost`` sight of. ``known`` is the last that
    it was told of each thing, ``ends`` the final statuses that a connection was told which was never lost.
    """

    context: Context
    channel: Channel
    rules: SessionRules
    open_: Callable[[], Connection | None]
    connection: Connection | None = None
    past: list[Session] = field(default_factory=list)
    known: dict[Thing, tuple[Lifecycle, Json, str | None]] = field(default_factory=dict)
    ends: dict[Thing, str] = field(default_factory=dict)
    lost: set[Thing] = field(default_factory=set)
    away: bool = False
    refetches: list[Readback] = field(default_factory=list)

    def overhear(self, event: Received | Closed | None) -> None:
        """Take note of what the connection was told that is never lost."""
        for key, lifecycle, value in told_of(self.context, self.channel, self.rules, event):
            status = value_at(value, lifecycle.status)
            if status in lifecycle.final:
                self.ends[lifecycle.name, key] = str(status)

    def turn(self) -> None:
        """Hear what has come, if anything, and lose the connection where that is due; or come back."""
        if self.connection is None:
            if not self.away or self._owed():
                self._come_back()
            return
        self._note(self.connection.receive(0))

    def finish(self, patience: float) -> None:
        """Come back, and wait for the ends that are still owed."""
        if self.connection is None:
            self._come_back()
        until = time.monotonic() + patience
        while self.connection is not None and self._owed() and time.monotonic() < until:
            event = self.connection.receive(_SLICE)
            if isinstance(event, Closed):
                break
            self._learn(event)
        if self.connection is not None:
            self.connection.close()
            self.past.append(self.connection.session())

    def observations(self, patience: float) -> tuple[SessionObservation, ...]:
        """Return every session of this client; the last one comes with those before it."""
        notes = (("token", "good"), ("patience", str(patience)))
        owed = tuple(("end", f"{name} {self.ends[name, key]} {key}") for name, key in sorted(self._missed()))
        whole = self.context.retell([("1", session) for session in self.past])
        return tuple(
            SessionObservation(
                channel=self.channel,
                session=session,
                script=RESUME,
                identity=session.identity,
                notes=notes if index < len(self.past) else (*notes, *owed),
                earlier=() if index < len(self.past) else tuple(self.past[:-1]),
                refetches=() if index < len(self.past) else tuple(self.refetches),
                reproduce=whole,
            )
            for index, session in enumerate(self.past, start=1)
        )

    def _missed(self) -> set[Thing]:
        """Return the things that were lost sight of and have ended since."""
        return self.lost & set(self.ends)

    def _owed(self) -> bool:
        return any(self.known[thing][2] not in self.known[thing][0].final for thing in self._missed())

    def _note(self, event: Received | Closed | None) -> None:
        told = self._learn(event)
        if told is not None and told not in self.lost and told not in self.ends and len(self.past) < _MOST:
            self._go()

    def _learn(self, event: Received | Closed | None) -> Thing | None:
        """Take note of what came; return the thing that it tells of, if that is not at its end."""
        found: Thing | None = None
        for key, lifecycle, value in told_of(self.context, self.channel, self.rules, event):
            status = value_at(value, lifecycle.status)
            if self.rules.resume == "refetch" and not self._can_read(lifecycle):
                continue
            self.known[lifecycle.name, key] = lifecycle, value, None if status is None else str(status)
            if lifecycle.final and status not in lifecycle.final:
                found = lifecycle.name, key
        return found

    def _can_read(self, lifecycle: Lifecycle) -> bool:
        read = lifecycle.read
        known = {operation.id for operation in self.context.contract.operations}
        return read is not None and read.status is not None and read.operation in known

    def _go(self) -> None:
        connection, number = self.connection, len(self.past)
        if connection is None:
            return
        # Lost and back, lost until an end, closed and back, closed until an end.
        (connection.break_off if number % 4 < 2 else connection.close)()
        self.past.append(connection.session())
        self.lost |= {name for name, (kind, _, status) in self.known.items() if status not in kind.final}
        self.away = number % 2 == 1
        self.connection = None

    def _come_back(self) -> None:
        self.away = False
        self.connection = self.open_()
        if self.connection is None or self.rules.resume != "refetch":
            return
        reader = Reader(
            context=self.context, channel=self.channel, rules=self.rules, connection=self.connection
        )
        for thing in sorted(self.lost):
            lifecycle, value, status = self.known[thing]
            if status in lifecycle.final:
                continue
            readback = reader.read(thing[1], lifecycle, value, quiet=False)
            seen = _status(readback, lifecycle) if readback else None
            if readback is None or seen is None:
                # Why it was not answered is told elsewhere; what it would have told is not known.
                self.lost.discard(thing)
            else:
                self.refetches.append(readback)
                self.known[thing] = lifecycle, value, seen


def _status(readback: Readback, lifecycle: Lifecycle) -> str | None:
    response = readback.exchange.response if readback.exchange.lapse is None else None
    if response is None or response.status != 200 or lifecycle.read is None:
        return None
    seen = value_at(read_json(response.body).value, lifecycle.read.status)
    return None if seen is None else str(seen)
