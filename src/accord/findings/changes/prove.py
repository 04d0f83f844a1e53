"""From a difference to a verdict: the value that shows it, lifted to a whole body or message, and judged."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass, field, replace
from typing import TypeAlias

from accord.cases.request import Request
from accord.contract import pointer as pointers
from accord.contract.pointer import Json
from accord.findings.changes.change import Answered, Delivered, Effect, Sender, Verdict, Witness, breaks
from accord.findings.changes.judge import Judge
from accord.findings.changes.language import Texts, texts_of
from accord.findings.changes.node import Node, Schemas, Shape, TooManyAlternativesError
from accord.findings.changes.sample import Sampler, UnbuildableError, item, member
from accord.findings.changes.walk import Difference, Pair, Step, Walk

MAXIMUM_CANDIDATES = 24
_UNBUILT = "no value was found for all that a whole one needs"
MAXIMUM_ROOTS = 6
"""Through how many roots a difference is tried to be proven: what one hides, another shows."""

Whole: TypeAlias = Request | Answered | Delivered
"""All that carries a value over HTTP."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Root:
    """A whole thing that is sent: a body, a parameter, a header, a message; ``name`` is how it is told.

    ``lift`` puts a value of it into a whole request or response, or raises ``UnbuildableError``; it is None
    where HTTP carries none. ``written`` tells that it is sent as a text, of which a reader makes what he can:
    there a value shows nothing unless the whole does.
    """

    name: str
    pair: Pair
    lift: Callable[[Json], Whole] | None = field(default=None, compare=False)
    written: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class Proof:
    """What is proven of a difference: the verdict, and the value that shows it or the reason why none does."""

    verdict: Verdict
    witness: Witness | None = None
    reason: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Prover:
    """Judges differences of one *walk*; the judges are those of the two contracts for one sender.

    ``shows`` tells whether a value, as a whole that one contract takes and the other refuses, shows anything.
    """

    walk: Walk
    old: Judge
    new: Judge
    shows: Callable[[Root, Json], bool]

    def prove(
        self, difference: Difference, ways: Sequence[tuple[Root, tuple[Step, ...]]], effect: Effect
    ) -> Witness | None:
        """Return a value that shows *effect*: one side takes it as a whole, the other does not.

        Raises ``TooMuchError``.
        """
        side = (
            _Side(self.walk.old, self.old, narrowed=True)
            if effect is Effect.NARROWED
            else _Side(self.walk.new, self.new, narrowed=False)
        )
        other = self.new if effect is Effect.NARROWED else self.old
        for root, way in ways[:MAXIMUM_ROOTS]:
            mine, theirs = side.of(root.pair), (root.pair.new if side.narrowed else root.pair.old)
            for value in difference.values[:MAXIMUM_CANDIDATES]:
                side.judge.effort.spend(len(way) + 1)
                whole = side.lift(root.pair, way, value)
                if whole is None:
                    continue
                differs = (
                    side.judge.accepts(mine, whole[0]) is True and other.accepts(theirs, whole[0]) is False
                )
                if differs and (not root.written or self.shows(root, whole[0])):
                    return Witness(value=whole[0], pointer=whole[1], root=root.name)
        return None


@dataclass(frozen=True, slots=True)
class _Side:
    """The side that takes the value: the old one of what was narrowed, the new one of what was widened."""

    schemas: Schemas
    judge: Judge
    narrowed: bool

    def of(self, pair: Pair) -> Node:
        return pair.old if self.narrowed else pair.new

    def shape(self, step: Step) -> Shape:
        return step.old if self.narrowed else step.new

    def lift(self, root: Pair, way: tuple[Step, ...], value: Json) -> tuple[Json, str] | None:
        """Return a whole value of *root* with *value* at the end of *way*, and the pointer to it; None without one."""
        del root
        sampler = Sampler(self.schemas)
        pointer: list[str | int] = []
        for step in reversed(way):
            try:
                value, key = self._wrapped(sampler, step, value)
            except (UnbuildableError, TooManyAlternativesError):
                return None
            pointer.insert(0, key)
        return value, pointers.from_path(pointer)

    def _wrapped(self, sampler: Sampler, step: Step, value: Json) -> tuple[Json, str | int]:
        shape = self.shape(step)
        if step.kind in ("item", "rest"):
            return _in_array(sampler, shape, int(step.key), value), int(step.key)
        holder = sampler.object(shape, 0, without=str(step.key) if step.kind == "member" else None)
        if step.kind == "name":
            if not isinstance(value, str):
                raise UnbuildableError
            return {**holder, value: sampler.smallest(member(shape, value) or (), 1)}, value
        name = _name_of(step, holder)
        return {**holder, name: value}, name


def _in_array(sampler: Sampler, shape: Shape, index: int, value: Json) -> Json:
    items: list[Json] = sampler.array(shape, 0)
    while len(items) <= index:
        items.append(sampler.smallest(item(shape, len(items)), 1) if len(items) < index else value)
    items[index] = value
    return items


def _name_of(step: Step, holder: dict[str, Json]) -> str:
    if step.kind != "pattern":
        return str(step.key)
    for name in texts_of(Texts(patterns=(str(step.key),), least=1)):
        if name not in holder:
            return name
    raise UnbuildableError


def carried(witness: Witness, built: Callable[[], Whole]) -> Witness:
    """Return *witness* with the whole that is *built* for it, or with the reason why none can be."""
    try:
        whole = built()
    except UnbuildableError as error:
        return replace(witness, alone=str(error) or _UNBUILT)
    match whole:
        case Request():
            return replace(witness, request=whole)
        case Answered():
            return replace(witness, answered=whole)
        case Delivered():
            return replace(witness, delivered=whole)


def whole_of(witness: Witness) -> Whole | None:
    """Return the request or response that carries *witness*, None without one."""
    return witness.request or witness.answered or witness.delivered


def shown(effects: Iterable[Effect], sender: Sender) -> Iterator[Effect]:
    """Yield those of *effects* that can break a client."""
    return (effect for effect in effects if breaks(effect, sender))
