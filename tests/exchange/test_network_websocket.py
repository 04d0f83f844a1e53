"""WebSocket over sockets: servers that do what no server should, and a client that outlives them."""

from __future__ import annotations

import base64
import hashlib
import socket
import struct
import threading
import time
from collections.abc import Callable, Iterator
from typing import Any

import pytest
from patience import HASTE, PATIENCE

from accord.exchange.limits import Limits
from accord.exchange.network import NetworkClient
from accord.exchange.values import Closed, Received, Side

Serve = Callable[[Callable[[socket.socket], None]], str]
LIMITS = Limits(seconds=PATIENCE, bytes=100_000, connect_seconds=PATIENCE)
HASTY = Limits(seconds=HASTE, bytes=100_000, connect_seconds=HASTE)
TEXT, BINARY, CONT, CLOSE, PING, PONG = 0x81, 0x82, 0x80, 0x88, 0x89, 0x8A
MORE_TEXT, MORE = 0x01, 0x00


@pytest.fixture
def connect(serve: Serve) -> Iterator[Callable[..., Any]]:
    """Connect to a server of raw sockets, and close the client in the end."""
    clients: list[NetworkClient] = []

    def start(handler: Callable[[socket.socket], None], *, limits: Limits = LIMITS, **options: Any) -> Any:
        client = NetworkClient(serve(handler), limits=limits)
        clients.append(client)
        return client.connect("/", channel="c", script="s", **options)

    yield start
    for client in clients:
        client.close()


def frame(first: int, payload: bytes = b"") -> bytes:
    """Return one unmasked frame (RFC 6455, section 5.2)."""
    if len(payload) < 126:
        return bytes([first, len(payload)]) + payload
    if len(payload) < 65536:
        return bytes([first, 126]) + struct.pack("!H", len(payload)) + payload
    return bytes([first, 127]) + struct.pack("!Q", len(payload)) + payload


def close_frame(code: int, reason: bytes = b"") -> bytes:
    """Return a close frame."""
    return frame(CLOSE, struct.pack("!H", code) + reason)


def read_head(stream: socket.socket) -> bytes:
    """Read the client's handshake."""
    data = b""
    while b"\r\n\r\n" not in data:
        piece = stream.recv(4096)
        if not piece:
            return b""
        data += piece
    return data


def accept(stream: socket.socket, extra: bytes = b"") -> bool:
    """Answer the handshake as RFC 6455, section 4.2.2, says; False when there was none."""
    lines = read_head(stream).split(b"\r\n")
    keys = [line.split(b": ")[1] for line in lines if line.lower().startswith(b"sec-websocket-key")]
    if not keys:
        return False
    digest = hashlib.sha1(keys[0] + b"258EAFA5-E914-47DA-95CA-C5AB0DC85B11", usedforsecurity=False).digest()
    stream.sendall(
        b"HTTP/1.1 101 Switching Protocols\r\nUpgrade: websocket\r\nConnection: Upgrade\r\n"
        b"Sec-WebSocket-Accept: " + base64.b64encode(digest) + b"\r\n" + extra + b"\r\n"
    )
    return True


def read_frame(stream: socket.socket) -> tuple[int, bytes] | None:
    """Read one short masked frame of the client."""
    head = stream.recv(2, socket.MSG_WAITALL)
    if len(head) < 2:
        return None
    size = head[1] & 0x7F
    mask = stream.recv(4, socket.MSG_WAITALL)
    data = stream.recv(size, socket.MSG_WAITALL) if size else b""
    return head[0], bytes(byte ^ mask[at % 4] for at, byte in enumerate(data))


def reset(stream: socket.socket) -> None:
    """Close with a reset instead of an end."""
    stream.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
    stream.close()


def saying(
    *pieces: bytes, then: str = "waits", heard: list[Any] | None = None
) -> Callable[[socket.socket], None]:
    """Return a server that accepts, says *pieces*, and then waits, ends or resets."""

    def handle(stream: socket.socket) -> None:
        if not accept(stream):
            return
        for piece in pieces:
            stream.sendall(piece)
        if then == "resets":
            reset(stream)
        elif then == "waits":
            answer = read_frame(stream)
            if heard is not None:
                heard.append(answer)
            stream.recv(1)

    return handle


def told(connection: Any) -> tuple[list[str | bytes], Closed]:
    """Receive until the end."""
    messages = []
    while isinstance(event := connection.receive(PATIENCE), Received):
        messages.append(event.data)
    assert isinstance(event, Closed)
    return messages, event


@pytest.mark.parametrize(
    ("handler", "messages", "code", "by"),
    [
        pytest.param(saying(close_frame(4401, b"who?")), [], 4401, Side.SERVER, id="closes"),
        pytest.param(saying(frame(CLOSE)), [], 1005, Side.SERVER, id="closes without a code"),
        pytest.param(saying(frame(TEXT, b"a"), close_frame(1000)), ["a"], 1000, Side.SERVER, id="last words"),
        pytest.param(
            saying(frame(TEXT, b"a") + close_frame(1000), then="ends"),
            ["a"],
            1000,
            Side.SERVER,
            id="last words and gone",
        ),
        pytest.param(saying(frame(TEXT, b"a"), then="ends"), ["a"], 1006, Side.SERVER, id="ends"),
        pytest.param(saying(then="resets"), [], 1006, Side.SERVER, id="resets"),
        pytest.param(
            saying(frame(TEXT, b"abc")[:-1], then="ends"), [], 1006, Side.SERVER, id="ends in a frame"
        ),
        pytest.param(saying(frame(TEXT, b"\xff")), [], 1007, Side.CLIENT, id="bad UTF-8"),
        pytest.param(
            saying(frame(MORE_TEXT, b"\xc3"), frame(CONT, b"\xa9"), then="ends"),
            ["é"],
            1006,
            Side.SERVER,
            id="fragments",
        ),
        pytest.param(
            saying(frame(MORE_TEXT, b"a"), frame(PING, b"p"), frame(CONT, b"b"), then="ends"),
            ["ab"],
            1006,
            Side.SERVER,
            id="ping between fragments",
        ),
        pytest.param(saying(frame(CONT, b"a")), [], 1002, Side.CLIENT, id="continues nothing"),
        pytest.param(
            saying(frame(MORE_TEXT, b"a"), frame(TEXT, b"b")), [], 1002, Side.CLIENT, id="interrupts itself"
        ),
        pytest.param(saying(frame(0x83, b"a")), [], 1002, Side.CLIENT, id="reserved opcode"),
        pytest.param(saying(frame(0xC1, b"a")), [], 1002, Side.CLIENT, id="reserved bit"),
        pytest.param(saying(b"\x81\x81aaaaa"), [], 1002, Side.CLIENT, id="masks"),
        pytest.param(saying(close_frame(999)), [], 1002, Side.CLIENT, id="bad close code"),
        pytest.param(saying(close_frame(1000, b"\xff")), [], 1007, Side.CLIENT, id="bad close reason"),
        pytest.param(saying(frame(BINARY, bytes(100_001))), [], 1009, Side.CLIENT, id="too big"),
        pytest.param(
            saying(*[frame(MORE if at else 0x02, bytes(60_000)) for at in range(3)]),
            [],
            1009,
            Side.CLIENT,
            id="too big in fragments",
        ),
        pytest.param(
            saying(frame(TEXT)[:1] + b"\x7f" + b"\x7f" + b"\xff" * 7),
            [],
            1009,
            Side.CLIENT,
            id="announces exabytes",
        ),
        pytest.param(
            saying(b"HTTP/1.1 200 OK\r\n" + b"x" * 100), [], 1002, Side.CLIENT, id="falls back to HTTP"
        ),
    ],
)
def test_whatever_a_server_does_is_a_session(
    connect: Callable[..., Any],
    handler: Callable[[socket.socket], None],
    messages: list[str | bytes],
    code: int,
    by: Side,
) -> None:
    """Close codes of the server, of the client that fails the session, and none at all, are told apart."""
    connection = connect(handler)
    received, end = told(connection)
    assert (messages, code, by) == (received, end.code, end.by), end.detail
    assert connection.session().events[-1] == end


def test_a_failed_session_tells_the_server_why(
    connect: Callable[..., Any], monkeypatch: pytest.MonkeyPatch
) -> None:
    """The close frame goes out, also to a server that never stops talking (RFC 6455, section 7.1.7)."""
    monkeypatch.setattr("accord.exchange.network_websocket._LINGER", PATIENCE)
    heard: list[Any] = []
    connection = connect(saying(frame(TEXT, b"\xff") + frame(TEXT, b"x" * 60_000) * 3, heard=heard))
    told(connection)
    deadline = time.monotonic() + PATIENCE
    while not heard and time.monotonic() < deadline:
        threading.Event().wait(0.01)
    opcode, payload = heard[0]
    assert (CLOSE, 1007) == (opcode, struct.unpack("!H", payload[:2])[0])


def test_a_ping_is_answered(connect: Callable[..., Any]) -> None:
    """A pong with the same payload comes back while somebody receives (RFC 6455, section 5.5.2)."""
    heard: list[Any] = []
    connection = connect(saying(frame(PING, b"are you there"), heard=heard))
    deadline = time.monotonic() + PATIENCE
    while not heard and time.monotonic() < deadline:
        connection.receive(0.01)
    assert [(PONG, b"are you there")] == heard


def test_a_connection_that_is_broken_off_is_reset(connect: Callable[..., Any]) -> None:
    """The server meets a reset instead of a close frame or the end of the stream."""
    met: list[BaseException | bytes] = []
    told = threading.Event()

    def handle(stream: socket.socket) -> None:
        if accept(stream):
            try:
                met.append(stream.recv(100))
            except OSError as problem:
                met.append(problem)
            told.set()

    connection = connect(handle)
    connection.break_off()
    assert told.wait(PATIENCE)
    assert [ConnectionResetError] == [type(item) for item in met]
    end = connection.receive(0)
    assert (1006, Side.CLIENT, "") == (end.code, end.by, end.detail)


@pytest.mark.parametrize("then", ["says nothing", "ends", "resets"])
def test_a_close_without_answer_is_bounded(
    connect: Callable[..., Any], release: threading.Event, then: str
) -> None:
    """Without a closing handshake the code is 1006, and the client was the one who ended it."""

    def handle(stream: socket.socket) -> None:
        if accept(stream):
            read_frame(stream)
            if then == "says nothing":
                release.wait()
            elif then == "resets":
                reset(stream)

    connection = connect(handle)
    connection.close(4000)
    end = connection.receive(0)
    assert (1006, Side.CLIENT) == (end.code, end.by)
    assert end.detail.startswith("close 4000 was not answered: ")


def test_a_server_that_does_not_read_is_given_up(
    connect: Callable[..., Any], release: threading.Event
) -> None:
    """Sending does not wait longer than the limit of an exchange."""

    def handle(stream: socket.socket) -> None:
        if accept(stream):
            release.wait()

    connection = connect(handle, limits=Limits(seconds=HASTE, connect_seconds=PATIENCE))
    connection.send(bytes(50_000_000))
    end = connection.receive(0)
    assert (1006, Side.CLIENT) == (end.code, end.by)
    assert "did not read" in end.detail


def test_two_who_both_send_first_do_not_block_each_other(connect: Callable[..., Any]) -> None:
    """A server that answers before it reads on is read while the client sends."""

    def handle(stream: socket.socket) -> None:
        if accept(stream):
            for _ in range(30):
                stream.sendall(frame(BINARY, bytes(90_000)))
                stream.recv(90_014, socket.MSG_WAITALL)

    connection = connect(handle, limits=Limits(seconds=PATIENCE, bytes=10_000_000))
    for _ in range(30):
        connection.send(bytes(90_000))
    assert {90_000} == {len(connection.receive(PATIENCE).data) for _ in range(30)}


def replying(data: bytes, *, hold: bool = False) -> Callable[[socket.socket], None]:
    """Return a server that answers the handshake with *data*."""

    def handle(stream: socket.socket) -> None:
        if read_head(stream):
            stream.sendall(data)
            if hold:
                stream.recv(1)

    return handle


UPGRADE = b"HTTP/1.1 101 Switching Protocols\r\nUpgrade: websocket\r\nConnection: Upgrade\r\n"


@pytest.mark.parametrize(
    ("handler", "status", "by"),
    [
        pytest.param(
            replying(b"HTTP/1.1 403 No\r\nContent-Length: 0\r\n\r\n", hold=True), 403, Side.SERVER, id="403"
        ),
        pytest.param(replying(b"HTTP/1.1 503 No\r\n\r\nbusy"), 503, Side.SERVER, id="body to the end"),
        pytest.param(
            replying(b"HTTP/1.1 302 Moved\r\nLocation: /x\r\nContent-Length: 0\r\n\r\n", hold=True),
            302,
            Side.SERVER,
            id="redirect",
        ),
        pytest.param(replying(b"HTTP/1.1 200 OK\r\nContent-Length: 0\r\n\r\n"), 200, Side.SERVER, id="200"),
        pytest.param(replying(b""), None, Side.SERVER, id="closes at once"),
        pytest.param(replying(b"SSH-2.0\r\n\r\n"), None, Side.SERVER, id="speaks SSH"),
        pytest.param(replying(bytes(range(256)) * 10_000), None, Side.SERVER, id="speaks garbage"),
        pytest.param(replying(UPGRADE + b"\r\n", hold=True), None, Side.CLIENT, id="no accept header"),
        pytest.param(
            replying(UPGRADE + b"Sec-WebSocket-Accept: x\r\n\r\n", hold=True), None, Side.CLIENT, id="accept"
        ),
        pytest.param(lambda stream: (read_head(stream), reset(stream)), None, Side.SERVER, id="resets"),
        pytest.param(
            lambda stream: accept(stream, b"Sec-WebSocket-Protocol: other\r\n"),
            None,
            Side.CLIENT,
            id="subprotocol not offered",
        ),
        pytest.param(
            lambda stream: accept(stream, b"Sec-WebSocket-Extensions: x-mine\r\n"),
            None,
            Side.CLIENT,
            id="extension not offered",
        ),
    ],
)
def test_a_failed_handshake_is_a_session_that_never_opened(
    connect: Callable[..., Any], handler: Callable[[socket.socket], None], status: int | None, by: Side
) -> None:
    """The status of a refusal is kept; everything else has its reason in words."""
    connection = connect(handler)
    end = connection.receive(0)
    assert (1006, status, by) == (end.code, end.status, end.by), end.detail
    assert (end,) == connection.session().events
    assert bool(end.detail) is (status is None)


@pytest.mark.parametrize(
    ("answer", "status", "by"),
    [
        pytest.param(b"", None, Side.CLIENT, id="no answer"),
        pytest.param(b"HTTP/1.1 401 No\r\n\r\n", 401, Side.SERVER, id="endless body"),
    ],
)
def test_a_handshake_whose_answer_does_not_end_is_given_up(
    connect: Callable[..., Any], answer: bytes, status: int | None, by: Side
) -> None:
    """The limit for connecting holds for it; a status that had come is kept."""
    end = connect(replying(answer, hold=True), limits=HASTY).receive(0)
    assert (1006, status, by) == (end.code, end.status, end.by), end.detail
    assert ("not answered within" in end.detail) is (status is None)


def test_a_server_that_went_away_is_a_session_that_never_opened() -> None:
    """Nothing accepts the connection: no exception, an end by the server."""
    listener = socket.create_server(("127.0.0.1", 0))
    client = NetworkClient(f"http://127.0.0.1:{listener.getsockname()[1]}", limits=LIMITS)
    listener.close()
    end = client.connect("/", channel="c", script="s").receive(0)
    client.close()
    assert isinstance(end, Closed)
    assert (1006, Side.SERVER) == (end.code, end.by)
    assert end.detail.startswith("no connection: ")
