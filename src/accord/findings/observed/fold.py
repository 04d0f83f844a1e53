"""The fold of many values of one place into its count: column by column, at the speed of a parser.

The objects of a batch that have the same members are turned into columns, one for each member. What is
asked of a column, its types, its lengths, is then asked at once and not value by value.
"""

from __future__ import annotations

import json
from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from itertools import chain
from typing import Any, TypeAlias

from accord.contract.pointer import Json
from accord.exchange.secrets import MASK
from accord.findings.observed.count import Count, undeclared
from accord.findings.observed.place import ANYTHING, Atlas, Place, Variant

DEEPEST = 64
"""Values are looked at as deep as this."""
STRAY_LEVELS = 2
"""From an undeclared member on, this many levels of objects are looked at."""
WHOLLY = 1_000
"""Where values can only be judged one by one, so many of a place are."""
SAMPLE = 64
"""After these, those of one of so many batches are."""

_KINDS = {
    type(None): "null",
    bool: "boolean",
    int: "integer",
    float: "number",
    str: "string",
    list: "array",
    dict: "object",
}
_NULL = type(None)
_JUDGED = frozenset({str, int, float})
_A_LIST = Place(uris=("",))
_Above: TypeAlias = tuple[tuple[Place, Count], ...]


@dataclass(frozen=True, slots=True)
class Fold:
    """Counts values by the places of *atlas*.

    What can only be judged one by one, such as a format, is judged for *wholly* values of a place, and
    then for those of one of *sample* batches.
    """

    atlas: Atlas
    wholly: int = WHOLLY
    sample: int = SAMPLE

    def take(self, place: Place, count: Count, values: Sequence[Any], above: _Above = ()) -> None:
        """Add *values*, parsed JSON that came at *place*, to *count*; *above* are the places on the way."""
        if not values:
            return
        number = len(values)
        count.seen += number
        kind = _kind_of_all(values)
        if kind is None:
            values = [item for item in values if item is not None]
            if len(values) < number:
                _nulls(place, count, number - len(values))
                kind = _kind_of_all(values)
        if kind is None:
            for one in set(map(type, values)):
                self._of_kind(place, count, one, [item for item in values if item.__class__ is one], above)
        elif kind is _NULL:
            _nulls(place, count, number)
        elif kind is str and place.textual:
            # Most values are texts: these have the shortest way, without another call.
            count.kinds["string"] = count.kinds.get("string", 0) + len(values)
            if not place.fixed:
                _measure(place, count, values)
            if place.sampled and self._is_due(count, len(values)):
                self._judge(place, count, values)
        else:
            self._of_kind(place, count, kind, values, above)

    def _of_kind(self, place: Place, count: Count, kind: type, values: Sequence[Any], above: _Above) -> None:
        name = _KINDS[kind]
        if kind is float and place.whole:
            # JSON Schema, core 4.2.3: 1.0 is an integer.
            whole = sum(map(float.is_integer, values))
            _more(count.kinds, "integer", whole)
            _more(count.kinds, name, len(values) - whole)
            return
        _more(count.kinds, name, len(values))
        if kind is dict:
            self._objects(place, count, values, above)
        elif kind is list:
            self._arrays(place, count, values, above)
        elif name in place.kinds:
            if place.values is not None:
                _listed(place, count, values)
            elif kind is str:
                _measure(place, count, values)
            elif kind is int or kind is float:
                count.extend("number", min(values), max(values))
            if place.sampled and kind in _JUDGED and self._is_due(count, len(values)):
                self._judge(place, count, values)

    def _judge(self, place: Place, count: Count, values: Sequence[Any]) -> None:
        count.sampled += len(values)
        for is_valid in self.atlas.judges(place.uris):
            wrong = [item for item in values if not is_valid(item) and not _is_masked(item)]
            if wrong:
                count.fault(len(wrong), min(map(_text, wrong)))
                return

    def _is_due(self, count: Count, number: int) -> bool:
        """Tell whether *number* values are to be judged one by one."""
        return count.sampled < self.wholly or not count.seen // number % self.sample

    def _arrays(self, place: Place, count: Count, values: Sequence[Any], above: _Above) -> None:
        lengths = list(map(len, values))
        count.extend("items", min(lengths), max(lengths))
        if max(lengths) == 0 or not self._goes_below(place, above):
            return
        below = self.atlas.place(place.items) if place.items else ANYTHING
        path = (*above, (place if place.uris else _A_LIST, count))
        target = _known(below, path)
        if target is None:
            target = count.items = count.items or _below(place)
        self.take(below, target, list(chain.from_iterable(values)), path)

    def _objects(self, place: Place, count: Count, values: Sequence[Any], above: _Above) -> None:
        if place.variants:
            self._united(place, count, values, above)
        elif not self._goes_below(place, above):
            return
        elif place.others and not place.members:
            column = list(chain.from_iterable(map(dict.values, values)))
            self._others(place, count, column, (*above, (place, count)))
        elif place.members or not place.free or place is ANYTHING:
            self._columns(place, count, values, above)

    def _goes_below(self, place: Place, above: _Above) -> bool:
        """Tell whether what stands below is looked at: what nobody declared, a few levels only."""
        if len(above) >= DEEPEST:
            return False
        return bool(place.uris) or sum(not parent.uris for parent, _ in above) < STRAY_LEVELS

    def _columns(self, place: Place, count: Count, values: Sequence[Any], above: _Above) -> None:
        path = (*above, (place, count))
        others: list[Any] = []
        presence, routes = count.presence, count.routes
        for name, column in _by_name(values).items():
            if name in routes:
                presence[name] += len(column)
            elif name in place.members:
                presence[name] = presence.get(name, 0) + len(column)
                below = self.atlas.place(place.members[name])
                routes[name] = (below, _known(below, path) or count.member(name))
            else:
                if place.others:
                    others.extend(column)
                elif not place.free or place is ANYTHING:
                    self._strays(count, name, column, path)
                continue
            below, target = routes[name]
            self.take(below, target, column, path)
        self._others(place, count, others, path)

    def _strays(self, count: Count, name: str, column: Sequence[Any], path: _Above) -> None:
        found = count.stray(name, len(column))
        if found is not None:
            self.take(ANYTHING, found, column, path)

    def _others(self, place: Place, count: Count, values: Sequence[Any], path: _Above) -> None:
        if values and place.others:
            below = self.atlas.place(place.others)
            target = _known(below, path)
            if target is None:
                target = count.others = count.others or Count()
            self.take(below, target, values, path)

    def _united(self, place: Place, count: Count, values: Sequence[Any], above: _Above) -> None:
        """Count each object as the variant that it is."""
        found: dict[str, tuple[Variant, list[Any]]] = {}
        chosen = _Choice(self.atlas, place)
        for item in values:
            variant = chosen.variant(item)
            if variant is None:
                count.unmatched += 1
            else:
                found.setdefault(variant.uri, (variant, []))[1].append(item)
        for variant, objects in found.values():
            below = self.atlas.variant(variant)
            path = (*above, (place, count))
            target = _known(below, path) or count.variant(variant.name)
            target.seen += len(objects)
            target.kinds["object"] = target.of("object") + len(objects)
            self._objects(below, target, objects, path)


class _Choice:
    """Chooses the variant of a union that an object is: by its tag, its members, or what its schema says."""

    def __init__(self, atlas: Atlas, place: Place) -> None:
        self._atlas = atlas
        self._tag = place.discriminant
        self._tags = {tag: item for item in place.variants for tag in item.tags}
        self._known = [(item, atlas.variant(item)) for item in place.variants]
        self._shapes: dict[tuple[str, ...], list[Variant]] = {}

    def variant(self, value: dict[str, Any]) -> Variant | None:
        if self._tag is not None:
            tag = value.get(self._tag)
            return self._tags.get(tag) if isinstance(tag, str) else None
        shape = tuple(value)
        fitting = self._shapes.get(shape)
        if fitting is None:
            # Many shapes can only come of names that are data; they are not kept.
            fitting = self._fitting(set(shape))
            if len(self._shapes) < 1_000:
                self._shapes[shape] = fitting
        if len(fitting) == 1:
            return fitting[0]
        return next((item for item in fitting if self._atlas.is_valid((item.uri,), value)), None)

    def _fitting(self, names: set[str]) -> list[Variant]:
        """Return the variants whose required members are there, and nothing that they forbid."""
        return [
            item
            for item, place in self._known
            if place.required <= names and (place.others is not None or names <= place.members.keys())
        ]


def _below(place: Place) -> Count:
    """Return a new count for what stands below *place*; below what nobody declared less is kept."""
    return Count() if place.uris else undeclared()


def _known(place: Place, above: _Above) -> Count | None:
    """Return the count of *place* where it stands *above* already: what a schema holds of itself is one place."""
    if not place.nested:
        return None
    for known, count in above:
        if known is place:
            return count
    return None


def _kind_of_all(values: Sequence[Any]) -> type | None:
    """Return the type that all of *values* have, None where they have several.

    It is asked in the cheapest way that there is: values that are null compare by identity, and what
    joins texts takes nothing else.
    """
    first = values[0]
    kind: type = first.__class__
    if first is None:
        return kind if values[-1] is None and values.count(None) == len(values) else None
    if kind is str:
        try:
            "".join(values)
        except TypeError:
            return None
        return kind
    types = [*map(type, values)]
    return kind if types.count(kind) == len(types) else None


def _by_name(values: Sequence[dict[str, Any]]) -> dict[str, Sequence[Any]]:
    """Return what objects have, by the name of the member."""
    shapes = [*map(list, values)]
    # The names of equal shapes are the same objects as a rule, which compare faster than they hash.
    if shapes.count(shapes[0]) == len(shapes):
        return dict(zip(shapes[0], _columns(values), strict=True))
    groups: dict[tuple[str, ...], list[dict[str, Any]]] = {}
    for value in values:
        groups.setdefault((*value,), []).append(value)
    columns: dict[str, list[Any]] = {}
    for shape, group in groups.items():
        for name, column in zip(shape, _columns(group), strict=True):
            known = columns.setdefault(name, column)
            if known is not column:
                known.extend(column)
    return dict(columns)


def _columns(group: Sequence[dict[str, Any]]) -> list[list[Any]]:
    """Return what objects of one shape have, member by member; each object is walked through once."""
    width = len(group[0])
    flat = [*chain.from_iterable(map(dict.values, group))]
    return [flat[index::width] for index in range(width)]


def _more(counts: dict[str, int], name: str, number: int) -> None:
    if number:
        counts[name] = counts.get(name, 0) + number


def _nulls(place: Place, count: Count, number: int) -> None:
    _more(count.kinds, "null", number)
    if place.values is not None and place.nullable:
        _listed(place, count, (None,), number)


def _measure(place: Place, count: Count, values: Sequence[str]) -> None:
    """Widen the range of lengths, but for what stands in the place of a secret where a bound is to be held."""
    lengths = set(map(len, values))
    if place.bounds and len(MASK) in lengths and MASK in values:
        lengths = {len(item) for item in values if item != MASK}
    if lengths:
        least, most = min(lengths), max(lengths)
        extent = count.extents.get("length")
        if extent is None or least < extent.least or most > extent.most:
            count.extend("length", least, most)


def _is_masked(value: Json) -> bool:
    return isinstance(value, str) and MASK in value


def _listed(place: Place, count: Count, column: Sequence[Any], times: int = 1) -> None:
    """Count *column*, each value so many *times*, where the contract lists values."""
    first = column[0]
    if len(place.listing) == 1 and first.__class__ is str and column.count(first) == len(column):
        counted: Mapping[Any, int] = {first: len(column)}
    else:
        counted = Counter(column)
    for item, number in counted.items():
        text = place.listing.get((item.__class__ is bool, item))
        if text is not None:
            count.values[text] = count.values.get(text, 0) + number * times
        elif not _is_masked(item):
            count.unknown.add(_text(item), number * times)


def _text(value: Json) -> str:
    return json.dumps(value, ensure_ascii=False)
