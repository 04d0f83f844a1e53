"""Verify the healthy sandbox with many seeds.

    python benchmarks/seeds.py 1 20              in process
    python benchmarks/seeds.py 1 20 --network    over uvicorn, a fresh service for each seed

Each seed is one whole ``accord verify --fail-on warning``; ends with 1 when any of them found something.
"""

from __future__ import annotations

import argparse
import subprocess
import sys
import time
from contextlib import nullcontext
from pathlib import Path

from service import running

ROOT = Path(__file__).parents[1]


def verify(seed: int, target: tuple[str, ...]) -> subprocess.CompletedProcess[str]:
    """Run one seed against *target*, the settings' own where it is empty."""
    return subprocess.run(
        [
            *(sys.executable, "-m", "accord", "verify", *target),
            *("--seed", str(seed), "--fail-on", "warning", "--no-color"),
        ],
        cwd=ROOT,
        capture_output=True,
        text=True,
        check=False,
    )


def main(first: int, last: int, *, network: bool) -> int:
    """Run the seeds *first* to *last* and return how many were not clean."""
    unclean = 0
    for seed in range(first, last + 1):
        since = time.monotonic()
        with running() if network else nullcontext() as service:
            result = verify(seed, (service.url,) if service else ())
        verdict = result.stdout.splitlines()[0] if result.stdout else result.stderr.strip()
        print(
            f"seed {seed:3}: exit {result.returncode} in {time.monotonic() - since:4.0f} s  {verdict}",
            flush=True,
        )
        if result.returncode != 0:
            unclean += 1
            print(result.stdout)
    return unclean


if __name__ == "__main__":
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("first", type=int)
    parser.add_argument("last", type=int)
    parser.add_argument("--network", action="store_true")
    given = parser.parse_args()
    sys.exit(1 if main(given.first, given.last, network=given.network) else 0)
