"""When facts of drift came and went: a row for each stay, drawn on one scale of time, and the page of all."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import cast

from accord.contract.pointer import Json
from accord.findings.drift.history import Moment, Span
from accord.findings.drift.lifecycle import Event
from accord.report.html.page import render as render_page
from accord.report.text import count, duration, moment

WIDTH = 260
HEIGHT = 20
MAXIMUM_SPANS = 2_000
_GRADES = {"breaking": "error", "unproven": "warning"}
_MINUTE, _HOUR, _DAY = 60, 3_600, 86_400
_STEPS = (
    *(_MINUTE, 5 * _MINUTE, 15 * _MINUTE, _HOUR, 3 * _HOUR, 6 * _HOUR, 12 * _HOUR),
    *(_DAY, 2 * _DAY, 3 * _DAY, 5 * _DAY, 10 * _DAY, 30 * _DAY, 60 * _DAY, 91 * _DAY, 365 * _DAY),
)
_MARKS = 4


@dataclass(frozen=True, slots=True, kw_only=True)
class Stay:
    """One stay of a fact: in words, and as a bar from ``x`` on; ``ticks`` are what became of it meanwhile."""

    grade: str
    look: str
    rule: str
    headline: str
    where: str
    rows: tuple[tuple[str, str], ...]
    came: str
    went: str
    lasted: str
    stands: bool
    moments: tuple[str, ...]
    words: str
    x: float
    width: float
    ticks: tuple[float, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Line:
    """The stays of facts between one service and one contract, and the marks of their scale."""

    target: str
    contract: str
    standing: int
    total: int
    marks: tuple[tuple[float, str], ...]
    stays: tuple[Stay, ...]


def render(spans: Sequence[Span], *, now: float) -> bytes:
    """Return the page of *spans* as UTF-8; *now* is in seconds since the epoch."""
    drawn = lines(spans, now=now)
    standing = sum(span.went is None for span in spans)
    facts = [stay for line in drawn for stay in line.stays]
    return render_page(
        "history.html",
        verdict=_verdict(len(spans), standing),
        answer="no" if standing else "yes",
        lines=drawn,
        grades=sorted({stay.grade for stay in facts}),
        rules=sorted({stay.rule for stay in facts}),
        total=len(facts),
        left_out=max(0, len(spans) - MAXIMUM_SPANS),
        written=moment(now),
        width=WIDTH,
        height=HEIGHT,
    )


def _verdict(total: int, standing: int) -> str:
    if not total:
        return "Nothing has come or gone."
    return f"{standing:,} of {count(total, 'fact')} of drift {'stands' if standing == 1 else 'stand'}."


def lines(spans: Sequence[Span], *, now: float) -> list[Line]:
    """Return a line for each service and contract of *spans*, of very many the latest."""
    shown = spans[:MAXIMUM_SPANS]
    return [
        _line(
            target,
            contract,
            [span for span in shown if (span.target, span.contract) == (target, contract)],
            now,
        )
        for target, contract in dict.fromkeys((span.target, span.contract) for span in shown)
    ]


def _line(target: str, contract: str, spans: Sequence[Span], now: float) -> Line:
    first = min(span.came for span in spans)
    last = max(now, first + 1, *(span.went or first for span in spans))
    scale = WIDTH / (last - first)
    return Line(
        target=target,
        contract=contract,
        standing=sum(span.went is None for span in spans),
        total=len(spans),
        marks=tuple((round((at - first) * scale, 1), words) for at, words in _marks(first, last)),
        stays=tuple(_stay(span, first, last, scale) for span in spans),
    )


def _marks(first: float, last: float) -> Iterator[tuple[float, str]]:
    """Yield a few whole hours or days between *first* and *last*, in UTC."""
    step = next((step for step in _STEPS if (last - first) / step <= _MARKS), _STEPS[-1])
    step *= max(1, round((last - first) / step / _MARKS))
    form = "%Y-%m" if step >= 91 * _DAY else "%m-%d" if step >= _DAY else "%m-%d %H:%M"
    at = -(-first // step) * step
    while at <= last:
        yield at, datetime.fromtimestamp(at, UTC).strftime(form)
        at += step


def _stay(span: Span, first: float, last: float, scale: float) -> Stay:
    went = last if span.went is None else span.went
    until = "still stands" if span.went is None else f"went {moment(span.went)}"
    lasted = _lasted(max(0.0, went - span.came))
    x = min(WIDTH - 3.0, round((span.came - first) * scale, 1))
    grade = _text(span.body, "grade")
    between = [item for item in span.moments if item.event not in (Event.NEW, Event.OVER)]
    return Stay(
        grade=grade,
        look=_GRADES.get(grade, "note"),
        rule=_text(span.body, "rule"),
        headline=_text(span.body, "headline"),
        where=_text(span.body, "where"),
        rows=tuple(_rows(span.body)),
        came=_minute(span.came),
        went="" if span.went is None else _minute(span.went),
        lasted=lasted,
        stands=span.went is None,
        moments=tuple(f"{moment(item.at)} {item.event}: {item.headline}" for item in between),
        words=f"came {moment(span.came)}, {until}, {lasted}{_changes(between)}",
        x=x,
        width=max(3.0, min(WIDTH - x, round((went - span.came) * scale, 1))),
        ticks=tuple(round((item.at - first) * scale, 1) for item in between),
    )


def _minute(seconds: float) -> str:
    return datetime.fromtimestamp(seconds, UTC).strftime("%Y-%m-%d %H:%M")


def _lasted(seconds: float) -> str:
    return duration(seconds) if seconds < 2 * _DAY else f"{seconds / _DAY:,.0f} days"


def _changes(between: Sequence[Moment]) -> str:
    return f", told of again {count(len(between), 'time')}" if between else ""


def _text(body: dict[str, Json], name: str) -> str:
    value = body.get(name)
    return value if isinstance(value, str) else ""


def _rows(body: dict[str, Json]) -> Iterator[tuple[str, str]]:
    rows = body.get("rows")
    for row in cast("list[Json]", rows if isinstance(rows, list) else []):
        if isinstance(row, list) and len(row) == 2:
            yield str(row[0]), str(row[1])
