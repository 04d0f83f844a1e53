"""The differences on a terminal: the verdict, then each cause once with both sides and how to see it again."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from enum import StrEnum

from rich.console import Console
from rich.text import Text

from accord.findings.finding import Severity
from accord.findings.regression.difference import Difference, Standing
from accord.findings.regression.result import Regression
from accord.report.console import encodable
from accord.report.regression.words import causes, headline, meaning, place, said, verdict
from accord.report.text import count, duration, printable

_VALUE = 500
_COMMAND = 8_000
_ALSO = 4
_LABEL = 16
_INDENT = 3
_COLOR = {Severity.ERROR: "bold red", Severity.WARNING: "bold yellow", Severity.NOTE: "bold cyan"}


class Detail(StrEnum):
    """How much is told."""

    QUIET = "quiet"
    """The verdict and one line for each difference."""
    NORMAL = "normal"
    """A block for each difference, a line for what the contract allows."""
    VERBOSE = "verbose"
    """A block for everything, with what both sides answered."""


def tell(regression: Regression, console: Console, *, fail_on: Severity | None, detail: Detail) -> None:
    """Write *regression* to *console*, the gravest first; no value reaches it with control characters."""
    failed = bool(regression.counted(fail_on))
    _line(console, (verdict(regression, fail_on), "bold red" if failed else "bold green"))
    for number, same in enumerate(causes(regression.differences), 1):
        difference = same[0]
        aside = difference.standing is Standing.ALLOWED and detail is not Detail.VERBOSE
        if detail is Detail.QUIET or aside:
            more = f" (and at {count(len(same) - 1, 'other place')})" if len(same) > 1 else ""
            words = f"{printable(headline(difference), limit=_VALUE)}{more}"
            _line(console, *_head(difference), (words, ""))
        else:
            _block(console, number, same, detail)
    if detail is not Detail.QUIET:
        _line(console)
        for label, value in _summary(regression):
            _line(console, (f"{label:<{_LABEL}}", "dim"), (value, ""))


def _head(difference: Difference) -> Iterator[tuple[str, str]]:
    yield f"{difference.standing}  ", _COLOR[difference.severity]
    yield f"{printable(place(difference), limit=_VALUE)}  ", "bold"


def _block(console: Console, number: int, same: Sequence[Difference], detail: Detail) -> None:
    difference = same[0]
    _line(console)
    _line(console, (f"{number}  ", "bold"), *_head(difference))
    _line(console, (" " * _INDENT, ""), (printable(headline(difference), limit=_VALUE), ""))
    for label, value in (*_rows(difference, detail), ("also at", _also(same, detail))):
        if value:
            _line(console, (" " * _INDENT + f"{label:<{_LABEL}}", "dim"), (value, ""))


def _rows(difference: Difference, detail: Detail) -> Iterator[tuple[str, str]]:
    mark = difference.mark
    yield "baseline", printable(mark.baseline, limit=_VALUE)
    yield "candidate", printable(mark.candidate, limit=_VALUE)
    yield "means", printable(meaning(difference), limit=_VALUE)
    yield "contract", printable(difference.contract, limit=_VALUE)
    yield "seen in", count(difference.cases, "case")
    if detail is Detail.VERBOSE:
        for label, evidence in (("baseline", difference.baseline), ("candidate", difference.candidate)):
            for line in said(evidence):
                yield f"{label} said", printable(line, limit=_VALUE)
    for label, command in zip(("reproduce", "and at the"), _commands(difference), strict=False):
        yield label, command
    yield "fingerprint", difference.fingerprint


def _also(same: Sequence[Difference], detail: Detail) -> str:
    """Return where else the same is otherwise."""
    others = [place(item) for item in same[1:]]
    shown = others if detail is Detail.VERBOSE else others[:_ALSO]
    more = f" and {len(others) - len(shown):,} more" if len(others) > len(shown) else ""
    return printable(", ".join(shown), limit=_COMMAND) + more


def _commands(difference: Difference) -> Iterator[str]:
    """Yield the commands for both sides, the second only where it says something else."""
    before, after = difference.reproduce
    yield _shown(before)
    if after != before:
        yield f"candidate: {_shown(after)}"


def _shown(command: str) -> str:
    return "; ".join(printable(line, limit=_COMMAND) for line in command.splitlines()[:20])


def _summary(regression: Regression) -> Iterator[tuple[str, str]]:
    yield "Baseline", printable(regression.baseline, limit=_VALUE)
    yield "Candidate", printable(regression.candidate, limit=_VALUE)
    yield "Contract", printable(regression.contract, limit=_VALUE)
    asked = f"{count(regression.cases, 'case')}, {count(regression.plays, 'request')} and sessions"
    yield "Asked", f"{asked}, seed {regression.seed}"
    yield (
        "By itself",
        f"{count(regression.restless, 'place')} change without a change, {regression.settled} settled",
    )
    for reason, number in regression.skipped.items():
        yield "Not asked", printable(f"{number:,}: {reason}", limit=_VALUE)
    for notice in regression.notices:
        yield "Note", printable(notice, limit=_VALUE)
    yield "Took", duration(regression.seconds)


def _line(console: Console, *parts: tuple[str, str]) -> None:
    text = Text.assemble(*[(encodable(words, console), style) for words, style in parts])
    text.rstrip()
    console.print(text, soft_wrap=True)
