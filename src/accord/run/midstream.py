"""The trials of what comes over an open session from outside: its token expires, the service shuts down."""

from __future__ import annotations

import time
from collections.abc import Iterator
from functools import partial
from typing import cast

from accord.cases.script import EXPIRY, PATIENCE, SILENCE, authenticate
from accord.contract.asyncapi import Channel
from accord.contract.session import SessionRules, read_session
from accord.exchange.client import Client, Connection
from accord.exchange.values import Closed, Session
from accord.findings.evidence import SessionObservation
from accord.findings.tally import Tally
from accord.findings.transcript import transcript
from accord.run.context import Context, Trial
from accord.run.handshake import is_answered, note_handshake, silence_of
from accord.run.identity import EXPIRING

_NO_TOKEN = (
    "no token is at hand that expires while a session is open "  # noqa: S105 - a sentence about tokens
    "(hook `short_token`, or a lifetime in [tool.accord.identities.expiring])"
)
_UNOPENED = "the session did not begin before the token had expired"


def plan_midstream(channel: Channel, stage: str) -> Iterator[Trial]:
    """Yield a trial for each of these ends of which the contract has the code."""
    rules = read_session(channel)
    if rules is not None and EXPIRY in rules.closes:
        yield Trial(stage=stage, id=f"{stage}/{channel.id}/{EXPIRY}", play=partial(_expire, channel, rules))


def _expire(channel: Channel, rules: SessionRules, context: Context) -> Tally:
    tally = context.tally()
    reason = _obstacle(context, channel, EXPIRY)
    given = None if reason else context.identities.short_token()
    allowed = cast("float", context.shared.get("websocket-silence", SILENCE))
    if given is None:
        reason = reason or _NO_TOKEN
    elif given[1] > allowed:
        reason = f"the token lives for {given[1]:g} s, longer than the {allowed:g} s that a run waits"
    if reason or given is None:
        tally.miss("outlived-token", reason)
        return tally
    token, seconds = given
    # From here on it is as old as it can be when the service has to notice.
    expired = time.time() + seconds
    connection = _open(context, context.client, channel, rules, token)
    _drain(connection, until=expired + _patience(context))
    connection.close()
    session = connection.session()
    note_handshake(context, channel, answered=is_answered(session))
    began = _began(context, channel, rules, session)
    notes = (("provoked", f"{EXPIRY} {expired - session.started}"),) if began else ()
    tally.cases = 1
    tally.take(_observed(context, channel, session, notes))
    tally.miss("outlived-token", _UNOPENED)
    return tally


def _obstacle(context: Context, channel: Channel, script: str) -> str:
    """Return why no session of *script* can be opened, empty where one can."""
    if "{" in channel.address:
        return f"the address {channel.address} has parameters"
    return context.client.permission.refuses_session(script) or silence_of(context, channel)


def _open(context: Context, client: Client, channel: Channel, rules: SessionRules, token: str) -> Connection:
    """Open a session with *token*, in the handshake or in the message that authenticates."""
    authentication = rules.authentication
    headers = () if authentication else (("Authorization", f"Bearer {token}"),)
    connection = client.connect(
        channel.address, channel=channel.id, script=EXPIRY, identity=EXPIRING, headers=headers
    )
    text = authenticate(context.contract.library, channel, authentication, token) if authentication else None
    if text is not None:
        connection.send(text)
    return connection


def _drain(connection: Connection, *, until: float) -> None:
    """Receive until the session ends or it is *until* by the clock."""
    while (left := until - time.time()) > 0:
        if isinstance(connection.receive(left), Closed):
            return


def _began(context: Context, channel: Channel, rules: SessionRules, session: Session) -> bool:
    """Tell whether the session was opened, and authenticated where a message does that."""
    lines = transcript(context.contract, channel, session)
    if rules.authentication is None:
        return len(lines) > 1
    return any(line.from_server and line.name == rules.authentication.success for line in lines)


def _observed(
    context: Context, channel: Channel, session: Session, notes: tuple[tuple[str, str], ...]
) -> SessionObservation:
    return SessionObservation(
        channel=channel,
        session=session,
        script=session.script,
        identity=session.identity,
        notes=(("patience", str(_patience(context))), *notes),
    )


def _patience(context: Context) -> float:
    return cast("float", context.shared.get("websocket-patience", PATIENCE))
