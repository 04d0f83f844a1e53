"""A TCP or TLS socket that never makes its owner wait longer than the owner says."""

from __future__ import annotations

import selectors
import socket
import ssl
import struct
import time
from contextlib import suppress

from accord.exchange.wire import Origin

_READ = 64 * 1024
_SMALL = 4096
_WAITS = (BlockingIOError, ssl.SSLWantReadError, ssl.SSLWantWriteError)


class StreamSocket:
    """A connection to *origin*, with a buffer of what is still to be sent.

    Raises ``OSError`` when none is accepted within *seconds*; so does everything that follows when
    the connection breaks.
    """

    def __init__(self, origin: Origin, tls: ssl.SSLContext | None, *, seconds: float) -> None:
        self._outgoing = bytearray()
        deadline = time.monotonic() + seconds
        stream = socket.create_connection((origin.host, origin.port), timeout=seconds)
        try:
            stream.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
            if tls is not None:
                stream.settimeout(max(0.001, deadline - time.monotonic()))
                stream = tls.wrap_socket(stream, server_hostname=origin.host)
            stream.setblocking(False)  # noqa: FBT003
        except BaseException:
            stream.close()
            raise
        self._socket = stream
        self._selector = selectors.DefaultSelector()
        self._interest = selectors.EVENT_READ
        self._selector.register(stream, self._interest)

    @property
    def outgoing(self) -> int:
        """How many bytes are still to be sent."""
        return len(self._outgoing)

    def send(self, data: bytes) -> None:
        """Send *data*, as much as goes at once; ``step`` sends the rest."""
        self._outgoing += data
        self._write()

    def step(self, timeout: float, *, reading: bool = True) -> bytes | None:
        """Let one thing happen: return what arrived, empty at the end, None when nothing did.

        Without *reading*, what arrives is left where it is.
        """
        interest = (selectors.EVENT_READ if reading else 0) | (selectors.EVENT_WRITE if self._outgoing else 0)
        if not interest:
            return None
        if interest != self._interest:
            self._selector.modify(self._socket, interest)
            self._interest = interest
        decrypted = reading and isinstance(self._socket, ssl.SSLSocket) and self._socket.pending() > 0
        ready = self._selector.select(0 if decrypted else max(0.0, timeout))
        events = ready[0][1] if ready else 0
        if events & selectors.EVENT_WRITE:
            self._write()
        if decrypted or events & selectors.EVENT_READ:
            with suppress(*_WAITS):
                return self._socket.recv(_READ)
        return None

    def shut(self) -> None:
        """Tell the peer that nothing more is sent; what it sends still arrives."""
        self.give_up()
        self._socket.shutdown(socket.SHUT_WR)

    def give_up(self) -> None:
        """Drop what is still to be sent."""
        self._outgoing.clear()

    def close(self, linger: float = 0.0) -> None:
        """Close; with *linger* seconds, first let the peer have what was sent.

        To close with unread data resets the connection, and a reset may overtake what was sent.
        """
        with suppress(OSError):
            self._farewell(linger)
        self._selector.close()
        self._socket.close()

    def narrow(self) -> None:
        """Let little arrive before it is read: a small window for the peer."""
        with suppress(OSError):
            self._socket.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, _SMALL)

    def reset(self) -> None:
        """Break the connection off (RST); what was not sent yet is lost."""
        with suppress(OSError):
            self._socket.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
        self.close()

    def _farewell(self, linger: float) -> None:
        deadline, open_ended = time.monotonic() + linger, True
        while linger and (left := deadline - time.monotonic()) > 0:
            if open_ended and not self._outgoing:
                self._socket.shutdown(socket.SHUT_WR)
                open_ended = False
            if self.step(left) == b"":
                return

    def _write(self) -> None:
        with suppress(*_WAITS):
            while self._outgoing:
                sent = self._socket.send(self._outgoing)
                del self._outgoing[:sent]
