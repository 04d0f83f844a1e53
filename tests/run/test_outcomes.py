"""Facts about outcomes of one rule at one place: the strongest counts, and nothing that was found gets lost."""

from __future__ import annotations

from itertools import permutations

from accord.findings.finding import Finding, Outcome, Verdict
from accord.run.outcomes import Outcomes

MISSED = Outcome(rule="r", place="p", verdict=Verdict.NOT_REACHED, reason="no time")
HELD = Outcome(rule="r", place="p", verdict=Verdict.HELD)
ONE = Outcome(
    rule="r", place="p", verdict=Verdict.FOUND, findings=(Finding(rule="r", message="1", deviation="1"),)
)
OTHER = Outcome(
    rule="r", place="p", verdict=Verdict.FOUND, findings=(Finding(rule="r", message="2", deviation="2"),)
)


def test_the_strongest_outcome_stays() -> None:
    """In whatever order they come, what was found outweighs what held, and that what was not reached."""
    for order in permutations((MISSED, HELD, ONE, OTHER)):
        outcomes = Outcomes()
        for outcome in order:
            outcomes.add(outcome)
        (kept,) = outcomes
        assert (Verdict.FOUND, {"1", "2"}) == (kept.verdict, {item.message for item in kept.findings})


def test_a_finding_keeps_its_first_proof() -> None:
    """Found a second time, it is the same finding."""
    outcomes = Outcomes()
    again = Outcome(
        rule="r",
        place="p",
        verdict=Verdict.FOUND,
        findings=(Finding(rule="r", message="later", deviation="1"),),
    )
    for outcome in (ONE, again):
        outcomes.add(outcome)
    assert [ONE] == list(outcomes)


def test_places_and_rules_are_told_apart() -> None:
    """There is one outcome for each rule and place, in the order of the first ones."""
    others = [Outcome(rule=rule, place=place, verdict=Verdict.HELD) for rule in "sr" for place in "qp"]
    outcomes = Outcomes()
    for outcome in (*others, *others):
        outcomes.add(outcome)
    assert (others, 4) == (list(outcomes), len(outcomes))
