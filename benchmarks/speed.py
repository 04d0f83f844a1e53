"""``accord verify`` beside ``st run``: the same service, one run, as ratios.

    python benchmarks/speed.py                 both as they are when nothing is said
    python benchmarks/speed.py MAX_EXAMPLES    both with that many examples

For each: cases a second, CPU seconds in the client for each CPU second in the service, and what the
one needs in total of what the other needs.
"""

from __future__ import annotations

import json
import os
import subprocess
import sys
import tempfile
import time
import urllib.parse
import urllib.request
from dataclasses import dataclass
from pathlib import Path

from service import Service, running

ROOT = Path(__file__).parents[1]
CONTRACT = ROOT / "contracts/sartiq/openapi.yaml"


@dataclass(frozen=True, kw_only=True)
class Row:
    """What one command cost."""

    name: str
    cases: int
    wall: float
    client: float
    service: float

    def __str__(self) -> str:
        """Give the row of the table."""
        return (
            f"{self.name:14} {self.cases:6} cases  {self.wall:6.1f} s  {self.cases / self.wall:6.0f} cases/s  "
            f"client {self.client:6.1f} CPU s  service {self.service:5.1f} CPU s  "
            f"client/service {self.client / self.service:4.1f}  {1000 * self.client / self.cases:5.1f} ms/case"
        )


def measure(name: str, command: list[str], service: Service) -> Row:
    """Run *command* against *service* and return what it cost both sides."""
    service_before, requests_before, since = service.cpu(), service.requests(), time.monotonic()
    with tempfile.TemporaryFile() as output:
        process = subprocess.Popen(command, cwd=ROOT, stdout=output, stderr=output)
        _, status, usage = os.wait4(process.pid, 0)
        process.returncode = os.waitstatus_to_exitcode(status)
        if process.returncode not in (0, 1):
            output.seek(0)
            raise SystemExit(f"{name} ended with {process.returncode}:\n{output.read().decode()}")
    wall = time.monotonic() - since
    return Row(
        name=name,
        cases=service.requests() - requests_before,
        wall=wall,
        client=usage.ru_utime + usage.ru_stime,
        service=service.cpu() - service_before,
    )


def token(service: Service) -> str:
    """Return an access token of the demo user."""
    form = urllib.parse.urlencode({"username": "demo@example.com", "password": "demo-password"}).encode()
    with urllib.request.urlopen(f"{service.url}/api/v1/login/access-token", form) as answer:
        return str(json.load(answer)["access_token"])


def main(examples: tuple[str, ...]) -> None:
    """Print both rows and their ratios; *examples* are the options that say how many."""
    scripts = Path(sys.executable).parent
    with running() as service:
        accord = measure(
            "accord verify",
            [
                *(str(scripts / "accord"), "verify", service.url, "--only", "rest", "--seed", "1"),
                *examples,
            ],
            service,
        )
    with running() as service:
        peer = measure(
            "st run",
            [
                *(str(scripts / "st"), "run", str(CONTRACT), "--url", service.url, "--seed", "1"),
                *(*examples, "--generation-database", "none", "--continue-on-failure"),
                *("-H", f"Authorization: Bearer {token(service)}", "--no-color"),
            ],
            service,
        )
    print(accord)
    print(peer)
    print(
        f"ratio          client CPU in total {accord.client / peer.client:.2f}, "
        f"a case {(accord.client / accord.cases) / (peer.client / peer.cases):.2f}, "
        f"client/service {(accord.client / accord.service) / (peer.client / peer.service):.2f}"
    )


if __name__ == "__main__":
    main(("--max-examples", str(int(sys.argv[1]))) if len(sys.argv) > 1 else ())
