"""A recording of many messages observed, beside a bare ``orjson`` parse of the same lines as the floor.

    python benchmarks/observe.py [MESSAGES...]

For each number of messages, 100,000 and 1,000,000 unless others are given, it prints the ratio of the CPU time of
both, in rounds of one process in which they take turns, and the peak memory of a process of its own. On a machine
that others use as well, their work shows in it: so of the smaller numbers there are five rounds, of which the median
and the fastest are told.
"""

from __future__ import annotations

import json
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable
from itertools import cycle, islice
from pathlib import Path
from statistics import median

import orjson
from validation import messages

from accord.contract.contract import load
from accord.run.observe import Naming, observe

ROOT = Path(__file__).parents[1]
CONTRACT = ROOT / "contracts/sartiq"
MANY = 300_000
SMALL = {"type": "auth_success", "context": "organization", "organization_id": "a" * 36, "user_id": "b" * 36}


def main() -> None:
    """Write the recordings and print what observing them costs."""
    sizes = [int(item) for item in sys.argv[1:]] or [100_000, 1_000_000]
    events = messages()
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "messages.ndjson"
        for name, told in (("events of the sandbox", events), ("small messages", [SMALL])):
            for number in sizes:
                _write(path, told, number)
                _tell(path, name, number)


def _write(path: Path, told: list[object], number: int) -> None:
    lines = [json.dumps(item, separators=(",", ":")) + "\n" for item in told]
    with path.open("w") as stream:
        stream.writelines(islice(cycle(lines), number))


def _tell(path: Path, name: str, number: int) -> None:
    contract, floors, costs = load(CONTRACT), [], []
    for _ in range(5 if number < MANY else 1):
        floors.append(_seconds(lambda: _parse(path)))
        costs.append(_seconds(lambda: observe(contract, [path], Naming())))
    peak, bare = _peak(path, "observe"), _peak(path, "parse")
    ratio = median(cost / floor for cost, floor in zip(costs, floors, strict=True))
    print(f"{number:,} {name}, {path.stat().st_size // number} bytes each, read and parsed on one core")
    print(f"  orjson parse    {number / min(floors):9.0f} messages/s")
    print(f"  accord observe  {number / min(costs):9.0f} messages/s")
    print(f"  {ratio:.2f} x the floor, {min(costs) / min(floors):.2f} x the fastest beside the fastest")
    print(f"  peak memory {peak:.0f} MB; {bare:.0f} MB for the parse, which keeps nothing")


def _peak(path: Path, what: str) -> float:
    """Return the peak memory in MB of a process that does *what*."""
    done = subprocess.run(
        [sys.executable, __file__, "--only", what, str(path)], capture_output=True, text=True, check=True
    )
    return float(done.stdout)


def _only(what: str, path: Path) -> None:
    contract = load(CONTRACT)
    runs: dict[str, Callable[[], object]] = {
        "parse": lambda: _parse(path),
        "observe": lambda: observe(contract, [path], Naming()),
    }
    runs[what]()
    # Of this program alone: what getrusage tells begins with the memory of the process that started it.
    status = Path("/proc/self/status").read_text()
    print(int(status.partition("VmHWM:")[2].split()[0]) / 1024)


def _parse(path: Path) -> None:
    with path.open("rb", buffering=1024 * 1024) as stream:
        for line in stream:
            orjson.loads(line)


def _seconds(run: Callable[[], object]) -> float:
    since = time.process_time()
    run()
    return time.process_time() - since


if __name__ == "__main__":
    if sys.argv[1:2] == ["--only"]:
        _only(sys.argv[2], Path(sys.argv[3]))
    else:
        main()
