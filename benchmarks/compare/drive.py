"""Asks one library of Python about many pairs, as ``drive.cjs`` does those of Node; runs in the peers' environment."""

from __future__ import annotations

import json
import resource
import sys
import time
from collections.abc import Callable
from datetime import date
from typing import Any

_LONGEST = 20


def jsoncompat(task: dict[str, Any]) -> bool:
    """Tell whether a schema is no longer compatible for who sends its values."""
    import jsoncompat  # noqa: PLC0415

    role = "deserializer" if task["kind"] == "request" else "serializer"
    return not jsoncompat.check_compat(*map(json.dumps, task["schemas"]), role)


def jsonsubschema(task: dict[str, Any]) -> bool:
    """Tell whether one schema takes values that the other one does not."""
    from jsonsubschema import isSubschema  # noqa: PLC0415

    old, new = task["schemas"]
    return not (isSubschema(old, new) if task["kind"] == "request" else isSubschema(new, old))


def accord(task: dict[str, Any]) -> bool:
    """Tell whether ``accord compare`` finds a break."""
    from accord.findings.changes.change import Verdict  # noqa: PLC0415
    from accord.run.compare import Options, compare  # noqa: PLC0415

    # The day on which the tests take place: some removals are announced for later.
    told = compare(*task["paths"], Options(today=date(2026, 6, 15)))
    if not told.of(Verdict.BREAKING) and told.of(Verdict.UNPROVEN):
        raise ValueError("not decided")
    return bool(told.of(Verdict.BREAKING))


ASKS: dict[str, Callable[[dict[str, Any]], bool]] = {
    "jsoncompat": jsoncompat,
    "jsonsubschema": jsonsubschema,
    "accord": accord,
}


def main(peer: str) -> None:
    """Answer every line."""
    import signal  # noqa: PLC0415

    def over(*_: object) -> None:
        raise TimeoutError

    signal.signal(signal.SIGALRM, over)
    for line in sys.stdin:
        task = json.loads(line)
        since = time.process_time()
        signal.alarm(_LONGEST)
        try:
            answer = "breaks" if ASKS[peer](task) else "passes"
        except BaseException as error:  # noqa: BLE001 - a library may raise anything, also what Rust panics with
            answer = "undecided" if str(error) == "not decided" else "refused"
        signal.alarm(0)
        seconds = time.process_time() - since
        sys.__stdout__.write(json.dumps({"id": task["id"], "answer": answer, "seconds": seconds}) + "\n")
    memory = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    sys.__stdout__.write(json.dumps({"memory": memory}) + "\n")


if __name__ == "__main__":
    main(sys.argv[1])
