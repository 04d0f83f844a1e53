"""A server of raw bytes that keeps RFC 6455, or breaks it in one way."""

from __future__ import annotations

import base64
import hashlib
import socket as sockets
import struct
import threading
from contextlib import suppress
from typing import Any

GUID = b"258EAFA5-E914-47DA-95CA-C5AB0DC85B11"
BEAT = 1.0  # seconds within which a client has to say something


class Raw:
    """A server of raw bytes that keeps RFC 6455 but for its ``fault``; each connection in a thread."""

    def __init__(self, fault: str = "") -> None:
        self.fault = fault
        self.done = threading.Event()
        self.listener = sockets.create_server(("127.0.0.1", 0))
        self.threads: list[threading.Thread] = []
        self.connections: list[sockets.socket] = []
        self.accepting = threading.Thread(target=self.accept)
        self.accepting.start()

    @property
    def url(self) -> str:
        """Return where it listens."""
        return f"http://127.0.0.1:{self.listener.getsockname()[1]}"

    def accept(self) -> None:
        """Accept connections until the listener is shut."""
        with suppress(OSError):
            while True:
                connection, _ = self.listener.accept()
                connection.settimeout(10)
                self.connections.append(connection)
                thread = threading.Thread(target=self.serve, args=(connection,))
                thread.start()
                self.threads.append(thread)

    def close(self) -> None:
        """End every connection and thread."""
        self.done.set()
        self.listener.shutdown(sockets.SHUT_RDWR)
        self.listener.close()
        self.accepting.join(10)
        for connection in self.connections:
            with suppress(OSError):
                connection.shutdown(sockets.SHUT_RDWR)
        for thread in self.threads:
            thread.join(10)
            assert not thread.is_alive()

    def serve(self, connection: sockets.socket) -> None:
        """Shake hands and talk."""
        with connection, suppress(OSError, EOFError):
            stream = connection.makefile("rb")
            lines = []
            while (line := stream.readline().strip()) != b"":
                lines.append(line)
            if self.shake(connection, lines):
                self.talk(connection, stream)

    def shake(self, connection: sockets.socket, lines: list[bytes]) -> bool:
        """Answer the handshake; False where it is refused."""
        if not lines:
            return False
        headers = dict(line.lower().split(b": ", 1) for line in lines[1:])
        key = next(
            (line.split(b": ", 1)[1] for line in lines if line.lower().startswith(b"sec-websocket-key")), b""
        )
        broken = (
            headers.get(b"sec-websocket-version") != b"13"
            or len(base64.b64decode(key)) != 16
            or not lines[0].startswith(b"GET ")
        )
        if broken and self.fault == "no-answer":
            return False
        if broken and self.fault != "any-handshake":
            version = b"" if self.fault == "no-version" else b"Sec-WebSocket-Version: 13\r\n"
            connection.sendall(b"HTTP/1.1 426 Upgrade Required\r\n" + version + b"\r\n")
            return False
        if b"origin" in headers and self.fault != "any-origin":
            connection.sendall(b"HTTP/1.1 403 Forbidden\r\n\r\n")
            return False
        accept = base64.b64encode(hashlib.sha1(key + GUID).digest())
        more = {
            "bad-accept": b"",
            "unoffered": b"Sec-WebSocket-Protocol: chat\r\n",
            "unoffered-extension": b"Sec-WebSocket-Extensions: x-other\r\n",
        }.get(self.fault, b"")
        accept = b"x" * 28 if self.fault == "bad-accept" else accept
        upgrade = b"" if self.fault == "no-upgrade" else b"Upgrade: websocket\r\n"
        connection.sendall(
            b"HTTP/1.1 101 Switching Protocols\r\n" + upgrade + b"Connection: Upgrade\r\n"
            b"Sec-WebSocket-Accept: " + accept + b"\r\n" + more + b"\r\n"
        )
        return True

    def talk(self, connection: sockets.socket, stream: Any) -> None:
        """Read frames until something is wrong."""
        # A client may take its time to break these off, or to send much.
        if self.fault not in ("no-ping", "lingering", "boundless"):
            connection.settimeout(BEAT)
            connection.sendall(b"\x89\x00")
        code = self.listen(connection, stream)
        if code is None and self.fault == "lingering":
            self.done.wait(10)
        if code is None:
            return
        if self.fault == "silent-failure" and code in (1002, 1007):
            return
        if self.fault == "codeless" and code in (1002, 1007):
            connection.sendall(b"\x88\x00")
        elif self.fault == "wrong-code" and code in (1002, 1007):
            connection.sendall(b"\x88\x02" + struct.pack("!H", 1000))
        elif not (self.fault == "no-close" and code == 1000):
            head = b"\x88\x01\x03" if self.fault == "half-a-code" else b"\x88\x02" + struct.pack("!H", code)
            connection.sendall(head)
        connection.settimeout(2)
        if not (self.fault == "stays" and code == 1000):
            connection.shutdown(sockets.SHUT_WR)
        with suppress(OSError):
            while stream.read(65_536):
                pass

    def listen(self, connection: sockets.socket, stream: Any) -> int | None:
        """Return the close code that ends the session, None where the client has gone."""
        message: bytes | None = None
        while True:
            try:
                first, second = self.exactly(stream, 2)
            except TimeoutError:
                if self.fault in ("no-ping", "no-heartbeat"):
                    continue
                return 1011
            except EOFError:
                return None
            connection.settimeout(10)  # a client that says anything is there
            size = second & 127
            more = {126: 2, 127: 8}.get(size, 0)
            size = int.from_bytes(self.exactly(stream, more)) if more else size
            key = self.exactly(stream, 4) if second & 128 else bytes(4)
            opcode, final = first & 15, bool(first & 128)
            if size > 1 << 20 and self.fault not in ("boundless", "tolerant"):
                return 1009
            wrong = (
                not second & 128
                or first & 0x70
                or opcode in (3, 4, 5, 6, 7, 11, 12, 13, 14, 15)
                or (opcode == 0 and message is None)
                or (opcode in (1, 2) and message is not None)
                or (opcode >= 8 and (size > 125 or not final))
                or size >= 1 << 63
            )
            if wrong and self.fault != "tolerant":
                return 1002
            if size >= 1 << 63:
                continue
            payload = self.payload(stream, size, key)
            if opcode == 9:
                self.pong(connection, payload)
            elif opcode == 8:
                return self.closing(payload)
            elif opcode < 3:
                message = (message or b"") + payload
                if self.fault == "no-fragments" and not final:
                    return 1002
                if final and (code := self.understand(connection, message)):
                    return code
                message = None if final else message

    def payload(self, stream: Any, size: int, key: bytes) -> bytes:
        """Read a payload; a large one is taken and forgotten."""
        if size > 1 << 20:
            while size:
                size -= len(stream.read(min(size, 65_536)))
            return b"{}"
        data = self.exactly(stream, size)
        return bytes(byte ^ key[at % 4] for at, byte in enumerate(data))

    def exactly(self, stream: Any, size: int) -> bytes:
        """Read so many bytes."""
        data = stream.read(size)
        if len(data) < size:
            raise EOFError
        return bytes(data)

    def pong(self, connection: sockets.socket, payload: bytes) -> None:
        """Answer a ping."""
        said = b"other" if self.fault == "other-pong" else payload
        first = 0xAA if self.fault == "reserved-bit" else 0x8A
        if self.fault == "masked":
            connection.sendall(bytes([first, 0x80 | len(said)]) + bytes(4) + said)
        elif self.fault != "no-pong":
            connection.sendall(bytes([first, len(said)]) + said)

    def closing(self, payload: bytes) -> int:
        """Return the code that answers a close frame."""
        if len(payload) == 1:
            return 1002
        code = int.from_bytes(payload[:2]) if payload else 1000
        if not (code in (1000, 1001, 1002, 1003, *range(1007, 1015)) or 3000 <= code < 5000):
            return code if self.fault == "echo" else 1002
        return self.text(payload[2:]) or code

    def text(self, payload: bytes) -> int:
        """Return the code for what is not UTF-8, 0 for what is."""
        try:
            payload.decode()
        except UnicodeDecodeError:
            return 0 if self.fault == "tolerant" else 1007
        return 0

    def understand(self, connection: sockets.socket, message: bytes) -> int:
        """Answer a login; 0 where the session goes on."""
        if b"login" in message:
            said = b'{"type": "welcome", "team": "red"}'
            connection.sendall(bytes([0x81, len(said)]) + said)
            connection.settimeout(BEAT)  # and then a pong is due again
        return self.text(message)
