"""The WebSocket stage: every script is played once, and somebody listens while a workflow runs."""

from __future__ import annotations

import threading
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field, replace
from functools import partial
from typing import cast

from accord.cases.script import (
    GOOD,
    PATIENCE,
    SILENCE,
    Hear,
    Say,
    Script,
    Tokens,
    authenticate,
    scripts,
)
from accord.contract import pointer as pointers
from accord.contract.asyncapi import Channel
from accord.contract.contract import Contract
from accord.contract.pointer import Json
from accord.contract.session import SessionRules, check_session, read_session
from accord.exchange.client import Connection
from accord.exchange.values import Closed, Received, Sent
from accord.findings.checks import entity, message
from accord.findings.evidence import SessionObservation
from accord.findings.strict import read_json
from accord.findings.tally import Tally
from accord.findings.transcript import choose, transcript
from accord.run.context import Context, Trial
from accord.run.conversation import plan_conversations
from accord.run.frame import plan_frames
from accord.run.handshake import is_answered, note_handshake, silence_of
from accord.run.midstream import plan_midstream, plan_shutdown
from accord.run.readback import Reader, check_reads
from accord.run.reconnect import plan_reconnect

STAGE = "websocket"
EVENTS, ISOLATION = "events", "isolation"
_QUIET = 0.5
_LONGEST_WORKFLOW = 300.0
_LONGEST_TAIL = 30.0
_SLICE = 0.02


def plan(contract: Contract) -> Iterator[Trial]:
    """Yield the trials of every channel; raises ``ContractError`` for an ``x-session`` that means nothing."""
    for channel in contract.channels:
        check_session(contract.library, channel)
        rules = read_session(channel)
        check_reads(contract, channel, rules)
        names = [script.name for script in scripts(contract.library, channel, rules, Tokens())]
        # Silence begins with the first trial, so the last one has the least to wait for.
        for name in [*names[:-1], EVENTS]:
            yield _trial(channel, name, partial(_play_one, channel, name))
        if rules is not None and rules.party is not None:
            yield _trial(channel, ISOLATION, partial(_play_one, channel, ISOLATION))
        for item in channel.sent_by_server():
            yield _trial(channel, f"message/{item.name}", partial(_play_message, channel, item.name))
        yield plan_conversations(channel, STAGE)
        yield plan_reconnect(channel, STAGE)
        yield from plan_midstream(channel, STAGE)
        yield from plan_frames(channel, STAGE)
        yield _trial(channel, names[-1], partial(_play_one, channel, names[-1]))
    # Applications may share what one of them puts away when it shuts down.
    for channel in contract.channels:
        yield from plan_shutdown(channel, STAGE)


def _trial(channel: Channel, name: str, play: Callable[[Context], Tally]) -> Trial:
    return Trial(stage=STAGE, id=f"{STAGE}/{channel.id}/{name}", play=play)


def _play_one(channel: Channel, name: str, context: Context) -> Tally:
    tally = context.tally()
    played = sessions_of(context, channel).session(name)
    if played.observation is None:
        tally.miss(played.rule, played.reason)
    else:
        tally.cases += _said(played.observation)
        tally.take(played.observation)
    return tally


def _play_message(channel: Channel, name: str, context: Context) -> Tally:
    """Hold the rules about messages against each message called *name* that any session got."""
    tally = context.tally()
    sessions = sessions_of(context, channel)
    reason = ""
    for script in sessions.names:
        played = sessions.session(script)
        reason = played.reason if script == EVENTS else reason
        lines = (
            transcript(context.contract, channel, played.observation.session) if played.observation else ()
        )
        count = sum(1 for line in lines if line.from_server and line.name == name)
        if played.observation is not None and count:
            tally.cases += count
            notes = (*played.observation.notes, ("only", name))
            tally.take(_with_notes(played.observation, notes), only=[rule.id for rule in message.RULES])
    because = "" if context.contract.workflows else ", and the contract has no workflow that could cause one"
    tally.miss("message-schema-violation", reason or f"no {name} was received{because}")
    return tally


def _said(observation: SessionObservation) -> int:
    return sum(1 for event in observation.session.events if isinstance(event, Sent | Received))


def _with_notes(observation: SessionObservation, notes: tuple[tuple[str, str], ...]) -> SessionObservation:
    return replace(observation, notes=notes)


@dataclass(frozen=True, slots=True, kw_only=True)
class Played:
    """What came of one script, or the ``reason`` why it could not show whether ``rule`` holds."""

    observation: SessionObservation | None = None
    rule: str = "message-schema-violation"
    reason: str = ""


@dataclass(slots=True, kw_only=True)
class Sessions:
    """The sessions of one channel in one run, each played when it is first asked for.

    ``silent`` is the connection that says nothing; it is open while the others are played.
    """

    context: Context
    channel: Channel
    rules: SessionRules | None
    scripts: dict[str, Script]
    silent: Connection | None = None
    played: dict[str, Played] = field(default_factory=dict)

    @property
    def names(self) -> tuple[str, ...]:
        """Return the names of the sessions in which messages may come."""
        return (*(name for name in self.scripts if name != "silence"), EVENTS, ISOLATION)

    def session(self, name: str) -> Played:
        """Return the session called *name*: a script, or one of ``EVENTS`` and ``ISOLATION``."""
        if self.silent is None and "silence" in self.scripts and not self.scripts["silence"].reason:
            self.silent = self.connect("silence", None)
        if name not in self.played:
            if name in (EVENTS, ISOLATION):
                self.played.update(_listen(self))
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
        wait = (script.seconds or 0.0) + (_patience(self.context) if script.codes else 0.0)
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
        deadline = time.monotonic() + _patience(self.context)
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
        notes = (("token", token), ("patience", str(_patience(self.context))), *more)
        return SessionObservation(
            channel=self.channel, session=session, script=script, identity=session.identity, notes=notes
        )


def sessions_of(context: Context, channel: Channel) -> Sessions:
    """Return the sessions of *channel* in the run of *context*."""
    name = f"sessions/{channel.id}"
    if name not in context.shared:
        rules = read_session(channel)
        authenticates = rules is not None and rules.authentication is not None
        given = {
            name: context.identities.token(name)
            for name in ("default", "expired", "revoked")
            if authenticates
        }
        tokens = Tokens(good=given.get("default"), expired=given.get("expired"), revoked=given.get("revoked"))
        silence = cast("float", context.shared.get("websocket-silence", SILENCE))
        made = scripts(context.contract.library, channel, rules, tokens, silence=silence)
        context.shared[name] = Sessions(
            context=context, channel=channel, rules=rules, scripts={script.name: script for script in made}
        )
    return cast("Sessions", context.shared[name])


def _patience(context: Context) -> float:
    return cast("float", context.shared.get("websocket-patience", PATIENCE))


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


def _listen(sessions: Sessions) -> dict[str, Played]:
    """Play the workflows over HTTP while the default identity and another one listen."""
    player = cast("Callable[[], object] | None", sessions.context.shared.get("workflow-player"))
    own, own_reason = _authenticated(sessions, EVENTS, "default")
    other, other_reason = _authenticated(sessions, ISOLATION, "other")
    reason = own_reason or ("" if player else "nothing is played whose events could be awaited")
    if own is None or player is None or reason:
        for connection in filter(None, (own, other)):
            connection.close()
        return {
            EVENTS: Played(reason=reason),
            ISOLATION: Played(rule="foreign-event", reason=reason),
        }
    everybody = [connection for connection in (own, other) if connection]
    reader = Reader(context=sessions.context, channel=sessions.channel, rules=sessions.rules, connection=own)
    told = _watch(player, everybody, reader)
    if not told:
        reader.settle(_patience(sessions.context))
    for connection in everybody:
        connection.close()
    mine = replace(sessions.observe(own, EVENTS, GOOD), readbacks=tuple(reader.readbacks))
    if other is None:
        return {
            EVENTS: Played(observation=mine),
            ISOLATION: Played(rule="foreign-event", reason=other_reason),
        }
    return {EVENTS: Played(observation=mine), ISOLATION: _isolated(sessions, mine, other, told)}


def _authenticated(sessions: Sessions, name: str, identity: str) -> tuple[Connection | None, str]:
    """Open a connection as *identity* and authenticate it; without one, return why."""
    if reason := sessions.channel.obstacle:
        return None, reason
    if reason := silence_of(sessions.context, sessions.channel):
        return None, reason
    token = sessions.context.identities.token(identity)
    authentication = sessions.rules.authentication if sessions.rules else None
    if token is None and (authentication or identity != "default"):
        return None, f"no identity called {identity!r} is configured ([tool.accord.identities.{identity}])"
    connection = sessions.connect(name, identity)
    if authentication is not None and token is not None:
        text = authenticate(sessions.context.contract.library, sessions.channel, authentication, token)
        connection.send(text or "")
        sessions.hear(connection, Hear(names=(authentication.success, authentication.failure)))
    return connection, ""


def _watch(player: Callable[[], object], connections: list[Connection], reader: Reader) -> str:
    """Receive on *connections* while *player* plays and until they are quiet; return why not all was seen.

    The *reader* is told of what comes on the first of them.
    """
    problems: list[BaseException] = []

    def run() -> None:
        try:
            player()
        except BaseException as problem:  # noqa: BLE001 - raised again in the thread that waits
            problems.append(problem)

    thread = threading.Thread(target=run, name="accord-workflow", daemon=True)
    thread.start()
    started = heard = time.monotonic()
    ended: float | None = None
    while True:
        events = [connection.receive(_SLICE) for connection in connections]
        if any(isinstance(event, Received) for event in events):
            heard = time.monotonic()
        reader.take(events[0])
        now = time.monotonic()
        if not thread.is_alive():
            ended = ended or now
            if now - max(heard, ended) > _QUIET or now - ended > _LONGEST_TAIL:
                break
        elif now - started > _LONGEST_WORKFLOW:
            return f"the workflows did not end within {_LONGEST_WORKFLOW:g} s"
        if all(isinstance(event, Closed) for event in events):
            thread.join(_LONGEST_WORKFLOW)
            break
    if problems:
        raise problems[0]
    return ""


def _isolated(sessions: Sessions, mine: SessionObservation, other: Connection, told: str) -> Played:
    """Return the other identity's session, with the things that it must not be told of."""
    theirs = sessions.observe(other, ISOLATION, GOOD)
    rules, contract = sessions.rules, sessions.context.contract
    if rules is None or rules.party is None or told:
        return Played(rule="foreign-event", reason=told or "x-session says nothing about isolation")
    parties = [_party(sessions, observation) for observation in (mine, theirs)]
    if parties[0] == parties[1]:
        where = rules.party_at or "the success message"
        reason = f"the identities 'default' and 'other' have the same {rules.party} at {where}, or none"
        return Played(rule="foreign-event", reason=reason)
    owned = {f"{item.lifecycle.name} {item.key}" for item in entity.snapshots(contract, mine)}
    if not owned:
        return Played(
            rule="foreign-event", reason="the default identity got no event that another could get too"
        )
    notes = tuple(("foreign", name) for name in sorted(owned))
    return Played(observation=sessions.observe(other, ISOLATION, GOOD, notes))


def _party(sessions: Sessions, observation: SessionObservation) -> Json:
    rules = cast("SessionRules", sessions.rules)
    if rules.authentication is None or rules.party_at is None:
        return None
    for line in transcript(sessions.context.contract, sessions.channel, observation.session):
        if line.from_server and line.reading and line.name == rules.authentication.success:
            try:
                return pointers.lookup(line.reading.value, rules.party_at)
            except LookupError:
                return None
    return None
