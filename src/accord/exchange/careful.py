"""A client that asks with care: only what a run may send, not too often, and again when it was too often."""

from __future__ import annotations

import time

from accord.cases.request import Request
from accord.exchange.client import Client, Connection
from accord.exchange.frame_probe import Endpoint
from accord.exchange.pace import Pace
from accord.exchange.patience import Patience
from accord.exchange.permission import Permission
from accord.exchange.values import Closed, Exchange, Lapse, Received, Session, Side
from accord.exchange.wire import Headers


class CarefulClient:
    """A ``Client`` around *client*: the one place through which all of a run leaves.

    What *permission* refuses is not sent: the exchange has the lapse ``WITHHELD``, the session ends
    as it begins, and no observer hears of either.
    """

    def __init__(
        self, client: Client, *, permission: Permission, pace: Pace, patience: Patience | None = None
    ) -> None:
        self.target = client.target
        self.base_url = client.base_url
        self.permission = permission
        self.patience = Patience() if patience is None else patience
        self._client = client
        self._pace = pace

    @property
    def headers(self) -> Headers:
        """Return what goes with every request."""
        return self._client.headers

    @headers.setter
    def headers(self, headers: Headers) -> None:
        self._client.headers = headers

    def unrestricted(self) -> CarefulClient:
        """Return the same client for what may be sent in any run: a login, and what a workflow declares."""
        if not (self.permission.safe or self.permission.excluded):
            return self
        return CarefulClient(self._client, permission=Permission(), pace=self._pace, patience=self.patience)

    def send(self, request: Request, *, operation: str | None = None) -> Exchange:
        """Send *request*, again while the service asks to wait, and return what came of it."""
        reason = self.permission.refuses(request, operation)
        if reason:
            return _withheld(request, operation, reason)
        times = 0
        while True:
            self._pace.wait()
            exchange = self._client.send(request, operation=operation)
            seconds = self.patience.delay(exchange, times)
            if seconds is None:
                return exchange
            self._pace.hold(seconds)
            times += 1

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
        """Open a WebSocket session at *path*; a refused one starts with how it ended."""
        reason = self.permission.refuses_session(script)
        if reason:
            return _NoConnection(
                Session(
                    id="",
                    channel=channel,
                    url="ws" + self.base_url.removeprefix("http") + path,
                    script=script,
                    identity=identity,
                    events=(Closed(at=0.0, code=1006, by=Side.CLIENT, detail=f"not sent: {reason}"),),
                    started=time.time(),
                )
            )
        self._pace.wait()
        return self._client.connect(
            path,
            channel=channel,
            script=script,
            identity=identity,
            headers=headers,
            subprotocols=subprotocols,
        )

    def endpoint(self, path: str, headers: Headers = ()) -> Endpoint | None:
        """Return where raw frames can be sent, None where there is no socket or only what is safe may be sent."""
        if self.permission.safe:
            return None
        self._pace.wait()
        return self._client.endpoint(path, headers)

    def another(self) -> CarefulClient | None:
        """Return a client as careful as this one, of another service, None where none can be made."""
        client = self._client.another()
        if client is None:
            return None
        return CarefulClient(client, permission=self.permission, pace=self._pace, patience=self.patience)

    def shut_down(self) -> None:
        """Let a service in process shut down while sessions are open."""
        self._client.shut_down()

    def close(self) -> None:
        """End open sessions and let go of the service."""
        self._client.close()


class _NoConnection:
    """A connection that was never opened."""

    def __init__(self, session: Session) -> None:
        self._session = session

    def send(self, data: str | bytes) -> None:
        """Send nothing."""

    def receive(self, timeout: float) -> Received | Closed | None:  # noqa: ARG002 - there is nothing to wait for
        """Return how the session ended."""
        return next(event for event in self._session.events if isinstance(event, Closed))

    def close(self, code: int = 1000, reason: str = "") -> None:
        """Close nothing."""

    def narrow(self) -> None:
        """Take nothing in."""

    def break_off(self) -> None:
        """Break nothing off."""

    def session(self) -> Session:
        """Return the session, in which nothing was said."""
        return self._session


def _withheld(request: Request, operation: str | None, reason: str) -> Exchange:
    return Exchange(
        id="",
        operation=operation,
        request=request,
        response=None,
        lapse=Lapse.WITHHELD,
        detail=reason,
        started=time.time(),
        seconds=0.0,
    )
