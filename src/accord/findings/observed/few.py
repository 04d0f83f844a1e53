"""A few of many names with how often each came, and how often all the others did: bounded, and exact."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field

from accord.contract.pointer import Json

LONGEST = 200
"""Longer names are cut, so that what is kept of hostile ones stays small."""


@dataclass(slots=True)
class Few:
    """The ``limit`` names that come first in the order of the alphabet, and ``more`` for the rest.

    A name that was dropped comes after all that are kept and never returns. So the counts are exact,
    whatever the order in which names come and in which parts are added up.
    """

    limit: int
    counts: dict[str, int] = field(default_factory=dict)
    more: int = 0

    def add(self, name: str, number: int = 1) -> str | None:
        """Count *name* so often more; returns the name that has to go for it, if one has."""
        name = name[:LONGEST]
        if name in self.counts:
            self.counts[name] += number
            return None
        self.counts[name] = number
        if len(self.counts) <= self.limit:
            return None
        last = max(self.counts)
        self.more += self.counts.pop(last)
        return last

    def take(self, other: Few) -> None:
        """Add what *other* has counted."""
        for name, number in other.counts.items():
            self.add(name, number)
        self.more += other.more

    def copy(self) -> Few:
        """Return counts of their own that are the same."""
        return Few(self.limit, dict(self.counts), self.more)

    def total(self) -> int:
        """Return how often any name came."""
        return sum(self.counts.values()) + self.more

    def __iter__(self) -> Iterator[tuple[str, int]]:
        """Give the names that are kept, in order, each with its number."""
        return iter(sorted(self.counts.items()))

    def document(self) -> dict[str, Json]:
        """Return the counts as JSON has them."""
        return {**dict(self), **({"...": self.more} if self.more else {})}
