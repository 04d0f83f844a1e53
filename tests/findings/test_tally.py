"""What a trial adds up to."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from typing import Any

from rule_cases import library, read_case

from accord.contract.contract import Contract
from accord.exchange.values import Exchange, Session
from accord.findings.evidence import Observation, StepObservation
from accord.findings.finding import Finding, Severity, Verdict
from accord.findings.rule import Rule, Subject
from accord.findings.tally import Tally

ANSWER = "GET /books/{id}\n> 404\n> Content-Type: application/json\n>\n> {{}}\n"


def shelved_wrong(contract: Contract, observed: Observation) -> Iterator[Finding]:
    """Yield one finding for each 404."""
    if observed.status == 404:
        yield observed.finding(f"found {observed.exchange.id}", deviation="404", severity=Severity.NOTE)


def never_wrong(contract: Contract, observed: Any) -> Iterator[Finding]:
    """Yield nothing."""
    yield from ()


def lent_wrong(contract: Contract, observed: StepObservation) -> Iterator[Finding]:
    """Yield one finding for each step."""
    yield observed.finding("a step")


SHELVED = Rule(function=shelved_wrong, subject=Subject.ANSWER, severity=Severity.WARNING)
NEVER = Rule(function=never_wrong, subject=Subject.ANSWER)
UNREACHED = Rule(function=lent_wrong, subject=Subject.ANSWER, when=lambda _: False)
STEP = Rule(function=lent_wrong, subject=Subject.STEP)


def tally(*rules: Rule, **severities: Severity) -> Tally:
    """Return a tally that reproduces by the id of the exchange, and masks by changing it."""
    return Tally(
        contract=library(),
        rules=rules,
        severities=severities,
        reproduce=lambda evidence: f"again {evidence.id}",
        mask=masked,
    )


def masked(evidence: Exchange | Session) -> Exchange | Session:
    """Return *evidence* under another id."""
    return replace(evidence, id=f"masked {evidence.id}")


def answer(book: int, name: str = "1") -> Observation:
    """Return a 404 to the request for one book."""
    observed = read_case(ANSWER.format(id=book)).observed
    assert isinstance(observed, Observation)
    return replace(observed, exchange=replace(observed.exchange, id=name))


def test_held_found_and_not_reached_are_told_apart() -> None:
    """A rule that looked and saw nothing held; one that never looked has a reason, or is not told of."""
    trial = tally(SHELVED, NEVER, UNREACHED, STEP)
    trial.miss("lent-wrong", "nothing was lent")
    assert ["shelved-wrong"] == trial.take(answer(7))
    assert {
        "lent-wrong": (Verdict.NOT_REACHED, "nothing was lent"),
        "never-wrong": (Verdict.HELD, ""),
        "shelved-wrong": (Verdict.FOUND, ""),
    } == {item.rule: (item.verdict, item.reason) for item in trial.outcomes("p")}


def test_rule_that_was_reached_is_not_missed() -> None:
    """A reason counts only where the rule was held against nothing."""
    trial = tally(NEVER)
    trial.miss("never-wrong", "no valid case")
    trial.take(answer(7))
    assert [Verdict.HELD] == [item.verdict for item in trial.outcomes("p")]


def test_first_reason_stays() -> None:
    """A rule missed twice is told of once, with the first reason."""
    trial = tally(NEVER)
    trial.miss("never-wrong", "first")
    trial.miss("never-wrong", "second")
    assert ["first"] == [item.reason for item in trial.outcomes("p")]


def test_smallest_proof_of_a_finding_is_kept() -> None:
    """Of many findings with one fingerprint, the one with the shortest request stays, the first of equals."""
    trial = tally(SHELVED)
    for book, name in ((70707, "1"), (7, "2"), (707, "3"), (8, "4")):
        trial.take(answer(book, name))
    (outcome,) = trial.outcomes("p")
    assert ["found 2"] == [item.message for item in outcome.findings]


def test_finding_is_stamped_by_the_catalogue_and_the_run() -> None:
    """Rule and severity come from the catalogue, whatever the rule says; proof is masked, and reproducible."""
    trial = tally(SHELVED)
    trial.take(answer(7, "9"))
    ((finding,),) = (item.findings for item in trial.outcomes("p"))
    assert ("shelved-wrong", Severity.WARNING) == (finding.rule, finding.severity)
    assert finding.evidence is not None
    assert ("masked 9", "again 9") == (finding.evidence.id, finding.reproduce)


def test_configured_severity_goes_before_that_of_the_catalogue() -> None:
    """A severity in the settings is the severity of the finding."""
    trial = tally(SHELVED, **{"shelved-wrong": Severity.ERROR})
    trial.take(answer(7))
    ((finding,),) = (item.findings for item in trial.outcomes("p"))
    assert Severity.ERROR is finding.severity


def test_only_some_rules_can_be_asked() -> None:
    """With ``only``, other rules are neither held nor missed."""
    trial = tally(SHELVED, NEVER)
    assert [] == trial.take(answer(7), only=["never-wrong"])
    assert ["never-wrong"] == [item.rule for item in trial.outcomes("p")]


def test_rule_looks_at_its_own_subject_only() -> None:
    """A rule about answers is not held against a step, nor the reverse."""
    observed = read_case("# step: findBook/readIt\n# lapse: timeout\nGET /books/7\n").observed
    assert ["lent-wrong"] == tally(SHELVED, STEP).take(observed)
    assert [] == tally(STEP).take(answer(7))


def test_outcomes_are_sorted_and_name_their_place() -> None:
    """Outcomes come by rule id, each with the place that was asked for."""
    trial = tally(SHELVED, NEVER)
    trial.take(answer(7))
    assert [("never-wrong", "rest/x"), ("shelved-wrong", "rest/x")] == [
        (item.rule, item.place) for item in trial.outcomes("rest/x")
    ]
