"""``oneOf`` whose branches overlap: what two of them take, the whole refuses, and that can change too.

A walk reads ``oneOf`` as ``anyOf``, which is the same as long as no value fits two branches. Here it is
found where one does.
"""

from __future__ import annotations

import json
from collections.abc import Iterator
from functools import partial
from itertools import combinations, islice
from typing import Any, TypeAlias, cast

from accord.contract.algebra import Answer, canonicalized, is_empty, values
from accord.contract.closure import close
from accord.contract.pointer import Json
from accord.contract.value_set import ValueSet
from accord.findings.changes.change import Effect
from accord.findings.changes.meaning import is_told, meaning, spelled
from accord.findings.changes.node import Node, Schemas, Shape, TooManyAlternativesError, is_of_scalars
from accord.findings.changes.sample import declared, member, required
from accord.findings.changes.walk import Difference, Pair, Walk

MAXIMUM_VALUES = 12

# Two branches that overlap, by what they say, and their addresses.
Shared: TypeAlias = dict[frozenset[str], tuple[str, str]]


def exclusions(
    walk: Walk, pair: Pair, old: tuple[Shape, ...], new: tuple[Shape, ...]
) -> Iterator[Difference]:
    """Yield that other values than before fit two branches of a ``oneOf``, where some do."""
    before, after = (
        _shared(schemas, shapes, strict=walk.strict) for schemas, shapes in ((walk.old, old), (walk.new, new))
    )
    for effect, gone, mine, theirs, node in (
        (Effect.NARROWED, after.keys() - before.keys(), walk.old, walk.new, pair.old),
        (Effect.WIDENED, before.keys() - after.keys(), walk.new, walk.old, pair.new),
    ):
        shared = [(after if effect is Effect.NARROWED else before)[key] for key in sorted(gone, key=sorted)]
        tries = [value for two in shared for value in _fitting(mine, node, theirs, two)]
        if tries:
            yield Difference(
                rule="changed-union",
                effect=effect,
                keyword="oneOf",
                old_uri=_place(pair.old, old),
                new_uri=_place(pair.new, new),
                old=_said(before),
                new=_said(after),
                values=tuple(tries),
                reason="branches of oneOf overlap, and no value was found that shows it",
            )


def _fitting(mine: Schemas, node: Node, theirs: Schemas, two: tuple[str, str]) -> Iterator[Json]:
    """Yield values of *node* that fit two branches of the other side; none only where there can be none."""
    if not (is_told(mine.library, node) and is_told(theirs.library, two)):
        yield None
        return
    parts = [close(mine.library, uri).schema for uri in node]
    parts += [close(theirs.library, uri).schema for uri in two]
    both = canonicalized({"allOf": parts})
    if is_empty(both):
        return
    yield from islice(values(both), MAXIMUM_VALUES)
    yield None


def _said(shared: Shared) -> str:
    return f"oneOf of which {len(shared)} branches overlap with another" if shared else ""


def _place(node: Node, shapes: tuple[Shape, ...]) -> str:
    uri = next((uri for shape in shapes for uri in shape.exclusive), "")
    return f"{uri}/oneOf" if uri else node[0] if node else ""


def _shared(schemas: Schemas, shapes: tuple[Shape, ...], *, strict: bool) -> Shared:
    """Return the pairs of branches, as texts, that a value may fit both of, and their addresses."""
    found: Shared = {}
    for uri in dict.fromkeys(uri for shape in shapes for uri in shape.exclusive):
        found.update(
            schemas.library.once(("overlaps", uri, strict), partial(_overlaps, schemas, uri, strict=strict))
        )
    return found


def _overlaps(schemas: Schemas, uri: str, *, strict: bool) -> Shared:
    branches = cast("list[Any]", schemas.library.object(uri)[1]["oneOf"])
    if not strict and not is_of_scalars(branches):
        return {}
    addresses = [f"{uri}/oneOf/{index}" for index in range(len(branches))]
    kept = [(address, _marks(schemas, address)) for address in addresses]
    found: Shared = {}
    for (first, mine), (second, theirs) in combinations(kept, 2):
        if mine is not None and theirs is not None and _apart(mine, theirs):
            continue
        if not _is_disjoint(schemas, first, second):
            found[frozenset(_text(schemas, item) for item in (first, second))] = (first, second)
    return found


def _is_disjoint(schemas: Schemas, first: str, second: str) -> bool:
    """Tell whether no value fits both; what leads back to itself is not asked, which took minutes."""
    library = schemas.library
    if not (is_told(library, (first,)) and is_told(library, (second,))):
        return False
    decision = ValueSet(library=library, uri=first).disjoint(ValueSet(library=library, uri=second))
    return decision.answer is Answer.YES


def _text(schemas: Schemas, address: str) -> str:
    """Return what says of the branch at *address*: its values in any spelling, where that is known."""
    return meaning(schemas.library, (address,)) or spelled(schemas.library, (address,)) or address


def _marks(schemas: Schemas, address: str) -> list[tuple[str, dict[str, frozenset[str]]]] | None:
    """Return, for each alternative of a branch, its type and the constants that its members must have."""
    try:
        return [(shape.type, dict(_constants(schemas, shape))) for shape in schemas.shapes((address,))]
    except TooManyAlternativesError:
        return None


def _constants(schemas: Schemas, shape: Shape) -> Iterator[tuple[str, frozenset[str]]]:
    if shape.type != "object":
        return
    needed = set(required(shape))
    for name in declared(shape):
        node = member(shape, name)
        if name in needed and node:
            inner = schemas.shapes(node)
            if all(item.members is not None for item in inner):
                yield name, frozenset(json.dumps(value) for item in inner for value in item.members or ())


def _apart(
    mine: list[tuple[str, dict[str, frozenset[str]]]], theirs: list[tuple[str, dict[str, frozenset[str]]]]
) -> bool:
    """Tell whether types and constants alone keep two branches apart."""
    return all(
        kind != other or any(said.isdisjoint(others[name]) for name, said in held.items() if name in others)
        for kind, held in mine
        for other, others in theirs
    )
