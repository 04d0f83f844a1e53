"""An ASGI application that behaves as its path says, and servers of raw sockets."""

from __future__ import annotations

import asyncio
import base64
import gzip
import json
import socket
import sys
import threading
from collections.abc import Callable, Iterator
from contextlib import suppress
from dataclasses import replace
from pathlib import Path
from typing import Any
from urllib.parse import parse_qs

import pytest
import uvicorn

from accord.exchange.asgi import AsgiClient
from accord.exchange.client import Client, Limits
from accord.exchange.network import NetworkClient

sys.path.insert(0, str(Path(__file__).parent))  # for patience, whatever the import mode

from patience import HASTE, PATIENCE

Serve = Callable[[Callable[[socket.socket], None]], str]

LIMITS = Limits(seconds=PATIENCE, bytes=100_000, messages=50, connect_seconds=PATIENCE)
HASTY = replace(LIMITS, seconds=HASTE, connect_seconds=HASTE)


async def application(scope: Any, receive: Any, send: Any) -> None:
    """Do what the path says, over HTTP or WebSocket."""
    if scope["type"] == "lifespan":
        await receive()
        await send({"type": "lifespan.startup.complete"})
        await receive()
        await send({"type": "lifespan.shutdown.complete"})
        return
    name = scope["path"].split("/")[1].replace("-", "_")
    table = HTTP if scope["type"] == "http" else WEBSOCKET
    await table.get(name, table[""])(scope, receive, send)


async def answer(send: Any, status: int, headers: list[tuple[bytes, bytes]], *pieces: bytes) -> None:
    """Send one response, its body in *pieces*."""
    await send({"type": "http.response.start", "status": status, "headers": headers})
    for piece in pieces:
        await send({"type": "http.response.body", "body": piece, "more_body": True})
    await send({"type": "http.response.body", "body": b""})


async def http_echo(scope: Any, receive: Any, send: Any) -> None:
    body = b""
    while True:
        message = await receive()
        body += message.get("body", b"")
        if not message.get("more_body", False):
            break
    seen = {
        "method": scope["method"],
        "path": scope["path"],
        "raw_path": scope["raw_path"].decode(),
        "query": scope["query_string"].decode(),
        "headers": [[name.decode("latin-1"), value.decode("latin-1")] for name, value in scope["headers"]],
        "body": base64.b64encode(body).decode(),
    }
    await answer(send, 200, [(b"content-type", b"application/json")], json.dumps(seen).encode())


async def http_status(scope: Any, receive: Any, send: Any) -> None:
    await answer(send, int(scope["path"].split("/")[2]), [])


async def http_cookies(scope: Any, receive: Any, send: Any) -> None:
    await answer(
        send, 200, [(b"set-cookie", b"a=1"), (b"x-other", b"caf\xe9"), (b"set-cookie", b"b=2")], b"ok"
    )


async def http_gzip(scope: Any, receive: Any, send: Any) -> None:
    await answer(send, 200, [(b"content-encoding", b"gzip")], gzip.compress(b"hello " * 100))


# Squeezed once: it takes longer than the limits give a whole exchange on a busy machine.
BOMB = gzip.compress(bytes(50_000_000))


async def http_bomb(scope: Any, receive: Any, send: Any) -> None:
    await answer(send, 200, [(b"content-encoding", b"gzip")], BOMB)


async def http_large(scope: Any, receive: Any, send: Any) -> None:
    await answer(send, 200, [], *[bytes(100_000)] * 500)


async def http_never(scope: Any, receive: Any, send: Any) -> None:
    await asyncio.Event().wait()


async def http_half(scope: Any, receive: Any, send: Any) -> None:
    await send({"type": "http.response.start", "status": 200, "headers": []})
    await send({"type": "http.response.body", "body": b"half", "more_body": True})
    await asyncio.Event().wait()


HTTP = {
    "": http_status,
    "echo": http_echo,
    "status": http_status,
    "cookies": http_cookies,
    "gzip": http_gzip,
    "bomb": http_bomb,
    "large": http_large,
    "never": http_never,
    "half": http_half,
}


async def ws_echo(scope: Any, receive: Any, send: Any) -> None:
    await receive()
    offered = scope["subprotocols"]
    await send({"type": "websocket.accept", "subprotocol": offered[-1] if offered else None})
    while (message := await receive())["type"] == "websocket.receive":
        message["type"] = "websocket.send"
        await send(message)


async def ws_seen(scope: Any, receive: Any, send: Any) -> None:
    await receive()
    await send({"type": "websocket.accept"})
    names = {name.decode(): value.decode("latin-1") for name, value in scope["headers"]}
    seen = {"path": scope["path"], "query": scope["query_string"].decode(), "headers": names}
    await send({"type": "websocket.send", "text": json.dumps(seen)})
    await receive()


async def ws_close(scope: Any, receive: Any, send: Any) -> None:
    query = parse_qs(scope["query_string"].decode())
    await receive()
    await send({"type": "websocket.accept"})
    await send({"type": "websocket.send", "text": "last words"})
    await send({"type": "websocket.close", "code": int(query["code"][0]), "reason": query["reason"][0]})


async def ws_refuse(scope: Any, receive: Any, send: Any) -> None:
    await receive()
    status = int(scope["path"].split("/")[2])
    if status == 403:
        await send({"type": "websocket.close"})
        return
    await send({"type": "websocket.http.response.start", "status": status, "headers": []})
    await send({"type": "websocket.http.response.body", "body": b"no"})


async def ws_return(scope: Any, receive: Any, send: Any) -> None:
    await receive()
    await send({"type": "websocket.accept"})


async def ws_big(scope: Any, receive: Any, send: Any) -> None:
    await receive()
    await send({"type": "websocket.accept"})
    await send({"type": "websocket.send", "text": "x" * 200_000})
    await receive()


async def ws_chatter(scope: Any, receive: Any, send: Any) -> None:
    await receive()
    await send({"type": "websocket.accept"})
    with suppress(OSError):
        for number in range(10_000):
            await send({"type": "websocket.send", "text": str(number)})


async def ws_never(scope: Any, receive: Any, send: Any) -> None:
    await asyncio.Event().wait()


WEBSOCKET = {
    "": ws_return,
    "echo": ws_echo,
    "seen": ws_seen,
    "close": ws_close,
    "refuse": ws_refuse,
    "return": ws_return,
    "big": ws_big,
    "chatter": ws_chatter,
    "never": ws_never,
}


@pytest.fixture(scope="session")
def url() -> Iterator[str]:
    """The application behind uvicorn, on 127.0.0.1."""
    listener = socket.socket(socket.AF_INET, socket.SOCK_STREAM, socket.IPPROTO_TCP)
    listener.bind(("127.0.0.1", 0))
    config = uvicorn.Config(
        application, ws="websockets-sansio", log_level="critical", timeout_graceful_shutdown=1, lifespan="on"
    )
    server = uvicorn.Server(config)
    started = threading.Event()
    thread = threading.Thread(target=lambda: asyncio.run(_serve(server, listener, started)))
    thread.start()
    assert started.wait(PATIENCE)
    yield f"http://127.0.0.1:{listener.getsockname()[1]}"
    server.should_exit = True
    thread.join(PATIENCE)
    listener.close()


async def _serve(server: uvicorn.Server, listener: socket.socket, started: threading.Event) -> None:
    serving = asyncio.create_task(server.serve(sockets=[listener]))
    while not server.started and not serving.done():  # noqa: ASYNC110  uvicorn has no event for it
        await asyncio.sleep(0.01)
    started.set()
    await serving


@pytest.fixture(params=["in process", "network"])
def open_as(request: pytest.FixtureRequest) -> Iterator[Callable[[Limits], Client]]:
    """Open the same application through both clients, and close what was opened."""
    opened: list[Client] = []

    def start(limits: Limits) -> Client:
        if request.param == "in process":
            opened.append(AsgiClient(application, target="tests:application", limits=limits))
        else:
            opened.append(NetworkClient(request.getfixturevalue("url"), limits=limits))
        return opened[-1]

    yield start
    for client in opened:
        client.close()


@pytest.fixture
def client(open_as: Callable[[Limits], Client]) -> Client:
    """The application through a client with small limits, and time enough."""
    return open_as(LIMITS)


@pytest.fixture
def hasty(open_as: Callable[[Limits], Client]) -> Client:
    """The application through a client that soon gives up."""
    return open_as(HASTY)


@pytest.fixture
def deaf_port() -> Iterator[int]:
    """A port that refuses connections, and that nobody else is given meanwhile: bound, and not listened to."""
    with socket.socket() as bound:
        bound.bind(("127.0.0.1", 0))
        yield bound.getsockname()[1]


@pytest.fixture
def release() -> Iterator[threading.Event]:
    """What a server waits for that never answers: it is set when the test is over.

    Who comes back before has not waited for the server; who does not come back hangs, which ends the
    suite (``faulthandler_timeout`` in pyproject.toml).
    """
    event = threading.Event()
    yield event
    event.set()


@pytest.fixture
def serve() -> Iterator[Serve]:
    """Start servers that hand each connection to a function, in a thread of its own."""
    listeners: list[socket.socket] = []
    connections: list[socket.socket] = []
    threads: list[threading.Thread] = []

    def run(handler: Callable[[socket.socket], None], connection: socket.socket) -> None:
        with suppress(OSError), connection:
            handler(connection)

    def accept(listener: socket.socket, handler: Callable[[socket.socket], None]) -> None:
        with suppress(OSError):
            while True:
                connection, _ = listener.accept()
                connections.append(connection)
                thread = threading.Thread(target=run, args=(handler, connection))
                threads.append(thread)
                thread.start()

    def start(handler: Callable[[socket.socket], None]) -> str:
        listener = socket.create_server(("127.0.0.1", 0))
        listeners.append(listener)
        thread = threading.Thread(target=accept, args=(listener, handler))
        threads.append(thread)
        thread.start()
        return f"http://127.0.0.1:{listener.getsockname()[1]}"

    yield start
    for stream in (*listeners, *connections):
        with suppress(OSError):
            stream.shutdown(socket.SHUT_RDWR)
        stream.close()
    for thread in threads:
        thread.join(PATIENCE)
        assert not thread.is_alive()
