"""Rules about what a write does: what it made can be read, and one request has one effect."""

# A rule takes the contract whether it needs it or not.
# ruff: noqa: ARG001

from __future__ import annotations

from collections.abc import Iterator

from accord.contract.contract import Contract
from accord.contract.law import WriteLaw
from accord.contract.pointer import Json
from accord.contract.workflow import Criterion
from accord.findings.checks.law_pair import context_of, judged
from accord.findings.checks.law_thing import steady
from accord.findings.finding import Finding
from accord.findings.growth import growths
from accord.findings.heard import Heard, LawObservation, Role
from accord.findings.rule import Rule, Subject
from accord.findings.sameness import difference, instant

_ELSEWHERE = (401, 403, 429)
"""Refusals that say nothing of whether something is there."""


def unreadable_creation(contract: Contract, observed: LawObservation) -> Iterator[Finding]:
    """Yield when what a success answer links to, or an address that it tells, cannot be read at once."""
    for heard in observed.of(Role.LINK, Role.FETCH):
        status = heard.status
        if status is None or not 400 <= status < 500 or status in _ELSEWHERE:
            continue
        what = f"the link {heard.name}" if heard.role is Role.LINK else "an address that was told"
        yield observed.finding(
            heard,
            f"{what} leads to {status}, at once after the answer that told it",
            expected="a success",
            seen=str(status),
            deviation=heard.name,
        )


def double_effect(contract: Contract, observed: LawObservation) -> Iterator[Finding]:
    """Yield when one request does what two should, or a second one is served that must be refused."""
    law = observed.law
    if not isinstance(law, WriteLaw):
        return
    for growth in growths(law, observed):
        if growth.seen > growth.expected:
            yield observed.finding(
                growth.heard,
                growth.text,
                pointer=growth.pointer,
                expected=f"by {growth.expected}",
                seen=f"by {growth.seen}",
                deviation="grew by more",
            )
    repeated = observed.one(Role.REPEAT)
    if repeated is not None and law.repeat is not None and _had_to_be_refused(observed, law, repeated):
        yield observed.finding(
            repeated,
            "the same request is served a second time",
            pointer=f"{law.place}/repeat",
            expected=str(law.repeat.status or "a refusal"),
            seen=str(repeated.status),
            deviation="served twice",
        )


def unrepeatable_put(contract: Contract, observed: LawObservation) -> Iterator[Finding]:
    """Yield when a request that may be repeated leaves something else the second time (RFC 9110, 9.2.2)."""
    law, repeated = observed.law, observed.one(Role.REPEAT)
    if not isinstance(law, WriteLaw) or repeated is None or observed.one(Role.WRITE) is None:
        return
    for again in observed.of(Role.AGAIN):
        after = observed.one(Role.AFTER, again.name)
        if after is None or not again.good:
            continue
        first, second = (_without_times(steady(heard, changing=True)) for heard in (after, again))
        place = difference(first, second)
        if place is not None:
            yield observed.finding(
                again,
                f"{place or 'the answer'} is another one after the second request than after the first",
                pointer=law.place,
                expected="as after the first request",
                seen="another value",
                deviation="other after the second",
            )


def _had_to_be_refused(observed: LawObservation, law: WriteLaw, repeated: Heard) -> bool:
    """Tell whether a second request had to be refused: what makes it so holds even after it."""
    if law.repeat is None or not law.repeat.refused:
        return False
    if law.repeat.when is None:
        return True
    criterion = Criterion(condition=law.repeat.when, pointer="")
    judgement = judged(criterion, context_of(observed, Role.AGAIN, repeated))
    return judgement is not None and judgement.held


def _without_times(value: Json) -> Json:
    """Return *value* without its date-times: when something was done last may differ."""
    if isinstance(value, dict):
        return {name: _without_times(item) for name, item in value.items()}
    if isinstance(value, list):
        return [_without_times(item) for item in value]
    return None if instant(value) else value


def _created(observed: LawObservation) -> bool:
    return any(heard.status is not None for heard in observed.of(Role.LINK, Role.FETCH))


def _once(observed: LawObservation) -> bool:
    law = observed.law
    if not isinstance(law, WriteLaw) or observed.one(Role.WRITE) is None:
        return False
    return bool(law.grows) or bool(law.repeat and law.repeat.refused and any(observed.of(Role.REPEAT)))


def _repeatable(observed: LawObservation) -> bool:
    law = observed.law
    again = isinstance(law, WriteLaw) and law.repeat is not None and not law.repeat.refused
    return again and any(observed.of(Role.AGAIN))


RULES = (
    Rule(function=unreadable_creation, subject=Subject.LAW, when=_created),
    Rule(function=double_effect, subject=Subject.LAW, when=_once),
    Rule(function=unrepeatable_put, subject=Subject.LAW, when=_repeatable),
)
