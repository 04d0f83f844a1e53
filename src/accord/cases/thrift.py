"""Fewer cases where there are too many: the most different ones first, in the order in which they came."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Hashable, Sequence
from typing import Any, TypeVar

T = TypeVar("T")


def spread(cases: Sequence[T], limit: int, kind: Callable[[T], tuple[Hashable, int]]) -> list[T]:
    """Return at most *limit* of *cases*: one of each kind before a second of any, the shallow kinds first.

    *kind* tells what a case has in common with others, and how deep in the request it is.
    """
    if len(cases) <= limit:
        return list(cases)
    before: Counter[Hashable] = Counter()
    ranked: list[tuple[int, int, int]] = []
    for position, case in enumerate(cases):
        name, depth = kind(case)
        ranked.append((before[name], depth, position))
        before[name] += 1
    return [cases[position] for *_, position in sorted(sorted(ranked)[:limit], key=lambda item: item[-1])]


def kind_of_boundary(case: Any) -> tuple[Hashable, int]:
    """Return the kind of a boundary case of schemathesis, and how many names lead to what it is about."""
    data = case.meta.phase.data
    place = data.location or data.description
    depth = (data.location or "").count("/properties/") or data.description.count(": ")
    return (case.meta.generation.mode, data.scenario, data.parameter, place), depth
