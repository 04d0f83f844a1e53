"""Facts about what was seen of a service: made of the findings that hold it against its contract."""

from __future__ import annotations

from collections.abc import Iterable

from accord.findings.drift.fact import Fact, Grade, Kind, digest
from accord.findings.finding import Finding, Severity

_GRADES = {Severity.ERROR: Grade.BREAKING, Severity.WARNING: Grade.UNPROVEN, Severity.NOTE: Grade.ALLOWED}


def facts(findings: Iterable[Finding]) -> tuple[Fact, ...]:
    """Return the facts that *findings* are: one for each fingerprint, the first of them its proof."""
    found: dict[str, Fact] = {}
    for finding in findings:
        grade = _GRADES[finding.severity]
        fact = Fact(
            kind=Kind.OBSERVED,
            key=digest(Kind.OBSERVED, finding.fingerprint),
            state=digest(grade, finding.severity, finding.expected),
            rule=finding.rule,
            grade=grade,
            severity=finding.severity,
            proof=finding,
        )
        found.setdefault(fact.key, fact)
    return tuple(found.values())
