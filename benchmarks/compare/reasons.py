"""Who is right where a peer and the tests disagree, as far as a program can say: ``python .../reasons.py``.

A break that a peer misses is held against a validator that ``accord compare`` does not judge by: it must
take the witness by the one schema and refuse it by the other. What a peer calls a break and the tests do
not is compared once more under the policy ``strict``, in which a server may send no new value. What
neither decides is left to be read.
"""

from __future__ import annotations

import json
from collections import Counter
from collections.abc import Iterator
from datetime import date
from typing import Any

import jsonschema_rs
from pairs import Pair, pairs
from peers import FOLDER

from accord.findings.changes.change import Sender, Verdict
from accord.findings.changes.policy import Policy
from accord.run.compare import Options, compare

DAY = date(2026, 6, 15)


def main() -> None:
    """Print for each peer how many of its disagreements are of which reason."""
    answers = json.loads((FOLDER / "answers.json").read_text())
    answers.pop("accord", None)
    known = list(enumerate(pairs()))
    tally: dict[str, Counter[str]] = {peer: Counter() for peer in answers}
    read: Counter[str] = Counter()
    for number, pair in known:
        truth = {True: "breaks", False: "passes"}.get(pair.breaks)  # type: ignore[arg-type]
        against = [
            peer for peer, kept in answers.items() if kept.get(pair.name) in {"breaks", "passes"} - {truth}
        ]
        if truth is None or not against:
            continue
        reason = _reason(number, pair)
        for peer in against:
            tally[peer][reason] += 1
        if reason.endswith("read"):
            read[pair.name] += len(against)
    reasons = sorted({reason for counted in tally.values() for reason in counted})
    for peer, counted in tally.items():
        print(peer, ", ".join(f"{reason}: {counted[reason]}" for reason in reasons if counted[reason]))
    print(
        "in all", ", ".join(f"{reason}: {sum(item[reason] for item in tally.values())}" for reason in reasons)
    )
    print("\n".join(f"  {number} {name}" for name, number in read.most_common()))


def _reason(number: int, pair: Pair) -> str:
    if pair.breaks:
        return "missed, witness confirmed" if _is_confirmed(pair) else "missed, to be read"
    strict = compare(*_paths(number), Options(policy=Policy.STRICT, today=DAY))
    return "a break by the policy strict" if strict.of(Verdict.BREAKING) else "false, to be read"


def _is_confirmed(pair: Pair) -> bool:
    """Tell whether the other validator takes a witness by the one schema and refuses it by the other."""
    if pair.schemas is None:
        return False
    old, new = (jsonschema_rs.Draft202012Validator(schema, validate_formats=True) for schema in pair.schemas)
    taken, refused = (old, new) if pair.kind == "request" else (new, old)
    return any(taken.is_valid(value) and not refused.is_valid(value) for value in _witnesses(pair))


def _witnesses(pair: Pair) -> Iterator[Any]:
    from schema_cases import changes_of  # noqa: PLC0415 - of the tests, which pairs.py finds

    sender = Sender.CLIENT if pair.kind == "request" else Sender.SERVER
    for change in changes_of(*pair.schemas, sender):  # type: ignore[misc]
        if change.verdict is Verdict.BREAKING and change.witness is not None:
            yield change.witness.value


def _paths(number: int) -> list[str]:
    return [str(FOLDER / "pairs" / f"{number}.{side}.json") for side in ("old", "new")]


if __name__ == "__main__":
    main()
