"""Facts about what is kept of failed trials, and that it never stands in the way."""

from __future__ import annotations

import pytest

from accord.findings.finding import Finding, Outcome, Severity, Verdict
from accord.findings.result import Approved, Counts, Coverage, Run
from accord.run.last_failed import keep_failed, read_failed

ERROR = Finding(rule="server-error", deviation="500", message="it fell")
NOTE = Finding(rule="unbounded-message", severity=Severity.NOTE, deviation="long", message="long")


def run(*, trials=(), approved=(), **found):
    """Return a run of *trials* in which each of *found* found that."""
    outcomes = tuple(
        Outcome(rule=finding.rule, place=f"rest/{name}", verdict=Verdict.FOUND, findings=(finding,))
        for name, finding in found.items()
    )
    return Run(
        accord="0",
        contract="c",
        target="t",
        seed=0,
        started=0.0,
        seconds=0.0,
        findings=(),
        outcomes=outcomes,
        coverage=Coverage(statuses={}, undocumented={}, messages={}),
        counts=Counts(),
        trials=tuple(trials),
        approved=tuple(Approved(finding=item, words="") for item in approved),
    )


def test_what_failed_is_kept_until_it_is_played_and_holds(tmp_path):
    """A run that plays a part alone leaves the rest as it was; the folder is ignored by git."""
    keep_failed(
        tmp_path, run(trials=["rest/a", "rest/b", "rest/c"], a=ERROR, b=ERROR, c=NOTE), Severity.ERROR
    )
    assert {"rest/a", "rest/b"} == read_failed(tmp_path)
    keep_failed(tmp_path, run(trials=["rest/a"]), Severity.ERROR)
    assert {"rest/b"} == read_failed(tmp_path)
    assert "*\n" == (tmp_path / ".accord/.gitignore").read_text()
    assert {".gitignore", "last-failed.json"} == {item.name for item in (tmp_path / ".accord").iterdir()}


def test_a_healthy_run_leaves_no_file(tmp_path):
    """Nothing is written where nothing has to be kept, nor for what a baseline lets pass."""
    keep_failed(tmp_path, run(trials=["rest/a"], a=ERROR, approved=[ERROR]), Severity.ERROR)
    assert [] == list(tmp_path.iterdir())


@pytest.mark.parametrize(
    "content", [b"", b"{}", b"[1, null]", b"[" * 100_000, b"\xff", b'"' + b"x" * 1_000_001 + b'"']
)
def test_a_cache_that_is_none_is_nothing(content, tmp_path):
    """It is written anew the next time."""
    (tmp_path / ".accord").mkdir()
    (tmp_path / ".accord/last-failed.json").write_bytes(content)
    assert frozenset() == read_failed(tmp_path)
    keep_failed(tmp_path, run(trials=["rest/a"], a=ERROR), Severity.ERROR)
    assert {"rest/a"} == read_failed(tmp_path)


def test_what_cannot_be_written_is_not_told(tmp_path):
    """A file in the place of the folder keeps nobody from a verdict."""
    (tmp_path / ".accord").write_text("")
    keep_failed(tmp_path, run(trials=["rest/a"], a=ERROR), Severity.ERROR)
    assert frozenset() == read_failed(tmp_path)
