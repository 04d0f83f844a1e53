"""Values of one place on both sides, walked together: where the candidate's are none that the baseline has.

The baseline is asked at least twice. What it answers otherwise the second time changes by itself there,
and only what it looks like is compared; so nobody has to list what to leave out.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Hashable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from functools import partial
from operator import itemgetter
from typing import Any, TypeAlias, cast

from accord.contract.pointer import Json, join
from accord.findings.changes.value import type_of
from accord.findings.regression.difference import Kind, Mark, Part
from accord.findings.regression.form import TEXT, form_of, is_moment, is_word
from accord.findings.regression.take import OTHER

_MAXIMUM_PLACES = 20_000
_MAXIMUM_ITEMS = 50
_LONGEST_SHOWN = 240
_ENOUGH = 4
_ANY = "*"

Values: TypeAlias = tuple[Any, ...]


class _Missing:
    """Nothing stands there."""


MISSING = _Missing()


@dataclass(frozen=True, slots=True, kw_only=True)
class Sides:
    """What stood at one place: in the plays by the baseline, ``first`` and ``second``, and the candidate.

    Without a ``second`` nobody knows what changes by itself.
    """

    first: Values
    second: Values
    candidate: Values

    @property
    def baseline(self) -> Values:
        """Return what the baseline answered, both times."""
        return self.first + self.second

    def of(self, change: Callable[[Any], Any]) -> Sides:
        """Return what *change* makes of each value."""
        first, second, candidate = (
            tuple(map(change, side)) for side in (self.first, self.second, self.candidate)
        )
        return Sides(first=first, second=second, candidate=candidate)

    def each(self) -> Sides:
        """Return every item of each value, which are lists."""
        first, second, candidate = (
            tuple(item for value in side for item in value)
            for side in (self.first, self.second, self.candidate)
        )
        return Sides(first=first, second=second, candidate=candidate)

    def where(self, wanted: Callable[[Any], bool]) -> Sides:
        """Return only the values that are *wanted*."""
        first, second, candidate = (
            tuple(item for item in side if wanted(item)) for side in (self.first, self.second, self.candidate)
        )
        return Sides(first=first, second=second, candidate=candidate)

    def apart(self) -> bool:
        """Tell whether the two sides have no value in common."""
        return bool(self.baseline and self.candidate and not _keys(self.baseline) & _keys(self.candidate))

    def restless(self) -> bool:
        """Tell whether the baseline had nothing in common with itself, or was asked only once."""
        return not _keys(self.first) & _keys(self.second)


@dataclass(frozen=True, slots=True)
class Restless:
    """The places that change by themselves, learned from all cases of one operation and status."""

    places: set[tuple[str, str]] = field(default_factory=set)
    prefix: str = ""

    def below(self, prefix: str) -> Restless:
        """Return the same knowledge for the places whose names begin with *prefix*."""
        return Restless(self.places, prefix)

    def note(self, part: Part, pointer: str) -> None:
        """Remember that what stands there changes by itself."""
        self.places.add((part, self.prefix + pointer))

    def has(self, part: Part, pointer: str) -> bool:
        """Tell whether what stands there is known to change by itself."""
        return (part, self.prefix + pointer) in self.places


def contrast(
    sides: Sides,
    part: Part,
    restless: Restless,
    *,
    values: bool = True,
    changed: Callable[[str], bool] = lambda _: False,
) -> Iterator[Mark]:
    """Yield where the candidate's values of *sides*, each the JSON of one play, are none of the baseline's.

    What is learned of places that change by themselves is added to *restless*; without *values* only what
    they look like is compared. That goes for what was there before as well: things whose ids came from elsewhere,
    and those that were *changed* while asking; what they have become depends on all that was asked.
    """
    walk = _Walk(part=part, restless=restless, values=values, changed=changed)
    told: set[tuple[str, ...]] = set()
    for mark in walk.at("", sides):
        if mark.group not in told:
            told.add(mark.group)
            yield mark


@dataclass(slots=True, kw_only=True)
class _Walk:
    part: Part
    restless: Restless
    values: bool
    changed: Callable[[str], bool]
    history: bool = False
    left: int = _MAXIMUM_PLACES

    def at(self, pointer: str, sides: Sides) -> Iterator[Mark]:
        """Yield the marks at *pointer* and below it."""
        self.left -= 1
        if self.left < 0:
            return
        is_gone = tuple(item is MISSING for item in sides.candidate)
        was_gone = tuple(item is MISSING for item in sides.baseline)
        if all(is_gone) != all(was_gone) and not (any(is_gone) and any(was_gone)):
            yield self.mark(Kind.GONE if all(is_gone) else Kind.NEW, pointer, sides)
            return
        present = sides.where(lambda item: item is not MISSING)
        kinds = present.of(type_of)
        if kinds.apart():
            if self.history and "null" in (*kinds.baseline, *kinds.candidate):
                return
            yield replace(
                self.mark(Kind.TYPE, pointer, present),
                baseline=_each(kinds.baseline),
                candidate=_each(kinds.candidate),
            )
            return
        for kind in sorted({*kinds.baseline} & {*kinds.candidate}):
            same = present.where(partial(_is_of, kind=kind))
            if kind == "object":
                yield from self.members(pointer, same)
            elif kind == "array":
                yield from self.items(pointer, same)
            else:
                yield from self.scalar(pointer, same)

    def members(self, pointer: str, sides: Sides) -> Iterator[Mark]:
        """Yield the marks below an object."""
        before = self.history
        self.history = before or any(map(self.is_history, (*sides.baseline, *sides.candidate)))
        names = dict.fromkeys(name for item in (*sides.baseline, *sides.candidate) for name in item)
        for name in names:
            yield from self.at(join(pointer, name), sides.of(partial(_member, name=name)))
        self.history = before

    def is_history(self, value: Any) -> bool:
        """Tell whether *value* is a thing that came from elsewhere, or was changed while asking."""
        key = value.get("id") if isinstance(value, dict) and self.part is Part.BODY else None
        return isinstance(key, str) and (key == OTHER or self.changed(key))

    def items(self, pointer: str, sides: Sides) -> Iterator[Mark]:
        """Yield the marks below an array: item by item, by their ids where they have any."""
        keyed = sides.of(_keyed)
        if all(item is not None for item in (*keyed.baseline, *keyed.candidate)):
            yield from self.identified(pointer, keyed)
            return
        items = sides.each()
        if any(map(self.is_history, (*items.baseline, *items.candidate))):
            yield from self.at(join(pointer, _ANY), items)
            return
        yield from self.settled(Kind.COUNT, pointer, sides.of(len))
        shortest = min((len(item) for item in (*sides.baseline, *sides.candidate)), default=0)
        for index in range(min(shortest, _MAXIMUM_ITEMS)):
            yield from self.at(join(pointer, _ANY), sides.of(itemgetter(index)))

    def identified(self, pointer: str, keyed: Sides) -> Iterator[Mark]:
        """Yield the marks below an array whose items can be told from each other."""
        yield from self.settled(Kind.ITEMS, pointer, keyed.of(frozenset))
        everywhere = [set(item) for item in (*keyed.baseline, *keyed.candidate)]
        common = set.intersection(*everywhere) if everywhere else set[str]()
        orders = keyed.of(partial(_only, wanted=common))
        if len(common) > 1:
            yield from self.settled(Kind.ORDER, pointer, orders)
        for key in [key for key in keyed.first[0] if key in common][:_MAXIMUM_ITEMS] if keyed.first else []:
            below = keyed.of(itemgetter(key))
            if isinstance(below.first[0], dict):
                yield from self.at(join(pointer, _ANY), below)

    def settled(self, kind: Kind, pointer: str, sides: Sides) -> Iterator[Mark]:
        """Yield a mark where the baseline keeps to one thing, and the candidate to another."""
        steady = len(_keys(sides.baseline)) == 1 and len(_keys(sides.candidate)) == 1
        if sides.restless():
            self.restless.note(self.part, f"{pointer}#{kind}")
        known = self.restless.has(self.part, f"{pointer}#{kind}")
        if self.values and not self.history and steady and sides.apart() and not known:
            yield self.mark(kind, pointer, sides.of(_shown_list))

    def scalar(self, pointer: str, sides: Sides) -> Iterator[Mark]:
        """Yield the mark of a value, or of what it looks like where the value changes by itself."""
        if not sides.apart():
            if sides.restless():
                self.restless.note(self.part, pointer)
            return
        forms = sides.of(_form)
        if forms.apart() and len(sides.candidate) > 0 and not _is_chance(forms):
            texts = replace(self.mark(Kind.FORM, pointer, forms), baseline=_each(forms.baseline))
            yield replace(texts, candidate=_each(forms.candidate))
            return
        if self.changes(pointer, sides) or not self.values or self.history:
            return
        kind = Kind.PRECISION if _is_rounded(sides) else Kind.VALUE
        yield self.mark(kind, pointer, sides)

    def changes(self, pointer: str, sides: Sides) -> bool:
        """Tell whether what stands there changes by itself; a word is one of a few, and may come again."""
        texts = [item for item in sides.baseline if isinstance(item, str)]
        if texts and all(is_word(item) for item in (*texts, *sides.candidate)):
            return False
        numbers = not texts and len(_keys(sides.baseline)) > 1
        if sides.restless() or numbers or any(is_moment(item) for item in texts):
            self.restless.note(self.part, pointer)
        return self.restless.has(self.part, pointer)

    def mark(self, kind: Kind, pointer: str, sides: Sides) -> Mark:
        return Mark(
            part=self.part,
            kind=kind,
            pointer=pointer,
            baseline=_several(sides.baseline),
            candidate=_several(sides.candidate),
        )


def _form(value: Json) -> str:
    if isinstance(value, str):
        return form_of(value)
    return "a number with a fraction" if isinstance(value, float) and value % 1 else "a number"


def _is_chance(forms: Sides) -> bool:
    """Tell whether the forms may differ by chance: a number may be whole, a text may look like nothing."""
    few = min(len(forms.candidate), len(forms.baseline)) < _ENOUGH
    return few and {*forms.baseline, *forms.candidate} <= {"a number", "a number with a fraction", TEXT}


def _is_rounded(sides: Sides) -> bool:
    """Tell whether the candidate's number is the baseline's with fewer digits, rounded or cut."""
    before, after = sides.baseline[0], sides.candidate[0]
    if not isinstance(before, float) or isinstance(after, bool) or not isinstance(after, int | float):
        return False
    digits = _decimals(after)
    return digits < _decimals(before) and abs(before - after) < 10**-digits


def _decimals(number: float) -> int:
    """Return how many digits stand behind the point."""
    _, _, behind = str(number).partition(".")
    return len(behind.rstrip("0"))


def _keyed(value: list[Json]) -> dict[str, Json] | None:
    """Return the items of *value* by what tells them from each other; None when nothing does."""
    keys = [_key(item) for item in value]
    if None in keys or len(set(keys)) < len(keys):
        return None
    return dict(zip(cast("list[str]", keys), value, strict=True))


def _key(item: Json) -> str | None:
    if isinstance(item, list):
        return None
    if not isinstance(item, dict):
        return json.dumps(item)
    found = next((item[name] for name in ("id", "uuid", "key", "code", "slug") if name in item), None)
    return json.dumps(found) if isinstance(found, str | int) else None


def _keys(values: Iterable[Any]) -> set[Hashable]:
    """Return *values* as a set in which 1 and true are two."""
    return {(bool, item) if isinstance(item, bool) else item for item in values}


def _is_of(value: Any, kind: str) -> bool:
    return type_of(value) == kind


def _member(value: dict[str, Any], name: str) -> Any:
    return value.get(name, MISSING)


def _only(value: Mapping[str, Any], wanted: set[str]) -> tuple[str, ...]:
    return tuple(key for key in value if key in wanted)


def _shown_list(value: Any) -> Any:
    if isinstance(value, int):
        return value
    return [json.loads(item) for item in (sorted(value) if isinstance(value, frozenset) else value)]


def _several(values: Sequence[Any]) -> str:
    return _each("nothing" if item is MISSING else _shown(item) for item in values)


def _shown(value: Any) -> str:
    text = json.dumps(value, ensure_ascii=False, default=str)
    return text if len(text) <= _LONGEST_SHOWN else f"{text[: _LONGEST_SHOWN - 3]}..."


def _each(values: Iterable[str]) -> str:
    """Return *values* in words, each once."""
    once = list(dict.fromkeys(values))
    return " or ".join(once[:3]) + (f" or {len(once) - 3} others" if len(once) > 3 else "")
