"""The page of a comparison: the answer, and each cause once with both sides, its proof and its reach."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from accord.findings.changes.change import Verdict
from accord.findings.changes.result import Compared, Told
from accord.findings.drift.history import Span
from accord.findings.finding import Severity
from accord.report.changes.words import (
    VERSION,
    command,
    consequence,
    direction,
    groups,
    location,
    message,
    reached,
    shown_witness,
    title,
    unlifted,
    used,
    verdict,
)
from accord.report.html.page import render as render_page
from accord.report.html.timeline import HEIGHT, WIDTH, lines
from accord.report.text import count, duration

MAXIMUM_CARDS = 500
MAXIMUM_LINES = 100
"""How many causes a page shows, and how many names or places of one: a browser has to hold them all."""

_MESSAGES = {"sends": "The service sends tomorrow", "answers": "A client answers today"}


@dataclass(frozen=True, slots=True, kw_only=True)
class Card:
    """One cause, in words; ``others`` are further places of it, ``facts`` its labelled lines.

    ``anchor`` is its name on the page: the fingerprint, with a number where another cause has the same.
    ``message`` is what the service sends, or what is answered to it, below its heading.
    ``total`` is how many names it reaches, also those that are not shown.
    """

    told: Told
    anchor: str
    word: str
    headline: str
    old: str
    new: str
    facts: tuple[tuple[str, str], ...]
    witness: str
    command: str
    message: tuple[str, str]
    reaches: tuple[str, ...]
    total: int
    others: tuple[str, ...]


def render(
    compared: Compared, *, fail_on: Severity | None, spans: Sequence[Span] = (), now: float = 0.0
) -> bytes:
    """Return the page of *compared*, as UTF-8; *spans* are when facts of drift came and went, up to *now*."""
    causes = groups(compared.changes)
    shown = causes[:MAXIMUM_CARDS]
    cards = [_card(same, anchor) for same, anchor in zip(shown, _anchors(shown), strict=True)]
    return render_page(
        "changes.html",
        compared=compared,
        verdict=verdict(compared),
        answer="no" if compared.counted(fail_on) else "yes",
        facts=list(_summary(compared)),
        cards=cards,
        beyond=_beyond(len(causes)),
        verdicts=[item.value for item in Verdict],
        rules=sorted({card.told.change.rule for card in cards}),
        lines=lines(spans, now=now),
        width=WIDTH,
        height=HEIGHT,
    )


def _summary(compared: Compared) -> Iterator[tuple[str, str]]:
    yield "Old", f"{compared.old_title}  ({compared.old})"
    yield "New", f"{compared.new_title}  ({compared.new})"
    yield "Policy", str(compared.policy)
    yield "Version", VERSION[compared.bump]
    for notice in compared.notices:
        yield "Note", notice
    yield "Took", duration(compared.seconds)


def _anchors(causes: Sequence[Sequence[Told]]) -> Iterator[str]:
    """Yield a name for each of *causes* that no other on the page has."""
    met: Counter[str] = Counter()
    for same in causes:
        name = same[0].change.fingerprint
        met[name] += 1
        yield name if met[name] == 1 else f"{name}-{met[name]}"


def _beyond(causes: int) -> str:
    """Return how many of all *causes* are not on the page, and where they all are; empty where none is left."""
    if causes <= MAXIMUM_CARDS:
        return ""
    more = count(causes - MAXIMUM_CARDS, "further cause")
    return f"The gravest are shown. There are {more}: --report json=PATH writes them all."


def _some(lines: Sequence[str]) -> tuple[str, ...]:
    """Return as many of *lines* as are shown, and how many more there are."""
    if len(lines) <= MAXIMUM_LINES:
        return tuple(lines)
    return (
        *lines[:MAXIMUM_LINES],
        f"and {len(lines) - MAXIMUM_LINES:,} more: --report json=PATH has them all",
    )


def _card(same: Sequence[Told], anchor: str) -> Card:
    told = same[0]
    names = reached(same)
    change = told.change
    label, lines = message(change)
    return Card(
        told=told,
        anchor=anchor,
        word="approved" if told.approval else change.verdict.value,
        headline=title(same),
        old=_side(told.old_path, told.old_line, change.old_place, change.old),
        new=_side(told.new_path, told.new_line, change.new_place, change.new),
        facts=tuple((label, value) for label, value in _facts(told) if value),
        witness=shown_witness(change),
        command=command(change),
        message=(_MESSAGES.get(label, ""), "\n".join(lines)),
        reaches=_some(names),
        total=len(names),
        others=_some(
            [location(item.new_path or item.old_path, item.new_line or item.old_line) for item in same[1:]]
        ),
    )


def _side(path: str, line: int | None, place: str, text: str) -> str:
    if not place:
        return "nothing"
    return f"{location(path, line)}#{place.partition('#')[2]}\n{text}"


def _facts(told: Told) -> Iterator[tuple[str, str]]:
    yield "rule", told.change.rule
    yield "what", direction(told.change)
    yield "means", consequence(told.change)
    yield "whole", unlifted(told.change)
    yield "reason", told.change.reason
    yield "replayed", told.replayed
    yield "hits", used(told)
    yield "approved", told.approval
    yield "expired", told.expired
