"""What all good values have in common at one place: the evidence by which a mutant counts as wrong."""

from __future__ import annotations

import re
from collections import Counter
from dataclasses import dataclass, field

from accord.contract.pointer import Json
from accord.findings.blindness.spot import Spot, type_of

_DATE = r"\d{4}-[01]\d-[0-3]\d"
FORMATS = {
    "uuid": re.compile("[0-9a-fA-F]{8}(-[0-9a-fA-F]{4}){3}-[0-9a-fA-F]{12}"),
    "date-time": re.compile(rf"{_DATE}[Tt][0-2]\d:[0-5]\d:[0-6]\d(\.\d+)?([Zz]|[+-]\d\d:\d\d)"),
    "date": re.compile(_DATE),
    "email": re.compile(r"[A-Za-z0-9._%+-]+@[A-Za-z0-9-]+(\.[A-Za-z0-9-]+)+"),
    "uri": re.compile(r"https?://[!-~]+"),
}
"""The formats that are taken for one, and only when each text of a place has it."""
MAXIMUM_WORDS = 8
FEWEST = 2
"""One value alone says little of what must be there."""
_WORD = re.compile(r"[a-z][a-z0-9_.-]{0,40}|[A-Z][A-Z0-9_]{0,40}|[a-z]+([A-Z][a-z0-9]*)+")
_OFTEN = 3
_LISTED = 64
_SHAPES = 256
_LONGEST = 2_000


@dataclass(slots=True)
class Trait:
    """What was seen at one place: how often, of which types, with which words, numbers and members."""

    count: int = 0
    types: Counter[str] = field(default_factory=Counter)
    words: Counter[str] = field(default_factory=Counter)
    texts: int = 0
    formats: set[str] = field(default_factory=lambda: set(FORMATS))
    least: float | None = None
    members: Counter[str] = field(default_factory=Counter)
    shapes: dict[tuple[str, str], set[frozenset[str]]] = field(default_factory=dict)

    def note(self, spot: Spot) -> None:
        """Add what *spot* shows."""
        self.count += 1
        self.types[type_of(spot.value)] += 1
        match spot.value:
            case str(text):
                self._note_text(text[:_LONGEST])
            case dict(members):
                self._note_members(members)
            case int() | float() if not isinstance(spot.value, bool):
                number = float(spot.value) if abs(spot.value) < 1e300 else 0.0
                self.least = number if self.least is None else min(self.least, number)

    def _note_text(self, text: str) -> None:
        self.texts += 1
        self.formats = {name for name in self.formats if FORMATS[name].fullmatch(text)}
        if text in self.words or len(self.words) < _LISTED:
            self.words[text] += 1

    def _note_members(self, members: dict[str, Json]) -> None:
        self.members.update(list(members))
        shape = frozenset(members)
        for name, item in members.items():
            if not isinstance(item, str) or not _WORD.fullmatch(item):
                continue
            if (name, item) in self.shapes or len(self.shapes) < _SHAPES:
                self.shapes.setdefault((name, item), set()).add(shape)

    @property
    def always(self) -> frozenset[str]:
        """Return the members that every object had, if there were several."""
        objects = self.types["object"]
        return frozenset(name for name, number in self.members.items() if number == objects >= FEWEST)

    def has_always(self, name: str | None) -> bool:
        """Tell whether every value had the member, or, without a *name*, was a list and had items."""
        return name in self.always if name is not None else self.is_only("array")

    def is_only(self, *kinds: str) -> bool:
        """Tell whether every value was of one of *kinds*, or null."""
        return set(self.types) <= {*kinds, "null"}

    @property
    def vocabulary(self) -> tuple[str, ...]:
        """Return the words of which the text was always one; empty where texts are free."""
        few = 1 < len(self.words) <= MAXIMUM_WORDS and self.texts >= _OFTEN * len(self.words)
        plain = all(_WORD.fullmatch(word) for word in self.words)
        return (
            tuple(sorted(self.words)) if few and plain and self.is_only("string") and not self.format else ()
        )

    @property
    def format(self) -> str:
        """Return the format that every text had; empty without one."""
        if self.texts < FEWEST or not self.is_only("string"):
            return ""
        return next((name for name in FORMATS if name in self.formats), "")

    @property
    def names(self) -> tuple[str, ...]:
        """Return the types seen, as a contract names them."""
        found = {("number" if name == "integer" and self.types["number"] else name) for name in self.types}
        return tuple(sorted(found))

    def tags(self) -> dict[str, dict[str, frozenset[str]]]:
        """Return by member its words and the members of an object with each, where that tells objects apart."""
        found: dict[str, dict[str, frozenset[str]]] = {}
        for (name, word), shapes in self.shapes.items():
            if name in self.always and len(shapes) == 1:
                found.setdefault(name, {})[word] = next(iter(shapes))
        whole = {name: sum(key[0] == name for key in self.shapes) for name in found}
        return {
            name: words
            for name, words in found.items()
            if whole[name] == len(words) > 1 and len(set(words.values())) == len(words)
        }
