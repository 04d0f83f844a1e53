"""The changes on a terminal: the verdict, then each cause once with both sides, its proof and its reach."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Sequence
from enum import StrEnum
from typing import TypeAlias

from rich.console import Console

from accord.findings.changes.change import Verdict
from accord.findings.changes.result import Compared, Told
from accord.findings.finding import Severity
from accord.report.changes.words import (
    MAXIMUM_WITNESS,
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
from accord.report.line import COLOR, Part, write_line
from accord.report.text import duration, printable

_Row: TypeAlias = tuple[str, str]
"""A label and the value beside it."""

_VALUE = 500
_COMMAND = 8_000
_LABEL = 13
_INDENT = 3
_WIDE = 100
_REACHES = 4
_ASIDES = 20
_NEXT = "`accord rules RULE` explains a rule; what is meant is approved by its fingerprint: --approvals FILE"


class Detail(StrEnum):
    """How much is told."""

    QUIET = "quiet"
    """The verdict and one line for each cause."""
    NORMAL = "normal"
    """A block for what breaks or may, a line for what is safe."""
    VERBOSE = "verbose"
    """A block for everything, with all that it reaches."""


def tell(compared: Compared, console: Console, *, fail_on: Severity | None, detail: Detail) -> None:
    """Write *compared* to *console*, the gravest causes first; no value reaches it with control characters."""
    failed = bool(compared.counted(fail_on))
    write_line(console, (verdict(compared), "bold red" if failed else "bold green"))
    asides = 0
    for number, same in enumerate(groups(compared.changes), start=1):
        grave = same[0].change.verdict is not Verdict.SAFE
        if detail is Detail.VERBOSE or (grave and detail is Detail.NORMAL):
            _block(console, number, same, detail)
        elif grave or detail is Detail.QUIET:
            _aside(console, same)
        else:
            asides += 1
            if asides == 1:
                write_line(console)
            if asides <= _ASIDES:
                _aside(console, same)
    if asides > _ASIDES:
        write_line(console, (f"and {asides - _ASIDES:,} more that are safe; --verbose tells them", "dim"))
    if detail is not Detail.QUIET:
        write_line(console)
        for label, value in (*_summary(compared), *([("Next", _NEXT)] if failed else [])):
            write_line(console, (f"{label:<{_LABEL}}", "dim"), (value, ""))


def _aside(console: Console, same: Sequence[Told]) -> None:
    told = same[0]
    places = f" (at {len(same):,} places)" if len(same) > 1 else ""
    where = "" if places else f"  {location(told.new_path or told.old_path, told.new_line or told.old_line)}"
    words = f"{printable(title(same), limit=_VALUE)}{places}"
    write_line(console, *_head(told), (f"{words}{printable(where)}", ""))


def _head(told: Told) -> Iterator[Part]:
    change = told.change
    yield f"{'approved' if told.approval else change.verdict}  ", COLOR[change.severity]
    yield f"{printable(change.rule)}  ", "bold"


def _block(console: Console, number: int, same: Sequence[Told], detail: Detail) -> None:
    told = same[0]
    write_line(console)
    write_line(console, (f"{number}  ", "bold"), *_head(told), (printable(direction(told.change)), ""))
    write_line(console, (" " * _INDENT, ""), (printable(title(same), limit=_VALUE), ""))
    if console.is_terminal and console.width >= _WIDE:
        for line in _columns(_sides(told), console.width - _INDENT):
            write_line(console, (" " * _INDENT, ""), (line, ""))
    else:
        for label, place, text in _sides(told):
            _labelled(console, label, f"{place}  {text}" if text else place)
    for label, value in _rows(same, detail):
        if value:
            _labelled(console, label, value)


def _sides(told: Told) -> tuple[tuple[str, str, str], tuple[str, str, str]]:
    """Return for each side its label, where it stands, and what stands there."""
    change = told.change
    sides = (
        ("old", location(told.old_path, told.old_line), change.old_place, change.old),
        ("new", location(told.new_path, told.new_line), change.new_place, change.new),
    )
    old, new = (
        (label, printable(f"{path}#{place.partition('#')[2]}" if place else "nothing", limit=_VALUE), text)
        for label, path, place, text in sides
    )
    return (*old[:2], printable(old[2], limit=_VALUE)), (*new[:2], printable(new[2], limit=_VALUE))


def _columns(sides: Sequence[tuple[str, str, str]], width: int) -> Iterator[str]:
    """Yield both sides in columns of the same width."""
    room = (width - 3) // 2
    columns = [[*_folded(f"{label}  {place}", room), *_folded(text, room)] for label, place, text in sides]
    for index in range(max(map(len, columns))):
        left, right = (column[index] if index < len(column) else "" for column in columns)
        yield f"{left:<{room}} │ {right}".rstrip()


def _folded(text: str, room: int) -> list[str]:
    return [text[start : start + room] for start in range(0, len(text), room)]


def _rows(same: Sequence[Told], detail: Detail) -> Iterator[_Row]:
    told = same[0]
    change = told.change
    yield "witness", printable(shown_witness(change), limit=MAXIMUM_WITNESS)
    yield "means", consequence(change)
    label, lines = message(change)
    yield label, printable("  ".join(lines), limit=MAXIMUM_WITNESS)
    yield "whole", printable(unlifted(change), limit=_VALUE)
    yield "reproduce", printable(command(change), limit=_COMMAND)
    yield "replayed", printable(told.replayed, limit=_VALUE)
    yield "hits", printable(used(told), limit=_VALUE)
    yield "reason", printable(change.reason, limit=_VALUE)
    yield "reaches", _reach(reached(same), detail)
    if len(same) > 1:
        others = [
            location(item.new_path or item.old_path, item.new_line or item.old_line) for item in same[1:]
        ]
        yield "also at", _named(others, detail)
    yield "approved", printable(told.approval, limit=_VALUE)
    yield "expired", printable(told.expired, limit=_VALUE)
    yield (
        "fingerprint",
        ", ".join(item.change.fingerprint for item in same[: None if detail is Detail.VERBOSE else 1]),
    )


def _reach(names: Sequence[str], detail: Detail) -> str:
    return f"{len(names):,}: {_named(names, detail)}" if len(names) > 1 else _named(names, detail)


def _named(names: Sequence[str], detail: Detail) -> str:
    limit = len(names) if detail is Detail.VERBOSE else _REACHES
    more = f" and {len(names) - limit:,} more" if len(names) > limit else ""
    return ", ".join(printable(name, limit=_VALUE) for name in names[:limit]) + more


def _summary(compared: Compared) -> Iterator[_Row]:
    yield "Old", printable(f"{compared.old_title}  ({compared.old})", limit=_VALUE)
    yield "New", printable(f"{compared.new_title}  ({compared.new})", limit=_VALUE)
    yield "Policy", str(compared.policy)
    rules = Counter(told.change.rule for told in compared.changes)
    if rules:
        yield "Rules", ", ".join(f"{number:,} {printable(rule)}" for rule, number in rules.most_common(8))
    yield "Version", VERSION[compared.bump]
    for notice in compared.notices:
        yield "Note", printable(notice, limit=_VALUE)
    yield "Took", duration(compared.seconds)


def _labelled(console: Console, label: str, value: str) -> None:
    write_line(console, (" " * _INDENT + f"{label:<{_LABEL}}", "dim"), (value, ""))
