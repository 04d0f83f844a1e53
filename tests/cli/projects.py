"""Projects of their own in temporary folders, and the real commands run in them."""

from __future__ import annotations

import json
import os
import pty
import shutil
import socket
import subprocess
import sys
import threading
from collections.abc import Callable, Iterator
from contextlib import closing, suppress
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import pytest

DATA = Path(__file__).parent / "data"
HEAD = b"HTTP/1.1 200 OK\r\ncontent-type: application/json\r\ncontent-length: %d\r\n\r\n"

Serve = Callable[[Callable[[socket.socket], None]], str]

PATIENCE = 240
"""Seconds that a command may take: what takes longer hangs, however slow the machine."""


@dataclass(frozen=True, kw_only=True)
class Done:
    """A command that has ended: its exit code and what it printed."""

    code: int
    out: str
    err: str

    def __str__(self) -> str:
        """Give all of it, for the message of a failed assertion."""
        return f"exit code {self.code}\n{self.out}\n{self.err}"


class Starter:
    """Runs modules as programs, in processes forked from one that has imported what they need."""

    def __init__(self, scratch: Path) -> None:
        self._scratch = scratch
        command = [sys.executable, str(DATA / "starter.py")]
        self._process = subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True)

    def run(self, module: str, *arguments: str, folder: Path, environment: dict[str, str]) -> Done:
        """Run *module* in *folder*; what hangs ends with code -14."""
        paths = {name: str(self._scratch / name) for name in ("stdout", "stderr")}
        order = {"module": module, "arguments": arguments, "folder": str(folder), "environment": environment}
        code = self._obeyed({**order, **paths, "seconds": PATIENCE})
        out, err = (Path(path).read_text("utf-8") for path in paths.values())
        return Done(code=code, out=out, err=err)

    def run_on_terminal(
        self, module: str, *arguments: str, folder: Path, environment: dict[str, str]
    ) -> bytes:
        """Run *module* with a terminal for both its streams; returns what it wrote there."""
        here, there = pty.openpty()
        pieces: list[bytes] = []

        def read() -> None:
            with suppress(OSError):  # what Linux says at the end of a terminal
                while piece := os.read(here, 65536):
                    pieces.append(piece)

        reader = threading.Thread(target=read)
        reader.start()
        paths = dict.fromkeys(("stdout", "stderr"), os.ttyname(there))
        order = {"module": module, "arguments": arguments, "folder": str(folder), "environment": environment}
        self._obeyed({**order, **paths, "seconds": PATIENCE})
        os.close(there)
        reader.join(10)
        os.close(here)
        return b"".join(pieces)

    def _obeyed(self, order: dict[str, Any]) -> int:
        assert self._process.stdin is not None
        assert self._process.stdout is not None
        self._process.stdin.write(json.dumps(order) + "\n")
        self._process.stdin.flush()
        return int(self._process.stdout.readline())

    def close(self) -> None:
        """Let the process go."""
        assert self._process.stdin is not None
        assert self._process.stdout is not None
        self._process.stdin.close()
        self._process.wait(10)
        self._process.stdout.close()


def environment() -> dict[str, str]:
    """Return what commands get of this environment: nothing that changes what they print."""
    kept = {name: os.environ[name] for name in ("PATH", "HOME", "TMPDIR") if name in os.environ}
    return {**kept, "PYTHONIOENCODING": "utf-8", "PYTHONDONTWRITEBYTECODE": "1"}


@dataclass(kw_only=True)
class Project:
    """A folder with settings, a contract and a service, and the commands run in it."""

    folder: Path
    starter: Starter
    environment: dict[str, str] = field(default_factory=environment)

    def write(self, name: str, text: str | bytes) -> Path:
        """Write a file of the project."""
        path = self.folder / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(text if isinstance(text, bytes) else text.encode())
        return path

    def append(self, name: str, text: str) -> None:
        """Add *text* to a file of the project."""
        self.write(name, (self.folder / name).read_text("utf-8") + text)

    def replace(self, name: str, old: str, new: str) -> str:
        """Put *new* in the place of *old* in a file of the project; returns the text before that."""
        before, found, after = (self.folder / name).read_text("utf-8").partition(old)
        assert found
        self.write(name, before + new + after)
        return before

    def accord(self, *arguments: str) -> Done:
        """Run ``python -m accord``, which never prints a traceback."""
        done = self._run("accord", *arguments)
        assert "Traceback" not in done.out + done.err, done
        return done

    def verify(self, *arguments: str) -> Done:
        """Run ``python -m accord verify`` with few cases."""
        return self.accord("verify", "--max-examples", "2", *arguments)

    def pytest(self, *arguments: str) -> Done:
        """Run ``python -m pytest`` with few cases; it never breaks inside."""
        # The modules of the plugins are imported already, so their assertions cannot be rewritten.
        fixed = ("--assert=plain", "-p", "no:cacheprovider", "--accord-max-examples", "2")
        done = self._run("pytest", *fixed, *arguments)
        assert "INTERNALERROR" not in done.out + done.err, done
        return done

    def report(self, name: str = "report.json") -> Any:
        """Return a JSON report of the project."""
        return json.loads((self.folder / name).read_bytes())

    def _run(self, module: str, *arguments: str) -> Done:
        return self.starter.run(module, *arguments, folder=self.folder, environment=self.environment)


@pytest.fixture(scope="session")
def starter(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Starter]:
    """Give the process that commands are forked from."""
    made = Starter(tmp_path_factory.mktemp("starter"))
    yield made
    made.close()


@pytest.fixture
def project(tmp_path: Path, starter: Starter) -> Project:
    """Give a healthy project: ``app:healthy`` keeps ``openapi.yaml``."""
    shutil.copytree(
        DATA / "things", tmp_path, dirs_exist_ok=True, ignore=shutil.ignore_patterns("__pycache__")
    )
    return Project(folder=tmp_path, starter=starter)


@pytest.fixture
def serve() -> Iterator[Serve]:
    """Give a function that answers every connection to a new server by *handle*, and returns its URL."""
    servers: list[socket.socket] = []

    def start(handle: Callable[[socket.socket], None]) -> str:
        server = socket.create_server(("127.0.0.1", 0))
        servers.append(server)

        def accept() -> None:
            with suppress(OSError):
                while True:
                    threading.Thread(target=answer, args=(server.accept()[0],), daemon=True).start()

        def answer(connection: socket.socket) -> None:
            with suppress(OSError), closing(connection):
                handle(connection)

        threading.Thread(target=accept, daemon=True).start()
        return f"http://127.0.0.1:{server.getsockname()[1]}"

    yield start
    for server in servers:
        with suppress(OSError):
            server.shutdown(socket.SHUT_RDWR)
        server.close()


def request_of(connection: socket.socket) -> bytes:
    """Return the head of the next request on *connection* after reading all of it; empty at the end."""
    data = b""
    while b"\r\n\r\n" not in data:
        piece = connection.recv(65536)
        if not piece:
            return b""
        data += piece
    head, _, body = data.partition(b"\r\n\r\n")
    lengths = [
        line.partition(b":")[2] for line in head.lower().split(b"\r\n") if line.startswith(b"content-length")
    ]
    while lengths and len(body) < int(lengths[0]):
        body += connection.recv(65536)
    return head
