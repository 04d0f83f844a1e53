"""What traffic showed of a contract: told in the terminal, and as JSON with every count."""

from __future__ import annotations

import json
from collections import Counter
from collections.abc import Iterator, Sequence

from rich.console import Console
from rich.text import Text

from accord.exchange.secrets import Secrets
from accord.findings.finding import Finding, Severity, Verdict
from accord.findings.observed.count import Count
from accord.findings.observed.observation import Observation
from accord.findings.result import Run
from accord.report import json_report
from accord.report.cause import cause
from accord.report.console import encodable
from accord.report.text import count, printable

_COLOR = {Severity.ERROR: "bold red", Severity.WARNING: "bold yellow", Severity.NOTE: "bold cyan"}
_NOTES = 20
_VALUE = 300
_REASONS = 8
_INDENT = "   "


def render(run: Run, observation: Observation) -> bytes:
    """Return the JSON report of *run* with all counts of *observation* under ``observed``."""
    report = json.loads(json_report.render(run))
    report["observed"] = observation.document()
    # Messages in a file of lines come as they are: what looks like a secret stays out of names and values.
    text = Secrets().mask(json.dumps(report, indent=2, ensure_ascii=False))
    return f"{text}\n".encode(errors="backslashreplace")


def tell(run: Run, observation: Observation, console: Console, *, fail_on: Severity, verbose: bool) -> None:
    """Write what was found to *console*, the gravest first, and then what was counted."""
    words, style = _verdict(run, fail_on)
    _line(console, (words, style))
    groups = _by_cause(run.findings)
    notes = 0
    for same in groups:
        if same[0].severity is Severity.NOTE and not verbose:
            notes += 1
            if notes <= _NOTES:
                _tell_note(console, same)
        else:
            _tell(console, same, verbose=verbose)
    if notes > _NOTES:
        _line(console, (f"and {notes - _NOTES:,} more notes; --verbose tells them all", "dim"))
    _line(console)
    for label, value in _summary(run, observation):
        _line(console, (f"{label:<13}", "dim"), (value, ""))


def _verdict(run: Run, fail_on: Severity) -> tuple[str, str]:
    tally = Counter(finding.severity for finding in run.findings)
    words = ", ".join(count(tally[severity], severity) for severity in Severity if tally[severity])
    if any(severity.rank <= fail_on.rank for severity in tally):
        return f"The traffic is not in accord with the contract: {words}.", "bold red"
    if run.unchecked():
        return "No verdict: the traffic shows nothing of the contract.", "bold yellow"
    more = f", but {words}" if tally else ""
    return (
        f"The traffic is in accord with the contract: nothing found at {fail_on} or above{more}.",
        "bold green",
    )


def _by_cause(findings: Sequence[Finding]) -> list[list[Finding]]:
    causes: dict[tuple[str, ...], list[Finding]] = {}
    order = sorted(
        findings,
        key=lambda item: (item.severity.rank, item.rule, item.operation or item.channel or "", item.pointer),
    )
    for finding in order:
        causes.setdefault(cause(finding), []).append(finding)
    return list(causes.values())


def _tell(console: Console, same: list[Finding], *, verbose: bool) -> None:
    finding = same[0]
    _line(console)
    _line(
        console,
        (f"{finding.severity}  ", _COLOR[finding.severity]),
        (finding.rule, "bold"),
        (f"  {_owner(finding)}", ""),
    )
    _line(console, (_INDENT + printable(finding.message, limit=_VALUE), ""))
    rows = {
        "contract": finding.pointer,
        "expected": finding.expected,
        "seen": finding.seen,
        "next step": finding.advice,
        "also at": _also(same, verbose=verbose),
        "fingerprint": finding.fingerprint,
    }
    for label, value in rows.items():
        if value:
            _line(console, (f"{_INDENT}{label:<13}", "dim"), (printable(value, limit=_VALUE), ""))


def _tell_note(console: Console, same: list[Finding]) -> None:
    finding = same[0]
    more = f" and at {len(same) - 1} more" if len(same) > 1 else ""
    _line(
        console,
        (f"{finding.severity}  ", _COLOR[finding.severity]),
        (finding.rule, "bold"),
        (f"  {printable(finding.message, limit=_VALUE)}: {printable(finding.seen)}{more}", ""),
    )


def _owner(finding: Finding) -> str:
    return printable(finding.operation or finding.channel or "", limit=_VALUE)


def _also(same: list[Finding], *, verbose: bool) -> str:
    names = list(dict.fromkeys(_owner(item) for item in same[1:] if _owner(item) != _owner(same[0])))
    shown = names if verbose else names[:3]
    return ", ".join(shown) + (f" and {len(names) - len(shown)} more" if len(names) > len(shown) else "")


def _summary(run: Run, observation: Observation) -> Iterator[tuple[str, str]]:
    answers, messages = observation.answers(), observation.messages()
    sampled = sum(item.sampled for item in _counts(observation))
    yield (
        "Observed",
        f"{count(answers, 'answer')} of {count(run.counts.operations, 'operation')}, {count(messages, 'message')}",
    )
    yield "Contract", printable(run.contract, limit=_VALUE)
    yield "Traffic", printable(run.target, limit=_VALUE)
    if sampled:
        yield "Judged", f"{sampled:,} values one by one, for formats, patterns and the like"
    if observation.unknown.total():
        yield "No operation", f"{observation.unknown.total():,} requests that no operation takes"
    for number, (reason, times) in enumerate(observation.skipped):
        yield "" if number else "Skipped", f"{times:,} × {printable(reason, limit=_VALUE)}"
    groups = Counter(item.reason for item in run.outcomes if item.verdict is Verdict.NOT_REACHED)
    for number, (reason, _) in enumerate(groups.most_common(_REASONS)):
        rules = ", ".join(sorted({item.rule for item in run.outcomes if item.reason == reason}))
        yield "" if number else "Not reached", f"{printable(reason)} ({printable(rules, limit=_VALUE)})"


def _counts(observation: Observation) -> Iterator[Count]:
    waiting = list(observation.bodies.values())
    while waiting:
        found = waiting.pop()
        yield found
        waiting.extend(found.below())


def _line(console: Console, *parts: tuple[str, str]) -> None:
    text = Text.assemble(*[(encodable(words, console), style) for words, style in parts])
    text.rstrip()
    console.print(text, soft_wrap=True)
