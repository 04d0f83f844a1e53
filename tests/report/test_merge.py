"""Laws of merging runs."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from dataclasses import replace
from itertools import permutations

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from accord.cases.request import Request
from accord.exchange.values import Exchange, Response
from accord.findings.finding import Finding, Outcome, Severity, Verdict
from accord.findings.result import Counts, Coverage, Run
from accord.report.merge import merge

BOUNDED = settings(max_examples=25, derandomize=True, deadline=None)


@BOUNDED
@given(data=st.data())
def test_the_order_of_the_runs_does_not_matter(runs: st.SearchStrategy[Run], data: st.DataObject) -> None:
    """Merging is commutative."""
    workers = data.draw(st.lists(runs, min_size=1, max_size=3))
    assert merge(workers) == merge(data.draw(st.permutations(workers)))


@BOUNDED
@given(data=st.data())
def test_the_grouping_of_the_runs_does_not_matter(runs: st.SearchStrategy[Run], data: st.DataObject) -> None:
    """Merging is associative."""
    one, two, three = data.draw(runs), data.draw(runs), data.draw(runs)
    assert merge([one, two, three]) == merge([merge([one, two]), three])
    assert merge([one, two, three]) == merge([one, merge([two, three])])


@BOUNDED
@given(data=st.data())
def test_a_run_merged_with_itself_finds_the_same(runs: st.SearchStrategy[Run], data: st.DataObject) -> None:
    """For findings and outcomes merging is idempotent, and loses no fingerprint."""
    run = data.draw(runs)
    once, twice = merge([run]), merge([run, run])
    assert (once.findings, once.outcomes) == (twice.findings, twice.outcomes)
    assert {finding.fingerprint for finding in run.findings} == {item.fingerprint for item in twice.findings}
    assert len(twice.findings) == len(run.findings)


@BOUNDED
@given(data=st.data())
def test_the_distribution_of_trials_does_not_matter(
    outcomes: st.SearchStrategy[Outcome], data: st.DataObject
) -> None:
    """Three workers that share the trials in any way find what one worker finds."""
    trials = data.draw(st.lists(st.lists(outcomes, max_size=3), max_size=5))
    workers = [data.draw(st.integers(0, 2)) for _ in trials]
    shares = [
        [trial for trial, owner in zip(trials, workers, strict=True) if owner == worker]
        for worker in range(3)
    ]
    assert merge([_worker(trials)]) == merge([_worker(share) for share in shares])


def _worker(trials: Sequence[Sequence[Outcome]]) -> Run:
    outcomes = tuple(outcome for trial in trials for outcome in trial)
    first: dict[str, Finding] = {}
    for outcome in outcomes:
        for finding in outcome.findings:
            first.setdefault(finding.fingerprint, finding)
    seen = Counter(outcome.rule for outcome in outcomes)
    return Run(
        accord="1",
        contract="c",
        target="t",
        seed=1,
        started=0,
        seconds=1,
        findings=tuple(first.values()),
        outcomes=outcomes,
        coverage=Coverage(statuses={"read": {"200": len(trials)}}, undocumented={}, messages=seen),
        counts=Counts(operations=1, cases=len(trials)),
    )


def test_what_was_said_is_summed(sample: Run) -> None:
    """Cases, sessions, messages and seen statuses add up; a shared operation counts once."""
    other = replace(
        sample,
        coverage=Coverage(
            statuses={"other": {"200": 1}},
            undocumented={},
            messages={"shot": 2},
            parts={"variants": {"events/shot": 2, "events/late": 0}},
        ),
    )
    merged = merge([sample, other])
    assert Counts(operations=3, cases=2408, sessions=2, messages=2) == merged.counts
    assert {"201": 4, "401": 0, "422": 9} == merged.coverage.statuses["create_product"]
    assert {"500": 1} == merged.coverage.undocumented["create_product"]
    assert {"shot": 3} == merged.coverage.messages
    assert {"events/shot": 3, "events/auth": 1, "events/late": 0} == merged.coverage.parts["variants"]


def test_the_longest_run_gives_the_time(sample: Run) -> None:
    """Workers run side by side: the first start, the longest time, interrupted when one was."""
    other = replace(sample, started=sample.started - 5, seconds=99.0, interrupted=True)
    merged = merge([sample, other])
    assert (sample.started - 5, 99.0, True) == (merged.started, merged.seconds, merged.interrupted)


@pytest.mark.parametrize(
    ("expected", "verdicts"),
    [
        (Verdict.FOUND, (Verdict.HELD, Verdict.FOUND)),
        (Verdict.HELD, (Verdict.NOT_REACHED, Verdict.HELD)),
        (Verdict.FOUND, (Verdict.NOT_REACHED, Verdict.FOUND)),
    ],
)
def test_a_rule_at_one_place_has_one_verdict(
    sample: Run, expected: Verdict, verdicts: tuple[Verdict, Verdict]
) -> None:
    """Found outweighs held, held outweighs not reached."""
    workers = [
        replace(sample, outcomes=(Outcome(rule="r", place="p", verdict=verdict),)) for verdict in verdicts
    ]
    assert [expected] == [outcome.verdict for outcome in merge(workers).outcomes]


def test_findings_are_in_the_order_of_rule_and_place(sample: Run) -> None:
    """The order of discovery differs between distributions, so it does not count."""
    assert ["message-before-auth", "undocumented-status", "wrong-media-type"] == [
        finding.rule for finding in merge([sample]).findings
    ]


def test_a_finding_that_the_run_left_out_stays_out(sample: Run) -> None:
    """An outcome may hold a finding that a baseline took from the run; merging does not bring it back."""
    accepted = replace(sample, findings=())
    assert () == merge([accepted, accepted]).findings


def test_the_witness_comes_from_the_first_place(sample: Run) -> None:
    """Of two findings with one fingerprint the one at the first place is told, whoever found it first."""
    late = Finding(rule="r", severity=Severity.ERROR, message="a", deviation="d")
    early = replace(late, message="b")
    outcomes = (
        Outcome(rule="r", place="rest/z", verdict=Verdict.FOUND, findings=(late,)),
        Outcome(rule="r", place="rest/a", verdict=Verdict.FOUND, findings=(early,)),
    )
    assert (early,) == merge([replace(sample, findings=(late,), outcomes=outcomes)]).findings


def test_no_run_cannot_be_merged() -> None:
    """Nothing is not a run in which nothing was found."""
    with pytest.raises(ValueError, match="no run"):
        merge([])


def _held(*showings: str, path: str) -> Run:
    """Return a run with one finding of the whole document, shown by these."""
    exchange = Exchange(
        id="1",
        operation=None,
        request=Request(method="GET", url=f"http://127.0.0.1{path}"),
        response=Response(status=404),
        started=0.0,
        seconds=0.0,
    )
    finding = Finding(
        rule="undocumented-status",
        severity=Severity.WARNING,
        pointer="openapi.json#/paths",
        deviation="fastapi own-errors",
        message=f"told of {showings}",
        evidence=exchange,
        showings=showings,
    )
    outcome = Outcome(
        rule=finding.rule, place=f"rest{path}/fuzzing", verdict=Verdict.FOUND, findings=(finding,)
    )
    return _worker([[outcome]])


def test_a_finding_of_the_whole_document_is_joined() -> None:
    """However the workers are merged, it is one finding that names everything that each of them saw."""
    runs = [_held("404 b", path="/b"), _held("401 a", "404 a", path="/a"), _held("401 c", path="/c")]
    (finding,) = merge(runs).findings
    assert ("401 a", "401 c", "404 a", "404 b") == finding.showings
    assert "FastAPI gives 401, 404 by itself, and the document does not tell of it" == finding.message
    assert finding.evidence is not None
    for order in permutations(runs):
        assert merge(order).findings == (finding,)
        assert merge([merge(order[:2]), order[2]]).findings == (finding,)


def test_timings_and_features_of_workers_add_up(sample: Run) -> None:
    """Each worker times its own answers and sees its own values; what none could see stays so."""
    merged = merge([sample, sample])
    assert {"create_product": 6, "read_shot": 2} == {
        name: timing.count for name, timing in merged.timings.items()
    }
    assert [(6, 0), (6, 2)] == [(item.answers, item.messages) for item in merged.coverage.features]
    assert {"events/shot": 2} == merged.coverage.breaches
