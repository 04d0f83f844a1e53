"""The trials of frames: raw bytes over a socket, each case once."""

from __future__ import annotations

from collections.abc import Iterator
from functools import partial
from typing import cast

from accord.cases.frame_case import Demand, FrameCase, frame_cases
from accord.cases.script import SILENCE, authenticate
from accord.contract.asyncapi import Channel
from accord.contract.session import SessionRules, read_session
from accord.exchange.frame_probe import End, probe
from accord.exchange.shell import raw
from accord.findings.evidence import FrameObservation
from accord.findings.tally import Tally
from accord.run.context import Context, Trial
from accord.run.websocket.handshake import note_handshake, silence_of

FRAMES = "frames"
_RULES = {
    Demand.REFUSE: "accepted-broken-handshake",
    Demand.JUDGE: "accepted-foreign-origin",
    Demand.FAIL: "tolerated-broken-frame",
    Demand.PONG: "missing-pong",
    Demand.ANSWER: "refused-fragments",
    Demand.CLOSE: "unanswered-close",
    Demand.BOUND: "unbounded-message",
    Demand.LEAVE: "lingering-connection",
    Demand.HEARTBEAT: "unkept-heartbeat",
}


def plan_frames(channel: Channel, stage: str) -> Iterator[Trial]:
    """Yield one trial for each case."""
    for case in frame_cases(None, None, allowed=SILENCE):
        name = f"{stage}/{channel.id}/{FRAMES}/{case.name}"
        yield Trial(stage=stage, id=name, play=partial(_play, channel, case.name))


def _play(channel: Channel, name: str, context: Context) -> Tally:
    tally = context.tally()
    rules = read_session(channel)
    cases = _cases(context, channel, rules)
    case = cases[name]
    reason = channel.obstacle or case.reason or silence_of(context, channel)
    if case.demand is Demand.HEARTBEAT and rules is not None and rules.authentication and not case.acts:
        reason = reason or "no token is at hand that lets the session wait for a heartbeat"
    endpoint = None if reason else context.client.endpoint(channel.address, _headers(context, rules))
    if endpoint is None:
        tally.miss(_RULES[case.demand], reason or "the target is in process: frames need a socket")
        return tally
    patience = context.patience
    probed = probe(endpoint, case, patience=patience + (case.seconds or 0.0))
    tally.cases = 1
    # A server that hangs up on a bad handshake does not hang.
    note_handshake(context, channel, answered=probed.status is not None or probed.end is End.STREAM)
    observed = FrameObservation(
        channel=channel,
        case=case,
        probed=probed,
        known=rules.documented() if rules else frozenset(),
        beats=rules.heartbeat if rules else (),
        # Some cases authenticate, and a token is not to be told.
        reproduce="" if case.demand in (Demand.ANSWER, Demand.HEARTBEAT) else raw(endpoint, case),
    )
    tally.take(observed)
    if not probed.opened and case.demand is not Demand.REFUSE:
        seen = f"status {probed.status}" if probed.status else probed.detail
        tally.miss(_RULES[case.demand], f"the handshake was refused: {seen}")
    return tally


def _cases(context: Context, channel: Channel, rules: SessionRules | None) -> dict[str, FrameCase]:
    """Return the cases of *channel* by name, made once."""
    name = f"frames/{channel.id}"
    if name not in context.shared:
        silence = context.silence
        message = _message(context, channel, rules)
        made = frame_cases(message, rules.heartbeat_seconds if rules else None, allowed=silence)
        context.shared[name] = {case.name: case for case in made}
    return cast("dict[str, FrameCase]", context.shared[name])


def _message(context: Context, channel: Channel, rules: SessionRules | None) -> bytes | None:
    """Return the message that authenticates: the one to which an answer is promised."""
    authentication = rules.authentication if rules else None
    token = context.identities.token("default") if authentication else None
    if authentication is None or token is None:
        return None
    text = authenticate(context.contract.library, channel, authentication, token)
    return text.encode() if text else None


def _headers(context: Context, rules: SessionRules | None) -> tuple[tuple[str, str], ...]:
    """Return what the handshake carries: the token, where no message does."""
    if rules is not None and rules.authentication is not None:
        return ()
    token = context.identities.token("default")
    return (("Authorization", f"Bearer {token}"),) if token else ()
