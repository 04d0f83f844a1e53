"""Keywords whose meaning has no simple parts: ``not``, ``if``, ``contains`` and the like."""

from __future__ import annotations

import json
from collections.abc import Iterator
from contextlib import suppress

from accord.contract.library import Library
from accord.contract.pointer import Json
from accord.findings.changes.change import Effect
from accord.findings.changes.meaning import meaning, spelled
from accord.findings.changes.node import Shape
from accord.findings.changes.sample import Sampler, UnbuildableError, declared
from accord.findings.changes.walk import Difference, Walk

KEYWORDS = {
    "not": "changed-not",
    "if": "changed-condition",
    "then": "changed-condition",
    "else": "changed-condition",
    "contains": "changed-contains",
    "minContains": "changed-contains",
    "maxContains": "changed-contains",
    "dependentSchemas": "changed-dependent-schemas",
    "unevaluatedItems": "changed-unevaluated-items",
    "$dynamicRef": "changed-schema",
}
_NAMED = frozenset({"dependentSchemas"})
_OF_TYPE: dict[str, tuple[Json, ...]] = {
    "null": (None,),
    "boolean": (True, False),
    "number": (0, 1, -1, 0.5, 2, 10, 100),
    "string": ("", "a", "text", "0", "A"),
    "array": ([], ["a"], [0], [None], ["a", "b"], [0, 1, 2]),
    "object": ({}, {"undeclared": 0}),
}


def opaque(walk: Walk, old: Shape, new: Shape) -> Iterator[Difference]:
    """Yield each of these keywords that does not say the same on both sides."""
    told: set[str] = set()
    for keyword, rule in KEYWORDS.items():
        before, after = (
            _said(side, shape, keyword) for side, shape in ((walk.old.library, old), (walk.new.library, new))
        )
        if before.keys() != after.keys() and rule not in told and not _is_unchanged(walk, old, new, keyword):
            told.add(rule)
            yield Difference(
                rule=rule,
                effect=Effect.OTHER,
                keyword=keyword,
                old_uri=old.at(keyword),
                new_uri=new.at(keyword),
                old=_short(before),
                new=_short(after),
                values=tuple(_values(walk, old, new)),
                old_shape=old,
                new_shape=new,
            )


def _values(walk: Walk, old: Shape, new: Shape) -> Iterator[Json]:
    """Yield values of the type of both shapes, of which one may show what changed."""
    for schemas, shape in ((walk.old, old), (walk.new, new)):
        sampler = Sampler(schemas)
        with suppress(UnbuildableError):
            yield sampler.of(shape)
    yield from _OF_TYPE[old.type]
    if old.type == "object":
        names = [*declared(old), *declared(new)]
        tried: tuple[Json, ...] = ("a", 1, None)
        yield from ({name: value} for name in names for value in tried)


def _said(library: Library, shape: Shape, keyword: str) -> dict[str, str]:
    """Return what *keyword* says, each by what it means; what cannot be told by that, by where it stands."""
    found: dict[str, str] = {}
    for conjunct, value in shape.all(keyword):
        # What true and false say of further items is told where items are.
        if keyword == "unevaluatedItems" and isinstance(value, bool):
            continue
        places = {(): value} if keyword not in _NAMED else {(name,): item for name, item in value.items()}
        for steps, item in places.items():
            uri = conjunct.below(keyword, *steps)
            text = json.dumps(item, sort_keys=True)
            if isinstance(item, dict | bool):
                shown = spelled(library, (uri,))
                found["".join(steps) + (meaning(library, (uri,)) or shown or uri)] = shown or text
            else:
                found[text] = text
    return found


def _is_unchanged(walk: Walk, old: Shape, new: Shape, keyword: str) -> bool:
    before, after = ([item.below(keyword) for item, _ in shape.all(keyword)] for shape in (old, new))
    return len(before) == len(after) and all(map(walk.unchanged, before, after))


def _short(said: dict[str, str]) -> str:
    text = " and ".join(sorted(said.values()))
    return text if len(text) <= 120 else f"{text[:100]}..."
