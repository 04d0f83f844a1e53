"""Faults in the messages of the WebSocket: their spelling, their shape, their values."""

from __future__ import annotations

import json

from sartiq_sandbox.faults.conversation import spelled, told, turning
from sartiq_sandbox.faults.edit import at, put, when, without
from sartiq_sandbox.faults.fault import Fault, Json, Wrap, websocket

__all__ = ["FAULTS"]

GENERATIONS, SHOTS = "generation_*", "shot_*"
PREDICTIONS = "payload/predictions"


def wrong(name: str, consequence: str, wrap: Wrap) -> Fault:
    """Return a fault that breaks the schema of a message."""
    return websocket(name, "message-schema-violation", consequence, wrap)


def undeclared(name: str, consequence: str, wrap: Wrap) -> Fault:
    """Return a fault that sends what is none of the messages."""
    return websocket(name, "undeclared-message", consequence, wrap)


def malformed(name: str, consequence: str, wrap: Wrap) -> Fault:
    """Return a fault that sends what not every reader reads alike."""
    return websocket(name, "malformed-message", consequence, wrap)


def keyed(items: list[dict[str, Json]]) -> dict[str, Json]:
    """Return a list of things as an object with their ids as names."""
    return {item["id"]: item for item in items}


SHAPES = (
    wrong(
        "event-seed-as-text",
        "A strict client refuses every event of a generation.",
        told(GENERATIONS, at("payload/seed", str)),
    ),
    wrong(
        "event-predictions-as-object",
        "A loop over images runs over their ids.",
        told(GENERATIONS, at(PREDICTIONS, keyed)),
    ),
    wrong(
        "event-payload-as-text",
        "A client finds no members: the payload has to be parsed once more.",
        told(SHOTS, at("payload", json.dumps)),
    ),
    wrong(
        "event-without-payload",
        "A client learns that a shot changed, not which.",
        told("shot_created", without("payload")),
    ),
    wrong(
        "event-prediction-without-id",
        "A client cannot tell which image is ready.",
        told(GENERATIONS, without(f"{PREDICTIONS}/*/id")),
    ),
    wrong(
        "event-null-source-of-image",
        "A client without a branch for null fails, three levels down.",
        told(SHOTS, put("payload/revisions/*/images/*/source_type", None)),
    ),
    wrong(
        "event-unknown-prediction-status",
        "A client without a branch for the value fails.",
        told(GENERATIONS, put(f"{PREDICTIONS}/*/status", "sparkling")),
    ),
    wrong(
        "event-status-in-capitals",
        "A client that compares with the published values sees no shot in review.",
        told(SHOTS, at("payload/status", str.upper)),
    ),
    wrong(
        "event-id-without-hyphens",
        "A client does not recognise the shot that it shows.",
        told(SHOTS, at("payload/id", lambda text: text.replace("-", ""))),
    ),
    wrong(
        "event-moment-without-offset",
        "A client takes the moment for one of its own time zone.",
        told(GENERATIONS, at("payload/updated_at", lambda text: text.rstrip("Z"))),
    ),
    wrong(
        "event-relative-image-address",
        "A client cannot fetch the image: it does not know the host.",
        told(
            GENERATIONS,
            at(
                f"{PREDICTIONS}/*/result_image_url",
                lambda url: url and f"/{url.partition('//')[2]}",
            ),
        ),
    ),
    wrong(
        "event-version-as-text-once-approved",
        "A client fails as soon as a shot is approved.",
        told(
            SHOTS,
            at("payload", when({"status": "approved"}, at("revisions/*/version", str))),
        ),
    ),
    wrong(
        "welcome-without-user",
        "A client does not know as whom it is connected.",
        told("auth_success", without("user_id")),
    ),
    wrong(
        "refusal-with-object",
        "A client that shows why it was refused shows [object Object].",
        told("auth_error", at("error", lambda text: {"message": text})),
    ),
)
KINDS = (
    undeclared(
        "unknown-event-type",
        "A client drops the progress of generations, or fails.",
        told("generation_updated", put("type", "generation_progress")),
    ),
    undeclared(
        "event-type-in-capitals",
        "A client that compares with the published values drops every event of a shot.",
        told(SHOTS, at("type", str.upper)),
    ),
    undeclared(
        "event-without-type",
        "A client cannot tell what it is told.",
        told("generation_completed", without("type")),
    ),
    undeclared(
        "heartbeat-as-message",
        "A client without a branch for it fails in its message loop.",
        turning(lambda: lambda message: [message, {"type": "ping"}], "auth_success"),
    ),
)
SPELLINGS = (
    malformed(
        "event-with-nan",
        "The parser of a browser fails at NaN, which is no JSON.",
        spelled(
            GENERATIONS,
            lambda text: text.replace('"duration_seconds":null', '"duration_seconds":NaN'),
        ),
    ),
    malformed(
        "event-with-member-twice",
        "One reader takes the first of two types, another one the last.",
        spelled(SHOTS, lambda text: f'{{"type":"shot_created",{text[1:]}'),
    ),
    malformed(
        "event-with-half-a-character",
        "A client that stores the name of a shot type fails.",
        spelled(SHOTS, lambda text: text.replace('"name":"', '"name":"\\ud800', 1)),
    ),
    malformed(
        "event-cut-short",
        "The parser of the client fails at the last character.",
        spelled("generation_completed", lambda text: text[:-1]),
    ),
    websocket(
        "event-as-bytes",
        "binary-message",
        "A client that reads texts gets a blob.",
        spelled(GENERATIONS, str.encode),
    ),
)
FAULTS = (*SHAPES, *KINDS, *SPELLINGS)
