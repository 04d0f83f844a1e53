"""The relay passes everything on, and lets exactly the mishap happen that was asked for."""

from __future__ import annotations

import itertools
import socket
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import suppress

import pytest
from hypothesis import given
from hypothesis import strategies as st
from patience import HASTE, PATIENCE
from websockets.frames import Frame, Opcode

from accord.errors import ConfigurationError, TargetError
from accord.exchange.relay import _UPGRADE, Fault, FrameCutter, Mishap, Relay, read_fault
from accord.exchange.values import Side

ASK = b"GET /ws HTTP/1.1\r\nHost: h\r\nUpgrade: websocket\r\n\r\n"
HELLO = b"HTTP/1.1 101 Switching Protocols\r\n\r\n"
FRAMES = [Frame(Opcode.TEXT, bytes([97 + number]) * 6).serialize(mask=False) for number in range(4)]


@pytest.fixture
def echo() -> Iterator[int]:
    """Serve a WebSocket that sends back what it gets, byte for byte, after the handshake; give its port."""
    listener = socket.create_server(("127.0.0.1", 0))
    threads: list[threading.Thread] = []

    def serve(connection: socket.socket) -> None:
        with connection, suppress(OSError):
            connection.settimeout(PATIENCE)
            data = b""
            while b"\r\n\r\n" not in data:
                piece = connection.recv(65_536)
                if not piece:
                    return
                data += piece
            head, _, rest = data.partition(b"\r\n\r\n")
            connection.sendall(HELLO if b"websocket" in head else b"HTTP/1.1 200 OK\r\n\r\n")
            while rest or (rest := connection.recv(65_536)):
                connection.sendall(rest)
                rest = b""

    def accept() -> None:
        with suppress(OSError):
            while True:
                connection, _ = listener.accept()
                threads.append(threading.Thread(target=serve, args=(connection,)))
                threads[-1].start()

    accepting = threading.Thread(target=accept)
    accepting.start()
    yield listener.getsockname()[1]
    listener.shutdown(socket.SHUT_RDWR)
    listener.close()
    accepting.join(PATIENCE)
    for thread in threads:
        thread.join(PATIENCE)
        assert not thread.is_alive()


Opened = Callable[..., socket.socket]


@pytest.fixture
def through(echo: int) -> Iterator[Opened]:
    """Return a function that connects through a relay with faults, the handshake done."""
    relays: list[Relay] = []
    connections: list[socket.socket] = []

    def open_connection(*faults: Fault, ask: bytes = ASK) -> socket.socket:
        relays.append(Relay("127.0.0.1", echo, faults))
        connection = socket.create_connection(("127.0.0.1", relays[-1].port), timeout=PATIENCE)
        connections.append(connection)
        connection.sendall(ask)
        return connection

    yield open_connection
    for connection in connections:
        connection.close()
    for relay in relays:
        relay.close()


def read(connection: socket.socket, size: int) -> bytes:
    """Return what comes, up to *size* bytes, until the end or a long silence."""
    data = b""
    connection.settimeout(PATIENCE)
    with suppress(TimeoutError):
        while len(data) < size:
            piece = connection.recv(size - len(data))
            if not piece:
                break
            data += piece
    return data


def fault(mishap: Mishap, number: int, side: Side = Side.SERVER, seconds: float = 0.0) -> Fault:
    """Return a fault."""
    return Fault(mishap=mishap, side=side, number=number, seconds=seconds)


def shaken(connection: socket.socket) -> socket.socket:
    """Take the answer to the handshake, and send every frame."""
    assert HELLO == read(connection, len(HELLO))
    connection.sendall(b"".join(FRAMES))
    return connection


def test_without_faults_everything_is_passed_on(through: Opened) -> None:
    """Both directions, and the end of either side."""
    connection = shaken(through())
    assert b"".join(FRAMES) == read(connection, sum(map(len, FRAMES)))
    connection.shutdown(socket.SHUT_WR)
    assert b"" == connection.recv(1)


def test_plain_http_is_passed_on(through: Opened) -> None:
    """A request that is no handshake has no frames to be counted."""
    connection = through(
        fault(Mishap.RESET, 1), fault(Mishap.RESET, 1, Side.CLIENT), ask=b"GET / HTTP/1.1\r\n\r\n"
    )
    assert b"HTTP/1.1 200 OK\r\n\r\n" == read(connection, 19)
    connection.sendall(b"".join(FRAMES))
    assert b"".join(FRAMES) == read(connection, sum(map(len, FRAMES)))


@pytest.mark.parametrize("number", [1, 2, 3])
@pytest.mark.parametrize("side", list(Side))
def test_reset_breaks_off_before_its_frame(through: Opened, number: int, side: Side) -> None:
    """RST comes in the place of the frame, whoever sends it."""
    connection = through(fault(Mishap.RESET, number, side))
    data = b""
    with pytest.raises(ConnectionResetError):
        assert HELLO == read(connection, len(HELLO))
        for item in FRAMES:
            connection.sendall(item)
            data += read(connection, len(item))
    assert b"".join(FRAMES[: number - 1]) == data


def test_end_is_in_order(through: Opened) -> None:
    """FIN comes in the place of the frame."""
    connection = shaken(through(fault(Mishap.END, 3)))
    assert b"".join(FRAMES[:2]) == read(connection, 1000)
    assert b"" == connection.recv(1)


def test_truncate_passes_half_a_frame(through: Opened) -> None:
    """Half of the frame comes, and then the end of the stream."""
    connection = shaken(through(fault(Mishap.TRUNCATE, 2)))
    assert FRAMES[0] + FRAMES[1][:4] == read(connection, 1000)
    assert b"" == connection.recv(1)


def test_stall_passes_nothing_more(through: Opened) -> None:
    """What comes after is held back, and the connection stays open."""
    connection = shaken(through(fault(Mishap.STALL, 2)))
    assert FRAMES[0] == read(connection, len(FRAMES[0]))
    connection.settimeout(HASTE)
    with pytest.raises(TimeoutError):
        connection.recv(1)


def test_delay_lets_a_frame_come_later(through: Opened) -> None:
    """The frames before come at once, those after with it."""
    begin = time.monotonic()
    connection = shaken(through(fault(Mishap.DELAY, 2, seconds=0.5)))
    assert FRAMES[0] == read(connection, len(FRAMES[0]))
    assert b"".join(FRAMES[1:]) == read(connection, sum(map(len, FRAMES[1:])))
    assert time.monotonic() - begin >= 0.5


def test_split_changes_no_byte(through: Opened) -> None:
    """Byte by byte is the same in the end; the handshake is number 0."""
    connection = shaken(through(fault(Mishap.SPLIT, 0), fault(Mishap.SPLIT, 2, Side.CLIENT)))
    assert b"".join(FRAMES) == read(connection, sum(map(len, FRAMES)))


def test_service_that_is_not_there_is_a_reset(deaf_port: int) -> None:
    """The client sees the connection broken off, be it while it connects or when it first reads."""
    with (
        Relay("127.0.0.1", deaf_port) as relay,
        pytest.raises(ConnectionResetError),
        socket.create_connection(("127.0.0.1", relay.port), timeout=PATIENCE) as one,
    ):
        one.recv(1)


def test_place_that_is_taken_is_told(echo: int) -> None:
    """A relay that cannot listen says where."""
    with pytest.raises(TargetError, match="cannot listen") as caught:
        Relay("127.0.0.1", 1, listen=echo)
    assert f"127.0.0.1:{echo}" == caught.value.place


@given(
    frames=st.lists(st.tuples(st.binary(max_size=200), st.booleans()), max_size=5),
    cuts=st.lists(st.integers(min_value=0), max_size=6),
)
def test_pieces_are_cut_at_the_edges_of_frames(frames: list[tuple[bytes, bool]], cuts: list[int]) -> None:
    """However the bytes come, each frame has its number, and nothing is lost."""
    whole = [ASK, *(Frame(Opcode.BINARY, data).serialize(mask=mask) for data, mask in frames)]
    data = b"".join(whole)
    edges = [0, *sorted(cut % (len(data) + 1) for cut in cuts), len(data)]
    cutter = FrameCutter(_UPGRADE)
    found: dict[int, bytes] = {}
    for begin, end in itertools.pairwise(edges):
        for number, piece, at, size in cutter.feed(data[begin:end]):
            assert (len(found.get(number, b"")), len(whole[number])) == (at, size)
            found[number] = found.get(number, b"") + piece
    assert dict(enumerate(whole)) == found


@pytest.mark.parametrize(
    "where", ["", "server", "server:x", "nobody:1", "server:1+", "server:-1", "server:1+1e9"]
)
@pytest.mark.parametrize("mishap", [Mishap.RESET, Mishap.DELAY])
def test_place_that_means_nothing_is_refused(mishap: Mishap, where: str) -> None:
    """The option is named, and how it is written."""
    with pytest.raises(ConfigurationError, match="is no place") as caught:
        read_fault(mishap, where)
    assert f"--{mishap}" == caught.value.place


def test_place_is_read() -> None:
    """Only a delay has seconds."""
    assert fault(Mishap.RESET, 3) == read_fault(Mishap.RESET, "server:3")
    assert fault(Mishap.DELAY, 2, Side.CLIENT, 0.5) == read_fault(Mishap.DELAY, "client:2+0.5")
    for mishap, where in ((Mishap.RESET, "server:3+1"), (Mishap.DELAY, "server:3")):
        with pytest.raises(ConfigurationError):
            read_fault(mishap, where)
