"""HTTP over sockets: servers that do what no server should, and a client that outlives them."""

from __future__ import annotations

import itertools
import socket
import struct
import threading
from collections.abc import Callable, Iterator

import pytest
from patience import HASTE, PATIENCE

from accord.cases.request import Request
from accord.errors import TargetError
from accord.exchange.limits import Limits
from accord.exchange.network import NetworkClient
from accord.exchange.values import Exchange, Lapse

Serve = Callable[[Callable[[socket.socket], None]], str]
LIMITS = Limits(seconds=PATIENCE, bytes=100_000, connect_seconds=PATIENCE)
HASTY = Limits(seconds=HASTE, bytes=100_000, connect_seconds=PATIENCE)
OK = b"HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nok"


@pytest.fixture
def open_url() -> Iterator[Callable[..., NetworkClient]]:
    """Open clients, and close them all."""
    opened: list[NetworkClient] = []

    def start(url: str, limits: Limits = LIMITS, **options: object) -> NetworkClient:
        client = NetworkClient(url, limits=limits, **options)  # type: ignore[arg-type]
        opened.append(client)
        return client

    yield start
    for client in opened:
        client.close()


def read_request(stream: socket.socket) -> bytes:
    """Read one request without a body; empty when the client has left."""
    data = b""
    while b"\r\n\r\n" not in data:
        piece = stream.recv(65536)
        if not piece:
            return b""
        data += piece
    return data


def replying(*pieces: bytes, pause: float = 0.0, hold: bool = False) -> Callable[[socket.socket], None]:
    """Return a server that answers each connection's first request with *pieces*."""

    def handle(stream: socket.socket) -> None:
        if not read_request(stream):
            return
        for piece in pieces:
            stream.sendall(piece)
            if pause:
                threading.Event().wait(pause)
        if hold:
            stream.recv(1)

    return handle


def reset(stream: socket.socket) -> None:
    """Close with a reset instead of an end."""
    stream.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
    stream.close()


def reset_after(data: bytes) -> Callable[[socket.socket], None]:
    """Return a server that sends *data* and resets."""

    def handle(stream: socket.socket) -> None:
        if read_request(stream):
            stream.sendall(data)
            reset(stream)

    return handle


def get(client: NetworkClient, path: str = "/") -> Exchange:
    """GET *path*."""
    return client.send(Request(method="GET", url=client.base_url + path))


HEAD = b"HTTP/1.1 200 OK\r\nContent-Length: 1000\r\n\r\n"
CHUNKED = b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n"
GZIP = b"HTTP/1.1 200 OK\r\nContent-Encoding: gzip\r\nContent-Length: 4\r\n\r\n"


@pytest.mark.parametrize(
    ("handler", "lapse", "body"),
    [
        pytest.param(replying(hold=True), Lapse.TIMEOUT, None, id="never answers"),
        pytest.param(replying(HEAD + b"half", hold=True), Lapse.TIMEOUT, b"half", id="never ends"),
        pytest.param(
            replying(*[bytes([byte]) for byte in b"HTTP/1.1 200 OK" + b" " * 25], pause=0.1),
            Lapse.TIMEOUT,
            None,
            id="trickles its head",
        ),
        pytest.param(
            replying(*[b"HTTP/1.1 100 Continue\r\n\r\n"] * 40, pause=0.1), Lapse.TIMEOUT, None, id="continues"
        ),
        pytest.param(replying(), Lapse.CLOSED, None, id="closes at once"),
        pytest.param(replying(HEAD[:20]), Lapse.CLOSED, None, id="closes in its head"),
        pytest.param(replying(HEAD + b"half"), Lapse.CLOSED, b"half", id="closes in its body"),
        pytest.param(replying(CHUNKED + b"4\r\nhalf\r\n"), Lapse.CLOSED, b"half", id="closes between chunks"),
        pytest.param(reset_after(b""), Lapse.CLOSED, None, id="resets at once"),
        pytest.param(replying(b"SSH-2.0-OpenSSH_9.2\r\n", hold=True), Lapse.PROTOCOL, None, id="speaks SSH"),
        pytest.param(replying(bytes(range(256)) * 10, hold=True), Lapse.PROTOCOL, None, id="speaks garbage"),
        pytest.param(replying(b"\r\n" * 100_000), Lapse.PROTOCOL, None, id="speaks empty lines"),
        pytest.param(
            replying(b"HTTP/1.1 200 OK\r\nX: " + b"x" * 200_000), Lapse.PROTOCOL, None, id="endless header"
        ),
        pytest.param(
            replying(HEAD[:17] + b"Content-Length: -1\r\n\r\n"), Lapse.PROTOCOL, None, id="negative length"
        ),
        pytest.param(replying(b"HTTP/1.1 2xx OK\r\n\r\n"), Lapse.PROTOCOL, None, id="no status"),
        pytest.param(replying(CHUNKED + b"zz\r\nhalf\r\n"), Lapse.PROTOCOL, b"", id="bad chunk"),
        pytest.param(replying(GZIP + b"oops"), Lapse.PROTOCOL, b"oops", id="bad gzip"),
        pytest.param(
            replying(b"HTTP/1.1 200 OK\r\n\r\n", *[bytes(1_000_000)] * 50),
            Lapse.TOO_LARGE,
            bytes(100_000),
            id="sends 50 MB",
        ),
        pytest.param(
            replying(HEAD.replace(b"1000", b"9" * 15) + bytes(200_000)),
            Lapse.TOO_LARGE,
            bytes(100_000),
            id="announces petabytes",
        ),
        pytest.param(replying(OK), None, b"ok", id="answers"),
        pytest.param(replying(OK + b"and more"), None, b"ok", id="says more than it announced"),
        pytest.param(replying(b"HTTP/1.0 200 OK\r\n\r\nold"), None, b"old", id="speaks HTTP/1.0"),
        pytest.param(
            replying(b"HTTP/1.1 101 Switching Protocols\r\n\r\n"), Lapse.PROTOCOL, None, id="switches"
        ),
        pytest.param(replying(b"HTTP/1.1 999 Odd\r\nContent-Length: 0\r\n\r\n"), None, b"", id="odd status"),
    ],
)
def test_whatever_a_server_does_is_an_exchange(
    serve: Serve,
    open_url: Callable[..., NetworkClient],
    handler: Callable[[socket.socket], None],
    lapse: Lapse | None,
    body: bytes | None,
) -> None:
    """Misbehaviour has its name, and keeps what had come."""
    # What looks foreign is waited for as well: it could still become HTTP.
    waits = lapse in {Lapse.TIMEOUT, Lapse.PROTOCOL}
    exchange = get(open_url(serve(handler), HASTY if waits else LIMITS))
    assert lapse is exchange.lapse, exchange.detail
    assert body == (exchange.response and exchange.response.body)
    assert bool(exchange.detail) is (lapse is not None)


def test_a_trickling_body_does_not_outlast_the_limit(
    serve: Serve, open_url: Callable[..., NetworkClient]
) -> None:
    """Bytes that keep coming do not buy the server more time."""
    exchange = get(open_url(serve(replying(HEAD, *[b"x"] * 40, pause=0.1)), HASTY))
    assert exchange.response is not None
    assert exchange.lapse is Lapse.TIMEOUT
    assert len(exchange.response.body) < 40


def test_a_server_that_does_not_read_is_a_timeout(
    serve: Serve, open_url: Callable[..., NetworkClient], release: threading.Event
) -> None:
    """A request that nobody takes does not hold the client either."""
    client = open_url(serve(lambda _: release.wait() and None), HASTY)
    exchange = client.send(Request(method="POST", url=client.base_url + "/", body=bytes(50_000_000)))
    assert exchange.lapse is Lapse.TIMEOUT


def test_an_early_answer_to_a_large_request_is_taken(
    serve: Serve, open_url: Callable[..., NetworkClient]
) -> None:
    """A server may refuse before it has read everything."""
    answer = b"HTTP/1.1 413 Content Too Large\r\nContent-Length: 0\r\nConnection: close\r\n\r\n"

    def handle(stream: socket.socket) -> None:
        stream.recv(65536)
        stream.sendall(answer)
        stream.shutdown(socket.SHUT_WR)
        while stream.recv(1_000_000):
            pass

    client = open_url(serve(handle))
    exchange = client.send(Request(method="POST", url=client.base_url + "/", body=bytes(5_000_000)))
    assert exchange.response is not None
    assert exchange.response.status == 413


def test_a_kept_alive_connection_that_ended_is_replaced(
    serve: Serve, open_url: Callable[..., NetworkClient]
) -> None:
    """A server may close an idle connection at any time; the next request goes over a new one."""
    connections = itertools.count(1)
    numbers: list[int] = []

    def handle(stream: socket.socket) -> None:
        if not read_request(stream):
            return
        number = next(connections)
        numbers.append(number)
        stream.sendall(OK)
        # The second request is read, and dropped without an answer.
        if number == 1:
            read_request(stream)
        else:
            stream.recv(1)

    client = open_url(serve(handle))
    assert [None, None] == [get(client).lapse, get(client).lapse]
    assert [1, 2] == numbers


def test_a_dropped_post_is_not_repeated(serve: Serve, open_url: Callable[..., NetworkClient]) -> None:
    """What may have had an effect is told as it was (RFC 9110, section 9.2.2)."""
    connections = itertools.count(1)

    def handle(stream: socket.socket) -> None:
        if read_request(stream):
            next(connections)
            stream.sendall(OK)
            read_request(stream)

    client = open_url(serve(handle))
    assert get(client).lapse is None
    assert client.send(Request(method="POST", url=client.base_url + "/")).lapse is Lapse.CLOSED
    assert next(connections) == 2


def test_a_failure_is_not_blamed_on_the_request_that_follows(
    serve: Serve, open_url: Callable[..., NetworkClient]
) -> None:
    """A server may drop the connection on which it failed without saying so; the next request takes a new one."""
    connections = itertools.count(1)
    asked = threading.Event()

    def handle(stream: socket.socket) -> None:
        if not read_request(stream):
            return
        if next(connections) > 1:
            stream.sendall(OK)
            return
        stream.sendall(OK.replace(b"200 OK", b"500 Failed"))
        # Late enough for the client to take the connection for a living one.
        asked.wait(1)
        reset(stream)

    client = open_url(serve(handle))
    failed = get(client)
    assert failed.response is not None
    assert 500 == failed.response.status
    answered = client.send(Request(method="POST", url=client.base_url + "/"))
    asked.set()
    assert (None, b"ok") == (answered.lapse, answered.response.body if answered.response else b"")


def test_connections_are_kept_alive(serve: Serve, open_url: Callable[..., NetworkClient]) -> None:
    """Many requests need one connection."""
    connections = itertools.count(1)

    def handle(stream: socket.socket) -> None:
        served = 0
        while read_request(stream):
            served += 1
            if served == 1:
                next(connections)
            stream.sendall(OK)

    client = open_url(serve(handle))
    assert {b"ok"} == {exchange.response.body for _ in range(5) if (exchange := get(client)).response}
    assert next(connections) == 2


def test_a_server_that_goes_away_is_no_connection(
    serve: Serve, open_url: Callable[..., NetworkClient]
) -> None:
    """A service that dies in the middle of a run does not end it."""
    listener = socket.create_server(("127.0.0.1", 0))
    client = open_url(f"http://127.0.0.1:{listener.getsockname()[1]}")
    listener.close()
    exchange = get(client)
    assert (None, Lapse.NO_CONNECTION) == (exchange.response, exchange.lapse)


def test_the_bytes_on_the_wire_are_those_of_the_request(
    serve: Serve, open_url: Callable[..., NetworkClient]
) -> None:
    """Target, header spelling and order go out exactly as given, seen by a server without any parser."""
    lines: list[bytes] = []

    def handle(stream: socket.socket) -> None:
        if request := read_request(stream):
            lines.append(request)
            stream.sendall(OK)

    client = open_url(serve(handle) + "/prefix/")
    assert client.base_url.endswith("/prefix")
    headers = (("X-ODD_case", " v "), ("x-odd_case", "w"))  # Host comes before them
    target = "//a/../%2F%00%ff;x?q=%20'\"<>[]&&"
    client.send(Request(method="get", url=client.base_url + target, headers=headers))
    start, *rest = lines[-1].split(b"\r\n")
    assert f"get /prefix{target} HTTP/1.1".encode() == start
    assert [b"X-ODD_case: v", b"x-odd_case: w"] == rest[1:3]


def test_default_headers_stay_with_the_target(serve: Serve, open_url: Callable[..., NetworkClient]) -> None:
    """Credentials for one service are not shown to another that it names."""
    first, second = serve(replying(OK)), serve(replying(OK))
    client = open_url(first, headers=(("Authorization", "Bearer a"),))
    assert client.send(Request(method="GET", url=f"{first}/")).request.headers
    assert not client.send(Request(method="GET", url=f"{second}/")).request.headers


def test_a_proxy_variable_does_not_divert_what_stays_here(
    serve: Serve, open_url: Callable[..., NetworkClient], monkeypatch: pytest.MonkeyPatch
) -> None:
    """A service on this machine is asked directly, whatever the environment says."""
    for name in ("http_proxy", "HTTP_PROXY", "all_proxy", "ALL_PROXY"):
        monkeypatch.setenv(name, "http://127.0.0.1:9")
    exchange = get(open_url(serve(replying(OK))))
    assert exchange.lapse is None


def test_a_proxy_is_used_for_other_machines(
    serve: Serve, open_url: Callable[..., NetworkClient], monkeypatch: pytest.MonkeyPatch
) -> None:
    """A service elsewhere is asked through the proxy of the environment, with the whole URL."""
    lines: list[bytes] = []

    def handle(stream: socket.socket) -> None:
        if request := read_request(stream):
            lines.append(request)
            stream.sendall(OK)

    for name in ("no_proxy", "NO_PROXY"):
        monkeypatch.delenv(name, raising=False)
    monkeypatch.setenv("http_proxy", serve(handle))
    exchange = get(open_url("http://service.invalid/v1"), "/a%2Fb")
    assert exchange.lapse is None, exchange.detail
    assert lines[-1].startswith(b"GET http://service.invalid/v1/a%2Fb HTTP/1.1\r\n")


def test_a_proxy_that_means_nothing_is_told(
    open_url: Callable[..., NetworkClient], monkeypatch: pytest.MonkeyPatch
) -> None:
    """The advice names the variable."""
    for name in ("no_proxy", "NO_PROXY"):
        monkeypatch.delenv(name, raising=False)
    monkeypatch.setenv("http_proxy", "ftp://proxy.invalid")
    with pytest.raises(TargetError, match="the proxy cannot be used") as caught:
        open_url("http://service.invalid/")
    assert "HTTP_PROXY" in caught.value.next_step


def test_a_server_without_no_delay_does_not_slow_the_client(
    serve: Serve, open_url: Callable[..., NetworkClient]
) -> None:
    """A head and a body that are written apart do not wait for a delayed acknowledgement."""

    def handle(stream: socket.socket) -> None:
        while read_request(stream):
            stream.sendall(OK[:-2])
            stream.sendall(OK[-2:])

    client = open_url(serve(handle))
    assert min(get(client).seconds for _ in range(10)) < 0.02


def test_a_closed_client_sends_nothing(serve: Serve, open_url: Callable[..., NetworkClient]) -> None:
    """After close, an exchange is a lapse; a second close does nothing."""
    client = open_url(serve(replying(OK)))
    client.close()
    client.close()
    assert get(client).lapse is Lapse.NO_CONNECTION
