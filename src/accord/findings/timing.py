"""How long answers took: counted by length, each step a ratio longer, so that any number of them takes little room."""

from __future__ import annotations

import math
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass, field

# Twenty steps a decade from 10 µs to 100 s: a quantile is off by 6 % at most.
STEPS = 20
_FIRST = -5 * STEPS
_LAST = 2 * STEPS - 1


@dataclass(frozen=True, slots=True, kw_only=True)
class Timing:
    """How long the whole answers of one operation took, in seconds; ``counts`` has one number for each step.

    What is shorter than the first step or longer than the last counts there; ``shortest`` and
    ``longest`` are exact.
    """

    shortest: float
    longest: float
    counts: tuple[int, ...]

    @property
    def count(self) -> int:
        """Return how many answers there were."""
        return sum(self.counts)

    def quantile(self, share: float) -> float:
        """Return within how many seconds *share* of the answers came, by the middle of the step."""
        wanted, seen = math.ceil(share * self.count), 0
        for step, number in enumerate(self.counts):
            seen += number
            if seen >= wanted:
                return min(self.longest, max(self.shortest, math.sqrt(start(step) * start(step + 1))))
        return self.longest


@dataclass(slots=True)
class Stopwatch:
    """Counts the lengths of answers as they come."""

    _shortest: float = math.inf
    _longest: float = 0.0
    _counts: Counter[int] = field(default_factory=Counter)

    def note(self, seconds: float) -> None:
        """Count an answer that took *seconds*."""
        self._shortest = min(self._shortest, seconds)
        self._longest = max(self._longest, seconds)
        place = math.floor(math.log10(seconds) * STEPS) if seconds > 0 else _FIRST
        self._counts[min(_LAST, max(_FIRST, place)) - _FIRST] += 1

    def timing(self) -> Timing | None:
        """Return what was counted, None without an answer."""
        if not self._counts:
            return None
        counts = tuple(self._counts[step] for step in range(_LAST - _FIRST + 1))
        return Timing(shortest=self._shortest, longest=self._longest, counts=counts)


def start(step: int) -> float:
    """Return from how many seconds on an answer counts in *step*."""
    return math.pow(10, (step + _FIRST) / STEPS)


def joined(timings: Sequence[Timing]) -> Timing:
    """Return *timings*, of which there is at least one, as one."""
    return Timing(
        shortest=min(item.shortest for item in timings),
        longest=max(item.longest for item in timings),
        counts=tuple(map(sum, zip(*(item.counts for item in timings), strict=True))),
    )
