"""Facts about baselines: what may stand, until when, and what is said of it."""

from __future__ import annotations

from dataclasses import replace
from datetime import date, timedelta

import pytest

from accord.findings.approval import Approval, read_approvals
from accord.findings.baseline import DAYS, baselined, renewed
from accord.findings.finding import Finding, Severity
from accord.findings.result import Counts, Coverage, Run
from accord.report.baseline import render

TODAY = date(2026, 11, 22)
OLD = Finding(rule="server-error", operation="read", deviation="500", message="it fell\n# over: \x1b[31m")
NEW = Finding(
    rule="slow-response", severity=Severity.WARNING, operation="list", deviation="slow", message="slow"
)


def run(*findings: Finding) -> Run:
    """Return a run that found *findings*."""
    return Run(
        accord="0.1.0",
        contract="Pages",
        target="app:app",
        seed=0,
        started=0.0,
        seconds=1.0,
        findings=findings,
        outcomes=(),
        coverage=Coverage(statuses={}, undocumented={}, messages={}),
        counts=Counts(),
    )


def approval(finding: Finding, until: date = TODAY) -> Approval:
    """Return an approval of *finding*."""
    return Approval(fingerprint=finding.fingerprint, owner="team", reason="known", until=until)


def test_what_is_approved_does_not_count_and_is_kept():
    """The other findings stay; the words say who answers for it."""
    passed = baselined(run(OLD, NEW), [approval(OLD, TODAY + timedelta(days=60))], TODAY)
    assert (NEW,) == passed.findings
    assert [(OLD, "approved by team until 2027-01-21: known")] == [
        (item.finding, item.words) for item in passed.approved
    ]
    assert Severity.WARNING is passed.worst()
    assert () == passed.remarks


@pytest.mark.parametrize(("days", "stands"), [(1, True), (0, True), (-1, False)])
def test_an_approval_counts_to_its_day(days, stands):
    """That day included; then the finding fails again, and the run says so. Fourteen days before, it warns."""
    passed = baselined(run(OLD), [approval(OLD, TODAY + timedelta(days=days))], TODAY)
    assert stands == (passed.findings == ())
    (remark,) = passed.remarks
    assert "counts again" in remark


@pytest.mark.parametrize(
    ("whole", "interrupted", "told"), [(True, False, 1), (False, False, 0), (True, True, 0)]
)
def test_what_was_not_found_any_more_is_told_of_a_whole_run(whole, interrupted, told):
    """A run that did not ask everything knows nothing of it."""
    passed = baselined(replace(run(NEW), interrupted=interrupted), [approval(OLD)], TODAY, whole=whole)
    assert told == len(passed.remarks)


def test_what_is_written_is_read_back(tmp_path):
    """New entries last for ninety days; those that count keep their owner, reason and day; no message breaks the file."""
    kept = approval(NEW, TODAY + timedelta(days=5))
    path = tmp_path / "baseline.yaml"
    path.write_bytes(render(renewed([OLD, NEW], [kept], owner="ann", today=TODAY)))
    first, second = read_approvals(path)
    assert (OLD.fingerprint, "ann", TODAY + timedelta(days=DAYS)) == (
        first.fingerprint,
        first.owner,
        first.until,
    )
    assert kept == second


def test_an_entry_that_has_ended_is_made_anew(tmp_path):
    """Who writes the baseline again answers for what stands in it."""
    ended = approval(OLD, TODAY - timedelta(days=1))
    ((entry, _),) = renewed([OLD], [ended], owner="ann", today=TODAY)
    assert "ann" == entry.owner


def test_nothing_found_is_a_baseline_too(tmp_path):
    """An empty one is read back."""
    path = tmp_path / "baseline.yaml"
    path.write_bytes(render([]))
    assert () == read_approvals(path)
