"""The history of facts as people and programs read it."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator, Sequence
from pathlib import Path

from accord.contract.pointer import Json
from accord.findings.drift.history import Span
from accord.findings.drift.lifecycle import Event
from accord.report.alerts.alert import line, timestamp
from accord.report.destination import destination, put
from accord.report.html import timeline
from accord.report.text import count, duration, moment, printable

_TEXT = 300


def lines(spans: Sequence[Span], *, now: float) -> Iterator[str]:
    """Yield *spans* as lines, those of one service together; *now* is in seconds since the epoch."""
    if not spans:
        yield "Nothing has come or gone."
        return
    for target, contract in dict.fromkeys((span.target, span.contract) for span in spans):
        mine = [span for span in spans if (span.target, span.contract) == (target, contract)]
        standing = sum(1 for span in mine if span.went is None)
        yield printable(f"{target} and {contract}: {standing:,} of {count(len(mine), 'fact')} standing")
        for span in mine:
            yield from _lines(span, now)


def _lines(span: Span, now: float) -> Iterator[str]:
    until = f"to {moment(span.went)}" if span.went is not None else "standing"
    lasted = duration(max(0.0, (now if span.went is None else span.went) - span.came))
    yield ""
    yield f"  {printable(line(span.body), limit=_TEXT)}"
    yield f"    from {moment(span.came)} {until}, {lasted}"
    for item in span.moments:
        if item.event not in (Event.NEW, Event.OVER):
            yield f"    {moment(item.at)}  {item.event}: {printable(item.headline, limit=_TEXT)}"


def render(spans: Sequence[Span]) -> bytes:
    """Return *spans* as JSON in ASCII: ``facts``, each with ``came``, ``went`` (null while it stands), ``moments``."""
    data: Json = {"facts": [_fact(span) for span in spans]}
    return (json.dumps(data, indent=2) + "\n").encode("ascii")


FORMATS: dict[str, Callable[[Sequence[Span], float], bytes]] = {
    "html": lambda spans, now: timeline.render(spans, now=now),
    "json": lambda spans, _: render(spans),
}


def parse(item: str) -> tuple[str, Path]:
    """Return format and path of ``FORMAT=PATH``, where ``-`` is standard output; raises ``ConfigurationError``."""
    return destination(item, FORMATS)


def write(item: str, spans: Sequence[Span], *, now: float) -> None:
    """Write the report that *item*, ``FORMAT=PATH``, asks for; raises ``ConfigurationError``."""
    kind, path = parse(item)
    put(FORMATS[kind](spans, now), path)


def _fact(span: Span) -> Json:
    return {
        "target": span.target,
        "contract": span.contract,
        **span.body,
        "came": timestamp(span.came),
        "went": timestamp(span.went) if span.went is not None else None,
        "moments": [
            {
                "at": timestamp(item.at),
                "event": item.event.value,
                "severity": item.severity,
                "headline": item.headline,
            }
            for item in span.moments
        ],
    }
