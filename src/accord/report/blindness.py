"""The blindness of a contract, told: the score, and each place with what would close it."""

from __future__ import annotations

import json
import math
from collections.abc import Iterator

from rich.console import Console
from rich.text import Text

from accord.contract.pointer import Json
from accord.findings.blindness.hole import Blindness, Hole
from accord.report.console import encodable
from accord.report.text import count, printable

_PLACES = 20
_SHOWN = 3
_VALUE = 300


def render(measured: Blindness) -> bytes:
    """Return *measured* as JSON in UTF-8: score, counts, and each place with its lines of contract."""
    report: Json = {
        "score": measured.score,
        "values": measured.values,
        "mutants": measured.mutants,
        "refused": measured.refused,
        "spent": measured.spent,
        "passed_over": dict(measured.passed_over),
        "places": [_place(hole) for hole in measured.holes],
    }
    return (json.dumps(report, indent=2) + "\n").encode()


def _place(hole: Hole) -> Json:
    return {
        "place": hole.place,
        "line": hole.line,
        "accepted": {wrong.value: number for wrong, number in hole.accepted.items()},
        "tried": hole.tried,
        "example": hole.example,
        "shown": list(hole.shown),
        "lines": list(hole.lines),
    }


def verdict(measured: Blindness) -> str:
    """Return the answer in one sentence."""
    score = measured.score
    if score is None:
        return "No verdict: nothing was recorded that the contract accepts."
    # Never rounded up: what is all but whole is not whole.
    share = f"{math.floor(score * 10) / 10:g} %"
    rest = "all of them" if measured.refused == measured.mutants else share
    made = f"{count(measured.mutants, 'mutant')} of {count(measured.values, 'good value')}"
    return f"{made}: the contract refuses {rest}."


def tell(measured: Blindness, console: Console, *, verbose: bool = False) -> None:
    """Write *measured* to *console*; nothing of a contract or a service reaches it with control characters."""
    for line in (verdict(measured), *_lines(measured, verbose=verbose)):
        console.print(Text(encodable(line, console)), soft_wrap=True)


def _lines(measured: Blindness, *, verbose: bool) -> Iterator[str]:
    limit = len(measured.holes) if verbose else _PLACES
    for hole in measured.holes[:limit]:
        yield from _told(hole)
    if len(measured.holes) > limit:
        yield from ("", f"and {count(len(measured.holes) - limit, 'more place')}; --verbose lists them")
    if measured.passed_over or measured.spent:
        yield ""
    for reason, number in measured.passed_over.items():
        yield f"passed over  {number:,} × {printable(reason)}"
    if measured.spent:
        yield f"not tried    what is beyond {measured.mutants:,} mutants"


def _told(hole: Hole) -> Iterator[str]:
    name, _, pointer = hole.place.partition("#")
    place = f"{name}:{hole.line}#{pointer}" if hole.line else hole.place
    wrongs = ", ".join(f"{number:,} × {wrong}" for wrong, number in hole.accepted.items())
    more = f" and {len(hole.shown) - _SHOWN} more" if len(hole.shown) > _SHOWN else ""
    yield ""
    yield f"{hole.count:>5} of {hole.tried:,}  {printable(place, limit=_VALUE)}"
    yield f"   accepted  {wrongs}"
    yield f"   such as   {printable(hole.example, limit=_VALUE)}"
    yield f"   seen in   {', '.join(printable(name) for name in hole.shown[:_SHOWN])}{more}"
    for line in hole.lines:
        yield f"   add       {printable(line, limit=_VALUE)}"
