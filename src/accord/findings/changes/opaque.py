"""Keywords whose meaning has no simple parts: ``not``, ``if``, ``contains`` and the like."""

from __future__ import annotations

import json
from collections.abc import Iterator
from contextlib import suppress

from accord.contract.library import Library
from accord.contract.pointer import Json
from accord.contract.traversal import reference
from accord.findings.changes.change import Effect
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
_SILENT = frozenset({"description", "title", "example", "examples", "default", "deprecated", "$comment"})
_MAXIMUM_DEPTH = 24
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
        before, after = (_said(side, shape, keyword) for side, shape in ((walk.old.library, old), (walk.new.library, new)))
        if before != after and rule not in told:
            told.add(rule)
            yield Difference(
                rule=rule,
                effect=Effect.OTHER,
                keyword=keyword,
                old_uri=_place(old, keyword),
                new_uri=_place(new, keyword),
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
        yield from ({name: value} for name in names for value in ("a", 1, None))


def _place(shape: Shape, keyword: str) -> str:
    return next((conjunct.below(keyword) for conjunct, _ in shape.all(keyword)), shape.uri)


def _said(library: Library, shape: Shape, keyword: str) -> tuple[str, ...]:
    return tuple(
        sorted(
            {
                json.dumps(plain(library, conjunct.below(keyword), value, 0), sort_keys=True)
                for conjunct, value in shape.all(keyword)
            }
        )
    )


def plain(library: Library, uri: str, value: Json, depth: int) -> Json:
    """Return *value* with its references resolved, as deep as anybody writes, and without what only people read."""
    if isinstance(value, list):
        return [plain(library, f"{uri}/{index}", item, depth) for index, item in enumerate(value)]
    if not isinstance(value, dict):
        return value
    target = reference(value)
    if target is not None and depth < _MAXIMUM_DEPTH:
        address = library.resolve(uri, target)
        inner = plain(library, address, library.lookup(address), depth + 1)
        rest = {key: item for key, item in value.items() if key != "$ref" and key not in _SILENT}
        return {"allOf": [inner, rest]} if rest else inner
    return {
        key: plain(library, f"{uri}/{key}", item, depth) for key, item in value.items() if key not in _SILENT
    }


def _short(said: tuple[str, ...]) -> str:
    text = " and ".join(said)
    return text if len(text) <= 120 else f"{text[:100]}..."  # noqa: PLR2004 - one line of a terminal
