"""A client of raw bytes: it shakes hands, sends what it is told, and tells exactly what came of it."""

from __future__ import annotations

import re
import ssl
import time
from collections.abc import Sequence
from contextlib import suppress
from dataclasses import dataclass
from enum import StrEnum

from accord.cases.frame import Opcode, close, frame
from accord.cases.frame_case import Demand, FrameCase, Opening, Put
from accord.exchange.crash import name_and_message
from accord.exchange.frame_reader import FrameReader, ServerFrame
from accord.exchange.limits import Limits
from accord.exchange.stream_socket import StreamSocket
from accord.exchange.wire import Address, Headers, encode_headers

_HEAD = 64 * 1024
_MOST_FRAMES = 10_000
_STATUS = re.compile(rb"HTTP/1\.1 ([1-5]\d\d)(?: |$)")
_SETTLING = 0.5


@dataclass(frozen=True, slots=True, kw_only=True)
class Endpoint:
    """Where a WebSocket is served, and what the client brings: headers, and its limits."""

    place: Address
    tls: ssl.SSLContext | None
    headers: Headers
    limits: Limits


class End(StrEnum):
    """How the connection stood when the client left."""

    SETTLED = "open"
    """What the client had waited for had come."""
    NOTHING = "nothing"
    """It was open, and what the client had waited for had not come within the time."""
    STREAM = "end of stream"
    """The server had ended it in order (FIN)."""
    RESET = "reset"
    """It was broken off (RST)."""
    FLOOD = "flood"
    """The server sent without end."""
    UNREACHED = "unreached"
    """There was none."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Probed:
    """What came: the answer to the handshake, the frames, and the end.

    ``status`` is None where no HTTP came, of which ``detail`` speaks. ``seconds`` is how long the
    client stayed after its last act; ``taken`` whether the server took all that it was sent.
    """

    status: int | None = None
    headers: Headers = ()
    detail: str = ""
    frames: tuple[ServerFrame, ...] = ()
    end: End
    seconds: float = 0.0
    taken: bool = True

    def header(self, name: str) -> str | None:
        """Return the values of *name* in one line, None without any (RFC 9110, section 5.3)."""
        found = [value for key, value in self.headers if key.lower() == name]
        return ", ".join(found) if found else None

    @property
    def opened(self) -> bool:
        """Tell whether the handshake succeeded."""
        return self.status == 101

    @property
    def closing(self) -> ServerFrame | None:
        """Return the close frame of the server, None without one."""
        return next((item for item in self.frames if item.opcode == Opcode.CLOSE), None)


def request(endpoint: Endpoint, opening: Opening) -> bytes:
    """Return the bytes of the opening handshake; raises ``ValueError`` for headers that HTTP cannot carry."""
    headers: Headers = (
        ("Host", endpoint.place.origin.authority),
        ("User-Agent", "accord"),
        ("Upgrade", "websocket"),
        ("Connection", "Upgrade"),
        ("Sec-WebSocket-Key", opening.key),
        ("Sec-WebSocket-Version", opening.version),
        *((("Origin", opening.origin),) if opening.origin else ()),
        *((("Sec-WebSocket-Extensions", opening.extensions),) if opening.extensions else ()),
    )
    named = {name.lower() for name, _ in headers}
    own = tuple(item for item in endpoint.headers if item[0].lower() not in named)
    lines = [name + b": " + value for name, value in encode_headers(headers + own)]
    first = f"{opening.method} {endpoint.place.target} HTTP/1.1".encode()
    return b"\r\n".join([first, *lines, b"", b""])


def probe(endpoint: Endpoint, case: FrameCase, *, patience: float) -> Probed:
    """Play *case* and return what came of it, within *patience* seconds of the last act.

    Raises ``ValueError`` for headers that HTTP cannot carry; for what the server does, nothing.
    """
    data = request(endpoint, case.opening)
    limits = endpoint.limits
    try:
        stream = StreamSocket(endpoint.place.origin, endpoint.tls, seconds=limits.connect_seconds)
    except (OSError, OverflowError) as problem:
        return Probed(detail=f"no connection: {name_and_message(problem)}", end=End.UNREACHED)
    line = _Line(stream)
    try:
        return line.play(case, data, limits=limits, patience=patience)
    finally:
        stream.close(_SETTLING if line.settled else 0.0)


class _Line:
    """One connection of a probe."""

    def __init__(self, stream: StreamSocket) -> None:
        self.settled = False
        self._stream = stream
        self._reader = FrameReader()
        self._frames: list[ServerFrame] = []
        self._end: End | None = None
        self._pongs = True
        self._begun = time.monotonic()

    def play(self, case: FrameCase, data: bytes, *, limits: Limits, patience: float) -> Probed:
        """Shake hands, do what *case* says, and wait for what settles it."""
        self._pongs = case.demand is not Demand.HEARTBEAT
        self._write(data, singly=case.opening.singly)
        head, rest = self._head(time.monotonic() + limits.connect_seconds)
        status = _STATUS.match(head)
        if status is None:
            return Probed(detail=_foreign(head), end=self._end or End.NOTHING)
        code, headers = int(status[1]), _headers(head)
        if code != 101 or case.demand is Demand.REFUSE:
            return Probed(status=code, headers=headers, end=self._end or End.SETTLED)
        self._take(rest)
        taken = self._act(case, time.monotonic() + limits.seconds)
        since = time.monotonic()
        self._wait(case.until, since + patience)
        seconds = time.monotonic() - since
        self.settled = self._end is None
        if self.settled and case.until is not None:
            self._leave()
        return Probed(
            status=code,
            headers=headers,
            frames=tuple(self._frames),
            end=self._end or End.SETTLED,
            seconds=seconds,
            taken=taken,
        )

    def _act(self, case: FrameCase, deadline: float) -> bool:
        for act in case.acts:
            if not isinstance(act, Put):
                self._flush(deadline)
                self._shut()
                continue
            for _ in range(act.repeated):
                self._write(act.data, singly=act.singly)
                if not self._flush(deadline):
                    return False
        return True

    def _shut(self) -> None:
        try:
            self._stream.shut()
        except OSError:
            self._end = self._end or End.RESET

    def _leave(self) -> None:
        """Answer or begin the closing handshake: who has asked takes leave."""
        code = self._frames[-1].code if self._frames and self._frames[-1].opcode == Opcode.CLOSE else 1000
        self._write(close(code) if code is not None else frame(Opcode.CLOSE), singly=False)

    def _write(self, data: bytes, *, singly: bool) -> None:
        pieces: Sequence[bytes] = [data[at : at + 1] for at in range(len(data))] if singly else [data]
        for piece in pieces:
            if self._end is None:
                try:
                    self._stream.send(piece)
                except OSError:
                    self._broken()

    def _flush(self, deadline: float) -> bool:
        """Send what waits to be sent, reading meanwhile; False where the server does not take it, or has left."""
        while self._end is None and self._stream.outgoing:
            if self._is_closed() or (left := deadline - time.monotonic()) <= 0:
                return False
            self._step(left)
        return self._end is None

    def _head(self, deadline: float) -> tuple[bytes, bytes]:
        """Return the head of the answer to the handshake, as far as it came, and what followed it."""
        data = b""
        while b"\r\n\r\n" not in data and len(data) < _HEAD and self._end is None:
            left = deadline - time.monotonic()
            if left <= 0:
                self._end = End.NOTHING
                break
            data += self._read(left)
        head, _, rest = data.partition(b"\r\n\r\n")
        return head, rest

    def _wait(self, until: Opcode | None, deadline: float) -> None:
        while self._end is None and not self._has(until):
            left = deadline - time.monotonic()
            if left <= 0:
                self._end = End.NOTHING
                return
            self._step(left)

    def _has(self, until: Opcode | None) -> bool:
        settling = {until, Opcode.CLOSE} if until is not None else set()
        return any(item.opcode in settling for item in self._frames)

    def _is_closed(self) -> bool:
        return any(item.opcode == Opcode.CLOSE for item in self._frames)

    def _step(self, timeout: float) -> None:
        self._take(self._read(timeout))

    def _take(self, data: bytes) -> None:
        for item in self._reader.feed(data, time.monotonic() - self._begun) if data else ():
            self._frames.append(item)
            if item.opcode == Opcode.PING and self._pongs:
                self._write(frame(Opcode.PONG, item.payload), singly=False)
            if len(self._frames) >= _MOST_FRAMES:
                self._end = End.FLOOD
                return

    def _read(self, timeout: float) -> bytes:
        try:
            data = self._stream.step(timeout)
        except OSError:
            self._broken()
            return b""
        if data == b"":
            self._end = self._end or End.STREAM
        return data or b""

    def _broken(self) -> None:
        """Take what had come before the connection broke."""
        self._stream.give_up()
        self._end = End.RESET
        with suppress(OSError):
            while data := self._stream.step(0):
                self._take(data)


def _foreign(head: bytes) -> str:
    return f"what came is not HTTP: it begins with {head[:16]!r}" if head else "nothing came"


def _headers(head: bytes) -> Headers:
    lines = head.decode("latin-1").split("\r\n")[1:]
    parts = (line.partition(":") for line in lines if ":" in line)
    return tuple((name.strip(), value.strip()) for name, _, value in parts)
