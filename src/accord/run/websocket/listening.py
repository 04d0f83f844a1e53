"""Those who listen while the workflows are played: the caller, somebody else, and a client that comes and goes."""

from __future__ import annotations

import threading
import time
from collections.abc import Callable
from dataclasses import replace
from typing import cast

from accord.cases.script import (
    GOOD,
    Hear,
    authenticate,
)
from accord.contract import pointer as pointers
from accord.contract.pointer import Json
from accord.contract.session import SessionRules
from accord.exchange.client import Connection
from accord.exchange.values import Closed, Received
from accord.findings.checks import entity
from accord.findings.evidence import SessionObservation
from accord.findings.transcript import transcript
from accord.run.websocket.handshake import silence_of
from accord.run.websocket.readback import Reader
from accord.run.websocket.resume import Returner
from accord.run.websocket.sessions import EVENTS, ISOLATION, RESUME, Played, Sessions

_QUIET = 0.5
_LONGEST_WORKFLOW = 300.0
_LONGEST_TAIL = 30.0
_SLICE = 0.02


def listen(sessions: Sessions) -> dict[str, Played]:
    """Play the workflows over HTTP while the default identity and another one listen."""
    player = sessions.context.player
    own, own_reason = authenticated(sessions, EVENTS, "default")
    other, other_reason = authenticated(sessions, ISOLATION, "other")
    reason = own_reason or ("" if player else "nothing is played whose events could be awaited")
    if own is None or player is None or reason:
        for connection in filter(None, (own, other)):
            connection.close()
        return {
            EVENTS: Played(reason=reason),
            ISOLATION: Played(rule="foreign-event", reason=reason),
            RESUME: Played(rule="lost-on-reconnect", reason=reason),
        }
    everybody = [connection for connection in (own, other) if connection]
    reader = Reader(context=sessions.context, channel=sessions.channel, rules=sessions.rules, connection=own)
    returner = _returner(sessions)

    def tell(event: Received | Closed | None) -> None:
        reader.take(event)
        if returner is not None:
            returner.overhear(event)
            returner.turn()

    told = watch(player, everybody, tell)
    if not told:
        reader.settle(sessions.context.patience)
    returned = _returned(sessions, returner, told)
    for connection in everybody:
        connection.close()
    mine = replace(sessions.observe(own, EVENTS, GOOD), readbacks=tuple(reader.readbacks))
    if other is None:
        return {
            EVENTS: Played(observation=mine),
            ISOLATION: Played(rule="foreign-event", reason=other_reason),
            RESUME: returned,
        }
    return {
        EVENTS: Played(observation=mine),
        ISOLATION: _isolated(sessions, mine, other, told),
        RESUME: returned,
    }


def _returner(sessions: Sessions) -> Returner | None:
    """Return a client that loses its connections, where the contract says what it then learns."""
    rules = sessions.rules
    if rules is None or rules.resume in (None, "none"):
        return None
    return Returner(
        context=sessions.context,
        channel=sessions.channel,
        rules=rules,
        open_=lambda: authenticated(sessions, RESUME, "default")[0],
    )


def _returned(sessions: Sessions, returner: Returner | None, told: str) -> Played:
    """Return the sessions of the client that came back."""
    rule, seconds = "lost-on-reconnect", sessions.context.patience
    if returner is None or told:
        return Played(rule=rule, reason=told or "x-session says nothing about reconnects")
    returner.finish(seconds)
    if not returner.past:
        return Played(rule=rule, reason="the client that comes and goes could not connect")
    *before, last = returner.observations(seconds)
    return Played(rule=rule, observation=last, before=tuple(before))


def authenticated(sessions: Sessions, name: str, identity: str) -> tuple[Connection | None, str]:
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


def watch(
    player: Callable[[], object],
    connections: list[Connection],
    tell: Callable[[Received | Closed | None], None],
) -> str:
    """Receive on *connections* while *player* plays and until they are quiet; return why not all was seen.

    *tell* hears what comes on the first of them, None again and again while nothing does.
    """
    tell(None)
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
        tell(events[0])
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
