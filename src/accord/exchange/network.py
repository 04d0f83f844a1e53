"""The client over sockets: HTTP/1.1 by httpx, to a service that may do anything."""

from __future__ import annotations

import socket
import time
import urllib.request
from dataclasses import replace
from ipaddress import ip_address
from typing import TypeAlias

import httpcore
import httpx

from accord.cases.request import Request
from accord.errors import TargetError
from accord.exchange.body import Body
from accord.exchange.connection import Clock, Pipe, RecordedConnection
from accord.exchange.crash import name_and_message
from accord.exchange.frame_probe import Endpoint
from accord.exchange.ledger import Ledger, Observer
from accord.exchange.limits import Limits
from accord.exchange.network_websocket import SocketPipe
from accord.exchange.transport import Transport, Watch
from accord.exchange.values import Closed, Exchange, Lapse, Opened, Response, Side
from accord.exchange.wire import Address, Headers, Origin, address, request_headers, with_defaults

_IDEMPOTENT = frozenset({"GET", "HEAD", "OPTIONS", "TRACE", "QUERY", "PUT", "DELETE"})

Answer: TypeAlias = tuple[Response | None, Lapse | None, str]
"""The response, as far as it came, why it is not whole, and the reason in words."""


class NetworkClient:
    """A ``Client`` of a running service.

    Raises ``TargetError`` for a URL that means nothing, and when nothing accepts a connection there.
    """

    def __init__(
        self,
        target: str,
        *,
        limits: Limits,
        headers: Headers = (),
        observe: Observer | None = None,
    ) -> None:
        place = _target_address(target)
        self.target = target
        self.base_url = f"{place.origin}{place.path.rstrip('/')}"
        self._origin = place.origin
        self._limits = limits
        self.headers = headers
        self._ledger = Ledger(observe)
        self._tls = httpx.create_ssl_context() if place.origin.scheme == "https" else None
        proxy = _proxy(place.origin)
        _knock(target, place.origin, proxy, limits)
        self._transport = Transport(tls=self._tls, proxy=proxy)

    def send(self, request: Request, *, operation: str | None = None) -> Exchange:
        """Send *request* and return what came of it; never raises for what the service does."""
        number, started, begin = self._ledger.number(), time.time(), time.perf_counter()
        try:
            place = address(request.url)
            if place.origin == self._origin:
                request = replace(request, headers=with_defaults(request.headers, self.headers))
            prepared = _prepared(request, place)
        except ValueError as problem:
            answer: Answer = (None, Lapse.UNSENT, str(problem))
        else:
            answer = self._ask(prepared)
        response, lapse, detail = answer
        return self._ledger.enter(
            Exchange(
                id=number,
                operation=operation,
                request=request,
                response=response,
                lapse=lapse,
                detail=detail,
                started=started,
                seconds=max(0.0, time.perf_counter() - begin),
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
            pipe = SocketPipe(clock=clock, limits=self._limits, tls=self._tls)
            try:
                return pipe, pipe.open(address(self.base_url + path), headers, subprotocols)
            except ValueError as problem:
                return pipe, Closed(at=clock(), code=1006, by=Side.CLIENT, detail=f"not sent: {problem}")

        return self._ledger.connect(
            open_pipe,
            url="ws" + self.base_url.removeprefix("http") + path,
            channel=channel,
            script=script,
            identity=identity,
            limits=self._limits,
        )

    def another(self) -> None:
        """Return None: a service on the network is the only one of its kind."""

    def shut_down(self) -> None:
        """Do nothing: the service is somebody else's."""

    def endpoint(self, path: str, headers: Headers = ()) -> Endpoint | None:
        """Return where a WebSocket is served at *path*; raises ``ValueError`` for a path that is none."""
        place = address(self.base_url + path)
        headers = with_defaults(headers, self.headers)
        return Endpoint(place=place, tls=self._tls, headers=headers, limits=self._limits)

    def close(self) -> None:
        """End the open sessions, within a bounded time, and close all connections."""
        self._ledger.close()
        self._transport.close()

    def _ask(self, request: httpcore.Request) -> Answer:
        if self._transport.closed:
            return None, Lapse.NO_CONNECTION, "the client is closed"
        watch = Watch(seconds=self._limits.seconds, connect_seconds=self._limits.connect_seconds)
        answer = self._ask_once(request, watch)
        stale = answer[1] is Lapse.CLOSED and not watch.fresh and not watch.received
        if stale and request.method.decode() in _IDEMPOTENT:
            # A kept-alive connection may end just when it is used again (RFC 9112, section 9.3.1).
            answer = self._ask_once(request, watch)
        return answer

    def _ask_once(self, request: httpcore.Request, watch: Watch) -> Answer:
        head: tuple[int, Headers] | None = None
        body = Body(self._limits.bytes)
        lapse: Lapse | None = None
        detail = ""
        try:
            response = self._transport.send(request, watch)
            try:
                headers = _decoded_headers(response)
                head = response.status, headers
                body = Body(self._limits.bytes, _encodings(headers))
                for piece in response.iter_stream():
                    body.feed(piece)
                    if body.lapse:
                        break
            finally:
                self._transport.release(response)
        except Exception as problem:  # noqa: BLE001  nothing that comes off a wire may end a run
            lapse, detail = _lapse(problem, watch, self._limits)
        whole = body.finish()
        if lapse is None:
            lapse, detail = body.lapse, body.detail
        return Response(status=head[0], headers=head[1], body=whole) if head else None, lapse, detail


def _prepared(request: Request, place: Address) -> httpcore.Request:
    """Return *request* as httpcore takes it; the target goes on the wire as it was written."""
    origin = place.origin
    url = httpcore.URL(
        scheme=origin.scheme.encode(),
        host=origin.host.encode(),
        # A proxy is told the port only where the URL has to.
        port=origin.port if origin.authority.endswith(f":{origin.port}") else None,
        target=place.target.encode(),
    )
    headers = request_headers(request, origin)
    return httpcore.Request(request.method, url, headers=headers, content=request.body or None)


def _decoded_headers(response: httpcore.Response) -> Headers:
    return tuple((name.decode("latin-1"), value.decode("latin-1")) for name, value in response.headers)


def _encodings(headers: Headers) -> str:
    return ", ".join(value for name, value in headers if name.lower() == "content-encoding")


def _lapse(problem: Exception, watch: Watch, limits: Limits) -> tuple[Lapse, str]:  # noqa: PLR0911  a table
    match problem:
        case httpcore.ConnectError() | httpcore.ConnectTimeout() | httpcore.ProxyError():
            return Lapse.NO_CONNECTION, name_and_message(problem)
        case httpcore.TimeoutException() | httpcore.RemoteProtocolError() if watch.foreign:
            return Lapse.PROTOCOL, f"what came back is not HTTP: it begins with {watch.head!r}"
        case httpcore.TimeoutException():
            return Lapse.TIMEOUT, f"no complete response within {limits.seconds:g} s"
        case httpcore.NetworkError():
            return Lapse.CLOSED, f"the connection broke: {problem}"
        case httpcore.RemoteProtocolError() if watch.ended:
            return Lapse.CLOSED, "the connection ended before the response was complete"
    if isinstance(problem, httpcore.LocalProtocolError) and not watch.received:
        return Lapse.UNSENT, str(problem)
    return Lapse.PROTOCOL, f"what came back is not HTTP: {name_and_message(problem)}"


def _target_address(target: str) -> Address:
    scheme, _, rest = target.partition("://")
    advice = "Give the URL as http://host:port/prefix; identities belong into the settings."
    if "@" in rest.partition("/")[0]:
        reason = "a password in a URL ends up in logs and reports"
        raise TargetError(reason, place=f"{scheme}://{rest.rpartition('@')[2]}", next_step=advice)
    if "?" in target or "#" in target:
        raise TargetError("a base URL has neither query nor fragment", place=target, next_step=advice)
    try:
        return address(target)
    except ValueError as problem:
        raise TargetError(str(problem), place=target, next_step=advice) from None


def _knock(target: str, origin: Origin, proxy: httpx.Proxy | None, limits: Limits) -> None:
    """See that something accepts a connection, so that a run against nothing stops before it starts."""
    host, port = origin.host, origin.port
    if proxy is not None:
        host, port = proxy.url.host, proxy.url.port or (443 if proxy.url.scheme == "https" else 80)
    try:
        socket.create_connection((host, port), timeout=limits.connect_seconds).close()
    except socket.gaierror:
        reason = f"the host name {host} is not known"
    except TimeoutError:
        reason = f"{host}:{port} did not accept a connection within {limits.connect_seconds:g} s"
    except (OSError, ValueError, OverflowError) as problem:
        reason = f"{host}:{port} does not accept connections: {getattr(problem, 'strerror', None) or problem}"
    else:
        return
    raise TargetError(reason, place=target, next_step="Start the service, or correct the URL.")


def _proxy(origin: Origin) -> httpx.Proxy | None:
    """Return the proxy that the environment names for *origin*; there is none for this machine itself."""
    if _is_loopback(origin.host) or urllib.request.proxy_bypass(origin.host):
        return None
    proxies = urllib.request.getproxies()
    url = proxies.get(origin.scheme) or proxies.get("all")
    if not url:
        return None
    try:
        return httpx.Proxy(url if "://" in url else f"http://{url}")
    except (ValueError, httpx.InvalidURL) as problem:
        advice = f"Correct or unset {origin.scheme.upper()}_PROXY, or name the host in NO_PROXY."
        raise TargetError(
            f"the proxy cannot be used: {problem}", place=str(origin), next_step=advice
        ) from None


def _is_loopback(host: str) -> bool:
    try:
        return ip_address(host).is_loopback
    except ValueError:
        return host == "localhost" or host.endswith(".localhost")
