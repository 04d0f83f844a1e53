"""The catalogue: every rule that accord can hold against a service."""

from __future__ import annotations

from accord.findings.checks import judged, refusal, response, step
from accord.findings.rule import Rule

CATALOGUE: tuple[Rule, ...] = (*response.RULES, *judged.RULES, *refusal.RULES, *step.RULES)


def by_id() -> dict[str, Rule]:
    """Return the catalogue by rule id."""
    return {rule.id: rule for rule in CATALOGUE}
