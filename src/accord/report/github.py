"""Annotations of a run for GitHub Actions: one workflow command for each cause, the gravest first."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from accord.findings.finding import Finding, Severity
from accord.findings.result import Location, Run
from accord.report.cause import by_cause, elsewhere
from accord.report.verdict import verdict
from accord.report.workflow_command import COMMANDS, MAXIMUM, workflow_command

_NAMES = 3


def render(run: Run, *, fail_on: Severity) -> bytes:
    """Return *run* as workflow commands, one a line: what was found, at its place in the contract, and the verdict."""
    lines = [_command(run, same) for same in by_cause(run.findings)[:MAXIMUM]]
    lines.append(workflow_command("notice", verdict(run, fail_on=fail_on), title="accord"))
    return ("\n".join(lines) + "\n").encode("utf-8", "backslashreplace")


def _command(run: Run, same: Sequence[Finding]) -> str:
    finding = same[0]
    place = run.locations.get(finding.fingerprint, Location(path=""))
    title = " ".join(part for part in (finding.rule, finding.operation or finding.channel) if part)
    return workflow_command(
        COMMANDS[finding.severity],
        ". ".join(_words(same)),
        title=title,
        path=place.path,
        line=place.line,
        column=place.column,
    )


def _words(same: Sequence[Finding]) -> Iterator[str]:
    finding = same[0]
    yield finding.message.rstrip(".")
    if finding.expected:
        yield f"Expected: {finding.expected}"
    if finding.seen:
        yield f"Seen: {finding.seen}"
    if finding.advice:
        yield finding.advice.rstrip(".")
    if others := elsewhere(same):
        yield f"Also at {', '.join(others[:_NAMES])}"
    yield f"Fingerprint {finding.fingerprint}"
