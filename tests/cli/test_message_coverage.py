"""How much of what messages can show has to be seen, and what comes of it."""

from __future__ import annotations

import pytest

from accord.cli.option import Threshold
from accord.cli.telling import exit_code
from accord.findings.finding import Outcome, Verdict
from accord.findings.result import Counts, Coverage, Run


def run(*numbers: int, interrupted: bool = False, verdict: Verdict = Verdict.HELD) -> Run:
    """Return a run without findings that saw parts of messages so often."""
    parts = {"variants": {f"c/{index}": number for index, number in enumerate(numbers)}} if numbers else {}
    return Run(
        accord="1",
        contract="c",
        target="t",
        seed=0,
        started=0,
        seconds=0,
        findings=(),
        outcomes=(Outcome(rule="r", place="p", verdict=verdict),),
        coverage=Coverage(statuses={}, undocumented={}, messages={}, parts=parts),
        counts=Counts(),
        interrupted=interrupted,
    )


@pytest.mark.parametrize(
    ("code", "numbers", "least"),
    [(1, (1, 0), 90), (0, (1, 5), 90), (0, (1, 0), 50), (0, (1, 0), None), (0, (), 90), (1, (0,), 0.1)],
)
def test_too_little_is_exit_code_1(code: int, numbers: tuple[int, ...], least: float | None) -> None:
    """A share below the one that was asked for fails; where nothing can be seen, none is."""
    assert code == exit_code(run(*numbers), Threshold.ERROR, least=least)


def test_what_ends_a_run_goes_before_what_it_saw() -> None:
    """An interrupted run has its own exit code, and so has one that reached nothing."""
    assert 130 == exit_code(run(0, interrupted=True), Threshold.ERROR, least=90)
    assert 2 == exit_code(run(0, verdict=Verdict.NOT_REACHED), Threshold.ERROR, least=90)


def test_share_counts_only_where_sessions_are_held(project):
    """A threshold for messages is no reason to fail where there are none."""
    done = project.verify("--only", "contract", "--min-message-coverage", "100")

    assert done.code == 0, done
