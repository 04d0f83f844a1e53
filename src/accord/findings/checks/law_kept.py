"""The rule about what a write leaves behind: it is read as it was written, and as the answer told it."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from accord.contract.contract import Contract
from accord.contract.law import ListLaw, ThingLaw, WriteLaw, values_at
from accord.contract.law_checker import success_schemas
from accord.contract.part import ANY, below, parts_of
from accord.contract.pointer import Json, join, tokens
from accord.findings.finding import Finding
from accord.findings.growth import growths, told_in
from accord.findings.heard import Heard, LawObservation, Role
from accord.findings.listing import listed
from accord.findings.rule import Rule, Subject
from accord.findings.sameness import kept, same, short


def lost_write(contract: Contract, observed: LawObservation) -> Iterator[Finding]:
    """Yield when what was written, or what the answer to it told, is not what is read."""
    law, written = observed.law, observed.one(Role.WRITE)
    if not isinstance(law, WriteLaw) or written is None:
        return
    for heard in observed.of(Role.WRITE, Role.AFTER):
        place = _place_of(contract, written, heard) if heard.good else None
        if place is not None and place.index == _MISSING:
            text = f"what was written is not in the list {heard.name}"
            yield _lost(observed, heard, text, f"{law.place}/readings/{heard.name}", deviation="not listed")
        elif place is not None:
            yield from _lost_members(contract, observed, law, written, heard, place)
    for heard in observed.of(Role.AFTER):
        yield from _untold(observed, law, written, heard)
    yield from _unchanged(observed, law)
    for growth in growths(law, observed):
        if growth.seen < growth.expected:
            yield _lost(observed, growth.heard, growth.text, growth.pointer, deviation="grew by less")


_WHOLE, _MISSING = -1, -2


@dataclass(frozen=True, slots=True)
class _Place:
    """Where in an answer the written thing stands: all of it, or one item of a list, whose pointer ``at`` is."""

    index: int
    at: str = ""
    pattern: str = ""


def _place_of(contract: Contract, written: Heard, heard: Heard) -> _Place | None:
    """Return where in *heard* what was written should stand; None where that is not known."""
    lists = contract.laws.lists.get(heard.operation.id) if heard.operation else None
    if lists is None or heard.role is not Role.AFTER:
        return _Place(_WHOLE)
    found, subject = listed(lists, heard), written.subject
    if found is None or subject is None or subject.key is None or not _holds(contract, lists, subject.law):
        return None
    if subject.key in found.keys:
        index = found.keys.index(subject.key)
        return _Place(index, join(lists.items, index), join(lists.items, ANY))
    return _Place(_MISSING) if found.complete else None


def _holds(contract: Contract, lists: ListLaw, law: ThingLaw) -> bool:
    """Tell whether the items of a list are things of *law*."""
    pattern = join(lists.items, ANY)
    items = (below(contract.library, (schema,), pattern) for schema in success_schemas(lists.operation))
    parts = (part for found in items for part in parts_of(contract.library, found or ()))
    return any(address == law.schema for address, _ in parts)


def _lost_members(
    contract: Contract, observed: LawObservation, law: WriteLaw, written: Heard, heard: Heard, place: _Place
) -> Iterator[Finding]:
    """Yield for each member that *heard*, an answer or a reading, should tell and does not tell as written."""
    for member, where, pointer in law.kept():
        given = next((value for _, value in values_at(written.written, member)), None)
        # Null, and nothing, leave the choice to the service.
        if given is None or not _tells(contract, heard, place.pattern + where):
            continue
        told = list(values_at(heard.answer, place.at + where))
        if not _is_kept(given, [value for _, value in told], many=ANY in tokens(where)):
            at, seen = told[0] if len(told) == 1 else ("", None)
            text = f"{member} was written as {short(given)} and is read as {short(seen)}"
            deviation = f"{member} in {heard.name or 'the answer'}"
            yield _lost(
                observed,
                heard,
                text,
                law.place + pointer,
                deviation=deviation,
                evidence_pointer=at,
                expected=short(given),
                seen=short(seen),
            )


def _tells(contract: Contract, heard: Heard, where: str) -> bool:
    schemas = success_schemas(heard.operation) if heard.operation else ()
    return any(below(contract.library, (schema,), where) for schema in schemas)


def _is_kept(given: Json, told: list[Json], *, many: bool) -> bool:
    if many and isinstance(given, list):
        return all(any(kept(item, value) for value in told) for item in given)
    return any(kept(given, value) for value in told)


def _untold(observed: LawObservation, law: WriteLaw, written: Heard, heard: Heard) -> Iterator[Finding]:
    """Yield for each member of the answer that a reading of the same thing tells otherwise."""
    one, other = written.subject, heard.subject
    if one is None or other is None or one.law is not other.law or one.key != other.key:
        return
    for index, member in enumerate(law.tells):
        first, second = (
            next((value for _, value in values_at(item.answer, member)), None) for item in (written, heard)
        )
        if not same(first, second):
            text = f"the answer told {member} as {short(first)}, and it is read as {short(second)}"
            pointer = f"{law.place}/tells/{index}"
            yield _lost(
                observed,
                heard,
                text,
                pointer,
                deviation=f"{member} in {heard.name}",
                expected=short(first),
                seen=short(second),
            )


def _unchanged(observed: LawObservation, law: WriteLaw) -> Iterator[Finding]:
    """Yield for each member that the write should have changed and that is as it was."""
    for index, told in enumerate(law.changes):
        before, after = told_in(observed, told, Role.BEFORE), told_in(observed, told, Role.AFTER)
        if before and after and same(before[1], after[1]):
            text = f"{told.member} of {told.reading} is {short(after[1])} after the write, as it was before"
            pointer = f"{law.place}/changes/{index}"
            yield _lost(observed, after[0], text, pointer, deviation=f"{told.member} unchanged")


def _lost(observed: LawObservation, heard: Heard, text: str, pointer: str, **details: str) -> Finding:
    details.setdefault("expected", "what the write says")
    details.setdefault("seen", "something else")
    return observed.finding(heard, text, pointer=pointer, **details)


def _kept(observed: LawObservation) -> bool:
    law = observed.law
    if not isinstance(law, WriteLaw) or observed.one(Role.WRITE) is None:
        return False
    return bool(law.keeps or law.alike or law.tells or law.changes or law.grows)


RULES = (Rule(function=lost_write, subject=Subject.LAW, when=_kept),)
