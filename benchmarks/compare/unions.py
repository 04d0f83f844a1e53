"""Unions of messages that nobody here wrote, each version against the next: ``python benchmarks/compare/unions.py``.

``@octokit/webhooks-schemas`` holds what GitHub sends to webhooks: one JSON Schema, a union of some
sixty kinds of events. Each published version is unpacked below ``.accord/unions`` once, by npm.
Prints for each neighbouring pair the changes, the CPU seconds of a comparison with the reading of both
files, those of the whole command, and its memory; ends with 1 where a comparison takes a second.
"""

from __future__ import annotations

import json
import subprocess
import sys
import time
from collections import Counter
from collections.abc import Iterator
from itertools import pairwise
from pathlib import Path

from published import command, unpacked

from accord.findings.changes.change import Sender, Verdict
from accord.findings.changes.result import Compared
from accord.run.compare import Options, compare

PACKAGE = "@octokit/webhooks-schemas"
BAR = 1.0


def main() -> int:
    """Compare every neighbouring pair and return 1 where one took longer than the bar."""
    paths = [unpacked("unions", PACKAGE, version, "schema.json") for version in _versions()]
    print("old -> new           events  changes breaking     safe unproven    CPU s  command  MB  rules")
    slowest = 0.0
    for old, new in pairwise(paths):
        since = time.process_time()
        compared = compare(str(old), str(new), Options(sender=Sender.SERVER))
        seconds = time.process_time() - since
        slowest = max(slowest, seconds)
        whole, megabytes = command(old, new, "--sender", "server")
        _tell(old, new, compared, f"{seconds:7.2f} {whole:8.2f} {megabytes:4}")
    print(f"the slowest takes {slowest:.2f} CPU s; the bar is {BAR} s")
    return int(slowest >= BAR)


def _versions() -> list[str]:
    said = subprocess.run(
        ["npm", "view", PACKAGE, "versions", "--json"], capture_output=True, text=True, check=True
    )
    versions: list[str] = json.loads(said.stdout)
    return versions


def _tell(old: Path, new: Path, compared: Compared, cost: str) -> None:
    events = "/".join(str(len(json.loads(path.read_bytes())["oneOf"])) for path in (old, new))
    tally = " ".join(f"{len(compared.of(verdict)):8}" for verdict in Verdict)
    pair = f"{old.parent.name} -> {new.parent.name}"
    print(f"{pair:18} {events:>8} {len(compared.changes):8} {tally} {cost}  {', '.join(_rules(compared))}")


def _rules(compared: Compared) -> Iterator[str]:
    counted = Counter((told.change.rule, told.change.verdict) for told in compared.changes)
    for (rule, verdict), number in sorted(counted.items()):
        yield f"{number} {rule}{'' if verdict is Verdict.SAFE else f' ({verdict})'}"


if __name__ == "__main__":
    sys.exit(main())
