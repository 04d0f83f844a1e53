"""Schemas compared: roots in, changes out, each said once with all that it reaches."""

from __future__ import annotations

import json
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field, replace

from accord.contract import library as libraries
from accord.contract.pointer import Json
from accord.findings.changes.change import Change, Effect, Sender, Verdict, Witness, breaks
from accord.findings.changes.judge import Judge, Role
from accord.findings.changes.leaf import covers
from accord.findings.changes.look import look
from accord.findings.changes.mark import NEVER_SENT
from accord.findings.changes.node import Schemas
from accord.findings.changes.policy import Policy, allowance
from accord.findings.changes.prove import Prover, Root
from accord.findings.changes.unchanged import Unchanged
from accord.findings.changes.walk import Difference, Pair, Step, Walk

MAXIMUM_REACHES = 10_000


@dataclass(slots=True, kw_only=True)
class Comparison:
    """The schemas of two contracts and what is known of them so far."""

    old: Schemas
    new: Schemas
    policy: Policy
    walk: Walk = field(init=False)
    _provers: dict[Sender, Prover] = field(default_factory=dict)

    def __post_init__(self) -> None:
        """Begin a walk that has met nothing."""
        self.walk = Walk(self.old, self.new, look, Unchanged(self.old.library, self.new.library))

    def changes(self, roots: Sequence[Root]) -> Iterator[Change]:
        """Yield each change that *roots* reach, once."""
        ways: dict[Pair, list[tuple[Root, tuple[Step, ...]]]] = {}
        for root in roots:
            self.walk.visit(root.pair)
            for pair, way in self.walk.reached(root.pair):
                if self.walk.differences[pair]:
                    ways.setdefault(pair, []).append((root, way))
        told: dict[tuple[str, ...], Change] = {}
        for pair, leading in ways.items():
            for difference in self.walk.differences[pair]:
                change = self._decided(pair, difference, sorted(leading, key=lambda item: len(item[1])))
                if change is not None:
                    _keep(told, change)
        yield from told.values()

    def _decided(
        self, pair: Pair, difference: Difference, ways: Sequence[tuple[Root, tuple[Step, ...]]]
    ) -> Change | None:
        if difference.rule in NEVER_SENT:
            return _of_mark(pair, difference, ways)
        effects = (Effect.NARROWED, Effect.WIDENED) if difference.effect is Effect.OTHER else (difference.effect,)
        harmful = [effect for effect in effects if breaks(effect, pair.sender)]
        allowed = next((why for effect in harmful if (why := allowance(self.policy, difference, effect, pair.sender))), "")
        if not harmful and difference.reason:
            return None
        if not harmful:
            return _change(pair, difference, ways, Verdict.SAFE)
        if difference.rule in ("removed-property", "added-property") and self.policy is not Policy.STRICT:
            return _change(pair, difference, ways, Verdict.SAFE, reason="undeclared members are ignored")
        witness = self._prover(pair.sender).prove(difference, ways, harmful[0])
        if witness is not None:
            effect = harmful[0]
            verdict = Verdict.SAFE if allowed else Verdict.BREAKING
            return _change(pair, difference, ways, verdict, effect=effect, witness=witness, reason=allowed)
        held = self._covered(pair, harmful[0])
        if held == "yes":
            same = self._covered(pair, Effect.WIDENED if harmful[0] is Effect.NARROWED else Effect.NARROWED)
            if same == "yes":
                return None
            return _change(pair, difference, ways, Verdict.SAFE, reason="the other schema takes every such value")
        if allowed:
            return _change(pair, difference, ways, Verdict.SAFE, reason=allowed)
        reason = difference.reason or "no value was found that one contract takes and the other refuses"
        return _change(pair, difference, ways, Verdict.UNPROVEN, reason=reason)

    def _prover(self, sender: Sender) -> Prover:
        if sender not in self._provers:
            role = Role(sender=sender, open=self.policy is not Policy.STRICT)
            self._provers[sender] = Prover(
                walk=self.walk,
                old=Judge(library=self.old.library, role=role),
                new=Judge(library=self.new.library, role=role),
            )
        return self._provers[sender]

    def _covered(self, pair: Pair, effect: Effect) -> str:
        """Tell whether the side that should take every value does: ``yes``, ``no`` or ``unknown``."""
        prover = self._prover(pair.sender)
        before, after = prover.old.bundle(pair.old), prover.new.bundle(pair.new)
        if before is None or after is None:
            return "unknown"
        inner, outer = (before, after) if effect is Effect.NARROWED else (after, before)
        return covers(json.dumps(outer, sort_keys=True), json.dumps(inner, sort_keys=True))


def _of_mark(pair: Pair, difference: Difference, ways: Sequence[tuple[Root, tuple[Step, ...]]]) -> Change:
    """Return the change that no value shows: unproven where it may matter, with the reason."""
    harmful = difference.effect is Effect.OTHER or breaks(difference.effect, pair.sender)
    verdict = Verdict.UNPROVEN if harmful and difference.reason else Verdict.SAFE
    return _change(pair, difference, ways, verdict, reason=difference.reason if harmful else "")


def _change(
    pair: Pair,
    difference: Difference,
    ways: Sequence[tuple[Root, tuple[Step, ...]]],
    verdict: Verdict,
    *,
    effect: Effect | None = None,
    witness: Witness | None = None,
    reason: str = "",
) -> Change:
    return Change(
        rule=difference.rule,
        effect=effect or difference.effect,
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
    key = (change.rule, change.effect, change.sender or "", change.old_place, change.new_place, change.old, change.new)
    before = told.get(key)
    if before is None:
        told[key] = change
        return
    graver = min((before, change), key=lambda item: list(Verdict).index(item.verdict) if item.verdict is not Verdict.UNPROVEN else 0.5)
    told[key] = replace(graver, reaches=tuple(dict.fromkeys((*before.reaches, *change.reaches))))


def value_text(value: Json) -> str:
    """Return *value* as compact JSON."""
    return json.dumps(value, ensure_ascii=False, separators=(", ", ": "))
