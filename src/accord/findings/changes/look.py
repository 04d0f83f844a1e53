"""What differs at one pair of schemas: its types, its alternatives, and the parts of each."""

from __future__ import annotations

import json
from collections.abc import Iterator
from typing import Final

from accord.contract.pointer import Json
from accord.findings.changes.alternative import matched
from accord.findings.changes.annotation import unasked
from accord.findings.changes.change import Effect
from accord.findings.changes.composite import objects
from accord.findings.changes.deprecation import announcements
from accord.findings.changes.discriminator import discriminators
from accord.findings.changes.exclusive import exclusions
from accord.findings.changes.leaf import leaves
from accord.findings.changes.node import TYPES, Schemas, Shape
from accord.findings.changes.opaque import opaque
from accord.findings.changes.sample import Sampler, UnbuildableError
from accord.findings.changes.sequence import arrays
from accord.findings.changes.value import same
from accord.findings.changes.walk import Difference, Found, Pair, Walk


def look(walk: Walk, pair: Pair) -> Iterator[Found]:
    """Yield the differences of *pair* itself and the pairs inside it."""
    old, new = walk.old.shapes(pair.old), walk.new.shapes(pair.new)
    walk.effort.spend(sum(len(shape.conjuncts) for shape in (*old, *new)))
    before, after = _by_type(old), _by_type(new)
    yield from _types(walk, pair, before, after)
    for kind in TYPES:
        if kind in before and kind in after:
            yield from _alternatives(walk, pair, before[kind], after[kind])
    yield from exclusions(walk, pair, old, new)
    yield from announcements(walk, pair)


def _by_type(shapes: tuple[Shape, ...]) -> dict[str, list[Shape]]:
    found: dict[str, list[Shape]] = {}
    for shape in shapes:
        found.setdefault(shape.type, []).append(shape)
    return found


def _types(
    walk: Walk, pair: Pair, before: dict[str, list[Shape]], after: dict[str, list[Shape]]
) -> Iterator[Difference]:
    """Yield what types are no longer allowed, and which are newly so."""
    for effect, here, there, sampler in (
        (Effect.NARROWED, before, after, Sampler(walk.old)),
        (Effect.WIDENED, after, before, Sampler(walk.new)),
    ):
        gone = [kind for kind in TYPES if kind in here and kind not in there]
        if gone:
            values = [value for kind in gone for value in _sampled(sampler, here[kind])]
            yield Difference(
                rule="changed-type",
                effect=effect,
                keyword="type",
                old_uri=_place(pair.old, before),
                new_uri=_place(pair.new, after),
                old=_names(before),
                new=_names(after),
                values=tuple(values),
                kinds=tuple(gone),
            )


def _place(node: tuple[str, ...], shapes: dict[str, list[Shape]]) -> str:
    return (
        node[0] if node else next((item.uri for group in shapes.values() for item in group if item.uri), "")
    )


def _names(shapes: dict[str, list[Shape]]) -> str:
    words = [
        "integer" if kind == "number" and all(item.integer for item in shapes[kind]) else kind
        for kind in TYPES
        if kind in shapes
    ]
    return " or ".join(words) if len(words) < len(TYPES) else "any type"


def _sampled(sampler: Sampler, shapes: list[Shape]) -> list[Json]:
    found: list[Json] = []
    for shape in shapes:
        try:
            found.append(sampler.of(shape))
        except UnbuildableError:
            continue
    return found


def _alternatives(walk: Walk, pair: Pair, old: list[Shape], new: list[Shape]) -> Iterator[Found]:
    """Yield what differs between the alternatives of one type, each held against the one that it became."""
    for before, after in matched(walk, old, new):
        if before is not None and after is not None:
            yield from _same_type(walk, pair, before, after)
        elif before is not None:
            yield from _lost(walk, pair, before, new, Effect.NARROWED)
        elif after is not None:
            yield from _lost(walk, pair, after, old, Effect.WIDENED)


def _same_type(walk: Walk, pair: Pair, old: Shape, new: Shape) -> Iterator[Found]:
    if old.members is not None or new.members is not None:
        yield from _members(walk, old, new)
        return
    match old.type:
        case "string" | "number":
            yield from leaves(old, new)
        case "array":
            yield from arrays(walk, pair, old, new)
        case "object":
            yield from objects(walk, pair, old, new)
            yield from discriminators(walk, old, new)
    yield from opaque(walk, old, new)
    yield from unasked(pair, old, new)


_ODD: Final[tuple[Json, ...]] = ("another value", 0, 1, True, False, {}, [])


def _members(walk: Walk, old: Shape, new: Shape) -> Iterator[Difference]:
    """Yield how two lists of values differ, of which one may be no list but every value of the type."""
    for effect, here, there, schemas in (
        (Effect.NARROWED, old, new, walk.old),
        (Effect.WIDENED, new, old, walk.new),
    ):
        if there.members is None:
            gone = tuple(
                item for item in here.members or () if not schemas_of(walk, effect).takes(there, item)
            )
            if not gone:
                continue
            values = gone
        elif here.members is None:
            values = tuple(
                value
                for value in (*_sampled(Sampler(schemas), [here]), *_ODD)
                if not any(same(value, item) for item in there.members)
            )
        else:
            values = tuple(
                item for item in here.members if not any(same(item, other) for other in there.members)
            )
            if not values:
                continue
        yield Difference(
            rule="changed-enum",
            effect=effect,
            keyword="enum",
            old_uri=_enumerated(old),
            new_uri=_enumerated(new),
            old=_listed(old),
            new=_listed(new),
            values=values,
            old_shape=old,
            new_shape=new,
        )


def schemas_of(walk: Walk, effect: Effect) -> Schemas:
    """Return the schemas that should take what the others do."""
    return walk.new if effect is Effect.NARROWED else walk.old


def _enumerated(shape: Shape) -> str:
    for keyword in ("enum", "const"):
        for conjunct, _ in shape.all(keyword):
            return conjunct.below(keyword)
    return shape.uri


def _listed(shape: Shape) -> str:
    if shape.members is None:
        return f"any {shape.type}"
    return ", ".join(json.dumps(item, ensure_ascii=False) for item in shape.members)


def _lost(walk: Walk, pair: Pair, shape: Shape, others: list[Shape], effect: Effect) -> Iterator[Difference]:
    """Yield that an alternative has gone, or come; whether the *others* take its values is for the proof to say."""
    sampler = Sampler(walk.old if effect is Effect.NARROWED else walk.new)
    mine, theirs = (pair.old, pair.new) if effect is Effect.NARROWED else (pair.new, pair.old)
    here = shape.uri or (mine[0] if mine else "")
    there = theirs[0] if theirs else (others[0].uri if others else "")
    old, new = (here, there) if effect is Effect.NARROWED else (there, here)
    yield Difference(
        rule="changed-union",
        effect=effect,
        keyword="anyOf",
        old_uri=old,
        new_uri=new,
        old=_short(shape) if effect is Effect.NARROWED else "",
        new=_short(shape) if effect is Effect.WIDENED else "",
        values=tuple(_sampled(sampler, [shape])),
        old_shape=shape if effect is Effect.NARROWED else None,
        new_shape=shape if effect is Effect.WIDENED else None,
    )


def _short(shape: Shape) -> str:
    return shape.branch.rpartition("/")[2] if shape.branch else shape.type
