"""What was counted of the values at one place and below it: bounded, and added up in any order."""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from typing import Any

from accord.contract.pointer import Json
from accord.findings.observed.few import LONGEST, Few

VALUES = 64
"""How many values that an enumeration does not list are counted each by itself."""
STRAYS = 32
"""How many undeclared members of one object are counted each by itself."""
FEWER = 8
"""The same, of an object that nobody declared."""


@dataclass(slots=True)
class Extent:
    """The smallest and the largest of some numbers."""

    least: float
    most: float

    def take(self, least: float, most: float) -> None:
        """Widen the extent to hold *least* and *most*."""
        self.least = min(self.least, least)
        self.most = max(self.most, most)


@dataclass(slots=True)
class Count:
    """What came at one place.

    ``kinds`` counts values by type of JSON. ``presence`` counts declared members of objects by name,
    ``strays`` undeclared ones; ``members`` has what came there, for both. ``items`` is what arrays
    held, ``others`` what maps did, ``variants`` what came of each variant of a union, ``unmatched``
    how many objects were none of them. Where the contract lists values, ``values`` counts those, as
    JSON, and ``unknown`` what else came. ``extents`` has the range of numbers, and of the lengths of
    texts and arrays. Of ``sampled`` values, judged one by one, ``invalid`` broke a schema, such as
    ``example``. ``routes`` is where a fold has found the places of members; it counts nothing.
    """

    seen: int = 0
    kinds: dict[str, int] = field(default_factory=dict)
    presence: dict[str, int] = field(default_factory=dict)
    strays: Few = field(default_factory=lambda: Few(STRAYS))
    members: dict[str, Count] = field(default_factory=dict)
    items: Count | None = None
    others: Count | None = None
    variants: dict[str, Count] = field(default_factory=dict)
    unmatched: int = 0
    values: dict[str, int] = field(default_factory=dict)
    unknown: Few = field(default_factory=lambda: Few(VALUES))
    extents: dict[str, Extent] = field(default_factory=dict)
    sampled: int = 0
    invalid: int = 0
    example: str = ""
    routes: dict[str, tuple[Any, Count]] = field(default_factory=dict, repr=False, compare=False)

    def of(self, kind: str) -> int:
        """Return how many values of the type *kind* came."""
        return self.kinds.get(kind, 0)

    def member(self, name: str) -> Count:
        """Return the count of the member *name*, a new one when there is none."""
        found = self.members.get(name)
        if found is None:
            found = self.members[name] = Count()
        return found

    def variant(self, name: str) -> Count:
        """Return the count of the variant *name*, a new one when there is none."""
        found = self.variants.get(name)
        if found is None:
            found = self.variants[name] = Count()
        return found

    def stray(self, name: str, number: int) -> Count | None:
        """Count an undeclared member and return its count, None when there are too many of them."""
        name = name[:LONGEST]
        dropped = self.strays.add(name, number)
        if dropped is not None:
            self.members.pop(dropped, None)
        if name not in self.strays.counts:
            return None
        return self.members.setdefault(name, undeclared())

    def extend(self, name: str, least: float, most: float) -> None:
        """Widen the range called *name*: ``number``, ``length`` or ``items``."""
        extent = self.extents.get(name)
        if extent is None:
            self.extents[name] = Extent(least, most)
        elif least < extent.least or most > extent.most:
            extent.take(least, most)

    def fault(self, number: int, example: str) -> None:
        """Count *number* values that break a schema; of the examples the first by the alphabet is kept."""
        self.invalid += number
        self.example = min(self.example, example) if self.example else example

    def take(self, other: Count) -> None:
        """Add what *other* has counted, which is not to be used any more."""
        self.seen += other.seen
        _sum(self.kinds, other.kinds)
        _sum(self.presence, other.presence)
        self.strays.take(other.strays)
        self.routes = {}
        _join(self.members, other.members)
        _join(self.variants, other.variants)
        for name in [item for item in self.members if item not in self.presence]:
            if name not in self.strays.counts:
                del self.members[name]
        self.items = _either(self.items, other.items)
        self.others = _either(self.others, other.others)
        self.unmatched += other.unmatched
        _sum(self.values, other.values)
        self.unknown.take(other.unknown)
        for name, extent in other.extents.items():
            self.extend(name, extent.least, extent.most)
        self.sampled += other.sampled
        if other.invalid:
            self.fault(other.invalid, other.example)

    def copy(self) -> Count:
        """Return a count of its own that is the same."""
        return replace(
            self,
            kinds=dict(self.kinds),
            presence=dict(self.presence),
            strays=self.strays.copy(),
            members={name: item.copy() for name, item in self.members.items()},
            items=self.items.copy() if self.items else None,
            others=self.others.copy() if self.others else None,
            variants={name: item.copy() for name, item in self.variants.items()},
            values=dict(self.values),
            unknown=self.unknown.copy(),
            extents={name: replace(item) for name, item in self.extents.items()},
            routes={},
        )

    def below(self) -> list[Count]:
        """Return the counts of what stands directly below."""
        single = [item for item in (self.items, self.others) if item is not None]
        return [*self.members.values(), *self.variants.values(), *single]

    def document(self) -> dict[str, Json]:
        """Return the count as JSON has it; what is empty is left out."""
        names = sorted({*self.presence, *self.strays.counts})
        whole: dict[str, Json] = {
            "seen": self.seen,
            "kinds": dict(sorted(self.kinds.items())),
            "members": {name: self._member(name) for name in names},
            "more_members": self.strays.more,
            "items": self.items.document() if self.items else {},
            "others": self.others.document() if self.others else {},
            "variants": {name: item.document() for name, item in sorted(self.variants.items())},
            "unmatched": self.unmatched,
            "values": dict(sorted(self.values.items())),
            "unknown": dict(self.unknown),
            "more_unknown": self.unknown.more,
            "ranges": {name: [item.least, item.most] for name, item in sorted(self.extents.items())},
            "sampled": self.sampled,
            "invalid": self.invalid,
        }
        return {name: item for name, item in whole.items() if item or name == "seen"}

    def _member(self, name: str) -> dict[str, Json]:
        declared = name in self.presence
        present = self.presence[name] if declared else self.strays.counts[name]
        below = self.members[name].document() if name in self.members else {}
        return {"present": present, **({} if declared else {"undeclared": True}), **below}


def undeclared() -> Count:
    """Return an empty count for what nobody declared."""
    return Count(strays=Few(FEWER))


def _sum(mine: dict[str, int], theirs: dict[str, int]) -> None:
    for name, number in theirs.items():
        mine[name] = mine.get(name, 0) + number


def _join(mine: dict[str, Count], theirs: dict[str, Count]) -> None:
    for name, count in theirs.items():
        if name in mine:
            mine[name].take(count)
        else:
            mine[name] = count


def _either(mine: Count | None, theirs: Count | None) -> Count | None:
    if mine is None or theirs is None:
        return mine or theirs
    mine.take(theirs)
    return mine
