"""Rules about things, from one answer to the next: what stays, what only goes forward, what reading leaves alone."""

from __future__ import annotations

import copy
from collections.abc import Iterator, Sequence
from datetime import datetime
from itertools import pairwise

from accord.contract import pointer as pointers
from accord.contract.contract import Contract
from accord.contract.law import values_at
from accord.contract.pointer import Json, join
from accord.findings.finding import Finding
from accord.findings.heard import Heard, LawObservation, Role, Thing
from accord.findings.rule import Rule, Subject
from accord.findings.sameness import difference, instant, same, short

_FEWEST_READS = 3
"""A thing may change by itself between two reads; hardly between any two of several."""


def changed_fixed_field(contract: Contract, observed: LawObservation) -> Iterator[Finding]:  # noqa: ARG001
    """Yield when a member that never changes is another one than in an answer before, or an identity is."""
    known: dict[tuple[str, str, str], Json] = {}
    for heard, thing in _things(observed):
        asked = _asked_for(heard)
        if not thing.where and thing.key is not None and asked is not None and thing.key != asked:
            if (thing.law.schema, asked, "") in known:
                yield _changed(observed, heard, thing, thing.law.identity, asked)
            continue
        if thing.key is None:
            continue
        known[thing.law.schema, thing.key, ""] = None
        for member in thing.law.fixed:
            # An answer that leaves a member out does not say that it has changed.
            for _, found in values_at(thing.value, member):
                before = known.setdefault((thing.law.schema, thing.key, member), found)
                if not same(before, found):
                    yield _changed(observed, heard, thing, member, before)


def backward_timestamp(contract: Contract, observed: LawObservation) -> Iterator[Finding]:  # noqa: ARG001
    """Yield when a thing was changed before it was created, or earlier than an answer before said."""
    known: dict[tuple[str, str], datetime] = {}
    for heard, thing in _things(observed):
        law = thing.law
        created, updated = _moment(thing, law.created), _moment(thing, law.updated)
        if updated is None:
            continue
        if created is not None and updated < created:
            yield _back(observed, heard, thing, f"before {law.created}", f"not before {law.created}")
        before = known.get((law.schema, thing.key or ""), updated)
        if thing.key is not None and updated < before:
            yield _back(observed, heard, thing, "earlier than in an answer before", "as before, or later")
        known[law.schema, thing.key or ""] = max(before, updated)


def unsafe_read(contract: Contract, observed: LawObservation) -> Iterator[Finding]:  # noqa: ARG001
    """Yield when a thing differs at every read, though nobody has written to it."""
    reads: dict[str, list[Heard]] = {}
    for heard in observed.of(Role.READ):
        if heard.good:
            reads.setdefault(heard.exchange.request.url, []).append(heard)
    for group in reads.values():
        answers = [steady(heard) for heard in group]
        places = [difference(*pair) for pair in pairwise(answers)]
        if len(answers) >= _FEWEST_READS and None not in places:
            place = places[-1] or ""
            subject = group[-1].subject
            yield observed.finding(
                group[-1],
                f"{place or 'the answer'} is another one at each of {len(answers)} reads",
                pointer=subject.law.place if subject else observed.operation.place,
                evidence_pointer=place if _stands(group[-1].answer, place) else "",
                expected="the same at each read",
                seen="another one at each read",
                deviation="other read",
            )


def steady(heard: Heard, *, changing: bool = False) -> Json:
    """Return the answer without what changes by itself; when *changing*, also without times of change."""
    answer = copy.deepcopy(heard.answer)
    for thing in heard.things:
        leaving = (*thing.law.volatile, *((thing.law.updated,) if changing and thing.law.updated else ()))
        for member in leaving:
            places = [at for at, _ in values_at(thing.value, member, thing.where)]
            for at in reversed(places):
                _remove(answer, at)
    return answer


def _remove(value: Json, at: str) -> None:
    holder_at, _, last = at.rpartition("/")
    holder = pointers.lookup(value, holder_at) if _stands(value, holder_at) else None
    if isinstance(holder, dict):
        holder.pop(pointers.unescape(last), None)
    elif isinstance(holder, list) and last.isdecimal() and int(last) < len(holder):
        holder[int(last)] = None


def _stands(value: Json, at: str) -> bool:
    try:
        pointers.lookup(value, at)
    except LookupError:
        return False
    return True


def _things(observed: LawObservation) -> Iterator[tuple[Heard, Thing]]:
    return ((heard, thing) for heard in observed.heard for thing in heard.things)


def _asked_for(heard: Heard) -> str | None:
    """Return the identity that a GET asked for: the last step of its path, where that is a parameter."""
    if heard.operation is None or heard.operation.method != "GET":
        return None
    last = heard.operation.path.rpartition("/")[2]
    value = heard.path.get(last[1:-1]) if last.startswith("{") and last.endswith("}") else None
    return str(value) if isinstance(value, str | int) else None


def _moment(thing: Thing, member: str | None) -> datetime | None:
    return next((instant(value) for _, value in values_at(thing.value, member)), None) if member else None


def _changed(observed: LawObservation, heard: Heard, thing: Thing, member: str, before: Json) -> Finding:
    law = thing.law
    found = next((value for _, value in values_at(thing.value, member)), None)
    pointer = join(law.place, "fixed", law.fixed.index(member)) if member in law.fixed else law.place
    return observed.finding(
        heard,
        f"{member} is {short(found)}, and was {short(before)} in an answer before",
        pointer=pointer,
        evidence_pointer=thing.where + member if _stands(heard.answer, thing.where + member) else thing.where,
        expected="as before",
        seen="another value",
        deviation=f"{member} changed",
    )


def _back(observed: LawObservation, heard: Heard, thing: Thing, deviation: str, expected: str) -> Finding:
    return observed.finding(
        heard,
        f"{thing.law.updated} is {deviation}",
        pointer=f"{thing.law.place}/updated",
        evidence_pointer=f"{thing.where}{thing.law.updated}",
        expected=expected,
        seen="earlier",
        deviation=deviation,
    )


def _with_fixed(observed: LawObservation) -> bool:
    return any(thing.law.fixed or thing.key for _, thing in _things(observed))


def _with_times(observed: LawObservation) -> bool:
    return any(thing.law.updated for _, thing in _things(observed))


def _reread(observed: LawObservation) -> bool:
    reads: Sequence[str] = [heard.exchange.request.url for heard in observed.of(Role.READ) if heard.good]
    return len(set(reads)) < len(reads)


RULES = (
    Rule(function=changed_fixed_field, subject=Subject.LAW, when=_with_fixed),
    Rule(function=backward_timestamp, subject=Subject.LAW, when=_with_times),
    Rule(function=unsafe_read, subject=Subject.LAW, when=_reread),
)
