"""Elements of contracts compared, case by case."""

from __future__ import annotations

from typing import Any

import pytest
from element_cases import both, cases, compared

from accord.findings.changes.change import Change, Verdict


def said(changes: tuple[Change, ...]) -> list[str]:
    """Return the changes as the files spell them."""
    return sorted(f"{item.rule} {item.effect} {item.verdict}" for item in changes)


@pytest.mark.parametrize("case", list(cases()))
def test_what_changed_is_told_with_effect_and_verdict(case: dict[str, Any]) -> None:
    """Each change of a case is told, and nothing else, in both directions."""
    old, new = both(case)
    there, back = compared(case, old, new), compared(case, new, old)
    assert sorted(case.get("there", [])) == said(there)
    assert sorted(case.get("back", [])) == said(back)
    for change in (*there, *back):
        if change.verdict is Verdict.BREAKING:
            assert change.witness is not None
        if change.verdict is Verdict.UNPROVEN:
            assert change.reason
        assert change.reaches


@pytest.mark.parametrize("case", list(cases()))
def test_a_contract_is_the_same_as_itself(case: dict[str, Any]) -> None:
    """A contract held against itself has no changes."""
    for side in both(case):
        assert [] == said(compared(case, side, side))
