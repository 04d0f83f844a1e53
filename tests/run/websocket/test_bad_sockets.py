"""WebSockets that misbehave are found in bounded memory, whatever they send."""

from __future__ import annotations

import base64
import hashlib
import resource
import socket
import threading
import zlib
from collections.abc import Callable, Iterator
from contextlib import closing, suppress
from pathlib import Path
from typing import Any

import pytest
from queue_service import People

from accord.cases.engine import Budget
from accord.contract.contract import load
from accord.exchange.careful import CarefulClient
from accord.exchange.client import Limits
from accord.exchange.network import NetworkClient
from accord.exchange.pace import Pace
from accord.exchange.permission import Permission
from accord.exchange.secrets import Secrets
from accord.findings.checks import frame, message, session
from accord.run.context import Context
from accord.run.hooks import Hooks
from accord.run.websocket import stage as socket_trials

Behaviour = Callable[[socket.socket], None]

CONTRACT = """
asyncapi: 3.0.0
info: {title: Notes, version: "1"}
channels:
  notes:
    address: /notes
    messages:
      note:
        payload: {type: object, required: [text], properties: {text: {type: string}}}
operations:
  push: {action: send, channel: {$ref: "#/channels/notes"}}
"""
MEMORY = 100_000  # KiB that the trials may take beside what there was


def packed() -> bytes:
    """Return 40 MiB of spaces in 41 KB."""
    deflate = zlib.compressobj(9, zlib.DEFLATED, -15)
    data = b"".join(deflate.compress(b" " * (1 << 20)) for _ in range(40))
    return data + deflate.flush(zlib.Z_SYNC_FLUSH)


BOMB = packed()


def request_of(connection: socket.socket) -> bytes:
    """Return the head of a request."""
    data = b""
    while b"\r\n\r\n" not in data:
        piece = connection.recv(65_536)
        if not piece:
            raise OSError("gone")
        data += piece
    return data.partition(b"\r\n\r\n")[0]


def upgraded(connection: socket.socket) -> bytes:
    """Answer the handshake, and return its head."""
    head = request_of(connection)
    key = next(
        (
            line.split(b": ")[1]
            for line in head.split(b"\r\n")
            if line.lower().startswith(b"sec-websocket-key")
        ),
        b"",
    )
    accept = base64.b64encode(hashlib.sha1(key + b"258EAFA5-E914-47DA-95CA-C5AB0DC85B11").digest())
    connection.sendall(
        b"HTTP/1.1 101 Switching Protocols\r\nUpgrade: websocket\r\nConnection: Upgrade\r\n"
        b"Sec-WebSocket-Accept: " + accept + b"\r\n\r\n"
    )
    return head


def deaf(connection: socket.socket) -> None:
    while connection.recv(65_536):
        pass


def redirecting(connection: socket.socket) -> None:
    request_of(connection)
    connection.sendall(b"HTTP/1.1 302 Found\r\nLocation: http://127.0.0.1:1/\r\nContent-Length: 0\r\n\r\n")


def unauthorised(connection: socket.socket) -> None:
    request_of(connection)
    connection.sendall(b"HTTP/1.1 401 Unauthorized\r\nContent-Length: 0\r\n\r\n")


def trickling_head(connection: socket.socket) -> None:
    request_of(connection)
    connection.settimeout(0.2)
    for byte in b"HTTP/1.1 101 Switching Protocols\r\n" * 100:
        connection.sendall(bytes([byte]))
        with suppress(TimeoutError):
            if not connection.recv(1):
                return


def flooding(connection: socket.socket) -> None:
    upgraded(connection)
    note = bytes([0x81, 12]) + b'{"text": 12}'
    while True:
        connection.sendall(note * 1000)


def trickling(connection: socket.socket) -> None:
    upgraded(connection)
    connection.settimeout(0.2)
    for byte in b"\x81\x7e\xff\xff" + b" " * 1000:
        connection.sendall(bytes([byte]))
        with suppress(TimeoutError):
            if not connection.recv(65_536):
                return


def huge(connection: socket.socket) -> None:
    upgraded(connection)
    connection.sendall(b"\x81\x7f" + (100_000_000).to_bytes(8))
    for _ in range(100):
        connection.sendall(b" " * 1_000_000)


def bombing(connection: socket.socket) -> None:
    """Send 41 KB that unpack to 40 MiB, though nobody has offered to unpack them."""
    upgraded(connection)
    connection.sendall(b"\xc1\x7e" + len(BOMB).to_bytes(2) + BOMB)
    deaf(connection)


BEHAVIOURS = [
    (deaf, "refused-handshake", "not answered within"),
    (redirecting, "refused-handshake", "302"),
    (unauthorised, "refused-handshake", "401"),
    (trickling_head, "refused-handshake", "not answered within"),
    (flooding, "message-schema-violation", "breaks its schema"),
    (trickling, "missing-pong", "no pong came"),
    (huge, "missing-pong", "no pong came"),
    (bombing, "websocket-protocol-violation", "reserved bits"),
]


@pytest.fixture
def serve() -> Iterator[Callable[[Behaviour], str]]:
    """Return a function that answers every connection by a behaviour, and gives the URL."""
    listeners: list[socket.socket] = []
    connections: list[socket.socket] = []
    threads: list[threading.Thread] = []

    def start(behave: Behaviour) -> str:
        listener = socket.create_server(("127.0.0.1", 0))
        listeners.append(listener)

        def answer(connection: socket.socket) -> None:
            with suppress(OSError), closing(connection):
                behave(connection)

        def accept() -> None:
            with suppress(OSError):
                while True:
                    connections.append(listener.accept()[0])
                    threads.append(threading.Thread(target=answer, args=(connections[-1],)))
                    threads[-1].start()

        threads.append(threading.Thread(target=accept))
        threads[-1].start()
        return f"http://127.0.0.1:{listener.getsockname()[1]}"

    yield start
    for end in (*listeners, *connections):
        with suppress(OSError):
            end.shutdown(socket.SHUT_RDWR)
    for listener in listeners:
        listener.close()
    for thread in threads:
        thread.join(10)
        assert not thread.is_alive()


@pytest.mark.parametrize(("behave", "rule", "words"), BEHAVIOURS, ids=[row[0].__name__ for row in BEHAVIOURS])
def test_a_socket_that_misbehaves_is_found(
    serve: Callable[[Behaviour], str],
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    behave: Behaviour,
    rule: str,
    words: str,
) -> None:
    """Whatever it does, the trials end, the rule that is about it says what it was, and memory stays bounded."""
    rules = (*message.RULES, *session.RULES, *frame.RULES)
    monkeypatch.setattr("accord.findings.catalogue.rules", lambda: rules)
    (tmp_path / "asyncapi.yaml").write_text(CONTRACT)
    shaking = 0.5 if words == "not answered within" else 30.0
    limits = Limits(seconds=1.0, connect_seconds=shaking, messages=1_000, bytes=1_000_000)
    client = CarefulClient(
        NetworkClient(serve(behave), limits=limits), permission=Permission(), pace=Pace(None)
    )
    people: Any = People(default="t")
    context = Context(
        contract=load(tmp_path),
        client=client,
        identities=people,
        secrets=Secrets(),
        hooks=Hooks(),
        seed=0,
        budget=Budget(max_examples=3),
    )
    context.patience = 0.3
    before = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    told: dict[str, str] = {}
    try:
        for trial in socket_trials.plan(context.contract):
            for outcome in trial.play(context).outcomes(trial.id):
                for finding in outcome.findings:
                    told[outcome.rule] = finding.message
    finally:
        client.close()
    assert resource.getrusage(resource.RUSAGE_SELF).ru_maxrss - before < MEMORY
    assert rule in told
    assert words in told[rule]
