"""Schemas compared: roots in, changes out, each said once with all that it reaches."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass, field, replace
from itertools import islice
from typing import TypeAlias

from accord.contract import library as libraries
from accord.contract.algebra import Answer, covers, left_over
from accord.contract.pointer import Json
from accord.findings.changes.change import Change, Effect, Sender, Verdict, Witness, breaks
from accord.findings.changes.consequence import consequences
from accord.findings.changes.deprecation import ANNOUNCED
from accord.findings.changes.effort import CHARACTERS, Effort, TooMuchError
from accord.findings.changes.judge import Judge, Role
from accord.findings.changes.look import look
from accord.findings.changes.node import Node, Schemas
from accord.findings.changes.policy import Policy, allowance
from accord.findings.changes.prove import Prover, Root
from accord.findings.changes.unchanged import Unchanged
from accord.findings.changes.walk import Difference, Pair, Step, Walk

MAXIMUM_REACHES = 10_000
MAXIMUM_CHEAP = 20_000
"""How many characters two schemas may have to be held against each other where nothing breaks either way."""

_NONE = "no value was found that one contract takes and the other refuses"
_WRITTEN = "no value was found that one contract takes and the other refuses as it is written: a text"
_GRAVITY = (Verdict.BREAKING, Verdict.UNPROVEN, Verdict.SAFE)
_EITHER = (Effect.NARROWED, Effect.WIDENED)
# What is declared is told, also where nothing else is allowed than before.
_OF_UNDECLARED = frozenset({"removed-property", "added-property", "changed-additional-properties"})

Way: TypeAlias = tuple[Root, tuple[Step, ...]]
Ways: TypeAlias = Sequence[Way]
"""The roots that lead to a pair, and how."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Outcome:
    """Whether a difference has an effect: ``real`` is ``yes`` where a value shows it, ``no`` where none can.

    ``reason`` says why it breaks nobody although it is an effect that could.
    """

    effect: Effect
    harmful: bool
    real: str = "unknown"
    witness: Witness | None = None
    reason: str = ""


@dataclass(slots=True, kw_only=True)
class Comparison:
    """The schemas of two contracts and what is known of them so far."""

    old: Schemas
    new: Schemas
    policy: Policy
    shows: Callable[[Root, Json], bool] = lambda root, value: True  # noqa: ARG005
    effort: Effort = field(default_factory=Effort)
    """How much may be done to prove what the walk has found."""
    walk: Walk = field(init=False)
    _provers: dict[Sender, Prover] = field(default_factory=dict)

    def __post_init__(self) -> None:
        """Begin a walk that has met nothing."""
        self.walk = Walk(
            self.old,
            self.new,
            look,
            Unchanged(self.old.library, self.new.library),
            strict=self.policy is Policy.STRICT,
        )

    def changes(self, roots: Sequence[Root]) -> Iterator[Change]:
        """Yield each change that *roots* reach, once, and once that there was too much to walk, where there was."""
        ways, unwalked = self._ways(roots)
        told: dict[tuple[str, ...], Change] = {}
        undecided: list[Change] = []
        for pair, leading in ways.items():
            shortest = sorted(leading, key=lambda item: len(item[1]))
            for difference in self.walk.differences[pair]:
                for change in () if difference.follows else self._decided(pair, difference, shortest):
                    if self.effort.is_spent and change.verdict is Verdict.UNPROVEN:
                        undecided.append(change)
                    else:
                        _keep(told, change)
        yield from told.values()
        for group in consequences(self.walk):
            yield _following(group, ways)
        if unwalked or undecided:
            yield _beyond(unwalked, undecided)

    def _ways(self, roots: Sequence[Root]) -> tuple[dict[Pair, list[Way]], list[Root]]:
        """Return how to each pair with a difference, and the roots of which not all was walked."""
        ways: dict[Pair, list[Way]] = {}
        unwalked: list[Root] = []
        for root in roots:
            with suppress(TooMuchError):
                self.walk.visit(root.pair)
            with suppress(TooMuchError):
                for pair, way in self.walk.reached(root.pair, self.effort):
                    if self.walk.differences.get(pair):
                        ways.setdefault(pair, []).append((root, way))
            if self.walk.effort.is_spent or self.effort.is_spent:
                unwalked.append(root)
        return ways, unwalked

    def _decided(self, pair: Pair, difference: Difference, ways: Ways) -> Iterator[Change]:
        """Yield what *difference* is: nothing where no value shows it and none can."""
        if difference.rule == ANNOUNCED:
            yield _change(pair, difference, ways, Verdict.SAFE, effect=Effect.OTHER, witness=None, reason="")
            return
        effects = _EITHER if difference.effect is Effect.OTHER else (difference.effect,)
        outcomes = [self._outcome(pair, difference, effect, ways) for effect in effects]
        real = [item for item in outcomes if item.real != "no"]
        if len(real) > 1 and not any(item.real == "yes" for item in real):
            real = [replace(real[0], effect=Effect.OTHER, harmful=any(item.harmful for item in real))]
        for outcome in real:
            if len(effects) == 1 or len(real) == 1 or outcome.real == "yes" or outcome.harmful:
                yield self._judged(pair, difference, outcome, ways)

    def _judged(self, pair: Pair, difference: Difference, outcome: Outcome, ways: Ways) -> Change:
        """Return *difference* with what *outcome* makes of it for a client."""
        verdict, reason = Verdict.SAFE, outcome.reason
        if outcome.harmful and not reason:
            effect = _harmful(pair.sender) if outcome.effect is Effect.OTHER else outcome.effect
            reason = allowance(self.policy, difference, effect, pair.sender)
            if not reason:
                verdict = Verdict.BREAKING if outcome.real == "yes" else Verdict.UNPROVEN
            if verdict is Verdict.UNPROVEN:
                written = any(root.written for root, _ in ways)
                reason = difference.reason or (_WRITTEN if written else self._why(pair, difference, effect))
        return _change(
            pair, difference, ways, verdict, effect=outcome.effect, witness=outcome.witness, reason=reason
        )

    def _why(self, pair: Pair, difference: Difference, effect: Effect) -> str:
        """Return why nothing shows *difference*: no value was found, or what is around it takes each one."""
        if self._shown(pair, difference, effect, (), harmful=False) is None:
            return _NONE
        return "each value tried shows it here, but as a whole another variant of a union takes it as well"

    def _outcome(self, pair: Pair, difference: Difference, effect: Effect, ways: Ways) -> Outcome:
        """Tell whether *difference* has *effect*: whether a value shows it, or none can."""
        harmful = breaks(effect, pair.sender)
        if self.policy is not Policy.STRICT and difference.rule in _OF_UNDECLARED and difference.opens:
            return Outcome(
                effect=effect, harmful=harmful, reason="undeclared members are ignored" if harmful else ""
            )
        if difference.valueless:
            # One who is sent less, or what he may ignore, is not harmed.
            reason = "the other schema takes every such value" if harmful and difference.opens else ""
            return Outcome(effect=effect, harmful=harmful, reason=reason)
        witness = self._shown(pair, difference, effect, ways, harmful=harmful)
        passes = not harmful or bool(allowance(self.policy, difference, effect, pair.sender))
        if witness is None and self._covered(pair, difference, effect, cheaply=passes) is Answer.YES:
            told = difference.rule in _OF_UNDECLARED and difference.opens
            reason = "the other schema takes every such value" if harmful else ""
            return Outcome(effect=effect, harmful=harmful, real="unknown" if told else "no", reason=reason)
        if witness is None and self._is_alone(pair, effect):
            tried = replace(difference, values=self._left_over(pair, difference, effect))
            witness = self._shown(pair, tried, effect, ways, harmful=harmful)
        if witness is None:
            return Outcome(effect=effect, harmful=harmful)
        return Outcome(effect=effect, harmful=harmful, real="yes", witness=witness if harmful else None)

    def _shown(
        self, pair: Pair, difference: Difference, effect: Effect, ways: Ways, *, harmful: bool
    ) -> Witness | None:
        """Return a value that shows *effect*; what harms nobody is shown where it is, not as a whole."""
        prover = self._prover(pair.sender)
        try:
            return prover.prove(difference, ways if harmful else ((Root(name="", pair=pair), ()),), effect)
        except TooMuchError:
            return None

    def _is_alone(self, pair: Pair, effect: Effect) -> bool:
        """Tell whether nothing else in *pair* has *effect*, so that any value that shows it shows this."""
        like = (
            item
            for inner, _ in self.walk.reached(pair, self.effort)
            for item in self.walk.differences.get(inner, ())
            if item.effect in {effect, Effect.OTHER}
        )
        try:
            return len(list(islice(like, 2))) == 1
        except TooMuchError:
            return False

    def _prover(self, sender: Sender) -> Prover:
        if sender not in self._provers:
            role = Role(sender=sender, open=self.policy is not Policy.STRICT)
            self._provers[sender] = Prover(
                walk=self.walk,
                old=Judge(library=self.old.library, role=role, effort=self.effort),
                new=Judge(library=self.new.library, role=role, effort=self.effort),
                shows=self.shows,
            )
        return self._provers[sender]

    def _covered(self, pair: Pair, difference: Difference, effect: Effect, *, cheaply: bool) -> Answer:
        """Tell whether the side that should take every value does."""
        sets = self._sets(pair, difference, effect, MAXIMUM_CHEAP if cheaply else None)
        return Answer.UNKNOWN if sets is None else covers(sets[1], sets[0])

    def _left_over(self, pair: Pair, difference: Difference, effect: Effect) -> tuple[Json, ...]:
        """Return values that the one side most likely takes and the other not."""
        sets = self._sets(pair, difference, effect)
        return () if sets is None else left_over(*sets)

    def _sets(
        self, pair: Pair, difference: Difference, effect: Effect, most: int | None = None
    ) -> tuple[str, str] | None:
        """Return, as JSON text, the schema that takes the values in question and the one that should.

        None where they are too large, or have more than *most* characters.
        """
        prover = self._prover(pair.sender)
        narrowed = effect is Effect.NARROWED
        shape = difference.old_shape if narrowed else difference.new_shape
        mine, theirs = (pair.old, pair.new) if narrowed else (pair.new, pair.old)
        one, other = (prover.old, prover.new) if narrowed else (prover.new, prover.old)
        kinds = difference.kinds
        if shape is not None:
            mine = tuple(dict.fromkeys((*mine, *(item.uri for item in shape.conjuncts))))
            kinds = (shape.type,)
        here, there = one.weight(mine), other.weight(theirs)
        if here is None or there is None or (most is not None and here + there > most):
            return None
        try:
            self.effort.spend((here + there) // CHARACTERS)
        except TooMuchError:
            return None
        inner, outer = one.whole(mine, kinds), other.whole(theirs)
        if inner is None or outer is None:
            return None
        sets = json.dumps(inner, sort_keys=True), json.dumps(outer, sort_keys=True)
        return None if most is not None and len(sets[0]) + len(sets[1]) > most else sets


def _following(group: Sequence[tuple[Pair, Difference]], ways: Mapping[Pair, Ways]) -> Change:
    """Return what may follow at all places of *group*, at the first of them."""
    pair, difference = group[0]
    leading = [way for item, _ in group for way in ways.get(item, ())]
    return _change(
        pair,
        difference,
        leading,
        Verdict.UNPROVEN,
        effect=Effect.OTHER,
        witness=None,
        reason=difference.reason,
    )


def _beyond(unwalked: Sequence[Root], undecided: Sequence[Change]) -> Change:
    """Return that not all was walked or decided: one change for all of it, at the first place."""
    reaches = (*(root.name for root in unwalked), *(name for item in undecided for name in item.reaches))
    old, new = (
        (_first(unwalked[0].pair.old), _first(unwalked[0].pair.new))
        if unwalked
        else (undecided[0].old_place, undecided[0].new_place)
    )
    return Change(
        rule="changed-schema",
        effect=Effect.OTHER,
        verdict=Verdict.UNPROVEN,
        old_place=old,
        new_place=new,
        message="too much to compare",
        reaches=tuple(dict.fromkeys(reaches))[:MAXIMUM_REACHES],
        reason="not proved, because there is too much to walk: what it reaches was not compared to the end",
    )


def _first(node: Node) -> str:
    return libraries.place(node[0]) if node else ""


def _harmful(sender: Sender) -> Effect:
    return next(effect for effect in _EITHER if breaks(effect, sender))


def _change(
    pair: Pair,
    difference: Difference,
    ways: Ways,
    verdict: Verdict,
    *,
    effect: Effect,
    witness: Witness | None,
    reason: str,
) -> Change:
    return Change(
        rule=difference.rule,
        effect=effect,
        verdict=verdict,
        sender=pair.sender,
        old_place=libraries.place(difference.old_uri) if difference.old_uri else "",
        new_place=libraries.place(difference.new_uri) if difference.new_uri else "",
        message=difference.name,
        old=difference.old,
        new=difference.new,
        reaches=tuple(dict.fromkeys(root.name for root, _ in ways[:MAXIMUM_REACHES])),
        witness=witness,
        reason=reason,
    )


def _keep(told: dict[tuple[str, ...], Change], change: Change) -> None:
    """Add *change*, or what it reaches to the one that says the same already."""
    key = (
        change.rule,
        change.effect,
        change.sender or "",
        change.old_place,
        change.new_place,
        change.old,
        change.new,
    )
    before = told.get(key)
    if before is None:
        told[key] = change
        return
    graver = min((before, change), key=lambda item: _GRAVITY.index(item.verdict))
    told[key] = replace(graver, reaches=tuple(dict.fromkeys((*before.reaches, *change.reaches))))
