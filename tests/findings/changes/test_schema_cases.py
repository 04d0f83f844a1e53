"""What a comparison says of two schemas, against answers written by hand."""

from __future__ import annotations

import pytest
from schema_cases import SchemaCase, changes_of, read_cases, told

from accord.findings.changes.change import Sender

CASES = tuple(read_cases())


@pytest.mark.parametrize("sender", Sender)
@pytest.mark.parametrize("case", CASES, ids=[case.name for case in CASES])
def test_the_change_is_told_as_its_meaning_demands(case: SchemaCase, sender: Sender) -> None:
    """Each pair of schemas gives the changes that follow from what the two sets of values are, and no other."""
    assert case.expected[sender] == told(changes_of(case.old, case.new, sender, case.policy))


def test_there_are_cases_enough() -> None:
    """There are at least 170 pairs, and at least 50 of them change nothing."""
    unchanged = [case for case in CASES if not any(case.expected.values())]
    assert (len(CASES) >= 170, len(unchanged) >= 50) == (True, True)
