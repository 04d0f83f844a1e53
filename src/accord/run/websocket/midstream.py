"""The trials of what comes over an open session from outside: its token expires, the service shuts down."""

from __future__ import annotations

import threading
import time
from collections.abc import Iterator
from functools import partial

from accord.cases.script import EXPIRY, LINGER, SHUTDOWN, authenticate
from accord.contract.asyncapi import Channel
from accord.contract.session import SessionRules, read_session
from accord.exchange.client import Client, Connection
from accord.exchange.values import Closed, Received, Session, Side
from accord.findings.evidence import SessionObservation
from accord.findings.tally import Tally
from accord.findings.transcript import transcript
from accord.run.context import Context, Trial
from accord.run.identity import EXPIRING
from accord.run.websocket.handshake import is_answered, note_handshake, silence_of

_NO_TOKEN = (
    "no token is at hand that expires while a session is open "  # noqa: S105 - a sentence about tokens
    "(hook `short_token`, or a lifetime in [tool.accord.identities.expiring])"
)
_UNOPENED = "the session did not begin before the token had expired"
_NOBODY = "no identity called 'default' is configured ([tool.accord.identities.default])"
_ONLY_ONE = "the target is an application, not a factory: to shut it down would end the run"
_EXPLORES = "the run goes on exploring: shutting an application down may take from others what they share"
_SERVED = "accord does not stop a service on the network (hook `restart`)"
_LEFT = "the application leaves it to its server to end sessions when it shuts down"
_LONGEST_RESTART = 120.0
_SLICE = 0.05


def plan_midstream(channel: Channel, stage: str) -> Iterator[Trial]:
    """Yield the trial of a token that expires, where the contract says how a session ends then."""
    rules = read_session(channel)
    if rules is not None and EXPIRY in rules.closes:
        yield Trial(stage=stage, id=f"{stage}/{channel.id}/{EXPIRY}", play=partial(_expire, channel, rules))


def plan_shutdown(channel: Channel, stage: str) -> Iterator[Trial]:
    """Yield the trial of a service that shuts down, where the contract says how a session ends then."""
    rules = read_session(channel)
    if rules is not None and SHUTDOWN in rules.closes:
        play = partial(_shut_down, channel, rules)
        yield Trial(stage=stage, id=f"{stage}/{channel.id}/{SHUTDOWN}", play=play)


def _expire(channel: Channel, rules: SessionRules, context: Context) -> Tally:
    tally = context.tally()
    reason = _obstacle(context, channel, EXPIRY)
    given = None if reason else context.identities.short_token()
    allowed = context.silence
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
    connection = _open(context, context.client, channel, EXPIRY, token)
    _drain(connection, until=expired + context.patience)
    connection.close()
    session = connection.session()
    note_handshake(context, channel, answered=is_answered(session))
    began = _began(context, channel, rules, session)
    notes = (("provoked", f"{EXPIRY} {expired - session.started}"),) if began else ()
    tally.cases = 1
    tally.take(_observed(context, channel, session, notes))
    tally.miss("outlived-token", _UNOPENED)
    return tally


def _shut_down(channel: Channel, rules: SessionRules, context: Context) -> Tally:
    tally = context.tally()
    reason = _obstacle(context, channel, SHUTDOWN)
    token = None if reason else context.identities.token("default")
    if rules.authentication and token is None:
        reason = reason or _NOBODY
    served = not reason and context.client.endpoint(channel.address) is not None
    if not reason:
        reason = _unstoppable(context, served=served)
    client = None if reason else context.client if served else context.client.another()
    if client is None:
        tally.miss("wrong-close-code", reason or _ONLY_ONE)
        return tally
    try:
        connection = _open(context, client, channel, SHUTDOWN, token or "")
        _greet(connection, seconds=context.patience if rules.authentication else 0.0)
        began, since = _began(context, channel, rules, connection.session()), time.time()
        if began and served:
            _restart(context, connection)
        elif began:
            client.shut_down()
            _drain(connection, until=time.time() + LINGER)
        connection.close()
    finally:
        if client is not context.client:
            client.close()
    tally.cases = 1
    if began:
        _judge(context, tally, channel, connection.session(), since=since, served=served)
    tally.miss("wrong-close-code", "the session did not begin")
    return tally


def _unstoppable(context: Context, *, served: bool) -> str:
    """Return why the service must not be shut down, empty where it may."""
    if served:
        return "" if context.hooks.restart else _SERVED
    return _EXPLORES if context.deadline.seconds else ""


def _judge(
    context: Context, tally: Tally, channel: Channel, session: Session, *, since: float, served: bool
) -> None:
    """Hold the rules against a session that was open when the service began to shut down, at *since*."""
    end = session.events[-1]
    # Servers end the sessions that an application leaves open: only one that is served shows that.
    if not served and isinstance(end, Closed) and end.by is Side.CLIENT:
        tally.miss("wrong-close-code", _LEFT)
        return
    notes = (("provoked", f"{SHUTDOWN} {since - session.started}"),)
    tally.take(_observed(context, channel, session, notes))


def _restart(context: Context, connection: Connection) -> None:
    """Let the hook restart the service, and stay until the session ends or nothing more can be awaited."""
    problems: list[BaseException] = []

    def run() -> None:
        try:
            context.hooks.restarts(context.client.base_url)
        except BaseException as problem:  # noqa: BLE001 - raised again in the thread that waits
            problems.append(problem)

    thread = threading.Thread(target=run, name="accord-restart", daemon=True)
    thread.start()
    limit = time.time() + _LONGEST_RESTART
    while thread.is_alive() and time.time() < limit:
        if isinstance(connection.receive(_SLICE), Closed):
            thread.join(max(0.0, limit - time.time()))
    _drain(connection, until=time.time() + context.patience)
    if problems:
        raise problems[0]


def _greet(connection: Connection, *, seconds: float) -> None:
    """Receive until the first message, or the end."""
    until = time.time() + seconds
    while (left := until - time.time()) > 0:
        if isinstance(connection.receive(left), Closed | Received):
            return


def _obstacle(context: Context, channel: Channel, script: str) -> str:
    """Return why no session of *script* can be opened, empty where one can."""
    if "{" in channel.address:
        return f"the address {channel.address} has parameters"
    return context.client.permission.refuses_session(script) or silence_of(context, channel)


def _open(context: Context, client: Client, channel: Channel, script: str, token: str) -> Connection:
    """Open a session with *token*, in the handshake or in the message that authenticates."""
    rules = read_session(channel)
    authentication = rules.authentication if rules else None
    headers = () if authentication or not token else (("Authorization", f"Bearer {token}"),)
    identity = EXPIRING if script == EXPIRY else "default"
    connection = client.connect(
        channel.address, channel=channel.id, script=script, identity=identity, headers=headers
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
        notes=(("patience", str(context.patience)), *notes),
    )
