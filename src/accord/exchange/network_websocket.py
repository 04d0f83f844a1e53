"""One WebSocket session over a socket: RFC 6455 by websockets, all waiting done here."""

from __future__ import annotations

import re
import ssl
import time

from websockets.client import ClientProtocol
from websockets.exceptions import InvalidMessage, InvalidStatus
from websockets.frames import Frame, Opcode
from websockets.protocol import State
from websockets.typing import Subprotocol
from websockets.uri import WebSocketURI

from accord.exchange.connection import Clock
from accord.exchange.crash import name_and_message
from accord.exchange.limits import Limits
from accord.exchange.stream_socket import StreamSocket
from accord.exchange.values import Closed, Opened, Received, Side
from accord.exchange.wire import Address, Headers, encode_headers

_GOODBYE = 1.0
_LINGER = 0.2
_MOST_FRAGMENTS = 100_000
_STATUS_LINE = re.compile(rb"HTTP/1\.[01] ([2-5]\d\d)\b")
_STATUS_LINE_SIZE = 16
_ABNORMAL, _INVALID_DATA, _TOO_BIG = 1006, 1007, 1009


class SocketPipe:
    """A ``Pipe`` over a socket; it has no thread, and waits for nothing longer than it is told to."""

    def __init__(self, *, clock: Clock, limits: Limits, tls: ssl.SSLContext | None) -> None:
        self.crash = ""
        self._clock = clock
        self._limits = limits
        self._tls = tls
        self._socket: StreamSocket
        self._protocol: ClientProtocol
        self._head = b""
        self._arrived: list[Received] = []
        self._held = 0
        self._fragments: list[bytes] = []
        self._is_text = False
        self._leaving: int | None = None
        self._closed: Closed | None = None

    def open(self, place: Address, headers: Headers, subprotocols: tuple[str, ...]) -> Opened | Closed:
        """Connect and shake hands; raises ``ValueError`` for headers that HTTP cannot carry."""
        lines = encode_headers(headers)
        seconds = self._limits.connect_seconds
        deadline = time.monotonic() + seconds
        self._protocol = _protocol(place, subprotocols, self._limits)
        try:
            self._socket = StreamSocket(place.origin, self._tls, seconds=seconds)
        except (OSError, OverflowError) as problem:
            detail = f"no connection: {name_and_message(problem)}"
            return Closed(at=self._clock(), code=_ABNORMAL, by=Side.SERVER, detail=detail)
        self._send_handshake(place, lines)
        protocol = self._protocol
        while self._closed is None and protocol.state is State.CONNECTING and protocol.handshake_exc is None:
            left = deadline - time.monotonic()
            if left <= 0:
                return self._refused(Side.CLIENT, f"the handshake was not answered within {seconds:g} s")
            self._step(left)
        if protocol.handshake_exc is not None:
            return self._refusal(protocol.handshake_exc)
        if self._closed is not None and protocol.state is State.CONNECTING:
            return self._closed
        return Opened(at=self._clock(), subprotocol=protocol.subprotocol)

    def put(self, data: str | bytes) -> None:
        """Send one message; a server that does not take it within the time limit ends the session."""
        if self._closed is not None or self._protocol.state is not State.OPEN:
            return
        if isinstance(data, str):
            self._protocol.send_text(data.encode())
        else:
            self._protocol.send_binary(data)
        self._flush()
        deadline = time.monotonic() + self._limits.seconds
        while self._closed is None and self._socket.outgoing:
            left = deadline - time.monotonic()
            if left <= 0:
                self._break(Side.CLIENT, f"the server did not read for {self._limits.seconds:g} s")
            else:
                self._step(left)

    def take(self, timeout: float) -> list[Received] | Closed:
        """Return the messages that have come, or how the session ended, or nothing."""
        deadline = time.monotonic() + timeout
        while not self._arrived and self._closed is None:
            left = deadline - time.monotonic()
            self._step(left)
            if left <= 0:
                break
        if self._closed is not None and not self._arrived:
            return self._closed
        messages, self._arrived, self._held = self._arrived, [], 0
        return messages

    def end(self, code: int, reason: str) -> Closed:
        """Close, and wait for the server to answer that, for a second at most."""
        self._arrived.clear()
        self._held = 0
        if self._closed is None:
            self._leaving = code
            self._protocol.send_close(code, reason)
            self._flush()
        seconds = min(self._limits.seconds, _GOODBYE)
        deadline = time.monotonic() + seconds
        while self._closed is None:
            left = deadline - time.monotonic()
            if left <= 0:
                self._break(Side.CLIENT, f"nothing came within {seconds:g} s")
            else:
                self._step(left)
        return self._closed

    def narrow(self) -> None:
        """Ask the kernel to take in little."""
        self._socket.narrow()

    def cut(self) -> Closed:
        """Reset the connection."""
        if self._closed is None:
            self._closed = Closed(at=self._clock(), code=_ABNORMAL, by=Side.CLIENT)
            self._socket.reset()
        return self._closed

    def _send_handshake(self, place: Address, lines: list[tuple[bytes, bytes]]) -> None:
        request = self._protocol.connect()
        request.path = place.target
        request.headers["User-Agent"] = "accord"
        for name in {name for name, _ in lines}:
            request.headers.pop(name.decode(), None)
        for name, value in lines:
            request.headers[name.decode()] = value.decode("latin-1")
        self._protocol.send_request(request)
        self._flush()

    def _step(self, timeout: float) -> None:
        try:
            data = self._socket.step(timeout, reading=self._held < self._limits.bytes)
        except OSError as problem:
            self._break(Side.SERVER, f"the connection broke: {name_and_message(problem)}")
        else:
            if data is not None:
                self._receive(data)

    def _receive(self, data: bytes) -> None:
        if len(self._head) < _STATUS_LINE_SIZE:
            self._head += data[:_STATUS_LINE_SIZE]
        try:
            if data:
                self._protocol.receive_data(data)
            else:
                self._protocol.receive_eof()
        except Exception as problem:  # noqa: BLE001  nothing that comes off a wire may end a run
            self._break(Side.CLIENT, f"what came is not WebSocket: {name_and_message(problem)}")
            return
        for event in self._protocol.events_received():
            if isinstance(event, Frame) and self._leaving is None:
                self._take_frame(event)
        self._flush()
        self._look_for_end(ended=not data)

    def _take_frame(self, frame: Frame) -> None:
        if frame.opcode not in {Opcode.TEXT, Opcode.BINARY, Opcode.CONT} or self._failed():
            return
        if frame.opcode is not Opcode.CONT:
            self._is_text = frame.opcode is Opcode.TEXT
        self._fragments.append(bytes(frame.data))
        if not frame.fin:
            if len(self._fragments) > _MOST_FRAGMENTS:
                self._protocol.fail(_TOO_BIG, "too many fragments")
            return
        data = b"".join(self._fragments)
        self._fragments.clear()
        try:
            message = data.decode() if self._is_text else data
        except UnicodeDecodeError:
            self._protocol.fail(_INVALID_DATA, "a text message is not UTF-8")
            return
        self._held += len(message)
        self._arrived.append(Received(at=self._clock(), data=message))

    def _failed(self) -> bool:
        """Whether this side has ended the session because of what came (RFC 6455, section 7.1.7)."""
        protocol = self._protocol
        return self._leaving is None and protocol.close_sent is not None and not protocol.close_rcvd_then_sent

    def _look_for_end(self, *, ended: bool) -> None:
        protocol = self._protocol
        if self._closed is not None or protocol.state is State.CONNECTING:
            if ended and self._closed is None and protocol.handshake_exc is None:
                self._break(Side.SERVER, "the connection ended before the handshake was answered")
        elif (
            self._leaving is not None and protocol.close_rcvd is not None and protocol.close_sent is not None
        ):
            self._finish(protocol.close_sent.code, protocol.close_sent.reason, Side.CLIENT)
        elif protocol.close_rcvd is not None and protocol.close_rcvd_then_sent:
            self._finish(protocol.close_rcvd.code, protocol.close_rcvd.reason, Side.SERVER)
        elif self._failed() and protocol.close_sent is not None:
            self._finish(protocol.close_sent.code, "", Side.CLIENT, protocol.close_sent.reason)
        elif ended:
            self._break(Side.SERVER, "the connection ended without a closing handshake")

    def _flush(self) -> None:
        for data in self._protocol.data_to_send():
            try:
                self._socket.send(data)
            except OSError as problem:
                self._break(Side.SERVER, f"the connection broke: {name_and_message(problem)}")
                return

    def _finish(self, code: int, reason: str, by: Side, detail: str = "") -> None:
        self._closed = Closed(at=self._clock(), code=code, reason=reason, by=by, detail=detail)
        self._socket.close(min(self._limits.seconds, _LINGER))

    def _break(self, by: Side, detail: str) -> None:
        if self._closed is None:
            if self._leaving is not None:
                by, detail = Side.CLIENT, f"close {self._leaving} was not answered: {detail}"
            self._closed = Closed(at=self._clock(), code=_ABNORMAL, by=by, detail=detail)
            self._socket.close()

    def _refusal(self, problem: Exception) -> Closed:
        if isinstance(problem, InvalidStatus):
            return self._refused(Side.SERVER, "", problem.response.status_code)
        if isinstance(problem, InvalidMessage):
            return self._refused(Side.SERVER, f"the handshake was not answered in HTTP: {problem.__cause__}")
        return self._refused(Side.CLIENT, f"the handshake was answered wrongly: {name_and_message(problem)}")

    def _refused(self, by: Side, detail: str, status: int | None = None) -> Closed:
        if status is None and (match := _STATUS_LINE.match(self._head)):
            # The answer came, but its body did not end.
            by, detail, status = Side.SERVER, "", int(match[1])
        self._socket.close()
        return Closed(at=self._clock(), code=_ABNORMAL, by=by, status=status, detail=detail)


def _protocol(place: Address, subprotocols: tuple[str, ...], limits: Limits) -> ClientProtocol:
    secure = place.origin.scheme == "https"
    uri = WebSocketURI(secure, place.origin.host, place.origin.port, place.path, place.query or "")
    return ClientProtocol(
        uri, subprotocols=[Subprotocol(name) for name in subprotocols] or None, max_size=limits.bytes
    )
