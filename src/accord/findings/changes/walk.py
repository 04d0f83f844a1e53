"""The walk over two contracts, pair by pair of schemas: what differs at each place itself, decided once.

A pair that is met again, also inside of itself, is not walked again: two recursive schemas are the
same when no difference is found on the way (they are compared coinductively).
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from typing import TypeAlias

from accord.contract.pointer import Json
from accord.findings.changes.change import Effect, Sender
from accord.findings.changes.effort import Effort
from accord.findings.changes.node import MAXIMUM_ALTERNATIVES, Node, Schemas, Shape, TooManyAlternativesError


@dataclass(frozen=True, slots=True, kw_only=True)
class Pair:
    """Two nodes that describe the same thing, and who sends it."""

    old: Node
    new: Node
    sender: Sender


@dataclass(frozen=True, slots=True, kw_only=True)
class Step:
    """One step from a pair to one inside it.

    ``old`` and ``new`` are the shapes that it goes through; ``kind`` is ``member``, ``item``,
    ``name`` or ``extra`` (a member that nobody declared), ``key`` the member's name or the index.
    """

    kind: str
    key: str | int
    old: Shape
    new: Shape


@dataclass(frozen=True, slots=True, kw_only=True)
class Difference:
    """What differs at one place itself; ``values`` are candidates that one side may accept and the other not.

    ``keyword`` is what changed, in the words of JSON Schema; ``old_uri`` and ``new_uri`` are where.
    ``reason`` is not empty where the effect is only possible, not known. ``old_shape`` and ``new_shape`` are
    the alternatives that it is about, where it is about one. ``opens`` tells that it is about members that
    one side does not declare; ``valueless`` that no value can show it, since no validator asks for it;
    ``kinds`` are the types of the values that it is about, where it is about some types only; ``follows``
    that it is nothing by itself, but may come of what differs inside.
    """

    rule: str
    effect: Effect
    keyword: str
    old_uri: str
    new_uri: str
    old: str = ""
    new: str = ""
    name: str = ""
    values: tuple[Json, ...] = ()
    old_shape: Shape | None = None
    new_shape: Shape | None = None
    reason: str = ""
    opens: bool = False
    valueless: bool = False
    kinds: tuple[str, ...] = ()
    follows: bool = False


# What the walk asks at each pair of shapes of one type: their differences and the pairs inside.
Found: TypeAlias = Difference | tuple[Step, Pair]


@dataclass(slots=True)
class Walk:
    """Pairs that were met, with their own differences and the pairs inside them.

    ``strict`` tells that every ``oneOf`` means exactly one, not only one of scalars; ``effort`` is how much it may do.
    """

    old: Schemas
    new: Schemas
    look: Callable[[Walk, Pair], Iterator[Found]]
    unchanged: Callable[[str, str], bool] = lambda old, new: False  # noqa: ARG005
    strict: bool = False
    effort: Effort = field(default_factory=Effort)
    differences: dict[Pair, tuple[Difference, ...]] = field(default_factory=dict)
    inside: dict[Pair, tuple[tuple[Step, Pair], ...]] = field(default_factory=dict)

    def visit(self, pair: Pair) -> None:
        """Walk *pair* and all that is inside it, the nearest first; raises ``TooMuchError``."""
        waiting = [pair]
        for current in waiting:
            if current in self.differences:
                continue
            self.effort.spend(1 + len(current.old) + len(current.new))
            self.differences[current], self.inside[current] = self._looked(current)
            waiting.extend(inner for _, inner in self.inside[current])

    def _looked(self, pair: Pair) -> tuple[tuple[Difference, ...], tuple[tuple[Step, Pair], ...]]:
        if self._is_unchanged(pair):
            return (), ()
        differences: list[Difference] = []
        inside: list[tuple[Step, Pair]] = []
        try:
            for found in self.look(self, pair):
                if isinstance(found, Difference):
                    differences.append(found)
                else:
                    step, inner = found
                    old, new = self.old.direct(inner.old), self.new.direct(inner.new)
                    if old is not inner.old or new is not inner.new:
                        inner = Pair(old=old, new=new, sender=inner.sender)
                    inside.append((step, inner))
        except TooManyAlternativesError:
            self.effort.spend(MAXIMUM_ALTERNATIVES)
            differences.append(
                Difference(
                    rule="changed-schema",
                    effect=Effect.OTHER,
                    keyword="",
                    old_uri=pair.old[0] if pair.old else "",
                    new_uri=pair.new[0] if pair.new else "",
                    reason="it has too many alternatives to compare",
                )
            )
        return tuple(differences), tuple(inside)

    def _is_unchanged(self, pair: Pair) -> bool:
        return len(pair.old) == len(pair.new) and all(map(self.unchanged, pair.old, pair.new))

    def reached(self, root: Pair, effort: Effort) -> Iterator[tuple[Pair, tuple[Step, ...]]]:
        """Yield each pair that *root* reaches, with the shortest way to it, *root* itself first.

        Each takes a step of *effort*; raises ``TooMuchError``.
        """
        seen = {root}
        waiting: list[tuple[Pair, tuple[Step, ...]]] = [(root, ())]
        for pair, way in waiting:
            effort.spend()
            yield pair, way
            for step, inner in self.inside.get(pair, ()):
                if inner not in seen:
                    seen.add(inner)
                    waiting.append((inner, (*way, step)))
