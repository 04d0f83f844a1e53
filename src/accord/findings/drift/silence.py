"""The fact that a service cannot be asked: no drift, and nobody knows whether there is any."""

from __future__ import annotations

from accord.findings.drift.fact import Fact, Grade, Kind, digest
from accord.findings.finding import Severity

RULE = "unasked-service"


def silence(reason: str) -> Fact:
    """Return the fact that the service could not be asked, for *reason*; another reason is the same fact."""
    return Fact(
        kind=Kind.SERVICE,
        key=digest(Kind.SERVICE),
        state=digest(Kind.SERVICE),
        rule=RULE,
        grade=Grade.UNASKED,
        severity=Severity.ERROR,
        proof=reason,
    )
