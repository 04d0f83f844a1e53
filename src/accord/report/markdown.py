"""A run as Markdown for the page of a job: the verdict, a table, and what stands behind each row."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Sequence

from accord.findings.finding import Finding, Severity, Verdict
from accord.findings.result import Location, Run
from accord.report.care import care
from accord.report.cause import by_cause, elsewhere
from accord.report.markup import block, cell, code, folded, text
from accord.report.text import count, duration
from accord.report.verdict import verdict

_ROWS = 50
_TOLD = 20
_NAMES = 5
_VALUE = 300
_COMMAND = 2_000
_MARKS = {Severity.ERROR: "❌", Severity.WARNING: "⚠️", Severity.NOTE: "💬"}


def render(run: Run, *, fail_on: Severity) -> bytes:
    """Return *run* as Markdown (GitHub's and GitLab's) in UTF-8; nothing of a contract or a service is markup."""
    lines = _lines(run, fail_on)
    return ("\n".join(lines).rstrip("\n") + "\n").encode("utf-8", "backslashreplace")


def _lines(run: Run, fail_on: Severity) -> Iterator[str]:
    causes = by_cause(run.findings)
    yield f"## {text(verdict(run, fail_on=fail_on))}"
    yield ""
    yield _asked(run)
    for label, words in care(run):
        yield from ("", f"{label}: {text(words)}.")
    if causes:
        yield from ("", "| | rule | at | what |", "| --- | --- | --- | --- |")
        yield from (_row(run, same) for same in causes[:_ROWS])
        if len(causes) > _ROWS:
            yield from ("", f"{count(len(causes) - _ROWS, 'more cause')} in the other reports.")
        yield ""
        for same in causes[:_TOLD]:
            yield from _behind(run, same)
    yield from _rules(run)


def _asked(run: Run) -> str:
    parts = [f"Contract {code(run.contract, limit=_VALUE)}"]
    if run.target:
        said = run.counts
        asked = f"{count(said.operations, 'operation')}, {count(said.cases, 'case')}, {count(said.sessions, 'session')}"
        parts += [
            f"target {code(run.target, limit=_VALUE)}",
            f"seed {run.seed}",
            f"{asked} in {duration(run.seconds)}",
        ]
    return ", ".join(parts) + "."


def _row(run: Run, same: Sequence[Finding]) -> str:
    finding = same[0]
    more = f" and {len(same) - 1:,} more" if len(same) > 1 else ""
    subject = finding.operation or finding.channel or _file(run, finding)
    at = f"{cell(subject, limit=100)}{more}" if subject else more.strip()
    words = text(finding.message, limit=_VALUE)
    return f"| {_MARKS[finding.severity]} {finding.severity} | {cell(finding.rule)} | {at} | {words} |"


def _behind(run: Run, same: Sequence[Finding]) -> Iterator[str]:
    finding = same[0]
    yield from folded(f"{finding.rule}: {finding.message}")
    names = elsewhere(same)
    values = {
        "contract": _file(run, finding) or finding.pointer,
        "expected": finding.expected,
        "seen": finding.seen,
        "witness": finding.witness,
        "shows at": ", ".join(finding.showings[:_NAMES]),
        "also at": ", ".join(names[:_NAMES])
        + (f" and {len(names) - _NAMES:,} more" if len(names) > _NAMES else ""),
        "fingerprint": finding.fingerprint,
    }
    for label, value in values.items():
        if value:
            yield f"- {label}: {code(value, limit=_VALUE)}"
    if finding.advice:
        yield f"- next step: {text(finding.advice, limit=_VALUE)}"
    for words in (finding.settle, finding.reproduce):
        if words:
            yield from ("", block(words, limit=_COMMAND))
    yield from ("", "</details>", "")


def _file(run: Run, finding: Finding) -> str:
    place = run.locations.get(finding.fingerprint, Location(path=""))
    return f"{place.path}:{place.line}" if place.line else place.path


def _rules(run: Run) -> Iterator[str]:
    """Yield what held and what was not reached, and why: a job that is green should say what it asked."""
    table = run.rules()
    held = [rule for rule, row in table.items() if row[Verdict.HELD] and not row[Verdict.FOUND]]
    missed = Counter(
        item.reason or "no reason given" for item in run.outcomes if item.verdict is Verdict.NOT_REACHED
    )
    yield from folded(f"{count(len(held), 'rule')} held")
    yield from (", ".join(code(rule) for rule in held), "", "</details>", "")
    if missed:
        yield from folded(f"{count(len(missed), 'reason')} why something was not reached")
        yield from (
            f"- {number:,} × {text(reason, limit=_VALUE)}" for reason, number in missed.most_common(_ROWS)
        )
        yield from ("", "</details>", "")
