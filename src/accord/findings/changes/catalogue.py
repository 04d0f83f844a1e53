"""Every rule about changes, with its default severity by verdict."""

from __future__ import annotations

from dataclasses import dataclass, replace

from accord.findings.changes.change import Change, Verdict
from accord.findings.finding import Severity

SEVERITIES = {
    Verdict.BREAKING: Severity.ERROR,
    Verdict.UNPROVEN: Severity.WARNING,
    Verdict.SAFE: Severity.NOTE,
}


@dataclass(frozen=True, slots=True, kw_only=True)
class ChangeRule:
    """One row: the id, and what it is about in the words of the specification that it comes from."""

    id: str
    about: str


def severity_of(change: Change) -> Change:
    """Return *change* with the severity of its verdict."""
    return replace(change, severity=SEVERITIES[change.verdict])
