"""Facts about what is one fact of drift, and what is known again as the same."""

from __future__ import annotations

from dataclasses import replace

from accord.findings.changes.change import Change, Effect, Sender, Verdict
from accord.findings.changes.result import Told
from accord.findings.drift import observed
from accord.findings.drift.fact import Grade, Kind
from accord.findings.drift.published import facts
from accord.findings.drift.silence import silence
from accord.findings.finding import Finding, Severity

CHANGE = Change(
    rule="changed-max-length",
    effect=Effect.NARROWED,
    verdict=Verdict.BREAKING,
    severity=Severity.ERROR,
    sender=Sender.CLIENT,
    old_place="openapi.yaml#/a",
    new_place="openapi.yaml#/b",
    old="maxLength: 20",
    new="maxLength: 5",
    reaches=("POST /a",),
)


def facts_of(*changes):
    return facts(Told(change=change) for change in changes)


def test_a_fact_that_changes_is_known_again():
    """What is promised keeps the key, what became of it makes the state; where it is published is neither."""
    (one,) = facts_of(CHANGE)
    (other,) = facts_of(replace(CHANGE, new="maxLength: 3", new_place="openapi.yaml#/c"))
    assert one.key == other.key
    assert one.state != other.state
    assert (Kind.PUBLISHED, Grade.BREAKING, Severity.ERROR) == (one.kind, one.grade, one.severity)


def test_wording_and_lines_do_not_make_another_fact():
    """Neither key nor state is made of them."""
    (one,) = facts_of(CHANGE)
    (other,) = facts(
        [Told(change=replace(CHANGE, message="other words", reason="another reason"), new_line=9)]
    )
    assert (one.key, one.state) == (other.key, other.state)


def test_a_promise_that_is_broken_at_two_places_is_one_fact():
    """It reaches what either of them reaches."""
    (fact,) = facts_of(CHANGE, replace(CHANGE, new_place="openapi.yaml#/c", reaches=("POST /c", "POST /a")))
    assert ("POST /a", "POST /c") == fact.proof.change.reaches


def test_two_changes_of_one_promise_are_two_facts():
    """Told in another order, in the same order they are the same two each time."""
    other = replace(CHANGE, new="maxLength: 3", new_place="openapi.yaml#/c")
    found = facts_of(CHANGE, other)
    assert 2 == len({fact.key for fact in found})
    assert found == facts_of(CHANGE, other)


def test_what_is_new_is_known_by_itself():
    """Two operations that nobody promised are two facts, although the contract has neither of them."""
    new = replace(CHANGE, rule="added-operation", old_place="", old="", verdict=Verdict.SAFE)
    one, other = facts_of(
        replace(new, new="GET /x is new", new_place="openapi.yaml#/paths/~1x/get"),
        replace(new, new="GET /y is new", new_place="openapi.yaml#/paths/~1y/get"),
    )
    assert one.key != other.key
    assert Grade.ALLOWED == one.grade


def test_an_approval_goes_with_its_fact():
    """Somebody answers for it: it stands, and nobody is told."""
    (fact,) = facts([Told(change=CHANGE, approval="approved by a team")])
    assert "approved by a team" == fact.approval


def test_what_was_observed_is_a_fact_by_its_fingerprint():
    """The same finding twice is one fact; other values do not make another one."""
    finding = Finding(rule="undeclared-status", message="418 came", operation="list", expected="200")
    one, other = (
        observed.facts([item]) for item in (finding, replace(finding, message="418 came again", seen="418"))
    )
    assert [(Kind.OBSERVED, Grade.BREAKING)] == [(fact.kind, fact.grade) for fact in one]
    assert [fact.key for fact in one] == [fact.key for fact in other]
    assert 1 == len(observed.facts([finding, finding]))


def test_a_silence_is_one_fact_for_whatever_reason():
    """A service that is down is told once, not anew for each way of being down."""
    one, other = silence("it refuses connections"), silence("status 503")
    assert (one.key, one.state) == (other.key, other.state)
    assert (Kind.SERVICE, Grade.UNASKED) == (one.kind, one.grade)
