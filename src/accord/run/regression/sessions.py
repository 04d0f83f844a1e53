"""The sessions that both sides are asked for: scripts that end soon, and one that listens to the workflows."""

from __future__ import annotations

from collections.abc import Iterator
from typing import cast

from accord.cases.script import Tokens, scripts
from accord.cases.step_result import StepResult
from accord.contract.asyncapi import Channel
from accord.contract.contract import Contract
from accord.contract.session import read_session
from accord.exchange.values import Exchange, Session
from accord.findings.regression.take import Take
from accord.run import workflow
from accord.run.context import Context
from accord.run.websocket import stage as socket
from accord.run.websocket.sessions import EVENTS

# They wait for a time limit, or send what is large or deep and is told apart by its size alone.
_LEFT_OUT = frozenset({"silence", "deep-json", "authenticated-deep-json"})
_WORKFLOWS = "workflows"


def played_scripts(contract: Contract, channel: Channel) -> tuple[str, ...]:
    """Return the names of the scripts that are played on *channel*."""
    names = (script.name for script in scripts(contract.library, channel, read_session(channel), Tokens()))
    return (*(name for name in names if name not in _LEFT_OUT), EVENTS)


def play_sessions(context: Context, channel: Channel) -> Iterator[tuple[str, Session]]:
    """Play the scripts of *channel* and yield each session with its key; those that cannot be played are left out."""
    context.shared.pop(f"sessions/{channel.id}", None)
    sessions = socket.sessions_of(context, channel)
    sessions.scripts.pop("silence", None)
    for name in played_scripts(context.contract, channel):
        played = sessions.session(name)
        if played.observation is not None:
            yield f"websocket/{channel.id}/{name}", played.observation.session


def play_workflows(context: Context) -> Iterator[tuple[str, Take]]:
    """Play every workflow and yield the last exchange of each step that was reached, with its key."""
    for result in workflow.play(context):
        exchange = _exchange(result)
        if exchange is not None:
            yield f"{_WORKFLOWS}/{result.workflow}/{result.step.id}", Take(exchanges=(exchange,))


def _exchange(result: StepResult) -> Exchange | None:
    found = cast("Exchange | None", result.evidence.token if result.evidence else None)
    named = result.step.operation.id if result.step.operation else None
    return found if found is not None and found.operation and named in (None, found.operation) else None
