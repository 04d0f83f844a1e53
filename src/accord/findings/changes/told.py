"""What is told of a break: the whole request or response that shows it, once both contracts have judged it."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace

from accord.cases.request import Request
from accord.contract.pointer import Json
from accord.findings.changes.call import Sides
from accord.findings.changes.change import Answered, Change, Delivered, Sender, Verdict, Witness
from accord.findings.changes.delivery_judge import DeliveryJudge
from accord.findings.changes.prove import Root, Whole, carried, whole_of
from accord.findings.changes.request_judge import RequestJudge
from accord.findings.changes.response_judge import ResponseJudge
from accord.findings.changes.sample import UnbuildableError


@dataclass(frozen=True, slots=True, kw_only=True)
class Opinion:
    """Why the old contract and the new one refuse a whole, empty where one takes it."""

    old: str
    new: str


@dataclass(frozen=True, slots=True, kw_only=True)
class WholeJudges:
    """The judges of whole requests and responses, of the old contract and of the new one.

    ``deliveries`` are what the service sends of its own accord, and ``replies`` what clients answer to it.
    """

    requests: tuple[RequestJudge, RequestJudge]
    responses: tuple[ResponseJudge, ResponseJudge]
    deliveries: tuple[DeliveryJudge, DeliveryJudge]
    replies: tuple[ResponseJudge, ResponseJudge]

    @classmethod
    def of(cls, sides: Sides) -> WholeJudges:
        """Return the judges of *sides* under their policy."""
        old, new, is_open = sides.old, sides.new, sides.is_open
        return cls(
            requests=(RequestJudge.of(old, is_open=is_open), RequestJudge.of(new, is_open=is_open)),
            responses=(ResponseJudge.of(old, is_open=is_open), ResponseJudge.of(new, is_open=is_open)),
            deliveries=(DeliveryJudge.of(old, is_open=is_open), DeliveryJudge.of(new, is_open=is_open)),
            replies=(
                ResponseJudge.of(old, is_open=is_open, sender=Sender.CLIENT),
                ResponseJudge.of(new, is_open=is_open, sender=Sender.CLIENT),
            ),
        )

    def show(self, root: Root, value: Json) -> bool:
        """Tell whether the whole that carries *value* is what one contract takes and the other does not."""
        if root.lift is None:
            return True
        try:
            whole = root.lift(value)
        except UnbuildableError:
            return True
        return shows(whole, self.opinion(whole))

    def opinion(self, whole: Whole) -> Opinion:
        """Return what the two contracts say of *whole*."""
        match whole:
            case Request():
                old, new = (judge.refusal(whole) for judge in self.requests)
            case Delivered():
                old, new = (judge.refusal(whole) for judge in self.deliveries)
            case Answered(kind=""):
                old, new = (judge.refusal(whole) for judge in self.responses)
            case Answered():
                old, new = (judge.refusal(whole) for judge in self.replies)
        return Opinion(old=old, new=new)


def shows(whole: Whole, opinion: Opinion) -> bool:
    """Tell whether *whole* breaks who goes by the old contract.

    What clients say today is no longer taken, or what the service says tomorrow never was.
    """
    taken, refused = (opinion.old, opinion.new) if _is_today(whole) else (opinion.new, opinion.old)
    return not taken and bool(refused)


def _is_taken(control: Whole, judges: WholeJudges) -> bool:
    """Tell whether the contract that should refuse a whole takes its *control*."""
    opinion = judges.opinion(control)
    return not (opinion.new if _is_today(control) else opinion.old)


def _is_today(whole: Whole) -> bool:
    return isinstance(whole, Request) or (isinstance(whole, Answered) and bool(whole.kind))


def told(judges: WholeJudges, changes: Iterable[Change], roots: Sequence[Root]) -> Iterator[Change]:
    """Yield *changes* with their witnesses as requests and responses, where both judges agree on them.

    A fact whose request both contracts take, or whose response both let a server give, is not proven after all;
    one with a reason to doubt it is proven by a whole only.
    """
    lifts = {root.name: root.lift for root in roots if root.lift is not None}
    for change in changes:
        if change.witness is None or change.verdict is not Verdict.BREAKING:
            yield change
        else:
            yield _shown(change, change.witness, lifts, judges)


def _shown(
    change: Change, witness: Witness, lifts: Mapping[str, Callable[[Json], Whole]], judges: WholeJudges
) -> Change:
    """Return *change* with its witness as a whole, alone where there is none that shows it, or unproven."""
    lift = lifts.get(witness.root)
    lifted = witness if lift is None else carried(witness, lambda: lift(witness.value))
    whole = whole_of(lifted)
    if whole is None:
        return replace(change, witness=_met(change, lifted))
    opinion = judges.opinion(whole)
    if witness.control is not None and not _is_taken(witness.control, judges):
        return replace(change, verdict=Verdict.UNPROVEN, witness=None, reason=change.reason)
    if shows(whole, opinion):
        return replace(change, witness=_meaning(change, lifted, whole, opinion), reason="")
    both = not opinion.old and not opinion.new
    if lift is None and (both or change.reason):
        return replace(change, verdict=Verdict.UNPROVEN, witness=None, reason=change.reason or _taken(whole))
    own = opinion.old if _is_today(whole) else opinion.new
    why = _taken(whole) if both else f"the one that could be built is refused by its own contract: {own}"
    bare = replace(witness, request=None, answered=None, delivered=None, alone=why)
    return replace(change, witness=_met(change, bare))


def _taken(whole: Whole) -> str:
    match whole:
        case Answered():
            return "the response that was built for it is one of both contracts"
        case Delivered():
            return "the request that was built for it is one of both contracts"
        case Request():
            return "the request that was built for it is taken by both contracts"


def _meaning(change: Change, witness: Witness, whole: Whole, opinion: Opinion) -> Witness:
    """Return *witness* with what comes of *whole* for a client that goes by the old contract."""
    match whole:
        case Request():
            means = f"a client that sends this today is refused tomorrow: {opinion.new}"
        case Answered(kind=""):
            return _met(change, witness)
        case Answered():
            means = f"a client that answers so today is refused tomorrow: {opinion.new}"
        case Delivered():
            met = _met(change, witness).means or f"by the old contract, {opinion.old}"
            means = f"the service sends this tomorrow: {met}"
    return replace(witness, means=means)


def _met(change: Change, witness: Witness) -> Witness:
    """Return *witness* with what a client meets that goes by the old contract."""
    if witness.said or change.sender is not Sender.SERVER:
        return witness
    known = change.old or "what was promised"
    if change.rule == "changed-required":
        return replace(witness, means=f"a client that relies on {change.message} meets what comes without it")
    if change.rule == "changed-enum":
        return replace(witness, means=f"a client that switches over {known} meets another value")
    return replace(witness, means=f"a client that relies on {known} meets what was never sent before")
