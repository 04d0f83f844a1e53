"""A sandbox as a process of its own, started by its command."""

from __future__ import annotations

import signal
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field

COMMAND = (sys.executable, "-W", "error", "-m", "sartiq_sandbox", "serve")
PATIENCE = 120
"""Seconds that a process or an answer may take: what takes longer hangs, however slow the machine."""


@dataclass(slots=True, kw_only=True)
class Server:
    """A running server."""

    process: subprocess.Popen[str]
    banner: list[str] = field(default_factory=list)

    @property
    def url(self) -> str:
        """The base URL of the API."""
        return self.banner[0].split()[2]

    def stop(self, sign: signal.Signals = signal.SIGTERM) -> None:
        """End the process, unless it has ended."""
        if self.process.poll() is None:
            self.process.send_signal(sign)
        try:
            self.process.communicate(timeout=PATIENCE)
        except subprocess.TimeoutExpired:
            self.process.kill()
            self.process.communicate()


@contextmanager
def serving(*arguments: str) -> Iterator[Server]:
    """Start a server on a free port; stop it at the end."""
    process = subprocess.Popen(
        [*COMMAND, "--port", "0", *arguments],
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
    )
    server = Server(process=process)
    try:
        assert process.stdout is not None
        while not server.banner or not server.banner[-1].startswith("INFO:"):
            line = process.stdout.readline()
            assert line, server.banner
            server.banner.append(line.rstrip())
        yield server
    finally:
        server.stop()


def refused(*arguments: str) -> tuple[int, str]:
    """Return the exit code and the error output of a server that cannot start."""
    run = subprocess.run(
        [*COMMAND, *arguments], capture_output=True, text=True, timeout=PATIENCE, check=False
    )
    return run.returncode, run.stderr
