"""WebSockets whose frames are others than they were, in either direction."""

from __future__ import annotations

import json
from collections.abc import Awaitable, Callable, Iterable
from dataclasses import dataclass
from fnmatch import fnmatchcase
from typing import TypeAlias

from sartiq_sandbox.faults.edit import Edit
from sartiq_sandbox.faults.fault import Application, Json, Message, Receive, Scope, Send, Wrap

__all__ = [
    "Line",
    "closed_with",
    "conversing",
    "document_of",
    "hearing",
    "pass_on",
    "saying",
    "spelled",
    "told",
    "turning",
]

Say: TypeAlias = Callable[[Message, Send], Awaitable[None]]
Hear: TypeAlias = Callable[[Message], Message]
Turn: TypeAlias = Callable[[Json], Iterable[Json]]


async def pass_on(message: Message, send: Send) -> None:
    """Send what the application says."""
    await send(message)


@dataclass(frozen=True, slots=True, kw_only=True)
class Line:
    """One connection: what is done with what the application says, and with what it hears."""

    say: Say = pass_on
    hear: Hear = lambda message: message


def conversing(begin: Callable[[], Callable[[], Line]]) -> Wrap:
    """Put a line on each connection.

    ``begin`` is called once for each application, what it returns once for each connection. A
    connection whose close is not passed on stays open until the client leaves.
    """

    def wrap(app: Application) -> Application:
        connect = begin()

        async def faulty(scope: Scope, receive: Receive, send: Send) -> None:
            if scope["type"] == "websocket":
                await _converse(app, scope, receive, send, connect())
            else:
                await app(scope, receive, send)

        return faulty

    return wrap


def saying(say: Say) -> Wrap:
    """Do something else with what the application says; nothing is remembered."""
    return conversing(lambda: lambda: Line(say=say))


def hearing(hear: Hear) -> Wrap:
    """Change what the application hears; nothing is remembered."""
    return conversing(lambda: lambda: Line(hear=hear))


def told(kinds: str, edit: Edit) -> Wrap:
    """Edit the messages whose ``type`` fits a pattern such as ``generation_*``."""
    return turning(lambda: lambda message: [edit(message)], kinds)


def turning(begin: Callable[[], Turn], kinds: str = "*") -> Wrap:
    """Send other messages, none or several, in the place of those whose ``type`` fits.

    ``begin`` is called once for each connection.
    """

    def connect() -> Line:
        turn = begin()

        async def say(message: Message, send: Send) -> None:
            document = document_of(message)
            if not isinstance(document, dict) or not fnmatchcase(document["type"], kinds):
                await send(message)
                return
            for other in turn(document):
                await send(
                    message
                    if other is document
                    else {"type": "websocket.send", "text": json.dumps(other)}
                )

        return Line(say=say)

    return conversing(lambda: connect)


def spelled(kinds: str, spell: Callable[[str], str | bytes]) -> Wrap:
    """Change the text of the messages whose ``type`` fits, or send it as bytes."""

    async def say(message: Message, send: Send) -> None:
        document = document_of(message)
        if not isinstance(document, dict) or not fnmatchcase(document["type"], kinds):
            await send(message)
            return
        data = spell(message["text"])
        await send({"type": "websocket.send", "text" if isinstance(data, str) else "bytes": data})

    return saying(say)


def closed_with(code: int, other: int | None) -> Wrap:
    """Close with another code, or with ``None`` not at all."""

    async def say(message: Message, send: Send) -> None:
        closes = message["type"] == "websocket.close" and message.get("code") == code
        if not closes:
            await send(message)
        elif other is not None:
            await send({**message, "code": other})

    return saying(say)


def document_of(message: Message) -> Json:
    """Return the JSON of a frame, ``None`` for another frame, a binary one or no JSON."""
    text = message.get("text")
    if not isinstance(text, str):
        return None
    try:
        return json.loads(text)
    except (ValueError, RecursionError):
        return None


async def _converse(
    app: Application, scope: Scope, receive: Receive, send: Send, line: Line
) -> None:
    closed = False
    gone: list[Message] = []

    async def note(message: Message) -> None:
        nonlocal closed
        closed = closed or message["type"] == "websocket.close"
        await send(message)

    async def say(message: Message) -> None:
        if not closed:
            await line.say(message, note)

    async def take() -> Message:
        message = gone[0] if gone else await receive()
        if message["type"] == "websocket.disconnect":
            gone.append(message)
        return message

    async def hear() -> Message:
        return line.hear(await take())

    await app(scope, hear, say)
    while not (closed or gone):
        await take()
