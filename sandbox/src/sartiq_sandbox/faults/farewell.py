"""Faults in how an open session ends: an expired token, a slow client, a farewell."""

from __future__ import annotations

from collections.abc import Callable

from sartiq_sandbox.faults.conversation import Line, closed_with, conversing, document_of
from sartiq_sandbox.faults.fault import Message, Send, websocket

__all__ = ["FAULTS"]

EXPIRED, GOING_AWAY, TRY_AGAIN_LATER = 4401, 1001, 1013


def begin_expiring(other: int | None) -> Callable[[], Line]:
    """Close a welcomed session with another code than for its token, ``None`` for not at all."""

    def connect() -> Line:
        welcomed = False

        async def say(message: Message, send: Send) -> None:
            nonlocal welcomed
            document = document_of(message)
            welcomed = welcomed or (
                isinstance(document, dict) and document["type"] == "auth_success"
            )
            if not welcomed or message.get("code") != EXPIRED:
                await send(message)
            elif other is not None:
                await send({**message, "code": other})

        return Line(say=say)

    return connect


FAULTS = (
    websocket(
        "session-outlives-token",
        "outlived-token",
        "Whoever was let in once hears everything for as long as the connection lasts.",
        conversing(lambda: begin_expiring(None)),
    ),
    websocket(
        "wrong-code-for-expired-token",
        "wrong-close-code",
        "A client does not learn that it has to log in again.",
        conversing(lambda: begin_expiring(1000)),
    ),
    websocket(
        "wrong-code-at-shutdown",
        "wrong-close-code",
        "A client takes a restart for a regular end and does not come back.",
        closed_with(GOING_AWAY, 1000),
    ),
    websocket(
        "wrong-code-for-slow-reader",
        "wrong-close-code",
        "A client takes what it has missed for the end of all news.",
        closed_with(TRY_AGAIN_LATER, 1000),
    ),
    websocket(
        "slow-reader-stays",
        "missing-close",
        "A client that was slow for a moment is never told of anything again.",
        closed_with(TRY_AGAIN_LATER, None),
    ),
)
