"""Alternatives of one type on two sides: which of them became which."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator
from itertools import zip_longest

from accord.contract.pointer import Json
from accord.findings.changes.effort import CHARACTERS
from accord.findings.changes.meaning import meaning
from accord.findings.changes.node import Schemas, Shape
from accord.findings.changes.sample import declared, required
from accord.findings.changes.value import same
from accord.findings.changes.walk import Walk

# An object of which none of these says more, and that has some value, must have the members that are required, and
# no others.
_MORE = frozenset({"not", "if", "enum", "const", "dependentRequired", "dependentSchemas", "minProperties"})
_MORE |= {"maxProperties", "propertyNames", "patternProperties", "unevaluatedProperties", "$dynamicRef"}


def matched(walk: Walk, old: list[Shape], new: list[Shape]) -> Iterator[tuple[Shape | None, Shape | None]]:
    """Yield which alternative became which: the same values, what names them, what tells them apart, likeness."""
    if len(old) == len(new) == 1:
        yield old[0], new[0]
        return
    left, right = list(old), list(new)
    for likeness, alone in _LIKENESSES:
        for before, after in _like(likeness, walk, left, right, alone=alone):
            yield before, after
            left = [item for item in left if item is not before]
            right = [item for item in right if item is not after]
        if likeness is _values:
            left, right = _once(walk.old, old, left), _once(walk.new, new, right)
    if len(left) == len(right) == 1:
        yield left[0], right[0]
        return
    walk.effort.spend(len(left) * len(right))
    for before, after in _alike(left, right):
        yield before, after
        left = [item for item in left if item is not before]
        right = [item for item in right if item is not after]
    yield from zip_longest(left, (), fillvalue=None)
    yield from ((None, after) for after in right)


def _like(
    likeness: Callable[[Schemas, Shape], str],
    walk: Walk,
    old: list[Shape],
    new: list[Shape],
    *,
    alone: bool,
) -> list[tuple[Shape, Shape]]:
    """Return the pairs whose *likeness* is the same text, each alternative once; *alone*, only without doubt."""
    if not old or not new:
        return []
    befores, afters = _by(likeness, walk.old, old), _by(likeness, walk.new, new)
    walk.effort.spend(sum(len(said) // CHARACTERS + 1 for said in (*befores, *afters)))
    return [
        pair
        for said, items in befores.items()
        if not alone or len(items) == len(afters.get(said, ())) == 1
        for pair in zip(items, afters.get(said, ()), strict=False)
    ]


def _by(
    likeness: Callable[[Schemas, Shape], str], schemas: Schemas, shapes: list[Shape]
) -> dict[str, list[Shape]]:
    found: dict[str, list[Shape]] = {}
    for shape in shapes:
        found.setdefault(likeness(schemas, shape), []).append(shape)
    found.pop("", None)
    return found


def _once(schemas: Schemas, every: list[Shape], left: list[Shape]) -> list[Shape]:
    """Return those *left* whose values no alternative has that was matched, which one like it in a union may be."""
    told = [(item, said) for item in left if (said := _values(schemas, item))]
    if not told:
        return left
    gone = {
        _values(schemas, item)
        for item in every
        if not any(item is other for other in left) and not all(_is_apart(item, other) for other, _ in told)
    }
    doubled = [item for item, said in told if said in gone]
    return [item for item in left if not any(item is other for other in doubled)]


def _is_apart(one: Shape, other: Shape) -> bool:
    """Tell whether it is seen at once that two alternatives that take some value do not take the same ones."""
    if one.type != other.type or one.type != "object":
        return one.type != other.type
    if any(item.schema.keys() & _MORE for shape in (one, other) for item in shape.conjuncts):
        return False
    mine, theirs = dict(_constant_members(one)), dict(_constant_members(other))
    return set(required(one)) != set(required(other)) or any(
        not same(mine[name], theirs[name]) for name in mine.keys() & theirs.keys()
    )


def _values(schemas: Schemas, shape: Shape) -> str:
    """Return what says of the alternative's values, in any spelling, empty where that costs too much."""
    uris = tuple(item.uri for item in shape.conjuncts)
    return meaning(schemas.library, uris, shape.type, unfolded=True)


def _alike(old: list[Shape], new: list[Shape]) -> list[tuple[Shape, Shape]]:
    """Return which objects have most of their members in common, the most alike first."""
    scored = []
    for first, before in enumerate(old):
        for second, after in enumerate(new):
            share = _share(before, after)
            if share > 0.5:
                scored.append((-share, first + second, abs(first - second), first, second))
    found: dict[int, int] = {}
    for *_, first, second in sorted(scored):
        if first not in found and second not in found.values():
            found[first] = second
    return [(old[first], new[second]) for first, second in found.items()]


def _share(one: Shape, other: Shape) -> float:
    """Return how much of the members that two objects declare is common to them; 0 for other values."""
    mine, theirs = set(declared(one)), set(declared(other))
    if one.type != "object" or not mine or _constants(one) != _constants(other):
        return 0.0
    return len(mine & theirs) / len(mine | theirs)


def _needed(_: Schemas, shape: Shape) -> str:
    """Return the names of the members that an object must have, empty without any."""
    names = required(shape) if shape.type == "object" and not _constants(shape) else ()
    return json.dumps(sorted(names)) if names else ""


def _tags(_: Schemas, shape: Shape) -> str:
    return _constants(shape)


def _constants(shape: Shape) -> str:
    """Return the constants that tell an object from its siblings, as text; empty without any."""
    found = sorted((name, json.dumps(value)) for name, value in _constant_members(shape))
    return json.dumps(found) if found else ""


def _constant_members(shape: Shape) -> Iterator[tuple[str, Json]]:
    """Yield the members that have one value only, and that."""
    for name in declared(shape) if shape.type == "object" else ():
        for conjunct in shape.conjuncts:
            schema = (conjunct.schema.get("properties") or {}).get(name)
            if isinstance(schema, dict) and ("const" in schema or len(schema.get("enum") or ()) == 1):
                yield name, schema["const"] if "const" in schema else schema["enum"][0]


def _called(_: Schemas, shape: Shape) -> str:
    """Return the name of the definition that a branch refers to, empty for one written in place."""
    pointer = shape.branch.partition("#")[2]
    steps = pointer.split("/")
    inline = len(steps) > 1 and steps[-2] in ("anyOf", "oneOf")
    return "" if inline or not shape.branch else steps[-1]


def _likely(_: Schemas, shape: Shape) -> str:
    """Return what a shape is about: the names of its members, or what it says of its values."""
    if shape.type == "object":
        return json.dumps(sorted(declared(shape)))
    if shape.type == "array":
        return "array"
    return json.dumps([dict(item.schema) for item in shape.conjuncts], sort_keys=True, default=str)


# The surest first; True where what several alternatives share tells none of them from the others. A definition
# that has kept its name is the same one, although another may say the same.
_LIKENESSES = (
    (_called, True),
    (_values, False),
    (_tags, True),
    (_called, False),
    (_likely, False),
    (_needed, False),
)
