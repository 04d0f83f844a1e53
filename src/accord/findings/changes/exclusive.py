"""``oneOf`` whose branches overlap: what two of them take, the whole refuses, and that can change too.

A walk reads ``oneOf`` as ``anyOf``, which is the same as long as no value fits two branches. Here it is
found where one does.
"""

from __future__ import annotations

import json
from collections.abc import Iterator
from dataclasses import dataclass, replace
from functools import partial
from itertools import combinations, islice
from typing import Any, TypeAlias, cast

from accord.contract.algebra import Answer, canonicalized, is_empty, values
from accord.contract.closure import close
from accord.contract.library import Library
from accord.contract.pointer import Json
from accord.contract.value_set import ValueSet
from accord.findings.changes.change import Effect
from accord.findings.changes.effort import CHARACTERS
from accord.findings.changes.meaning import is_round, is_told, meaning, spelled
from accord.findings.changes.node import Node, Schemas, Shape, TooManyAlternativesError, is_of_scalars
from accord.findings.changes.prove import MAXIMUM_CANDIDATES
from accord.findings.changes.sample import declared, member, required
from accord.findings.changes.walk import Difference, Pair, Walk

MAXIMUM_VALUES = 12

_FOLLOWS = (
    "branches of oneOf overlap and lead to what changed: whether other values fit two of them is not proved, "
    "because too much would have to be walked"
)

# Two branches that overlap, by what they say, and their addresses.
Shared: TypeAlias = dict[frozenset[str], tuple[str, str]]


@dataclass(frozen=True, slots=True, kw_only=True)
class Overlaps:
    """The pairs of branches that a value may fit both of; of those in ``round``, what they say has no end."""

    told: Shared
    round: frozenset[tuple[str, str]]

    @property
    def number(self) -> int:
        """Return how many pairs there are."""
        return len(self.told) + len(self.round)


def exclusions(
    walk: Walk, pair: Pair, old: tuple[Shape, ...], new: tuple[Shape, ...]
) -> Iterator[Difference]:
    """Yield that other values than before fit two branches of a ``oneOf``, where some do."""
    before, after = _shared(walk, walk.old, old), _shared(walk, walk.new, new)
    difference = Difference(
        rule="changed-union",
        effect=Effect.OTHER,
        keyword="oneOf",
        old_uri=_place(pair.old, old),
        new_uri=_place(pair.new, new),
        old=_said(before),
        new=_said(after),
        reason="branches of oneOf overlap, and no value was found that shows it",
    )
    for effect, here, there, mine, theirs, node in (
        (Effect.NARROWED, before, after, walk.old, walk.new, pair.old),
        (Effect.WIDENED, after, before, walk.new, walk.old, pair.new),
    ):
        gone = there.told.keys() - here.told.keys()
        shared = [there.told[key] for key in sorted(gone, key=sorted)]
        fitting = (value for two in shared for value in _fitting(mine, node, theirs, two))
        # More are held against nothing, and each takes long to be found.
        tries = tuple(islice(fitting, MAXIMUM_CANDIDATES))
        if tries or len(there.round) > len(here.round):
            yield replace(difference, effect=effect, values=tries)
    if before.round and len(before.round) == len(after.round):
        yield replace(difference, follows=True, reason=_FOLLOWS)


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


def _said(shared: Overlaps) -> str:
    return f"oneOf of which {shared.number} branches overlap with another" if shared.number else ""


def _place(node: Node, shapes: tuple[Shape, ...]) -> str:
    uri = next((uri for shape in shapes for uri in shape.exclusive), "")
    return f"{uri}/oneOf" if uri else node[0] if node else ""


def _shared(walk: Walk, schemas: Schemas, shapes: tuple[Shape, ...]) -> Overlaps:
    """Return the pairs of branches that a value may fit both of."""
    told: Shared = {}
    round_: set[tuple[str, str]] = set()
    for uri in dict.fromkeys(uri for shape in shapes for uri in shape.exclusive):
        found = schemas.library.once(("overlaps", uri, walk.strict), partial(_overlaps, walk, schemas, uri))
        told.update(found.told)
        round_ |= found.round
    return Overlaps(told=told, round=frozenset(round_))


def _overlaps(walk: Walk, schemas: Schemas, uri: str) -> Overlaps:
    branches = cast("list[Any]", schemas.library.object(uri)[1]["oneOf"])
    told: Shared = {}
    round_: set[tuple[str, str]] = set()
    # Where members are ignored that nobody declared, one branch of objects is enough.
    if not walk.strict and not is_of_scalars(branches):
        return Overlaps(told=told, round=frozenset())
    library = schemas.library
    addresses = [f"{uri}/oneOf/{index}" for index in range(len(branches))]
    kept = [(address, _marks(schemas, address), is_told(library, (address,))) for address in addresses]
    for (first, mine, small), (second, theirs, other) in combinations(kept, 2):
        walk.effort.spend()
        if mine is not None and theirs is not None and _apart(mine, theirs):
            continue
        if small and other and _is_disjoint(walk, library, first, second):
            continue
        if is_round(library, (first, second)):
            round_.add((first, second))
        else:
            told[frozenset(_text(schemas, item) for item in (first, second))] = (first, second)
    return Overlaps(told=told, round=frozenset(round_))


def _is_disjoint(walk: Walk, library: Library, first: str, second: str) -> bool:
    """Tell whether no value fits both; what leads back to itself is not asked, which took minutes."""
    walk.effort.spend(sum(len(spelled(library, (item,))) for item in (first, second)) // CHARACTERS)
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
