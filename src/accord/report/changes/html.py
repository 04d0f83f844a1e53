"""The page of a comparison: the answer, and each cause once with both sides, its proof and its reach."""

from __future__ import annotations

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
    reached,
    shown_witness,
    title,
    used,
    verdict,
)
from accord.report.html.page import render as render_page
from accord.report.html.timeline import HEIGHT, WIDTH, lines
from accord.report.text import duration


@dataclass(frozen=True, slots=True, kw_only=True)
class Card:
    """One cause, in words; ``others`` are further places of it, ``facts`` its labelled lines."""

    told: Told
    word: str
    headline: str
    old: str
    new: str
    facts: tuple[tuple[str, str], ...]
    witness: str
    command: str
    reaches: tuple[str, ...]
    others: tuple[str, ...]


def render(
    compared: Compared, *, fail_on: Severity | None, spans: Sequence[Span] = (), now: float = 0.0
) -> bytes:
    """Return the page of *compared*, as UTF-8; *spans* are when facts of drift came and went, up to *now*."""
    cards = [_card(same) for same in groups(compared.changes)]
    return render_page(
        "changes.html",
        compared=compared,
        verdict=verdict(compared),
        answer="no" if compared.counted(fail_on) else "yes",
        facts=list(_summary(compared)),
        cards=cards,
        verdicts=[item.value for item in Verdict],
        rules=sorted({told.change.rule for told in compared.changes}),
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


def _card(same: Sequence[Told]) -> Card:
    told = same[0]
    change = told.change
    return Card(
        told=told,
        word="approved" if told.approval else change.verdict.value,
        headline=title(same),
        old=_side(told.old_path, told.old_line, change.old_place, change.old),
        new=_side(told.new_path, told.new_line, change.new_place, change.new),
        facts=tuple((label, value) for label, value in _facts(told) if value),
        witness=shown_witness(change),
        command=command(change),
        reaches=reached(same),
        others=tuple(
            location(item.new_path or item.old_path, item.new_line or item.old_line) for item in same[1:]
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
    yield "reason", told.change.reason
    yield "replayed", told.replayed
    yield "hits", used(told)
    yield "approved", told.approval
    yield "expired", told.expired
