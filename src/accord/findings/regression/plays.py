"""All plays of one case by both sides, and the marks that they leave."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, replace
from typing import Generic, TypeVar

from accord.contract.asyncapi import Channel
from accord.contract.pointer import Json, join
from accord.exchange.values import Session
from accord.findings.regression.contrast import Restless, Sides, contrast
from accord.findings.regression.difference import Kind, Mark, Part
from accord.findings.regression.take import IDENTITY, Sample, Take, sample
from accord.findings.regression.talk import Talk, talk

T = TypeVar("T")
Shared = Callable[[str], bool]
_CONFLICT = "409"


@dataclass(frozen=True, slots=True, kw_only=True)
class Plays(Generic[T]):
    """What each side made of one case: the baseline the ``first`` and ``second`` time, and the candidate."""

    first: tuple[T, ...] = ()
    second: tuple[T, ...] = ()
    candidate: tuple[T, ...] = ()

    def of(self, change: Callable[[T], object]) -> Sides:
        """Return what *change* makes of each."""
        first, second, candidate = (
            tuple(map(change, side)) for side in (self.first, self.second, self.candidate)
        )
        return Sides(first=first, second=second, candidate=candidate)


def of_answers(
    plays: Plays[Take],
    shared: Shared,
    restless: Callable[[str], Restless],
    *,
    values: bool = True,
    changed: Shared = lambda _: False,
) -> tuple[str, list[Mark]]:
    """Return the status of the baseline and how the answers differ.

    Where the statuses differ, nothing else is looked at. *restless* gives what is known of a status; without
    *values*, and for a baseline that was asked only once, what answers look like is all that counts. So it is for
    things of both sides that were *changed* while asking, and whether they are in the state for it (409).
    """
    samples = plays.of(lambda take: sample(take, shared))
    statuses = samples.of(lambda item: item.status)
    status = str(statuses.baseline[0])
    if statuses.apart():
        if _CONFLICT in (*statuses.baseline, *statuses.candidate) and _names(plays, changed):
            return status, []
        return status, [_told(Kind.STATUS if _all_digits(statuses) else Kind.NO_ANSWER, statuses)]
    common = {*statuses.baseline} & {*statuses.candidate}
    status = min(common)
    same = samples.where(lambda item: item.status == status)
    restless_places, values = restless(status), values and bool(plays.second)
    return status, list(_of_same_status(same, restless_places, values=values, changed=changed))


def _names(plays: Plays[Take], changed: Shared) -> bool:
    """Tell whether what was asked about is a thing that was *changed* while asking."""
    addresses = (take.last.request.url for side in (plays.first, plays.candidate) for take in side)
    return any(changed(item.lower()) for address in addresses for item in IDENTITY.findall(address))


def _of_same_status(same: Sides, restless: Restless, *, values: bool, changed: Shared) -> Iterator[Mark]:
    media_types = same.of(_media_type)
    if media_types.apart():
        yield _told(Kind.MEDIA_TYPE, media_types)
        return
    yield from contrast(same.of(_headers), Part.HEADER, restless, values=values)
    yield from contrast(same.of(_body), Part.BODY, restless, values=values, changed=changed)


def of_sessions(
    plays: Plays[Session], channel: Channel, shared: Shared, restless: Restless, *, values: bool = True
) -> list[Mark]:
    """Return how the sessions differ: in their course, then in what the messages of each kind say."""
    talks = plays.of(lambda session: talk(channel, session, shared))
    values = values and bool(plays.second)
    marks = [_course(mark) for mark in contrast(talks.of(_talked), Part.SESSION, restless, values=values)]
    kinds = dict.fromkeys(kind for item in (*talks.baseline, *talks.candidate) for kind in item.messages)
    for kind in kinds:
        said = Sides(
            first=_said(talks.first, kind),
            second=_said(talks.second, kind),
            candidate=_said(talks.candidate, kind),
        )
        if said.baseline and said.candidate:
            found = contrast(said, Part.SESSION, restless.below(f"{kind} "), values=values)
            marks += [replace(mark, pointer=join("/messages", kind) + mark.pointer) for mark in found]
    return marks


def _said(talks: Sequence[Talk], kind: str) -> tuple[Json, ...]:
    return tuple(message for item in talks for message in item.messages.get(kind, ()))


def _course(mark: Mark) -> Mark:
    """Return *mark* of a course with the kind that people would call it by."""
    if mark.pointer == "/order":
        return replace(mark, kind=Kind.ORDER)
    counted = mark.pointer.startswith("/counts/") and mark.kind is Kind.VALUE
    return replace(mark, kind=Kind.COUNT) if counted else mark


def _told(kind: Kind, sides: Sides) -> Mark:
    before, after = (
        " or ".join(dict.fromkeys(str(item) or "none" for item in side))
        for side in (sides.baseline, sides.candidate)
    )
    return Mark(part=Part.ANSWER, kind=kind, pointer="", baseline=before, candidate=after)


def _all_digits(sides: Sides) -> bool:
    return all(str(item).isdecimal() for item in sides.candidate)


def _media_type(item: Sample) -> str:
    return item.media_type


def _headers(item: Sample) -> Json:
    return dict(item.headers)


def _body(item: Sample) -> Json:
    return item.body


def _talked(item: Talk) -> Json:
    return item.course
