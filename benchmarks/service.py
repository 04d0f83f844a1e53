"""The sandbox as a process of its own, with its CPU time and the requests that it took."""

from __future__ import annotations

import os
import re
import socket
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

TICKS = os.sysconf("SC_CLK_TCK")


@dataclass(frozen=True, kw_only=True)
class Service:
    """A running sandbox; ``url`` is its origin."""

    url: str
    process: int
    log: Path

    def cpu(self) -> float:
        """Return the CPU seconds that it has used, user and system."""
        fields = Path(f"/proc/{self.process}/stat").read_text().rpartition(")")[2].split()
        return (int(fields[11]) + int(fields[12])) / TICKS

    def requests(self) -> int:
        """Return how many HTTP requests it has answered."""
        return len(re.findall(r'" \d{3}', self.log.read_text()))


@contextmanager
def running(*options: str) -> Iterator[Service]:
    """Run the sandbox with its demo, and *options*, on a free port of the loopback interface."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port = probe.getsockname()[1]
    command = ["-m", "sartiq_sandbox", "serve", "--port", str(port), "--seed-demo", "--step-seconds", "0.02"]
    command.extend(options)
    with tempfile.TemporaryDirectory() as folder:
        log = Path(folder) / "log"
        with log.open("w") as stream:
            process = subprocess.Popen([sys.executable, *command], stdout=stream, stderr=stream)
        try:
            _await(port)
            yield Service(url=f"http://127.0.0.1:{port}", process=process.pid, log=log)
        finally:
            process.terminate()
            process.wait(timeout=10)


def _await(port: int) -> None:
    deadline = time.monotonic() + 30
    while time.monotonic() < deadline:
        with socket.socket() as probe:
            if probe.connect_ex(("127.0.0.1", port)) == 0:
                return
        time.sleep(0.05)
    raise SystemExit("the sandbox did not start")
