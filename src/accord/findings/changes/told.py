"""What is told of a break: the whole request that shows it, once both contracts have judged it."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import replace

from accord.cases.request import Request
from accord.contract.pointer import Json
from accord.findings.changes.call import Sides
from accord.findings.changes.change import Change, Sender, Verdict, Witness
from accord.findings.changes.prove import Root
from accord.findings.changes.request_judge import RequestJudge

_BOTH = "the request that was built for it is taken by both contracts"


def told(sides: Sides, changes: Iterable[Change], roots: Sequence[Root]) -> Iterator[Change]:
    """Yield *changes* with their witnesses as requests, where a client sends one and both judges agree on it.

    A fact whose request both contracts take is not proven after all.
    """
    lifts = {root.name: root.request for root in roots if root.request is not None}
    judges = tuple(RequestJudge.of(contract, is_open=sides.is_open) for contract in (sides.old, sides.new))
    for change in changes:
        if change.witness is None or change.verdict is not Verdict.BREAKING:
            yield change
        elif change.sender is Sender.SERVER:
            yield replace(change, witness=_met(change, change.witness))
        else:
            yield _asked(change, change.witness, lifts.get(change.witness.root), judges)


def _asked(
    change: Change,
    witness: Witness,
    lift: Callable[[Json], Request | None] | None,
    judges: tuple[RequestJudge, ...],
) -> Change:
    request = witness.request or (lift(witness.value) if lift is not None else None)
    if request is None:
        return change
    refusals = tuple(judge.refusal(request) for judge in judges)
    if not refusals[0] and refusals[1]:
        means = f"a client that sends this today is refused tomorrow: {refusals[1]}"
        return replace(change, witness=replace(witness, request=request, means=means))
    if witness.request is not None and not refusals[0]:
        return replace(change, verdict=Verdict.UNPROVEN, witness=None, reason=_BOTH)
    return replace(change, witness=replace(witness, request=None))


def _met(change: Change, witness: Witness) -> Witness:
    """Return *witness* with what a client meets that goes by the old contract."""
    if witness.said:
        return witness
    known = change.old or "what was promised"
    if change.rule == "changed-required":
        return replace(witness, means=f"a client that relies on {change.message} meets what comes without it")
    if change.rule == "changed-enum":
        return replace(witness, means=f"a client that switches over {known} meets another value")
    return replace(witness, means=f"a client that relies on {known} meets what was never sent before")
