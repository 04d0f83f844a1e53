"""Every rule about changes, and the severity of each verdict."""

from __future__ import annotations

from dataclasses import replace

from accord.findings.changes.change import Change, Verdict
from accord.findings.changes.change_rule import ChangeRule
from accord.findings.changes.element_rules import ELEMENT_RULES
from accord.findings.changes.schema_rules import SCHEMA_RULES
from accord.findings.finding import Severity

SEVERITIES = {
    Verdict.BREAKING: Severity.ERROR,
    Verdict.UNPROVEN: Severity.WARNING,
    Verdict.SAFE: Severity.NOTE,
}

CATALOGUE: tuple[ChangeRule, ...] = (*ELEMENT_RULES, *SCHEMA_RULES)


def severity_of(change: Change) -> Change:
    """Return *change* with the severity of its verdict."""
    return replace(change, severity=SEVERITIES[change.verdict])
