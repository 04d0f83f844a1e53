"""What is told of a break: the whole request that shows it, once both contracts have judged it."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import replace

from accord.findings.changes.call import Sides
from accord.findings.changes.change import Change, Sender, Verdict, Witness
from accord.findings.changes.prove import Root
from accord.findings.changes.request_judge import RequestJudge

_BOTH = "the request that was built for it is taken by both contracts"
_NEITHER = "the request that was built for it is not taken by the old contract: {}"


def told(sides: Sides, changes: Iterable[Change], roots: Sequence[Root]) -> Iterator[Change]:
    """Yield *changes* with their witnesses as requests, where a client sends one and both judges agree on it.

    A fact whose request both contracts take is not proven after all.
    """
    lifts = {root.name: root.request for root in roots if root.request is not None}
    judges = tuple(RequestJudge.of(contract, is_open=sides.is_open) for contract in (sides.old, sides.new))
    for change in changes:
        witness = change.witness
        if witness is None or change.verdict is not Verdict.BREAKING or change.sender is Sender.SERVER:
            yield change
            continue
        fact = witness.request is not None
        lift = lifts.get(witness.root)
        request = witness.request or (lift(witness.value) if lift is not None else None)
        if request is None:
            yield change
            continue
        refusals = tuple(judge.refusal(request) for judge in judges)
        if not refusals[0] and refusals[1]:
            said = witness.said or f"{request.method} that a client sends today"
            yield replace(change, witness=replace(witness, request=request, said=f"{said}: {refusals[1]}"))
        elif fact and not refusals[0]:
            yield replace(change, verdict=Verdict.UNPROVEN, witness=None, reason=_BOTH)
        else:
            yield replace(change, witness=_bare(witness))


def _bare(witness: Witness) -> Witness:
    return replace(witness, request=None)
