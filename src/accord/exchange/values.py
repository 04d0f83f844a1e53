"""What was said: an HTTP exchange, and a WebSocket session as a sequence of frozen events."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum
from typing import TypeAlias

from accord.cases.request import Request, first_header


@dataclass(frozen=True, slots=True, kw_only=True)
class Response:
    """One HTTP response; ``body`` has its content encoding removed."""

    status: int
    headers: tuple[tuple[str, str], ...] = ()
    body: bytes = b""

    def header(self, name: str) -> str | None:
        """Return the first value of header *name*, in any letter case."""
        return first_header(self.headers, name)


class Lapse(StrEnum):
    """Why an exchange has no complete response."""

    TIMEOUT = "timeout"
    """The time limit passed before the response was complete."""
    NO_CONNECTION = "no-connection"
    """Nothing accepted the connection."""
    CLOSED = "closed"
    """The connection ended before the response was complete."""
    TOO_LARGE = "too-large"
    """The response passed the size limit and was not read further."""
    PROTOCOL = "protocol"
    """What came back is not HTTP (RFC 9112), or its content encoding does not decode."""
    UNSENT = "unsent"
    """The request cannot be written as HTTP (a line break in a header), and was not sent."""
    WITHHELD = "withheld"
    """A safe run must not send the request, and did not."""
    CRASH = "crash"
    """The application, in process, raised before it answered."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Exchange:
    """One request and what came of it.

    ``id`` is unique in a run. ``response`` is None, or holds what had arrived, when ``lapse`` says
    why it is not whole; ``detail`` adds the reason in words. ``started`` is seconds since the
    epoch, ``seconds`` the time to the end of the response.
    """

    id: str
    operation: str | None
    request: Request
    response: Response | None
    lapse: Lapse | None = None
    detail: str = ""
    started: float
    seconds: float


class Side(StrEnum):
    """Who ended a session."""

    CLIENT = "client"
    SERVER = "server"


@dataclass(frozen=True, slots=True, kw_only=True)
class Opened:
    """The handshake succeeded; ``at`` is seconds since the start of the session."""

    at: float
    subprotocol: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Sent:
    """The client sent one message: text as str, binary as bytes."""

    at: float
    data: str | bytes


@dataclass(frozen=True, slots=True, kw_only=True)
class Received:
    """The server sent one message: text as str, binary as bytes."""

    at: float
    data: str | bytes


_new, _set_at, _set_data = object.__new__, Received.__dict__["at"].__set__, Received.__dict__["data"].__set__


def received(at: float, data: str | bytes) -> Received:
    """Return ``Received(at=at, data=data)``, made in half the time: a flood is held up by little else."""
    message = _new(Received)
    _set_at(message, at)
    _set_data(message, data)
    return message


@dataclass(frozen=True, slots=True, kw_only=True)
class Closed:
    """The session ended.

    ``code`` and ``reason`` are those of the closing handshake (RFC 6455, 7.1.5); 1006 stands for
    an end without one. A handshake that was refused has ``status``, the HTTP status of the refusal.
    ``detail`` says in words how a session ended that nobody closed.
    """

    at: float
    code: int
    reason: str = ""
    by: Side
    status: int | None = None
    detail: str = ""


Event: TypeAlias = Opened | Sent | Received | Closed


@dataclass(frozen=True, slots=True, kw_only=True)
class Session:
    """One WebSocket connection from first to last.

    ``script`` names what was played; ``identity`` who played it. ``crash`` is the exception that
    an application in process raised, if any.
    """

    id: str
    channel: str
    url: str
    script: str
    identity: str | None
    events: tuple[Event, ...]
    started: float
    crash: str = ""
