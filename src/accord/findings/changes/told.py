"""What is told of a break: the whole request or response that shows it, once both contracts have judged it."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import replace

from accord.cases.request import Request
from accord.contract.pointer import Json
from accord.findings.changes.call import Sides
from accord.findings.changes.change import Answered, Change, Sender, Verdict, Witness
from accord.findings.changes.prove import Root
from accord.findings.changes.request_judge import RequestJudge
from accord.findings.changes.response_judge import ResponseJudge

_BOTH = "the request that was built for it is taken by both contracts"
_EITHER = "the response that was built for it is one of both contracts"


def told(sides: Sides, changes: Iterable[Change], roots: Sequence[Root]) -> Iterator[Change]:
    """Yield *changes* with their witnesses as requests and responses, where both judges agree on them.

    A fact whose request both contracts take, or whose response both let a server give, is not proven after all.
    """
    asking = {root.name: root.request for root in roots if root.request is not None}
    answering = {root.name: root.answered for root in roots if root.answered is not None}
    both = (sides.old, sides.new)
    takers = tuple(RequestJudge.of(contract, is_open=sides.is_open) for contract in both)
    givers = tuple(ResponseJudge.of(contract, is_open=sides.is_open) for contract in both)
    for change in changes:
        if change.witness is None or change.verdict is not Verdict.BREAKING:
            yield change
        elif change.sender is Sender.SERVER:
            yield _given(change, change.witness, answering.get(change.witness.root), givers)
        else:
            yield _asked(change, change.witness, asking.get(change.witness.root), takers)


def _given(
    change: Change,
    witness: Witness,
    lift: Callable[[Json], Answered | None] | None,
    judges: tuple[ResponseJudge, ...],
) -> Change:
    answered = witness.answered or (lift(witness.value) if lift is not None else None)
    if answered is None:
        return replace(change, witness=_met(change, witness))
    refusals = tuple(judge.refusal(answered) for judge in judges)
    if refusals[0] and not refusals[1]:
        return replace(change, witness=replace(_met(change, witness), answered=answered))
    if witness.answered is not None and not refusals[1]:
        return replace(change, verdict=Verdict.UNPROVEN, witness=None, reason=_EITHER)
    return replace(change, witness=replace(_met(change, witness), answered=None))


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
        said = f"a client that sends this today is refused tomorrow: {refusals[1]}"
        said = f"{witness.said}; {said}" if witness.said else said
        return replace(change, witness=replace(witness, request=request, said=said))
    if witness.request is not None and not refusals[0]:
        return replace(change, verdict=Verdict.UNPROVEN, witness=None, reason=_BOTH)
    return replace(change, witness=replace(witness, request=None))


def _met(change: Change, witness: Witness) -> Witness:
    """Return *witness* with what a client meets that goes by the old contract."""
    if witness.said:
        return witness
    known = change.old or "what was promised"
    if change.rule == "changed-enum":
        return replace(witness, said=f"a client that switches over {known} meets another value")
    return replace(witness, said=f"a client that relies on {known} meets what was never sent before")
