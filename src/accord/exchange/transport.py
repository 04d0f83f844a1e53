"""TCP for httpcore with a deadline for the whole exchange, where httpcore has one for each read only."""

from __future__ import annotations

import socket
import ssl
import time
from collections.abc import Iterable
from contextlib import suppress
from contextvars import ContextVar
from typing import Any

import httpcore
import httpx

_QUICK_ACK: int | None = getattr(socket, "TCP_QUICKACK", None)
_SLICE = 64 * 1024
_HEAD_SIZE = 5
_FIRST_SERVER_ERROR = 500
_IDLE = 2.0
"""How long a kept-alive connection may idle; servers commonly drop theirs after five seconds."""


class Watch:
    """What one exchange may still take, and what it has seen of its connection."""

    def __init__(self, *, seconds: float, connect_seconds: float) -> None:
        self.connect_seconds = connect_seconds
        self.deadline = time.monotonic() + seconds
        self.fresh = False
        self.received = 0
        self.head = b""
        self.ended = False

    @property
    def foreign(self) -> bool:
        """Whether what came does not even begin as HTTP does."""
        return not b"HTTP/".startswith(self.head)

    def left(self, expired: type[Exception]) -> float:
        """Return the seconds left; raise *expired* when there are none."""
        left = self.deadline - time.monotonic()
        if left <= 0:
            raise expired("the time of the exchange is over")
        return left


_WATCH: ContextVar[Watch] = ContextVar("watch")


class _Stream(httpcore.NetworkStream):
    def __init__(self, stream: httpcore.NetworkStream) -> None:
        self._stream = stream
        self._socket: socket.socket | None = stream.get_extra_info("socket")

    def read(self, max_bytes: int, timeout: float | None = None) -> bytes:  # noqa: ARG002
        watch = _WATCH.get()
        if _QUICK_ACK is not None and self._socket is not None:
            # A server that writes head and body apart, without TCP_NODELAY, waits for each
            # acknowledgement; delayed, as is usual, that makes every exchange last 40 ms.
            with suppress(OSError):
                self._socket.setsockopt(socket.IPPROTO_TCP, _QUICK_ACK, 1)
        data = self._stream.read(max_bytes, watch.left(httpcore.ReadTimeout))
        watch.received += len(data)
        watch.head += data[: _HEAD_SIZE - len(watch.head)]
        watch.ended = watch.ended or not data
        return data

    def write(self, buffer: bytes, timeout: float | None = None) -> None:  # noqa: ARG002
        watch = _WATCH.get()
        for start in range(0, len(buffer), _SLICE):
            self._stream.write(buffer[start : start + _SLICE], watch.left(httpcore.WriteTimeout))

    def close(self) -> None:
        self._stream.close()

    def start_tls(
        self,
        ssl_context: ssl.SSLContext,
        server_hostname: str | None = None,
        timeout: float | None = None,  # noqa: ARG002
    ) -> httpcore.NetworkStream:
        watch = _WATCH.get()
        seconds = min(watch.connect_seconds, watch.left(httpcore.ConnectTimeout))
        return _Stream(self._stream.start_tls(ssl_context, server_hostname, seconds))

    def get_extra_info(self, info: str) -> Any:
        return self._stream.get_extra_info(info)


class _Backend(httpcore.NetworkBackend):
    def __init__(self) -> None:
        self._backend = httpcore.SyncBackend()

    def connect_tcp(
        self,
        host: str,
        port: int,
        timeout: float | None = None,  # noqa: ARG002
        local_address: str | None = None,
        socket_options: Iterable[httpcore.SOCKET_OPTION] | None = None,
    ) -> httpcore.NetworkStream:
        watch = _WATCH.get()
        watch.fresh = True
        seconds = min(watch.connect_seconds, watch.left(httpcore.ConnectTimeout))
        return _Stream(self._backend.connect_tcp(host, port, seconds, local_address, socket_options))


class Transport:
    """HTTP/1.1 over sockets that keep to the ``Watch`` given to ``send``; ``closed`` tells of ``close``."""

    def __init__(self, *, tls: ssl.SSLContext | None, proxy: httpx.Proxy | None) -> None:
        self.closed = False
        self._pool = _pool(tls, proxy)

    def send(self, request: httpcore.Request, watch: Watch) -> httpcore.Response:
        """Send *request* and return the response, whose body is still to be read, in this thread.

        Raises the exceptions of httpcore.
        """
        _WATCH.set(watch)
        return self._pool.handle_request(request)

    def release(self, response: httpcore.Response) -> None:
        """Let go of the connection of *response*, and end it after a server error.

        Servers end the connection on which an application failed, some a moment later and without
        saying so: the next request would seem to get no answer.
        """
        stream = response.extensions.get("network_stream")
        if response.status >= _FIRST_SERVER_ERROR and stream is not None:
            stream.close()
        response.close()

    def close(self) -> None:
        """Close all connections."""
        self.closed = True
        self._pool.close()


def _pool(tls: ssl.SSLContext | None, proxy: httpx.Proxy | None) -> httpcore.ConnectionPool:
    if proxy is None:
        return httpcore.ConnectionPool(ssl_context=tls, keepalive_expiry=_IDLE, network_backend=_Backend())
    return httpcore.HTTPProxy(
        proxy_url=str(proxy.url),
        proxy_auth=proxy.raw_auth,
        ssl_context=tls,
        keepalive_expiry=_IDLE,
        network_backend=_Backend(),
    )
