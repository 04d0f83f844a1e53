"""The sessions of one channel in one run, each played when it is first asked for."""

from __future__ import annotations

import time
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import cast

from accord.cases.script import (
    SLOW,
    Hear,
    Say,
    Script,
)
from accord.contract.asyncapi import Channel
from accord.contract.pointer import Json
from accord.contract.session import SessionRules
from accord.exchange.client import Connection
from accord.exchange.values import Closed
from accord.findings.evidence import SessionObservation
from accord.findings.strict import read_json
from accord.findings.transcript import choose
from accord.run.context import Context
from accord.run.websocket.handshake import is_answered, note_handshake, silence_of

EVENTS, ISOLATION, RESUME = "events", "isolation", "resume"


@dataclass(frozen=True, slots=True, kw_only=True)
class Played:
    """What came of one script, or the ``reason`` why it could not show whether ``rule`` holds.

    ``before`` are the sessions of a client that lost them before its last one.
    """

    observation: SessionObservation | None = None
    before: tuple[SessionObservation, ...] = ()
    rule: str = "message-schema-violation"
    reason: str = ""


@dataclass(slots=True, kw_only=True)
class Sessions:
    """The sessions of one channel in one run, each played when it is first asked for.

    ``silent`` is the connection that says nothing; it is open while the others are played. ``listen``
    plays those sessions in which somebody listens, all of them together.
    """

    context: Context
    channel: Channel
    rules: SessionRules | None
    scripts: dict[str, Script]
    listen: Callable[[Sessions, str], dict[str, Played]]
    silent: Connection | None = None
    played: dict[str, Played] = field(default_factory=dict)

    @property
    def names(self) -> tuple[str, ...]:
        """Return the names of the sessions in which messages may come."""
        return (*(name for name in self.scripts if name != "silence"), EVENTS, ISOLATION)

    def session(self, name: str) -> Played:
        """Return the session called *name*: a script, or ``EVENTS``, ``ISOLATION`` or ``RESUME``."""
        if self.silent is None and "silence" in self.scripts and not self.scripts["silence"].reason:
            self.silent = self.connect("silence", None)
        if name not in self.played:
            if name in (EVENTS, ISOLATION, RESUME, SLOW):
                self.played.update(self.listen(self, name))
            else:
                self.played[name] = self.play(self.scripts[name])
        return self.played[name]

    def play(self, script: Script) -> Played:
        """Play *script* from beginning to end."""
        if reason := self.channel.obstacle:
            return Played(rule=script.rule, reason=reason)
        refused = self.context.client.permission.refuses_session(script.name)
        if reason := script.reason or refused or silence_of(self.context, self.channel):
            return Played(rule=script.rule, reason=reason)
        silent = script.name == "silence" and self.silent is not None
        connection = cast("Connection", self.silent) if silent else self.connect(script.name, "default")
        since = _beginning(connection)
        for step in script.steps:
            if isinstance(step, Say):
                connection.send(step.data)
                since = time.monotonic()
            elif self.hear(connection, step) is not None:
                since = time.monotonic()
        wait = (script.seconds or 0.0) + (self.context.patience if script.codes else 0.0)
        _drain(connection, until=wait + (since if script.codes else time.monotonic()))
        connection.close()
        return Played(observation=self.observe(connection, script.name, script.token))

    def connect(self, script: str, identity: str | None) -> Connection:
        """Open a connection; where no message authenticates, the handshake carries the token."""
        authenticates = self.rules is not None and self.rules.authentication is not None
        token = None if authenticates or identity is None else self.context.identities.token(identity)
        connection = self.context.client.connect(
            self.channel.address,
            channel=self.channel.id,
            script=script,
            identity=identity,
            headers=(("Authorization", f"Bearer {token}"),) if token else (),
        )
        note_handshake(self.context, self.channel, answered=is_answered(connection.session()))
        return connection

    def hear(self, connection: Connection, step: Hear) -> Json:
        """Wait for one of the messages and return it; None when the session ends or nothing comes."""
        deadline = time.monotonic() + self.context.patience
        while (left := deadline - time.monotonic()) > 0:
            event = connection.receive(left)
            if isinstance(event, Closed):
                return None
            reading = read_json(event.data) if event else None
            if reading is None or reading.fault:
                continue
            heard, _ = choose(self.context.contract.library, self.channel.sent_by_server(), reading.value)
            if heard is not None and heard.name in step.names:
                return reading.value
        return None

    def observe(
        self, connection: Connection, script: str, token: str, more: tuple[tuple[str, str], ...] = ()
    ) -> SessionObservation:
        """Return what was said on *connection*, with what the client knows about it."""
        session = connection.session()
        notes = (("token", token), ("patience", str(self.context.patience)), *more)
        return SessionObservation(
            channel=self.channel, session=session, script=script, identity=session.identity, notes=notes
        )


def _beginning(connection: Connection) -> float:
    """Return when the session was opened, in the terms of the monotonic clock."""
    session = connection.session()
    opened = session.events[0].at if session.events else 0.0
    return time.monotonic() - (time.time() - session.started) + opened


def _drain(connection: Connection, *, until: float) -> None:
    """Receive until the session ends or it is *until* by the monotonic clock."""
    while (left := until - time.monotonic()) > 0:
        if isinstance(connection.receive(left), Closed):
            return
