"""Rules about what a whole run reached of the contract."""

# A rule takes the contract whether it needs it or not.
# ruff: noqa: ARG001

from __future__ import annotations

from collections.abc import Iterator

from accord.contract.contract import Contract
from accord.findings.evidence import StatusObservation
from accord.findings.finding import Finding, Severity
from accord.findings.rule import Rule, Subject


def unreached_status(contract: Contract, observed: StatusObservation) -> Iterator[Finding]:
    """Yield when no answer of a whole run had a status that the operation documents."""
    if observed.count == 0:
        yield observed.finding(
            f"no answer with status {observed.status} was seen: {observed.reason}",
            expected=f"an answer with status {observed.status}",
            seen="none in the whole run",
            deviation=observed.status,
        )


RULES = (Rule(function=unreached_status, subject=Subject.REACH, severity=Severity.NOTE),)
