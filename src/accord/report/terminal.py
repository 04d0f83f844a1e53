"""The terminal report: the verdict, each finding with its proof, and what was reached."""

from __future__ import annotations

import math
from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from enum import StrEnum
from io import StringIO

from rich.console import Console
from rich.text import Text

from accord.exchange.values import Exchange
from accord.findings.finding import Finding, Severity, Verdict
from accord.findings.result import Run
from accord.report import matrix
from accord.report.care import care
from accord.report.cause import by_cause, placed
from accord.report.console import console_for, encodable
from accord.report.evidence import answered, conversation, told
from accord.report.line import COLOR, Part, write_line
from accord.report.text import count, duration, printable
from accord.report.verdict import verdict

_INDENT = 3
_LABEL = 13
_NARROWEST = 24
_MESSAGE = 1_000
_VALUE = 300
_COMMAND = 8_000
_SCREEN = 2_000
_REASONS = 8
_RULES = 3


class Detail(StrEnum):
    """How much is told."""

    QUIET = "quiet"
    """The verdict and one line for each finding."""
    NORMAL = "normal"
    """A block for each finding, and a summary."""
    VERBOSE = "verbose"
    """Also what was said in the evidence, the tally of each rule and everything that was not reached."""


@dataclass(frozen=True, slots=True, kw_only=True)
class _Row:
    """One labelled value; a ``whole`` one is never broken into lines, so that it can be copied."""

    label: str
    value: str
    style: str = ""
    whole: bool = False


def tell(
    run: Run,
    console: Console,
    *,
    command: str,
    fail_on: Severity = Severity.ERROR,
    detail: Detail = Detail.NORMAL,
    least: float | None = None,
) -> None:
    """Write *run* to *console*, the gravest findings first.

    *least* is how much of what messages can show was to be seen, in percent.
    *command* is what runs the same run again, its seed included. On a terminal text is wrapped to
    the width of it; elsewhere each value stays on one line. No value reaches the console with
    control characters in it.
    """
    words = verdict(run, fail_on=fail_on, least=least)
    write_line(console, (words, _verdict_style(words)))
    findings = by_cause(run.findings)
    for number, same in enumerate(findings, start=1):
        if detail is Detail.QUIET or (_is_aside(same[0]) and detail is Detail.NORMAL):
            _tell_in_a_line(console, number, same, detail)
        else:
            _tell_finding(console, number, same, detail)
    if detail is not Detail.QUIET:
        write_line(console)
        for row in _summary(run, detail):
            _write(console, row, indent=0)
    if any(_in_process(finding) for finding in run.findings) and detail is not Detail.QUIET:
        hint = f"serve the application, for example with `uvicorn {printable(run.target)}`, for http://testserver"
        _write(console, _Row(label="Reproduce", value=hint), indent=0)
    if findings or detail is not Detail.QUIET:
        _write(console, _Row(label="Run again", value=printable(command), whole=True), indent=0)


def _is_aside(finding: Finding) -> bool:
    """Tell whether *finding* is a note about the whole document, or of what never came: one line is enough."""
    shows = finding.evidence is not None or finding.line is not None
    return finding.severity is Severity.NOTE and (bool(finding.showings) or not shows)


def _tell_in_a_line(console: Console, number: int, same: Sequence[Finding], detail: Detail) -> None:
    finding = same[0]
    others = max(len(same), len(finding.showings)) - 1
    more = f" (and at {others} more)" if others else ""
    if detail is Detail.NORMAL:
        write_line(console)
        write_line(
            console, (f"{number}  ", "bold"), *_head(finding), (f": {printable(finding.message)}{more}", "")
        )
    else:
        write_line(console, *_head(finding), (f": {printable(finding.message, limit=_VALUE)}{more}", ""))


def blocks(findings: Sequence[Finding]) -> str:
    """Return *findings* as plain text, in the blocks that ``tell`` writes, the gravest first."""
    text = StringIO()
    console = console_for(text, no_color=True)
    for number, same in enumerate(by_cause(findings), start=1):
        _tell_finding(console, number, same, Detail.NORMAL)
    return text.getvalue()


def _tell_finding(console: Console, number: int, same: Sequence[Finding], detail: Detail) -> None:
    finding = same[0]
    write_line(console)
    write_line(console, (f"{number}  ", "bold"), *_head(finding))
    _write(console, _Row(label="", value=printable(finding.message, limit=_MESSAGE)), column=0)
    for row in _block(finding, detail):
        _write(console, row)
    others = _elsewhere(same)
    for label, names in (("at", finding.showings), ("also at", others)):
        if names:
            limit = len(names) if detail is Detail.VERBOSE else _RULES
            _write(console, _Row(label=label, value=_names(names, limit)))


def _elsewhere(same: Sequence[Finding]) -> list[str]:
    """Return where else findings of one cause show, each place once, with a status that the first has not."""
    first, *others = same
    told = answered(first.evidence)
    places: dict[str, None] = {}
    for item in others:
        place, status = item.operation or item.channel or placed(item), answered(item.evidence)
        if place != (first.operation or first.channel) or status != told:
            places.setdefault(place if status == told else f"{place} → {status}")
    return list(places)


def _in_process(finding: Finding) -> bool:
    return isinstance(finding.evidence, Exchange) and finding.evidence.request.url.startswith(
        "http://testserver"
    )


def _verdict_style(words: str) -> str:
    if words.startswith("In accord"):
        return "bold green"
    return "bold yellow" if words.startswith("No verdict") else "bold red"


def _head(finding: Finding) -> Iterator[Part]:
    yield f"{finding.severity}  ", COLOR[finding.severity]
    yield printable(finding.rule), "bold"
    place = printable(finding.operation or finding.channel or "", limit=_VALUE)
    where = " → ".join(part for part in (place, answered(finding.evidence)) if part)
    if where:
        yield f"  {where}", ""


def _block(finding: Finding, detail: Detail) -> Iterator[_Row]:
    rows = {
        "contract": placed(finding),
        "evidence": finding.evidence_pointer,
        "expected": finding.expected,
        "seen": finding.seen,
        "witness": finding.witness,
        "next step": finding.advice,
    }
    for label, value in rows.items():
        if value:
            limit = _COMMAND if label == "witness" and detail is Detail.VERBOSE else _VALUE
            yield _Row(label=label, value=printable(value, limit=limit))
    if finding.evidence is not None:
        label = "exchange" if isinstance(finding.evidence, Exchange) else "session"
        yield _Row(label=label, value=told(finding.evidence))
        if detail is Detail.VERBOSE:
            for line in conversation(finding.evidence):
                yield _Row(label="", value=line, style="dim")
    for label, text in (("settled by", finding.settle), ("reproduce", finding.reproduce)):
        # A command is one line, to be copied whole; a script has a screen.
        whole = detail is Detail.VERBOSE or "\n" not in text
        yield from _lines_of(label, text, _COMMAND if whole else _SCREEN)
    yield _Row(label="fingerprint", value=finding.fingerprint, style="dim")


def _lines_of(label: str, text: str, limit: int) -> Iterator[_Row]:
    """Yield a row for each line of *text*; of one that fills a screen the beginning, and where the rest is."""
    lines = text[:limit].split("\n")
    if len(text) > limit:
        lines.append(f"… ({len(text):,} characters; a report has them all: --report html=PATH)")
    # A margin keeps the lines of a value from passing for lines of this report.
    margin = "│ " if len(lines) > 1 else ""
    for number, line in enumerate(lines if text else ()):
        yield _Row(label="" if number else label, value=margin + printable(line), whole=True)


def _summary(run: Run, detail: Detail) -> Iterator[_Row]:
    if not run.target:
        if run.contract:
            yield _Row(label="Contract", value=printable(run.contract, limit=_VALUE))
        yield from _rules(run, detail)
        yield from _not_reached(run, detail)
        yield from _care(run)
        return
    said = run.counts
    yield _Row(
        label="Asked",
        value=f"{count(said.operations, 'operation')}, {count(said.cases, 'case')}, "
        f"{count(said.sessions, 'session')}, {count(said.messages, 'message')} in {duration(run.seconds)}",
    )
    yield _Row(label="Contract", value=printable(run.contract, limit=_VALUE))
    yield _Row(label="Target", value=printable(run.target, limit=_VALUE))
    yield _Row(label="Seed", value=f"{run.seed}")
    yield from _rules(run, detail)
    yield from _statuses(run, detail)
    yield from _wrong_places(run, detail)
    yield from _parts(run, detail)
    yield from _not_reached(run, detail)
    yield from _care(run)


def _care(run: Run) -> Iterator[_Row]:
    for label, words in care(run):
        yield _Row(label=label, value=words)


def _rules(run: Run, detail: Detail) -> Iterator[_Row]:
    rules = run.rules()
    found = sum(row[Verdict.FOUND] > 0 for row in rules.values())
    held = sum(row[Verdict.HELD] > 0 and not row[Verdict.FOUND] for row in rules.values())
    unreached = len(rules) - held - found
    yield _Row(label="Rules", value=f"{held} held, {found} found, {unreached} not reached")
    if detail is Detail.VERBOSE:
        for rule, row in rules.items():
            tally = ", ".join(f"{number:,} {verdict}" for verdict, number in row.items() if number)
            yield _Row(label="", value=f"{printable(rule)}: {tally}", style="dim")


def _statuses(run: Run, detail: Detail) -> Iterator[_Row]:
    unseen = {
        operation: [status for status, number in statuses.items() if not number]
        for operation, statuses in run.coverage.statuses.items()
    }
    documented = sum(len(statuses) for statuses in run.coverage.statuses.values())
    if not documented:
        return
    missing = sum(len(statuses) for statuses in unseen.values())
    more = "; --verbose lists them" if missing and detail is not Detail.VERBOSE else ""
    yield _Row(label="Statuses", value=f"{missing:,} of {documented:,} documented were not seen{more}")
    if detail is Detail.VERBOSE:
        for operation, statuses in sorted(unseen.items()):
            if statuses:
                words = printable(f"{operation}: {', '.join(sorted(statuses))}")
                yield _Row(label="", value=words, style="dim")


def _wrong_places(run: Run, detail: Detail) -> Iterator[_Row]:
    if run.places:
        more = "" if detail is Detail.VERBOSE else "; --verbose lists them"
        yield _Row(label="Wrong places", value=f"{matrix.summary(run.places)}{more}")
        for line in matrix.table(run.places) if detail is Detail.VERBOSE else ():
            yield _Row(label="", value=line, style="dim")


def _parts(run: Run, detail: Detail) -> Iterator[_Row]:
    """Yield what of the messages was seen: a line for all, and one for each kind."""
    share = run.coverage.message_share()
    if share is None or not run.counts.sessions:
        return
    # Never rounded up: what is all but whole is not whole.
    yield _Row(label="Messages", value=f"{math.floor(share)} % of what messages can show was seen")
    for kind, counts in run.coverage.parts.items():
        unseen = [name for name, number in counts.items() if not number]
        told = printable(f"{len(counts) - len(unseen):,} of {len(counts):,} {kind}")
        if not unseen or detail is Detail.VERBOSE:
            yield _Row(label="", value=told)
        else:
            yield _Row(label="", value=f"{told}; never {_names(unseen, _RULES)}")
        if detail is Detail.VERBOSE:
            for name, number in counts.items():
                yield _Row(label="", value=f"{number:>7,} {printable(name)}", style="dim")


def _not_reached(run: Run, detail: Detail) -> Iterator[_Row]:
    outcomes = [outcome for outcome in run.outcomes if outcome.verdict is Verdict.NOT_REACHED]
    groups = Counter(outcome.reason for outcome in outcomes)
    reasons = sorted(groups, key=lambda reason: (-groups[reason], reason))
    shown = reasons if detail is Detail.VERBOSE else reasons[:_REASONS]
    for number, reason in enumerate(shown):
        rules = sorted({outcome.rule for outcome in outcomes if outcome.reason == reason})
        names = _names(rules, len(rules) if detail is Detail.VERBOSE else _RULES)
        words = printable(reason or "no reason given", limit=_VALUE)
        label = "" if number else "Not reached"
        yield _Row(label=label, value=f"{groups[reason]:,} × {words} ({names})")
    if len(shown) < len(reasons):
        yield _Row(label="", value=f"and {len(reasons) - len(shown)} more reasons; --verbose lists them")


def _names(names: Sequence[str], limit: int) -> str:
    more = f" and {len(names) - limit} more" if len(names) > limit else ""
    return ", ".join(printable(name) for name in names[:limit]) + more


def _write(console: Console, row: _Row, *, indent: int = _INDENT, column: int = _LABEL) -> None:
    """Write *row* with its value in a column of its own; a wrapped value stays in that column."""
    margin = " " * indent + f"{row.label:<{column}}"
    for line in _lines(console, row, console.width - len(margin)):
        write_line(console, (margin, "dim"), (line, row.style))
        margin = " " * len(margin)


def _lines(console: Console, row: _Row, room: int) -> list[str]:
    if row.whole or not console.is_terminal:
        return [row.value]
    text = Text(encodable(row.value, console))
    return [line.plain for line in text.wrap(console, max(room, _NARROWEST), overflow="fold")]
