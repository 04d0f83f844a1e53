"""A relay on the loopback interface that passes a WebSocket on, and breaks it at a chosen frame."""

from __future__ import annotations

import re
import selectors
import socket
import struct
import threading
from collections.abc import Iterator, Sequence
from contextlib import suppress
from dataclasses import dataclass
from enum import StrEnum
from typing import Self

from accord.errors import ConfigurationError, TargetError
from accord.exchange.values import Side

_READ = 64 * 1024
_HEAD = 64 * 1024
_SECONDS = 10.0
_MOST_CONNECTIONS = 64
_UPGRADE = re.compile(rb"^upgrade:[ \t]*websocket[ \t]*\r?$", re.IGNORECASE | re.MULTILINE)
_SWITCHED = re.compile(rb"HTTP/1\.[01] 101[ \r]")
_WHERE = re.compile(r"(client|server):([0-9]{1,9})(?:\+([0-9]{1,4}(?:\.[0-9]{1,3})?))?")
_ADVICE = "Write it as server:3, or client:2+0.5 for a delay of half a second."


class Mishap(StrEnum):
    """What happens at a frame."""

    DELAY = "delay"
    """It comes later; the connection waits meanwhile."""
    SPLIT = "split"
    """It comes byte by byte."""
    TRUNCATE = "truncate"
    """Half of it comes, then the end of the stream."""
    STALL = "stall"
    """It does not come, nor does anything after it from that side."""
    END = "end"
    """It does not come: the stream ends in order (FIN)."""
    RESET = "reset"
    """It does not come: the connection is broken off (RST)."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Fault:
    """A mishap at the frame ``number`` that ``side`` sends; the first is 1, the handshake 0."""

    mishap: Mishap
    side: Side
    number: int
    seconds: float = 0.0


def read_fault(mishap: Mishap, where: str) -> Fault:
    """Return the fault that *where*, such as ``server:3``, means; raises ``ConfigurationError``."""
    match = _WHERE.fullmatch(where)
    if match is None or (match[3] is not None) is not (mishap is Mishap.DELAY):
        reason = f"{where[:40]!r} is no place for {mishap}"
        raise ConfigurationError(reason, place=f"--{mishap}", next_step=_ADVICE)
    return Fault(mishap=mishap, side=Side(match[1]), number=int(match[2]), seconds=float(match[3] or 0))


class FrameCutter:
    """Cuts what one side sends at the edges of its frames; what is no WebSocket is one endless piece."""

    def __init__(self, handshake: re.Pattern[bytes]) -> None:
        self._handshake = handshake
        self._buffer = b""
        self._number = 0
        self._left: int | None = None
        self._size = 0
        self._plain = False

    def feed(self, data: bytes) -> Iterator[tuple[int, bytes, int, int]]:
        """Yield the number of a frame, a piece of it, where in the frame that begins, and the frame's size."""
        self._buffer += data
        while self._buffer:
            if self._plain:
                yield 0, self._buffer, 0, len(self._buffer)
                self._buffer = b""
                return
            if self._left is None and not self._begin():
                return
            left = self._left or 0
            piece, self._buffer = self._buffer[:left], self._buffer[left:]
            yield self._number, piece, self._size - left, self._size
            self._left = left - len(piece)
            if not self._left:
                self._number, self._left = self._number + 1, None

    def _begin(self) -> bool:
        """Find out how long the next frame is; False where its head has not come whole."""
        if self._number == 0:
            edge = self._buffer.find(b"\r\n\r\n")
            self._plain = edge < 0 and len(self._buffer) > _HEAD
            if edge < 0:
                return self._plain
            # A request or answer of plain HTTP: no frames follow it.
            self._plain = self._handshake.search(self._buffer[:edge]) is None
            size: int | None = edge + 4 if not self._plain else len(self._buffer)
        else:
            size = _frame_size(self._buffer)
        if size is None:
            return False
        self._left = self._size = size
        return True


def _frame_size(data: bytes) -> int | None:
    """Return how many bytes the frame that begins *data* has (RFC 6455, section 5.2), None if unknown yet."""
    if len(data) < 2:
        return None
    more = {126: 2, 127: 8}.get(data[1] & 0x7F, 0)
    if len(data) < 2 + more:
        return None
    size = int.from_bytes(data[2 : 2 + more]) if more else data[1] & 0x7F
    return 2 + more + (4 if data[1] & 0x80 else 0) + size


class Relay:
    """Listens on 127.0.0.1 and passes every connection on to *host* and *port*, with *faults*.

    A context manager; ``port`` is where it listens. The faults are those of each connection anew.
    Raises ``TargetError`` when it cannot listen.
    """

    def __init__(self, host: str, port: int, faults: Sequence[Fault] = (), *, listen: int = 0) -> None:
        try:
            self._listener = socket.create_server(("127.0.0.1", listen))
        except OSError as problem:
            reason = f"cannot listen: {problem.strerror}"
            raise TargetError(reason, place=f"127.0.0.1:{listen}", next_step="Choose another port.") from None
        self.port: int = self._listener.getsockname()[1]
        self._target = host, port
        self._faults = tuple(faults)
        self._closed = threading.Event()
        self._threads: list[threading.Thread] = []
        self._listener.settimeout(0.1)
        self._accepting = threading.Thread(target=self._accept, name="accord-relay", daemon=True)
        self._accepting.start()

    def __enter__(self) -> Self:
        """Return the relay."""
        return self

    def __exit__(self, *_: object) -> None:
        """Close the relay."""
        self.close()

    def close(self) -> None:
        """End every connection and stop listening."""
        self._closed.set()
        self._accepting.join(_SECONDS)
        for thread in self._threads:
            thread.join(_SECONDS)
        self._listener.close()

    def wait(self) -> None:
        """Wait until somebody closes the relay."""
        self._closed.wait()

    def _accept(self) -> None:
        while not self._closed.is_set():
            with suppress(TimeoutError):
                client, _ = self._listener.accept()
                self._threads = [thread for thread in self._threads if thread.is_alive()]
                if len(self._threads) >= _MOST_CONNECTIONS:
                    client.close()
                    continue
                thread = threading.Thread(target=self._serve, args=(client,), daemon=True)
                thread.start()
                self._threads.append(thread)

    def _serve(self, client: socket.socket) -> None:
        with client:
            try:
                server = socket.create_connection(self._target, timeout=_SECONDS)
            except OSError:
                _reset(client)
                return
            with server, suppress(OSError):
                _Passage(client, server, self._faults, self._closed).run()


class _Passage:
    """One connection through the relay."""

    def __init__(
        self,
        client: socket.socket,
        server: socket.socket,
        faults: Sequence[Fault],
        closed: threading.Event,
    ) -> None:
        self._ends = {Side.CLIENT: client, Side.SERVER: server}
        self._cutters = {Side.CLIENT: FrameCutter(_UPGRADE), Side.SERVER: FrameCutter(_SWITCHED)}
        self._faults = {(fault.side, fault.number): fault for fault in faults}
        self._closed = closed
        self._selector = selectors.DefaultSelector()

    def run(self) -> None:
        """Pass on what comes until both sides have ended, or a fault ends them."""
        with self._selector:
            for side, end in self._ends.items():
                end.settimeout(_SECONDS)
                end.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
                self._selector.register(end, selectors.EVENT_READ, side)
            while self._selector.get_map() and not self._closed.is_set():
                for key, _ in self._selector.select(0.1):
                    if not self._pass(key.data):
                        return

    def _pass(self, side: Side) -> bool:
        """Pass on what *side* has sent; False where the connection is over."""
        try:
            data = self._ends[side].recv(_READ)
        except ConnectionResetError:
            return self._break(reset=True)
        if not data:
            self._selector.unregister(self._ends[side])
            self._other(side).shutdown(socket.SHUT_WR)
            return True
        for number, piece, begin, size in self._cutters[side].feed(data):
            fault = self._faults.get((side, number))
            if fault is None:
                self._other(side).sendall(piece)
            elif not self._fail(fault, piece, begin, size):
                return False
            elif fault.mishap is Mishap.STALL:
                return True
        return True

    def _fail(self, fault: Fault, piece: bytes, begin: int, size: int) -> bool:
        """Let the mishap happen to a piece of its frame; False where the connection is over."""
        other = self._other(fault.side)
        match fault.mishap:
            case Mishap.DELAY:
                if begin == 0:
                    self._closed.wait(fault.seconds)
                other.sendall(piece)
            case Mishap.SPLIT:
                for byte in piece:
                    other.sendall(bytes([byte]))
            case Mishap.STALL:
                self._selector.unregister(self._ends[fault.side])
            case Mishap.TRUNCATE:
                half = max(1, size // 2)
                other.sendall(piece[: max(0, half - begin)])
                return begin + len(piece) < half or self._break(reset=False)
            case _:
                return self._break(reset=fault.mishap is Mishap.RESET)
        return True

    def _break(self, *, reset: bool) -> bool:
        for end in self._ends.values():
            if reset:
                _reset(end)
            else:
                with suppress(OSError):
                    end.shutdown(socket.SHUT_WR)
        return False

    def _other(self, side: Side) -> socket.socket:
        return self._ends[Side.SERVER if side is Side.CLIENT else Side.CLIENT]


def _reset(end: socket.socket) -> None:
    """Let the close of *end* break its connection off."""
    end.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
