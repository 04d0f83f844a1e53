"""What is told of a break: the whole request or response that shows it, once both contracts have judged it."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass, replace

from accord.cases.request import Request
from accord.contract.pointer import Json
from accord.findings.changes.call import Sides
from accord.findings.changes.change import Answered, Change, Sender, Verdict, Witness
from accord.findings.changes.prove import Root
from accord.findings.changes.request_judge import RequestJudge
from accord.findings.changes.response_judge import ResponseJudge

_BOTH = "the request that was built for it is taken by both contracts"
_EITHER = "the response that was built for it is one of both contracts"


@dataclass(frozen=True, slots=True, kw_only=True)
class WholeJudges:
    """The judges of whole requests and of whole responses, of the old contract and of the new one."""

    requests: tuple[RequestJudge, RequestJudge]
    responses: tuple[ResponseJudge, ResponseJudge]

    @classmethod
    def of(cls, sides: Sides) -> WholeJudges:
        """Return the judges of *sides* under their policy."""
        return cls(
            requests=(
                RequestJudge.of(sides.old, is_open=sides.is_open),
                RequestJudge.of(sides.new, is_open=sides.is_open),
            ),
            responses=(
                ResponseJudge.of(sides.old, is_open=sides.is_open),
                ResponseJudge.of(sides.new, is_open=sides.is_open),
            ),
        )

    def show(self, root: Root, value: Json) -> bool:
        """Tell whether the whole that carries *value* is what one contract takes and the other does not."""
        if root.request is not None:
            request = root.request(value)
            return request is None or self.asked(request) == (True, False)
        if root.answered is not None:
            answered = root.answered(value)
            return answered is None or self.given(answered) == (False, True)
        return True

    def asked(self, request: Request) -> tuple[bool, bool]:
        """Tell whether the old contract and the new one take *request*."""
        old, new = self.requests
        return not old.refusal(request), not new.refusal(request)

    def given(self, answered: Answered) -> tuple[bool, bool]:
        """Tell whether the old contract and the new one have that response."""
        old, new = self.responses
        return not old.refusal(answered), not new.refusal(answered)


def told(judges: WholeJudges, changes: Iterable[Change], roots: Sequence[Root]) -> Iterator[Change]:
    """Yield *changes* with their witnesses as requests and responses, where both judges agree on them.

    A fact whose request both contracts take, or whose response both let a server give, is not proven after all.
    """
    asking = {root.name: root.request for root in roots if root.request is not None}
    answering = {root.name: root.answered for root in roots if root.answered is not None}
    for change in changes:
        if change.witness is None or change.verdict is not Verdict.BREAKING:
            yield change
        elif change.sender is Sender.SERVER:
            yield _given(change, change.witness, answering.get(change.witness.root), judges)
        else:
            yield _asked(change, change.witness, asking.get(change.witness.root), judges)


def _given(
    change: Change, witness: Witness, lift: Callable[[Json], Answered | None] | None, judges: WholeJudges
) -> Change:
    answered = witness.answered or (lift(witness.value) if lift is not None else None)
    if answered is None:
        return replace(change, witness=_met(change, witness))
    had, has = judges.given(answered)
    if has and not had:
        return replace(change, witness=replace(_met(change, witness), answered=answered))
    if witness.answered is not None and has:
        return replace(change, verdict=Verdict.UNPROVEN, witness=None, reason=_EITHER)
    return replace(change, witness=replace(_met(change, witness), answered=None))


def _asked(
    change: Change, witness: Witness, lift: Callable[[Json], Request | None] | None, judges: WholeJudges
) -> Change:
    request = witness.request or (lift(witness.value) if lift is not None else None)
    if request is None:
        return change
    taken, is_taken = judges.asked(request)
    if taken and not is_taken:
        means = f"a client that sends this today is refused tomorrow: {judges.requests[1].refusal(request)}"
        return replace(change, witness=replace(witness, request=request, means=means))
    if witness.request is not None and taken:
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
