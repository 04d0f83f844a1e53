"""The trial of lost connections: a client loses one at each place of a good session, and comes again."""

from __future__ import annotations

import time
from dataclasses import replace
from functools import partial

from accord.cases.conversation import good_trace, moves, reconnections
from accord.cases.script import GOOD, Tokens, authenticate
from accord.contract.asyncapi import Channel
from accord.contract.session import SessionRules, read_session
from accord.exchange.client import Connection, open_client
from accord.exchange.frame_probe import Endpoint
from accord.exchange.relay import Fault, Mishap, Relay
from accord.exchange.values import Closed, Received, Side
from accord.exchange.wire import Headers
from accord.findings.evidence import SessionObservation
from accord.findings.tally import Tally
from accord.run.context import Context, Trial
from accord.run.websocket.conversation import Player
from accord.run.websocket.handshake import silence_of

RECONNECT = "reconnect"
_RULE = "missing-authentication-reply"
# The handshake, what the client says, and what it is answered: the network loses each of them once.
_BREAKS = (
    Fault(mishap=Mishap.RESET, side=Side.SERVER, number=0),
    Fault(mishap=Mishap.RESET, side=Side.CLIENT, number=1),
    Fault(mishap=Mishap.TRUNCATE, side=Side.CLIENT, number=1),
    Fault(mishap=Mishap.RESET, side=Side.SERVER, number=1),
    Fault(mishap=Mishap.TRUNCATE, side=Side.SERVER, number=1),
    Fault(mishap=Mishap.END, side=Side.SERVER, number=1),
)


def plan_reconnect(channel: Channel, stage: str) -> Trial:
    """Return the one trial of lost connections."""
    return Trial(stage=stage, id=f"{stage}/{channel.id}/{RECONNECT}", play=partial(_play, channel))


def _play(channel: Channel, context: Context) -> Tally:
    tally = context.tally()
    rules = read_session(channel)
    refused = context.client.permission.refuses_session(RECONNECT)
    reason = "the channel has no x-session that says who may say what" if rules is None else ""
    reason = channel.obstacle or reason or refused or silence_of(context, channel)
    if rules is None or reason:
        tally.miss(_RULE, reason)
        return tally
    player = _cut(channel, rules, context, tally)
    if player.late:
        tally.miss(_RULE, player.late, variant="rest")
    else:
        _break(channel, rules, context, tally)
    return tally


def _cut(channel: Channel, rules: SessionRules, context: Context, tally: Tally) -> Player:
    """End a good session at each of its places, and play it again from the beginning."""
    token = context.identities.token("default")
    made = moves(context.contract.library, channel, rules, Tokens(good=token))
    player = Player(
        context=context,
        channel=channel,
        rules=rules,
        tally=tally,
        token=token if rules.authentication is None else None,
        script=RECONNECT,
        notes=(("token", GOOD),),
    )
    for conversation in reconnections(good_trace(made, rules)):
        player.play(conversation)
    return player


def _break(channel: Channel, rules: SessionRules, context: Context, tally: Tally) -> None:
    """Let a relay break connections in the middle of a frame, or at its edge, and connect again."""
    text = _message(context, channel, rules)
    endpoint = context.client.endpoint(channel.address)
    if text is None or endpoint is None or endpoint.tls is not None:
        reason = "no message is known that the server answers at once" if text is None else ""
        reason = reason or "a relay cannot look into TLS" if endpoint else "the target is in process"
        tally.miss(_RULE, f"{reason}: no frame can be broken", variant="frames")
        return
    for fault in _BREAKS:
        _lose(channel, endpoint, text, fault, patience=context.patience)
        tally.cases += 1
        tally.take(_again(context, channel, text, endpoint.headers))


def _lose(channel: Channel, endpoint: Endpoint, text: str, fault: Fault, *, patience: float) -> None:
    """Connect through a relay that breaks the connection, and stay until it has."""
    origin = endpoint.place.origin
    headers = (("Host", origin.authority), *endpoint.headers)
    with Relay(origin.host, origin.port, [fault]) as relay:
        url = f"http://127.0.0.1:{relay.port}"
        client = open_client(url, limits=replace(endpoint.limits, connect_seconds=patience))
        try:
            path = endpoint.place.target
            connection = client.connect(path, channel=channel.id, script=RECONNECT, headers=headers)
            connection.send(text)
            _hear(connection, patience, Closed)
        finally:
            client.close()


def _again(context: Context, channel: Channel, text: str, headers: Headers) -> SessionObservation:
    """Connect directly, authenticate, and return what came of it."""
    patience = context.patience
    connection = context.client.connect(
        channel.address, channel=channel.id, script=RECONNECT, identity="default", headers=headers
    )
    connection.send(text)
    _hear(connection, patience, Received)
    connection.close()
    session = connection.session()
    notes = (("token", GOOD), ("patience", str(patience)))
    return SessionObservation(
        channel=channel, session=session, script=RECONNECT, identity="default", notes=notes
    )


def _hear(connection: Connection, patience: float, kind: type[Closed | Received]) -> None:
    """Receive until something of *kind* has come, or the end."""
    deadline = time.monotonic() + patience
    while (left := deadline - time.monotonic()) > 0:
        event = connection.receive(left)
        if isinstance(event, kind | Closed):
            return


def _message(context: Context, channel: Channel, rules: SessionRules) -> str | None:
    authentication = rules.authentication
    token = context.identities.token("default") if authentication else None
    if authentication is None or token is None:
        return None
    return authenticate(context.contract.library, channel, authentication, token)
