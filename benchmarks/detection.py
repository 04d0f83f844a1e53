"""Which faults of the sandbox's REST catalogue accord finds, and which ``st run`` with every check.

    python benchmarks/detection.py                    the whole catalogue
    python benchmarks/detection.py NAME...            these faults
    python benchmarks/detection.py --seconds 60       schemathesis may explore for so long a fault

One row a fault. accord has found it when the rule that the catalogue names fired; schemathesis when
a check failed at an operation where none fails at the sandbox without a fault. Both know the same
contract and the same caller, and have the same seed.
"""

from __future__ import annotations

import argparse
import json
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path

from service import running
from speed import CONTRACT, ROOT, token

from accord.config import read_settings
from accord.run.options import Options
from accord.run.self_test import Fate, Fault, chosen, read_catalogue, self_test

SCRIPTS = Path(sys.executable).parent


@dataclass(frozen=True, kw_only=True)
class Row:
    """What became of one fault in both suites, and how long each took."""

    fault: str
    rule: str
    accord: str
    accord_seconds: float
    checks: tuple[str, ...]
    peer_seconds: float

    def __str__(self) -> str:
        """Give the row of the table."""
        peer = ", ".join(self.checks) or "missed"
        return (
            f"{self.fault:44} accord: {self.accord:16} {self.accord_seconds:5.1f} s  "
            f"schemathesis: {peer} {self.peer_seconds:5.1f} s  ({self.rule})"
        )


def failures(fault: str | None, seconds: int) -> tuple[set[tuple[str, str]], float]:
    """Return the checks that fail, each with its operation, and how long the run took."""
    with running(*(("--fault", fault) if fault else ())) as service, tempfile.TemporaryDirectory() as folder:
        report = Path(folder) / "report.json"
        since = time.monotonic()
        done = subprocess.run(
            [
                *(str(SCRIPTS / "st"), "run", str(CONTRACT), "--url", service.url, "--seed", "1"),
                *("--max-time", str(seconds), "--generation-database", "none", "--continue-on-failure"),
                *("-H", f"Authorization: Bearer {token(service)}", "--no-color"),
                *("--report", "json", "--report-json-path", str(report)),
            ],
            cwd=ROOT,
            capture_output=True,
            text=True,
            check=False,
        )
        if not report.exists():
            raise SystemExit(f"st run ended with {done.returncode}:\n{done.stdout}{done.stderr}")
        told = json.loads(report.read_text())["failures"]
    found = {(item["type"], operation) for item in told for operation in item["operations"]}
    return found, time.monotonic() - since


def rows(faults: Iterable[Fault], seconds: int) -> Iterable[Row]:
    """Yield a row for each of *faults*."""
    settings = read_settings(ROOT)
    # What fails without a fault is no sign of one; what is drawn differs a little from run to run.
    usual = failures(None, seconds)[0] | failures(None, seconds)[0]
    for fault in faults:
        kill = next(iter(self_test(str(settings.target), [fault], settings, Options(seed=1))))
        found, spent = failures(fault.name, seconds)
        yield Row(
            fault=fault.name,
            rule=fault.rule,
            accord=str(kill.fate),
            accord_seconds=kill.seconds,
            checks=tuple(sorted({check for check, _ in found - usual})),
            peer_seconds=spent,
        )


def main(names: list[str], seconds: int) -> None:
    """Print the table and what it adds up to."""
    catalogue = read_catalogue(read_settings(ROOT).faults)
    kept: list[Row] = []
    for row in rows([item for item in chosen(catalogue, names) if item.channel == "rest"], seconds):
        kept.append(row)
        print(row, flush=True)
    ours = [row for row in kept if row.accord == Fate.FOUND]
    theirs = [row for row in kept if row.checks]
    missed = [row for row in kept if not row.checks]
    both = [row for row in missed if row.accord == Fate.FOUND]
    print(
        f"\n{len(kept)} faults: accord finds {len(ours)}, schemathesis {len(theirs)}; "
        f"of the {len(missed)} that schemathesis misses, accord finds {len(both)}"
    )
    for row in kept:
        if row.accord != Fate.FOUND:
            print(f"missed by accord: {row.fault} ({row.accord})")


if __name__ == "__main__":
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("names", nargs="*")
    parser.add_argument("--seconds", type=int, default=30)
    given = parser.parse_args()
    main(given.names, given.seconds)
