"""The WebSocket stage: every script is played once, and somebody listens while a workflow runs."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import replace
from functools import partial
from typing import cast

from accord.cases.script import (
    SLOW,
    Tokens,
    scripts,
)
from accord.contract.asyncapi import Channel
from accord.contract.contract import Contract
from accord.contract.session import check_session, read_session
from accord.exchange.values import Received, Sent
from accord.findings.checks import message
from accord.findings.evidence import SessionObservation
from accord.findings.tally import Tally
from accord.findings.transcript import transcript
from accord.run.context import Context, Trial
from accord.run.websocket.conversation import plan_conversations
from accord.run.websocket.frame import plan_frames
from accord.run.websocket.listening import listen
from accord.run.websocket.midstream import plan_midstream, plan_shutdown
from accord.run.websocket.readback import check_reads
from accord.run.websocket.reconnect import plan_reconnect
from accord.run.websocket.sessions import EVENTS, ISOLATION, RESUME, Played, Sessions
from accord.run.websocket.slow import read_slowly

STAGE = "websocket"


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
        if rules is not None and rules.resume not in (None, "none"):
            yield _trial(channel, RESUME, partial(_play_one, channel, RESUME))
        if rules is not None and SLOW in rules.closes:
            yield _trial(channel, SLOW, partial(_play_one, channel, SLOW))
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
        for observation in (*played.before, played.observation):
            tally.cases += _said(observation)
            tally.take(observation)
        if name == RESUME:
            tally.miss(played.rule, played.reason or "nothing ended that the client had lost sight of")
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


def _listen(sessions: Sessions, name: str) -> dict[str, Played]:
    return {SLOW: read_slowly(sessions)} if name == SLOW else listen(sessions)


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
        silence = context.silence
        made = scripts(context.contract.library, channel, rules, tokens, silence=silence)
        context.shared[name] = Sessions(
            context=context,
            channel=channel,
            rules=rules,
            scripts={script.name: script for script in made},
            listen=_listen,
        )
    return cast("Sessions", context.shared[name])
