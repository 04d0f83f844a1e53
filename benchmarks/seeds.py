"""Verify the healthy sandbox with many seeds: ``python benchmarks/seeds.py 1 20``.

Each seed is one whole ``accord verify --fail-on warning``; ends with 1 when any of them found something.
"""

from __future__ import annotations

import subprocess
import sys
import time
from pathlib import Path

ROOT = Path(__file__).parents[1]


def main(first: int, last: int) -> int:
    """Run the seeds *first* to *last* and return how many were not clean."""
    unclean = 0
    for seed in range(first, last + 1):
        since = time.monotonic()
        result = subprocess.run(
            [
                sys.executable,
                "-m",
                "accord",
                "verify",
                "--seed",
                str(seed),
                "--fail-on",
                "warning",
                "--no-color",
            ],
            cwd=ROOT,
            capture_output=True,
            text=True,
            check=False,
        )
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
    sys.exit(1 if main(int(sys.argv[1]), int(sys.argv[2])) else 0)
