"""What may follow from a change further inside: told once for each change that it may come of, not at each place."""

from __future__ import annotations

from collections.abc import Iterator

from accord.findings.changes.deprecation import ANNOUNCED
from accord.findings.changes.walk import Difference, Pair, Walk


def consequences(walk: Walk) -> Iterator[tuple[tuple[Pair, Difference], ...]]:
    """Yield the differences that only follow, those together that lead to the same change, the one to tell first.

    What leads to no change follows from none. Each is with the first change that it leads to.
    """
    following = {pair: item for pair, found in walk.differences.items() for item in found if item.follows}
    if not following:
        return
    above: dict[Pair, list[Pair]] = {}
    for pair, inside in walk.inside.items():
        for _, inner in inside:
            above.setdefault(inner, []).append(pair)
    met: set[Pair] = set()
    for cause in _causes(walk):
        fresh = [item for item in _leading_to(cause, above, met) if item in following]
        if fresh:
            yield tuple(sorted(((item, following[item]) for item in fresh), key=lambda two: _order(two[1])))


def _causes(walk: Walk) -> list[Pair]:
    """Return the pairs that differ themselves, in an order that is the same on the way back."""
    first = {
        pair: min(map(_order, real))
        for pair, found in walk.differences.items()
        if (real := [item for item in found if not item.follows and item.rule != ANNOUNCED])
    }
    return sorted(first, key=lambda pair: (first[pair], pair.sender))


def _order(difference: Difference) -> list[str]:
    return sorted((difference.old_uri, difference.new_uri))


def _leading_to(cause: Pair, above: dict[Pair, list[Pair]], met: set[Pair]) -> Iterator[Pair]:
    """Yield the pairs that lead to *cause*, itself among them, that were not *met* before."""
    waiting = [cause]
    while waiting:
        pair = waiting.pop()
        if pair not in met:
            met.add(pair)
            yield pair
            waiting.extend(above.get(pair, ()))
