"""A run as a code quality report of GitLab, a subset of the specification of Code Climate."""

from __future__ import annotations

import json

from accord.contract.pointer import Json
from accord.findings.finding import Finding, Severity
from accord.findings.result import Location, Run
from accord.report.text import printable

_SEVERITIES = {Severity.ERROR: "major", Severity.WARNING: "minor", Severity.NOTE: "info"}
_TEXT = 1_000


def render(run: Run) -> bytes:
    """Return *run* as a list of issues in JSON, in ASCII, the gravest first.

    GitLab shows an issue beside a line of a file, so each has one: where no line is known, the first.
    """
    findings = sorted(run.findings, key=lambda item: (item.severity.rank, item.rule, item.pointer))
    return (json.dumps([_issue(run, item) for item in findings], indent=2) + "\n").encode()


def _issue(run: Run, finding: Finding) -> Json:
    place = run.locations.get(finding.fingerprint, Location(path=""))
    subject = finding.operation or finding.channel
    words = f"{subject}: {finding.message}" if subject else finding.message
    return {
        "description": printable(words, limit=_TEXT),
        "check_name": finding.rule,
        "fingerprint": finding.fingerprint,
        "severity": _SEVERITIES[finding.severity],
        "location": {
            "path": printable(place.path or run.contract, limit=_TEXT),
            "lines": {"begin": place.line or 1},
        },
    }
