"""The in-process client: an ASGI application, asked without a socket (ASGI 3.0, HTTP 2.4)."""

from __future__ import annotations

import time
from collections.abc import Callable
from dataclasses import replace
from urllib.parse import unquote

from accord.cases.request import Request
from accord.exchange.application import Application, Scope
from accord.exchange.asgi_call import Call
from accord.exchange.asgi_websocket import AsgiPipe, websocket_scope
from accord.exchange.connection import Clock, Pipe, RecordedConnection
from accord.exchange.ledger import Ledger, Observer
from accord.exchange.lifespan import AppThread
from accord.exchange.limits import Limits
from accord.exchange.values import Closed, Exchange, Lapse, Opened, Response, Side
from accord.exchange.wire import Headers, address, request_headers, with_defaults

_BASE_URL = "http://testserver"


class AsgiClient:
    """A ``Client`` of an application in this process, which is started here and shut down by ``close``.

    Raises ``TargetError`` when the application does not start.
    """

    def __init__(
        self,
        application: Application,
        *,
        target: str,
        limits: Limits,
        headers: Headers = (),
        observe: Observer | None = None,
        make: Callable[[], Application] | None = None,
        ledger: Ledger | None = None,
    ) -> None:
        """Start *application*; *make* gives another one like it, *ledger* is the book to write into."""
        self.target = target
        self._make = make
        self.base_url = _BASE_URL
        self._limits = limits
        self.headers = headers
        self._ledger = ledger or Ledger(observe)
        self._thread = AppThread(application, place=target, seconds=limits.seconds)

    def send(self, request: Request, *, operation: str | None = None) -> Exchange:
        """Send *request* and return what came of it; never raises for what the application does."""
        request = replace(request, headers=with_defaults(request.headers, self.headers))
        number, started, begin = self._ledger.number(), time.time(), time.perf_counter()
        response, lapse, detail, end = self._ask(request)
        return self._ledger.enter(
            Exchange(
                id=number,
                operation=operation,
                request=request,
                response=response,
                lapse=lapse,
                detail=detail,
                started=started,
                seconds=max(0.0, end - begin),
            )
        )

    def connect(
        self,
        path: str,
        *,
        channel: str,
        script: str,
        identity: str | None = None,
        headers: Headers = (),
        subprotocols: tuple[str, ...] = (),
    ) -> RecordedConnection:
        """Open a WebSocket session; a refused one starts with how it ended."""
        headers = with_defaults(headers, self.headers)

        def open_pipe(clock: Clock) -> tuple[Pipe, Opened | Closed]:
            pipe = AsgiPipe(self._thread, clock=clock, limits=self._limits)
            try:
                scope = websocket_scope(address(self.base_url + path), headers, subprotocols)
            except ValueError as problem:
                return pipe, Closed(at=clock(), code=1006, by=Side.CLIENT, detail=f"not sent: {problem}")
            return pipe, pipe.open(scope)

        return self._ledger.connect(
            open_pipe,
            url="ws" + self.base_url.removeprefix("http") + path,
            channel=channel,
            script=script,
            identity=identity,
            limits=self._limits,
        )

    def endpoint(self, path: str, headers: Headers = ()) -> None:
        """Return None: in process there is no socket."""

    def another(self) -> AsgiClient | None:
        """Return a client of another application like this one, None where there is none; raises ``TargetError``."""
        if self._make is None:
            return None
        return AsgiClient(
            self._make(),
            target=self.target,
            limits=self._limits,
            headers=self.headers,
            ledger=self._ledger.beside(),
        )

    def shut_down(self) -> None:
        """Let the application shut down while sessions are open, within a bounded time."""
        self._thread.stop()

    def close(self) -> None:
        """End the open sessions and shut the application down, within a bounded time."""
        self._ledger.close()
        self._thread.close()

    def _ask(self, request: Request) -> tuple[Response | None, Lapse | None, str, float]:
        if self._thread.closed:
            return None, Lapse.NO_CONNECTION, "the client is closed", time.perf_counter()
        try:
            scope = _http_scope(request)
        except ValueError as problem:
            return None, Lapse.UNSENT, str(problem), time.perf_counter()
        call = Call(self._thread, scope, request.body, limit=self._limits.bytes)
        overdue = not call.wait(self._limits.seconds)
        end = call.end or time.perf_counter()
        response, lapse, detail = call.result()
        if overdue and not call.complete:
            lapse, detail = Lapse.TIMEOUT, f"no complete response within {self._limits.seconds:g} s"
            if self._thread.blocked():
                detail += "; the application blocks its event loop"
        return response, lapse, detail, end


def _http_scope(request: Request) -> Scope:
    place = address(request.url)
    return {
        "type": "http",
        "asgi": {"version": "3.0", "spec_version": "2.4"},
        "http_version": "1.1",
        "method": request.method,
        "scheme": place.origin.scheme,
        "path": unquote(place.path),
        "raw_path": place.path.encode(),
        "query_string": (place.query or "").encode(),
        "root_path": "",
        "headers": [(name.lower(), value) for name, value in request_headers(request, place.origin)],
        "client": ("127.0.0.1", 50000),
        "server": (place.origin.host, place.origin.port),
        "extensions": {},
    }
