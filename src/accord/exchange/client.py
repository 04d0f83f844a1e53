"""A client of a service: what it can do, and how one is opened for a URL or for an application."""

from __future__ import annotations

from typing import Protocol

from accord.cases.request import Request
from accord.exchange.application import as_application, factory, load_application
from accord.exchange.asgi import AsgiClient
from accord.exchange.frame_probe import Endpoint
from accord.exchange.ledger import Observer
from accord.exchange.limits import Limits
from accord.exchange.network import NetworkClient
from accord.exchange.values import Closed, Exchange, Received, Session
from accord.exchange.wire import Headers

__all__ = ["Client", "Connection", "Limits", "open_client"]


class Connection(Protocol):
    """One WebSocket session under way; nothing the server does makes it raise or wait without bound."""

    def send(self, data: str | bytes) -> None:
        """Send one message: text as str, binary as bytes; on an ended session nothing happens."""

    def receive(self, timeout: float) -> Received | Closed | None:
        """Return the next message, None after *timeout* seconds, or, again and again, how it ended."""

    def close(self, code: int = 1000, reason: str = "") -> None:
        """Close the session within a bounded time; the second time nothing happens."""

    def narrow(self) -> None:
        """Take in as little as can be of what nobody has asked for yet."""

    def break_off(self) -> None:
        """End the session without a closing handshake, as a client does whose network is gone."""

    def session(self) -> Session:
        """Return what was said so far."""


class Client(Protocol):
    """One service, asked over HTTP and WebSocket.

    ``target`` is what the user wrote; ``base_url`` is where every path is appended, without a
    slash at its end; ``headers`` go with every request and handshake that does not set them.
    """

    target: str
    base_url: str
    headers: Headers

    def send(self, request: Request, *, operation: str | None = None) -> Exchange:
        """Send *request* and return what came of it; never raises for what the service does."""

    def connect(
        self,
        path: str,
        *,
        channel: str,
        script: str,
        identity: str | None = None,
        headers: Headers = (),
        subprotocols: tuple[str, ...] = (),
    ) -> Connection:
        """Open a WebSocket session at *path*.

        A refused or failed handshake gives a connection that starts with how it ended.
        """

    def endpoint(self, path: str, headers: Headers = ()) -> Endpoint | None:
        """Return where raw frames can be sent to a WebSocket at *path*, None where there is no socket."""

    def another(self) -> Client | None:
        """Return a client of another service like this one, None where none can be made; raises ``TargetError``."""

    def shut_down(self) -> None:
        """Let a service in process shut down while sessions are open; one on the network goes on."""

    def close(self) -> None:
        """End open sessions and let go of the service, within a bounded time."""


def open_client(
    target: object,
    *,
    limits: Limits = Limits(),  # noqa: B008  a frozen value
    headers: Headers = (),
    observe: Observer | None = None,
) -> Client:
    """Open a client of *target*: a URL, an ASGI or WSGI application, or ``package.module:name`` of one.

    *headers* are added to every request and handshake that does not set them; *observe* is told of
    each exchange, and of each session when it has ended. Raises ``TargetError``.
    """
    if not isinstance(target, str):
        name = f"{type(target).__module__}.{type(target).__qualname__}"
        return AsgiClient(
            as_application(target, name),
            target=name,
            limits=limits,
            headers=headers,
            observe=observe,
            make=factory(target),
        )
    if target.lower().startswith(("http://", "https://")):
        return NetworkClient(target, limits=limits, headers=headers, observe=observe)
    application = load_application(target)
    return AsgiClient(
        application,
        target=target,
        limits=limits,
        headers=headers,
        observe=observe,
        make=factory(target),
    )
