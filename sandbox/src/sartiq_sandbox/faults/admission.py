"""Faults in how a connection begins and ends: authentication, time limits, close codes, crashes."""

from __future__ import annotations

import asyncio
import json
from collections.abc import Callable

from sartiq_sandbox.demo import LOOK, REVOKED, SHOTS
from sartiq_sandbox.faults.bearer import flaw, good_token, subject
from sartiq_sandbox.faults.conversation import (
    Line,
    closed_with,
    conversing,
    document_of,
    hearing,
    pass_on,
    saying,
    turning,
)
from sartiq_sandbox.faults.fault import (
    Application,
    Fault,
    Json,
    Message,
    Receive,
    Scope,
    Send,
    websocket,
)

__all__ = ["FAULTS"]

MOMENT = "2024-01-15T10:35:00Z"
EVENT = {
    "type": "shot_updated",
    "payload": {
        "id": SHOTS[0],
        "created_at": MOMENT,
        "updated_at": MOMENT,
        "current_revision_id": None,
        "pose_preset_id": None,
        "revisions": [],
        "rework_available": 3,
        "rework_used": 0,
        "shooting_look_id": LOOK,
        "shot_type": None,
        "status": "pending",
    },
}
PATIENCE = 0.5  # seconds, of a server that should have ten


def token_in(message: Message) -> str | None:
    """Return the token of an authenticating frame, ``None`` for another frame."""
    match document_of(message):
        case {"type": "authenticate", "token": str(token)}:
            return token
    return None


def with_token(message: Message, old: str, new: str) -> Message:
    """Return an authenticating frame with another token, and all the rest as it is."""
    return {**message, "text": message["text"].replace(json.dumps(old), json.dumps(new), 1)}


def suffers(token: str) -> str:
    """Return what a token suffers from; nothing, unless its user is the revoked one."""
    kind = flaw(token)
    return "" if kind == "revoked" and subject(token) != REVOKED else kind


def admitting(kind: str, name: str, consequence: str) -> Fault:
    """Return a fault that takes tokens which suffer from something."""

    def hear(message: Message) -> Message:
        token = token_in(message)
        fits = token is not None and suffers(token) == kind
        return with_token(message, token or "", good_token()) if fits else message

    return websocket(name, "accepted-bad-credential-on-socket", consequence, hearing(hear))


def refuse_good(message: Message) -> Message:
    """Take a good token for a bad one."""
    token = token_in(message)
    good = token is not None and not suffers(token)
    return with_token(message, token or "", "garbage") if good else message


def crashing(name: str, consequence: str, read: Callable[[Message], object]) -> Fault:
    """Return a fault that reads frames without care, and raises what comes of it."""

    def hear(message: Message) -> Message:
        if message["type"] == "websocket.receive":
            read(message)
        return message

    return websocket(name, "crashed-session", consequence, hearing(hear))


def read_syntax(message: Message) -> None:
    """Raise at what is no JSON, though not at what is too deep."""
    text = message.get("text")
    if text and not text.startswith("[["):
        json.loads(text)


def read_depth(message: Message) -> None:
    """Raise at what is too deep."""
    text = message.get("text") or ""
    if text.startswith("[[") and document_of(message) is None:
        raise RecursionError


def read_member(name: str) -> Callable[[Message], None]:
    """Read a member of an object as a text without looking whether there is one."""

    def read(message: Message) -> None:
        document = document_of(message)
        if isinstance(document, dict):
            document[name].encode()

    return read


def read_object(message: Message) -> None:
    """Take any JSON for an object."""
    document: Json = document_of(message)
    if document is not None:
        document.get("type")


def read_text(message: Message) -> None:
    """Take any frame for a text."""
    message.get("text").strip()  # type: ignore[union-attr]


async def send_event_first(message: Message, send: Send) -> None:
    """Tell an event to whoever connects."""
    await send(message)
    if message["type"] == "websocket.accept":
        await send({"type": "websocket.send", "text": json.dumps(EVENT)})


async def refuse_handshake(message: Message, send: Send) -> None:
    """Refuse the connection that the application accepts."""
    accepts = message["type"] == "websocket.accept"
    await send({"type": "websocket.close", "code": 1008} if accepts else message)


def impatient(app: Application) -> Application:
    """Close for lack of time long before the time is over."""

    async def faulty(scope: Scope, receive: Receive, send: Send) -> None:
        heard = 0

        async def hear() -> Message:
            nonlocal heard
            heard += 1
            if scope["type"] != "websocket" or heard != 2:  # noqa: PLR2004 - after the connect
                return await receive()
            try:
                return await asyncio.wait_for(receive(), PATIENCE)
            except TimeoutError:
                await send({"type": "websocket.close", "code": 4408})
                return {"type": "websocket.disconnect", "code": 4408}

        await app(scope, hear, send)

    return faulty


def begin_leaving() -> Line:
    """Close after the end of a generation, with a code that nobody knows."""

    async def say(message: Message, send: Send) -> None:
        await send(message)
        document = document_of(message)
        if isinstance(document, dict) and document["type"] == "generation_completed":
            await send({"type": "websocket.close", "code": 4999})

    return Line(say=say)


def begin_crashing_at_second() -> Line:
    """Raise at a second authentication."""
    seen = 0

    def hear(message: Message) -> Message:
        nonlocal seen
        seen += token_in(message) is not None
        if seen > 1:
            state = "authenticated"
            raise RuntimeError(state)
        return message

    return Line(say=pass_on, hear=hear)


CREDENTIALS = (
    admitting("empty", "socket-takes-empty-token", "Whoever says nothing hears everything."),
    admitting("garbage", "socket-takes-garbage-token", "Any word opens the stream of a customer."),
    admitting(
        "expired",
        "socket-takes-expired-token",
        "A token that was stolen last year opens the stream.",
    ),
    admitting(
        "other signature",
        "socket-takes-other-signature",
        "A token that anybody can write opens the stream of any customer.",
    ),
    admitting(
        "unsigned",
        "socket-takes-unsigned-token",
        "A token with alg none, which anybody can write, opens the stream of any customer.",
    ),
    admitting(
        "revoked", "socket-takes-revoked-user", "Somebody who was dismissed goes on hearing."
    ),
    websocket(
        "socket-refuses-good-token",
        "refused-good-credential-on-socket",
        "A user hears nothing with a token that works over HTTP.",
        hearing(refuse_good),
    ),
)
REPLIES = (
    websocket(
        "event-before-authentication",
        "message-before-authentication",
        "Whoever connects learns of a shot without logging in.",
        saying(send_event_first),
    ),
    websocket(
        "welcome-twice",
        "message-out-of-turn",
        "A client that subscribes when it is welcomed subscribes twice.",
        turning(lambda: lambda message: [message, dict(message)], "auth_success"),
    ),
    websocket(
        "no-welcome",
        "missing-authentication-reply",
        "A client waits for ever for the word that it may begin.",
        turning(lambda: lambda _: [], "auth_success"),
    ),
    websocket(
        "no-word-of-refusal",
        "missing-authentication-reply",
        "A client is disconnected and does not learn why.",
        turning(lambda: lambda _: [], "auth_error"),
    ),
    websocket(
        "event-after-refusal",
        "message-after-authentication-failure",
        "Whoever is refused learns of a shot all the same.",
        turning(lambda: lambda message: [message, EVENT], "auth_error"),
    ),
    websocket(
        "handshake-refused",
        "refused-handshake",
        "No client can connect.",
        saying(refuse_handshake),
    ),
)
CLOSES = tuple(
    websocket(name, rule, consequence, closed_with(code, other))
    for name, rule, code, other, consequence in (
        (
            "wrong-code-for-bad-token",
            "wrong-close-code",
            4401,
            1008,
            "A client connects again with the same bad token, for ever.",
        ),
        (
            "wrong-code-for-second-authentication",
            "wrong-close-code",
            4429,
            1000,
            "A client takes its own mistake for a regular end.",
        ),
        (
            "wrong-code-for-malformed-frame",
            "wrong-close-code",
            4400,
            1011,
            "A client takes its own mistake for one of the server and tries again.",
        ),
        (
            "wrong-code-for-binary-frame",
            "wrong-close-code",
            1003,
            4400,
            "A client looks for a mistake in its JSON.",
        ),
        (
            "wrong-code-for-silence",
            "wrong-close-code",
            4408,
            1000,
            "A client that was too slow does not know it.",
        ),
        (
            "bad-token-stays",
            "missing-close",
            4401,
            None,
            "Whoever is refused keeps a connection.",
        ),
        (
            "second-authentication-stays",
            "missing-close",
            4429,
            None,
            "A client goes on deaf: nobody answers, nobody closes.",
        ),
        (
            "malformed-frame-stays",
            "missing-close",
            4400,
            None,
            "A client that makes a mistake waits for ever.",
        ),
        (
            "binary-frame-stays",
            "missing-close",
            1003,
            None,
            "A client that sends bytes waits for ever.",
        ),
        (
            "silence-stays",
            "missing-close",
            4408,
            None,
            "Anybody can hold as many connections as they like without logging in.",
        ),
    )
)
ENDS = (
    websocket(
        "time-runs-out-early",
        "premature-timeout",
        "A client on a slow network is closed before it can log in.",
        impatient,
    ),
    websocket(
        "leaves-after-generation",
        "undocumented-close-code",
        "A client takes the end of a generation for a broken network.",
        conversing(lambda: begin_leaving),
    ),
)
CRASHES = (
    crashing("crash-at-broken-json", "Any stranger raises an exception.", read_syntax),
    crashing("crash-at-deep-json", "Any stranger exhausts the stack.", read_depth),
    crashing("crash-at-list", "Any stranger raises an exception by a list.", read_object),
    crashing("crash-at-binary-frame", "Any stranger raises an exception by bytes.", read_text),
    crashing(
        "crash-without-type", "A frame without a type raises an exception.", read_member("type")
    ),
    crashing(
        "crash-without-token", "A login without a token raises an exception.", read_member("token")
    ),
    websocket(
        "crash-at-second-authentication",
        "crashed-session",
        "A client that logs in twice loses its connection without a word.",
        conversing(lambda: begin_crashing_at_second),
    ),
)
FAULTS = (*CREDENTIALS, *REPLIES, *CLOSES, *ENDS, *CRASHES)
