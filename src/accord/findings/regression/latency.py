"""How much slower one side is than the other: a ratio with its interval, from questions asked in turn."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from math import comb

_CONFIDENCE = 0.9999
_FEWEST = 12


@dataclass(frozen=True, slots=True, kw_only=True)
class Latency:
    """The median of candidate by baseline over ``pairs`` asked in turn, and where it lies with 99.99 %.

    ``baseline`` and ``candidate`` are the medians in seconds.
    """

    operation: str
    pairs: int
    ratio: float
    low: float
    high: float
    baseline: float
    candidate: float

    def slower(self, *, ratio: float, seconds: float) -> bool:
        """Tell whether the candidate is slower by more than *ratio*, beyond doubt, and by more than *seconds*."""
        return self.low > ratio and self.candidate - self.baseline > seconds


def latency(operation: str, pairs: Sequence[tuple[float, float]]) -> Latency | None:
    """Return the latency of *pairs* of seconds, baseline and candidate; None when they are too few to tell.

    The interval of the median is the one of order statistics, which supposes no distribution: each pair is above
    the median as often as below it.
    """
    ratios = sorted(after / before for before, after in pairs if before > 0)
    number = len(ratios)
    rank = _rank(number)
    if number < _FEWEST or rank is None:
        return None
    return Latency(
        operation=operation,
        pairs=number,
        ratio=_median(ratios),
        low=ratios[rank],
        high=ratios[number - 1 - rank],
        baseline=_median(sorted(before for before, _ in pairs)),
        candidate=_median(sorted(after for _, after in pairs)),
    )


def _rank(number: int) -> int | None:
    """Return the greatest index whose order statistics hold the median with the confidence; None for none."""
    outside, found = 0.0, None
    for below in range(number // 2):
        outside += comb(number, below) / 2**number
        if 2 * outside > 1 - _CONFIDENCE:
            break
        found = below
    return found


def _median(ranked: Sequence[float]) -> float:
    middle = len(ranked) // 2
    return ranked[middle] if len(ranked) % 2 else (ranked[middle - 1] + ranked[middle]) / 2
