"""Variants of the WebSocket: what messages are called, in which order they come, and how many."""

from __future__ import annotations

from sartiq_sandbox.faults.conversation import told, turning
from sartiq_sandbox.faults.edit import put
from sartiq_sandbox.faults.fault import Json
from sartiq_sandbox.faults.stream import Turn
from sartiq_sandbox.variants.variant import everywhere, of_messages

__all__ = ["VARIANTS"]

DONE, FINISHED = "generation_completed", "generation_finished"


def begin_holding() -> Turn:
    """Send the last progress of a generation after its completion."""
    held: dict[str, Json] = {}

    def turn(message: Json) -> list[Json]:
        identifier = message["payload"]["id"]
        before = held.pop(identifier, None)
        if message["type"] == DONE:
            return [message, *filter(None, [before])]
        held[identifier] = message
        return [*filter(None, [before])]

    return turn


VARIANTS = (
    of_messages(
        "completion-renamed",
        "A client waits for ever for the end of a generation.",
        told(DONE, put("type", FINISHED)),
        everywhere(lambda value: FINISHED if value == DONE else value),
    ),
    of_messages(
        "completion-before-last-progress",
        "A client that stopped at the end shows a bar again.",
        turning(begin_holding, "generation_[uc][po]*"),
    ),
    of_messages(
        "creation-untold",
        "A client does not show a generation before its first progress.",
        turning(lambda: lambda _: [], "generation_created"),
    ),
)
