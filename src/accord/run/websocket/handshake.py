"""A channel whose handshakes get no answer: asked a few times, and not forty times five seconds."""

from __future__ import annotations

from typing import cast

from accord.contract.asyncapi import Channel
from accord.exchange.values import Closed, Session
from accord.run.context import Context

_ENOUGH = 2


def note_handshake(context: Context, channel: Channel, *, answered: bool) -> None:
    """Count the handshakes in a row that nobody answered."""
    name = f"unanswered/{channel.id}"
    context.shared[name] = 0 if answered else cast("int", context.shared.get(name, 0)) + 1


def silence_of(context: Context, channel: Channel) -> str:
    """Return why no further handshake is tried, empty where there is no reason."""
    count = cast("int", context.shared.get(f"unanswered/{channel.id}", 0))
    return f"the handshake got no answer, {count} times in a row" if count >= _ENOUGH else ""


def is_answered(session: Session) -> bool:
    """Tell whether anybody answered the handshake, if only by refusing it."""
    first = session.events[0] if session.events else None
    return not isinstance(first, Closed) or first.status is not None or bool(session.crash)
