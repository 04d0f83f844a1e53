"""How much of a service accord takes in: time, bytes, messages."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True, kw_only=True)
class Limits:
    """The bounds of everything that a service may do to its client.

    ``seconds`` bounds a whole HTTP exchange, ``connect_seconds`` a TCP connection or a WebSocket
    handshake, ``bytes`` a response body or one message, ``messages`` what a session may receive.
    All the messages of a session together may have ten times ``bytes``.
    """

    seconds: float = 10.0
    bytes: int = 10 * 1024 * 1024
    messages: int = 10_000
    connect_seconds: float = 5.0
