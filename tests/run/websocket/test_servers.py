"""What accord says of hypercorn and daphne is true: each kind of finding is seen again in bare bytes.

They are not among the dependencies of the tests: `tox -e servers` has them.
"""

from __future__ import annotations

import os
import socket as sockets
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest
from queue_service import People

from accord.cases.engine import Budget
from accord.contract.contract import load
from accord.exchange.client import Limits
from accord.exchange.network import NetworkClient
from accord.exchange.secrets import Secrets
from accord.findings.checks import frame
from accord.run.context import Context
from accord.run.hooks import Hooks
from accord.run.websocket.frame import plan_frames

HERE = Path(__file__).parents[1]
CHANNEL = HERE.parents[1] / "docs" / "rules" / "cases" / "channel.yaml"
COMMANDS = {
    "hypercorn": ["hypercorn", "--bind", "127.0.0.1:{port}", "queue_service:healthy"],
    "daphne": ["daphne", "-b", "127.0.0.1", "-p", "{port}", "queue_service:healthy"],
}
HANDSHAKE = (
    b"GET /progress HTTP/1.1\r\nHost: 127.0.0.1\r\nUpgrade: websocket\r\nConnection: Upgrade\r\n"
    b"Sec-WebSocket-Version: %b\r\nSec-WebSocket-Key: %b\r\n%b\r\n"
)
KEY = b"dGhlIHNhbXBsZSBub25jZQ=="  # that of RFC 6455, section 1.3
# The cases after which the connection must end, but for that of which no close code is asked.
FAILING = {
    "reserved-bit-1",
    "reserved-bit-2",
    "reserved-bit-3",
    "reserved-opcode",
    "reserved-control-opcode",
    "impossible-length",
    "orphan-continuation",
    "interleaved-message",
    "long-control",
    "fragmented-control",
    "invalid-utf8",
    "invalid-utf8-in-two-frames",
    "unfinished-utf8",
    "close-1005",
    "close-999",
    "close-of-one-byte",
    "close-with-invalid-utf8",
}
FINDINGS = {
    "hypercorn": {
        "accepted-broken-handshake": {"bad-key"},
        "unannounced-version": {"bad-version"},
        "accepted-foreign-origin": {"foreign-origin"},
        "unexplained-failure": FAILING,
        "lingering-connection": {"half-close"},
    },
    "daphne": {"accepted-foreign-origin": {"foreign-origin"}, "unexplained-failure": FAILING},
}


@contextmanager
def running(name: str) -> Iterator[int]:
    """Run the server in a process of its own, and give its port."""
    with sockets.create_server(("127.0.0.1", 0)) as free:
        port = free.getsockname()[1]
    command = [word.format(port=port) for word in COMMANDS[name]]
    path = os.pathsep.join([str(HERE), *filter(None, [os.environ.get("PYTHONPATH")])])
    process = subprocess.Popen(
        [sys.executable, "-m", *command],
        env={**os.environ, "PYTHONPATH": path},
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
    )
    try:
        deadline = time.monotonic() + 30
        while time.monotonic() < deadline and process.poll() is None:
            with sockets.socket() as probe:
                if probe.connect_ex(("127.0.0.1", port)) == 0:
                    break
            time.sleep(0.05)
        yield port
    finally:
        process.terminate()
        process.wait(timeout=10)


def bare(port: int, *pieces: bytes, seconds: float = 1.0) -> tuple[bytes, str]:
    """Send bytes over a plain socket; return what came after each piece, and how it ended."""
    said = b""
    with sockets.create_connection(("127.0.0.1", port), timeout=5) as connection:
        for piece in pieces:
            connection.sendall(piece)
            connection.settimeout(seconds)
            try:
                said = connection.recv(65_536)
            except TimeoutError:
                return b"", "open"
            except ConnectionResetError:
                return b"", "reset"
    return said, "open" if said else "end"


@pytest.mark.parametrize("name", COMMANDS)
def test_findings_about_another_server_are_true(name: str) -> None:
    """The findings are those of the table, and the bytes of a bare socket say the same."""
    pytest.importorskip(name)
    with running(name) as port:
        client = NetworkClient(f"http://127.0.0.1:{port}", limits=Limits(seconds=5.0))
        context = Context(
            contract=load(CHANNEL),
            client=client,
            identities=People(default="token-of-red"),
            secrets=Secrets(),
            hooks=Hooks(),
            seed=0,
            budget=Budget(),
        )
        context.patience = 3.0
        found: dict[str, set[str]] = {}
        try:
            for trial in plan_frames(context.contract.channels[0], "websocket"):
                for outcome in trial.play(context).outcomes(trial.id):
                    if outcome.findings and outcome.rule in {rule.id for rule in frame.RULES}:
                        found.setdefault(outcome.rule, set()).add(trial.id.rpartition("/")[2])
        finally:
            client.close()
        assert FINDINGS[name] == found
        confirm(name, port)


def confirm(name: str, port: int) -> None:
    """See each kind of finding again without accord."""
    key = bare(port, HANDSHAKE % (b"13", b"YWNjb3Jk", b""))[0]
    version = bare(port, HANDSHAKE % (b"12", KEY, b""))[0].lower()
    origin = bare(port, HANDSHAKE % (b"13", KEY, b"Origin: https://accord.invalid\r\n"))[0]
    assert (name == "hypercorn") is key.startswith(b"HTTP/1.1 101")
    assert (name == "daphne") is (b"sec-websocket-version" in version)
    assert origin.startswith(b"HTTP/1.1 101")
    # RSV2, an orphan continuation, text that is not UTF-8, a close frame of one byte.
    for data in (b"\xa1\x80....", b"\x80\x80....", b"\x81\x81\0\0\0\0\xff", b"\x88\x81\0\0\0\0\x03"):
        said, end = bare(port, HANDSHAKE % (b"13", KEY, b""), data)
        assert (b"", {"hypercorn": "end", "daphne": "reset"}[name]) == (said, end)
    # After the end of the client's half, hypercorn keeps its own.
    with sockets.create_connection(("127.0.0.1", port), timeout=1) as connection:
        connection.sendall(HANDSHAKE % (b"13", KEY, b""))
        assert connection.recv(65_536).startswith(b"HTTP/1.1 101")
        connection.shutdown(sockets.SHUT_WR)
        try:
            left = connection.recv(1) == b""
        except TimeoutError:
            left = False
        assert (name == "daphne") is left
