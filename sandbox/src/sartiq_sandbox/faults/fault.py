"""A fault: one defect that can be put around a healthy application."""

from __future__ import annotations

from collections.abc import Awaitable, Callable, MutableMapping
from dataclasses import dataclass
from typing import Any, Literal, TypeAlias

__all__ = [
    "Application",
    "Fault",
    "Json",
    "Message",
    "Receive",
    "Scope",
    "Send",
    "Wrap",
    "rest",
    "websocket",
]

Json: TypeAlias = Any
Message: TypeAlias = MutableMapping[str, Any]
Scope: TypeAlias = MutableMapping[str, Any]
Receive: TypeAlias = Callable[[], Awaitable[Message]]
Send: TypeAlias = Callable[[Message], Awaitable[None]]
Application: TypeAlias = Callable[[Scope, Receive, Send], Awaitable[None]]
Wrap: TypeAlias = Callable[[Application], Application]


@dataclass(frozen=True, slots=True, kw_only=True)
class Fault:
    """One defect: what a client suffers, which rule of a contract test has to see it.

    ``wrap`` takes an ASGI application and returns one that has the defect; what the defect
    remembers belongs to that one application.
    """

    name: str
    consequence: str
    rule: str
    channel: Literal["rest", "websocket"]
    wrap: Wrap


def rest(name: str, rule: str, consequence: str, wrap: Wrap) -> Fault:
    """Return a fault of the REST API."""
    return Fault(name=name, consequence=consequence, rule=rule, channel="rest", wrap=wrap)


def websocket(name: str, rule: str, consequence: str, wrap: Wrap) -> Fault:
    """Return a fault of the WebSocket."""
    return Fault(name=name, consequence=consequence, rule=rule, channel="websocket", wrap=wrap)
