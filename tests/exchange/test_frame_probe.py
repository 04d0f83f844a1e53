"""A probe tells exactly what came: answers in HTTP, frames, an end in order, a reset, or nothing."""

from __future__ import annotations

import socket
import struct
import threading
from collections.abc import Callable, Iterator
from contextlib import suppress
from dataclasses import replace
from queue import SimpleQueue

import pytest
from patience import HASTE, PATIENCE
from websockets.frames import Frame
from websockets.frames import Opcode as Kind

from accord.cases.frame import Opcode
from accord.cases.frame_case import Demand, FrameCase, Opening, Put, Shut
from accord.exchange.client import Limits
from accord.exchange.frame_probe import End, Endpoint, Probed, probe, request
from accord.exchange.shell import raw
from accord.exchange.wire import address

HELLO = b"HTTP/1.1 101 Switching Protocols\r\nX-Word: one\r\nx-word: two\r\n\r\n"
LIMITS = Limits(seconds=PATIENCE, connect_seconds=PATIENCE)
CASE = FrameCase(name="case", section="1", demand=Demand.FAIL, acts=(Put(data=b"abc"),), until=Opcode.CLOSE)


def sent(kind: Kind, data: bytes = b"") -> bytes:
    """Return a frame as a server sends it."""
    return Frame(kind, data).serialize(mask=False)


Behaviour = Callable[[socket.socket], None]


@pytest.fixture
def serve() -> Iterator[Callable[[Behaviour], Endpoint]]:
    """Return a function that lets a behaviour serve one connection; it is given the connection after the handshake's request."""
    threads: list[threading.Thread] = []
    listeners: list[socket.socket] = []

    def start(behave: Behaviour) -> Endpoint:
        listener = socket.create_server(("127.0.0.1", 0))
        listeners.append(listener)

        def run() -> None:
            with suppress(OSError):
                connection, _ = listener.accept()
                connection.settimeout(PATIENCE)
                with connection:
                    data = b""
                    while b"\r\n\r\n" not in data:
                        data += connection.recv(65_536)
                    behave(connection)

        thread = threading.Thread(target=run)
        thread.start()
        threads.append(thread)
        place = address(f"http://127.0.0.1:{listener.getsockname()[1]}/ws")
        return Endpoint(place=place, tls=None, headers=(), limits=LIMITS)

    yield start
    for listener in listeners:
        listener.close()
    for thread in threads:
        thread.join(PATIENCE)
        assert not thread.is_alive()


def until_gone(connection: socket.socket) -> bytes:
    """Return what the client sends until it leaves."""
    data = b""
    with suppress(OSError):
        while piece := connection.recv(65_536):
            data += piece
    return data


def reset(connection: socket.socket) -> None:
    """Break the connection off."""
    connection.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))


def played(endpoint: Endpoint, case: FrameCase = CASE, patience: float = PATIENCE) -> Probed:
    """Return what comes of a case."""
    return probe(endpoint, case, patience=patience)


def after(*data: bytes, then: Behaviour = until_gone) -> Behaviour:
    """Return the behaviour that accepts, takes what the case sends, and sends *data*."""

    def behave(connection: socket.socket) -> None:
        connection.sendall(HELLO)
        connection.recv(65_536)
        connection.sendall(b"".join(data))
        then(connection)

    return behave


def test_close_frame_settles_the_case(serve: Callable[[Behaviour], Endpoint]) -> None:
    """What was waited for is told at once, and the client answers the closing handshake."""
    said: list[bytes] = []
    behave = after(sent(Kind.CLOSE, b"\x03\xea"), then=lambda connection: said.append(until_gone(connection)))
    found = played(serve(behave))
    assert (101, End.SETTLED) == (found.status, found.end)
    assert "one, two" == found.header("x-word")
    assert found.closing is not None
    assert 1002 == found.closing.code
    assert found.taken


def test_nothing_is_told_as_nothing(serve: Callable[[Behaviour], Endpoint]) -> None:
    """A server that says nothing has left the connection open."""
    found = played(serve(after()), patience=HASTE)
    assert (End.NOTHING, ()) == (found.end, found.frames)
    assert HASTE <= found.seconds


def test_end_in_order_is_told_from_a_reset(serve: Callable[[Behaviour], Endpoint]) -> None:
    """FIN is the end of the stream, RST is a reset; frames before either are told."""
    pong = sent(Kind.PONG, b"x")
    ended = played(serve(after(pong, then=lambda _: None)))
    broken = played(serve(after(pong, then=reset)))
    assert [End.STREAM, End.RESET] == [ended.end, broken.end]
    assert [[Opcode.PONG], [Opcode.PONG]] == [
        [item.opcode for item in found.frames] for found in (ended, broken)
    ]


def test_refusal_has_its_status(serve: Callable[[Behaviour], Endpoint]) -> None:
    """Another status than 101 ends the case."""

    def behave(connection: socket.socket) -> None:
        connection.sendall(b"HTTP/1.1 426 Upgrade\r\nSec-WebSocket-Version: 13\r\n\r\n")

    found = played(serve(behave))
    assert (426, "13", False) == (found.status, found.header("sec-websocket-version"), found.opened)


@pytest.mark.parametrize(
    ("behave", "end", "words"),
    [
        (lambda _: None, End.STREAM, "nothing came"),
        (until_gone, End.NOTHING, "nothing came"),
        (lambda connection: connection.sendall(b"SSH-2.0-x\r\n\r\n"), End.SETTLED, "not HTTP"),
        (lambda connection: connection.sendall(b"x" * 100_000), End.SETTLED, "not HTTP"),
    ],
)
def test_what_is_not_http_is_told(
    serve: Callable[[Behaviour], Endpoint], behave: Behaviour, end: End, words: str
) -> None:
    """An answer that is none has no status, and words that say what came."""
    soon = replace(LIMITS, connect_seconds=HASTE) if end is End.NOTHING else LIMITS
    found = played(replace(serve(behave), limits=soon))
    assert None is found.status
    assert words in found.detail
    assert end in (found.end, End.SETTLED)


def test_no_connection_is_told(deaf_port: int) -> None:
    """Where nobody listens, nothing is raised."""
    place = address(f"http://127.0.0.1:{deaf_port}/")
    found = played(Endpoint(place=place, tls=None, headers=(), limits=LIMITS))
    assert (None, End.UNREACHED) == (found.status, found.end)
    assert "no connection" in found.detail


def test_pings_of_the_server_are_answered_but_where_they_must_not_be(
    serve: Callable[[Behaviour], Endpoint],
) -> None:
    """Every case but that of the heartbeat keeps the connection alive."""
    said: SimpleQueue[bytes] = SimpleQueue()

    def behave(connection: socket.socket) -> None:
        connection.sendall(HELLO + sent(Kind.PING, b"hi"))
        said.put(until_gone(connection))

    waiting = FrameCase(name="wait", section="1", demand=Demand.FAIL, until=Opcode.CLOSE)
    silent = FrameCase(name="wait", section="1", demand=Demand.HEARTBEAT, until=Opcode.CLOSE)
    for case, answer in ((waiting, b"\x8a"), (silent, b"")):
        played(serve(behave), case, patience=HASTE)
        assert answer == said.get(timeout=PATIENCE)[:1]


def test_flood_ends_the_case(serve: Callable[[Behaviour], Endpoint]) -> None:
    """A server that never stops is left."""

    def behave(connection: socket.socket) -> None:
        connection.sendall(HELLO)
        while True:
            connection.sendall(sent(Kind.PONG) * 1000)

    found = played(serve(behave))
    assert (End.FLOOD, 10_000) == (found.end, len(found.frames))


def test_server_that_does_not_read_is_left(
    serve: Callable[[Behaviour], Endpoint], release: threading.Event
) -> None:
    """What is not taken within the time is told as not taken."""

    def behave(connection: socket.socket) -> None:
        connection.sendall(HELLO)
        release.wait()

    hasty = replace(serve(behave), limits=replace(LIMITS, seconds=HASTE))
    many = FrameCase(
        name="many", section="1", demand=Demand.BOUND, acts=(Put(data=bytes(1 << 20), repeated=64),)
    )
    found = played(hasty, many, patience=HASTE)
    assert (False, End.NOTHING) == (found.taken, found.end)


def test_half_close_reaches_the_server(serve: Callable[[Behaviour], Endpoint]) -> None:
    """The server reads the end of the stream, and may still answer."""

    def behave(connection: socket.socket) -> None:
        connection.sendall(HELLO)
        until_gone(connection)
        connection.sendall(sent(Kind.PONG, b"still here"))

    case = FrameCase(name="half", section="1", demand=Demand.LEAVE, acts=(Shut(),))
    found = played(serve(behave), case)
    assert (End.STREAM, [b"still here"]) == (found.end, [item.payload for item in found.frames])


def test_byte_by_byte_is_the_same(serve: Callable[[Behaviour], Endpoint]) -> None:
    """Handshake and frames arrive whole."""
    said: list[bytes] = []

    def behave(connection: socket.socket) -> None:
        connection.sendall(HELLO)
        data = b""
        while len(data) < 3:
            data += connection.recv(10)
        said.append(data)
        connection.sendall(sent(Kind.CLOSE))
        until_gone(connection)

    case = FrameCase(
        name="bytes",
        section="1",
        demand=Demand.PONG,
        opening=Opening(singly=True),
        acts=(Put(data=b"abc", singly=True),),
        until=Opcode.CLOSE,
    )
    assert End.SETTLED == played(serve(behave), case).end
    assert [b"abc"] == said


def test_request_is_that_of_the_protocol() -> None:
    """The lines are those of section 4.1, and headers of the client come with them."""
    endpoint = Endpoint(
        place=address("http://h:81/a?b=c"),
        tls=None,
        headers=(("X-A", "b"), ("host", "other")),
        limits=Limits(),
    )
    lines = request(endpoint, Opening(method="POST", origin="https://o", extensions="e")).split(b"\r\n")
    assert b"POST /a?b=c HTTP/1.1" == lines[0]
    assert {
        b"Host: h:81",
        b"Upgrade: websocket",
        b"Connection: Upgrade",
        b"Origin: https://o",
        b"X-A: b",
    } < set(lines)
    assert 1 == sum(line.lower().startswith(b"host:") for line in lines)
    assert [b"", b""] == lines[-2:]


def test_command_of_a_case_shows_no_secret(serve: Callable[[Behaviour], Endpoint]) -> None:
    """The command has the bytes in octal and the token as a variable of the shell."""
    place = address("http://127.0.0.1:81/ws")
    endpoint = Endpoint(place=place, tls=None, headers=(("Authorization", "Bearer s3cret"),), limits=Limits())
    command = raw(endpoint, CASE)
    assert "s3cret" not in command
    assert "Authorization: Bearer '\"$TOKEN\"'" in command
    assert command.endswith("printf 'abc'; sleep 3; } | nc 127.0.0.1 81 | xxd")
    odd = FrameCase(name="x", section="1", demand=Demand.FAIL, acts=(Put(data=b"%'\\\xff"),))
    assert r"printf '\045\047\134\377'" in raw(endpoint, odd)
