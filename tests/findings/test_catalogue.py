"""The catalogue of all rules."""

from __future__ import annotations

from collections import Counter

from accord.findings.catalogue import CATALOGUE
from accord.findings.changes.catalogue import CATALOGUE as CHANGES


def test_no_two_rules_have_one_id() -> None:
    """An id in the settings means one rule, of a run or of a comparison, and none hides another."""
    ids = Counter([rule.id for rule in CATALOGUE] + [change.id for change in CHANGES])
    assert [] == [name for name, number in ids.items() if number > 1]
