"""The matrix of wrong places in words: one line for each place of each operation's requests."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from itertools import groupby, islice

from accord.findings.result import Place
from accord.report.text import printable

MAXIMUM_LINES = 500
_LINE = 500


def summary(places: Sequence[Place]) -> str:
    """Return how many keywords were broken, and how many of those the service refused."""
    cells = [_came_to(place) for place in places]
    tally = ", ".join(f"{cells.count(name):,} {name}" for name in ("refused", "accepted", "not decisive"))
    return f"{len(cells):,} tried: {tally}"


def table(places: Sequence[Place]) -> Iterator[str]:
    """Yield a line for each place, with the keywords that were broken there; of very many, the first."""
    rows = groupby(places, key=lambda place: (place.operation, place.location, place.pointer))
    for (operation, location, pointer), cells in islice(rows, MAXIMUM_LINES):
        words: dict[str, list[str]] = {}
        for cell in cells:
            words.setdefault(_came_to(cell), []).append(cell.keyword)
        told = "; ".join(
            f"{name} {', '.join(words[name])}"
            for name in ("refused", "accepted", "not decisive")
            if name in words
        )
        yield printable(f"{operation} {location}{pointer}: {told}", limit=_LINE)
    more = len({(place.operation, place.location, place.pointer) for place in places}) - MAXIMUM_LINES
    if more > 0:
        yield f"and {more:,} more places; a JSON report has them all"


def _came_to(place: Place) -> str:
    """Return what the service did: one acceptance counts more than any refusal."""
    if place.accepted:
        return "accepted"
    return "refused" if place.refused else "not decisive"
