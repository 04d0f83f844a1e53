"""Schemas as sets of values: whether two have a value in common, or one holds all values of the other.

Each question has the answer yes, no or unknown. What says that a value exists shows it, a witness, and
validators of the schemas themselves have judged it; what says that none exists follows from the algebra
of canonical forms. Where neither comes out, the answer is unknown.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from functools import cached_property
from itertools import chain, islice

import jsonschema_rs
from jsonschema_rs import canonical

from accord.contract.algebra import Answer, canonicalized, combined, is_empty, values
from accord.contract.closure import Bound, Closure, close
from accord.contract.library import Library
from accord.contract.pointer import Json
from accord.errors import ContractError

MAXIMUM_TRIES = 300
# Of both schemas together, when one is taken from the other: in larger ones that took minutes.
MAXIMUM_NODES = 40


@dataclass(frozen=True, slots=True, kw_only=True)
class Witness:
    """A value that proves an answer; ``text`` is its JSON, members that tell most first."""

    value: Json

    @property
    def text(self) -> str:
        """Return the value as JSON in one line."""
        return json.dumps(self.value, ensure_ascii=False)


@dataclass(frozen=True, slots=True, kw_only=True)
class Decision:
    """An answer, the value that proves it where one does, and why it is unknown where it is."""

    answer: Answer
    witness: Witness | None = None
    reason: str = ""


@dataclass(frozen=True, kw_only=True)
class ValueSet:
    """The values that the schema at ``uri`` in ``library`` admits, formats taken as rules.

    ``drawn`` yields further values to try as witnesses; they need not be in the set.
    """

    library: Library
    uri: str
    drawn: Callable[[], Iterable[Json]] = field(default=tuple, compare=False)

    def holds(self, value: Json) -> bool:
        """Tell whether *value* is in the set, as the validator of the schema says."""
        try:
            return self.library.validator(self.uri).is_valid(value)
        except (ContractError, ValueError, TypeError):  # no usable schema, or a value that JSON cannot hold
            return False

    @cached_property
    def _above(self) -> Closure:
        return close(self.library, self.uri)

    @property
    def _nodes(self) -> int:
        return self._above.nodes

    @cached_property
    def _widened(self) -> jsonschema_rs.CanonicalSchema | None:
        """Return a canonical form that admits at least what the schema does."""
        return canonicalized(self._above.schema)

    @cached_property
    def _narrowed(self) -> jsonschema_rs.CanonicalSchema | None:
        """Return a canonical form that admits at most what the schema does."""
        return canonicalized(close(self.library, self.uri, Bound.AT_MOST).schema)

    @cached_property
    def _samples(self) -> tuple[Json, ...]:
        return tuple(islice(chain(values(self._widened), self.drawn()), MAXIMUM_TRIES))

    def inhabited(self) -> Decision:
        """Tell whether the set has a value: yes with one, no when it can have none."""
        if is_empty(self._widened):
            return Decision(answer=Answer.NO)
        return _shown(self._samples, self.holds, Answer.YES)

    def disjoint(self, other: ValueSet) -> Decision:
        """Tell whether no value is in both: no with one that is, yes when there can be none."""
        both = combined(self._widened, other._widened, "intersect")
        if is_empty(both):
            return Decision(answer=Answer.YES)
        tries = chain(values(both), self._samples, other._samples, _merged(self._samples, other._samples))
        return _shown(tries, lambda value: self.holds(value) and other.holds(value), Answer.NO)

    def covers(self, other: ValueSet) -> Decision:
        """Tell whether every value of *other* is in this set: no with one that is not."""
        if self.library is other.library and self.uri == other.uri:
            return Decision(answer=Answer.YES)

        def left_out(value: Json) -> bool:
            return other.holds(value) and not self.holds(value)

        # Samples first: they take less time than a proof.
        decision = _shown(other._samples, left_out, Answer.NO)
        if decision.answer is Answer.NO:
            return decision
        if self._surely_covers(other):
            return Decision(answer=Answer.YES)
        if self._nodes + other._nodes > MAXIMUM_NODES:
            return decision
        left = combined(other._widened, self._narrowed, "subtract")
        if is_empty(left):
            return Decision(answer=Answer.YES)
        return _shown(values(left), left_out, Answer.NO)

    def equals(self, other: ValueSet) -> Decision:
        """Tell whether the two sets have the same values: no with one that is in only one of them."""
        for decision in (self.covers(other), other.covers(self)):
            if decision.answer is not Answer.YES:
                return decision
        return Decision(answer=Answer.YES)

    def constants(self) -> Mapping[str, frozenset[str]]:
        """Return the members that every value, an object, has and that can only be one of some strings."""
        view = self._widened.view() if self._widened is not None else None
        if not isinstance(view, canonical.ObjectView):
            return {}
        found = {name: _strings(view.properties[name]) for name in view.required if name in view.properties}
        return {name: values for name, values in found.items() if values}

    def lacking(self, name: str) -> Witness | None:
        """Return an object of the set that has no member called *name*, None when none was found."""
        for value in self._samples:
            if isinstance(value, dict):
                without = {key: item for key, item in value.items() if key != name}
                if self.holds(without):
                    return Witness(value=without)
        return None

    def _surely_covers(self, other: ValueSet) -> bool:
        if self._narrowed is None or other._widened is None:
            return False
        try:
            return self._narrowed.covers(other._widened) is canonical.Containment.YES
        except ValueError:
            return False


def _strings(schema: jsonschema_rs.CanonicalSchema) -> frozenset[str]:
    """Return the strings that *schema* admits, none when it admits anything else."""
    match schema.view():
        case canonical.ConstView(value=str(value)):
            return frozenset({value})
        case canonical.EnumView(values=values):
            strings = frozenset(value for value in values if isinstance(value, str))
            return strings if len(strings) == len(values) else frozenset()
    return frozenset()


def _merged(some: Iterable[Json], others: Iterable[Json]) -> Iterator[Json]:
    """Yield objects that have the members of two, which open schemas often both admit."""
    for one in islice(some, 8):
        for other in islice(others, 8):
            if isinstance(one, dict) and isinstance(other, dict):
                yield {**one, **other}
                yield {**other, **one}


def _shown(tries: Iterable[Json], wanted: Callable[[Json], bool], answer: Answer) -> Decision:
    """Return *answer* with the first of *tries* that is *wanted*, unknown when there is none."""
    number = 0
    for value in islice(tries, MAXIMUM_TRIES):
        number += 1
        if wanted(value):
            return Decision(answer=answer, witness=Witness(value=_ordered(value)))
    return Decision(answer=Answer.UNKNOWN, reason=f"neither proved nor refuted: no example in {number} tries")


def _ordered(value: Json) -> Json:
    """Return *value* with the members of the outermost object in the order of their length."""
    if not isinstance(value, dict):
        return value
    return dict(sorted(value.items(), key=lambda pair: (isinstance(pair[1], dict | list), pair[0])))
