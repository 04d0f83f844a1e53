"""How a run treated the service, in words."""

from __future__ import annotations

from dataclasses import replace

import pytest

from accord.findings.result import Removal, Run, Throttling
from accord.report.care import care


@pytest.mark.parametrize(
    ("removal", "words"),
    [
        (Removal(created=3, removed=3), "3 of 3 things that the run created"),
        (Removal(created=1, gone=1), "0 of 1 thing that the run created; 1 was gone already"),
        (
            Removal(created=14, removed=12, problems={"DELETE was answered with 409": 2}),
            "12 of 14 things that the run created; 2 are left: DELETE was answered with 409 (2)",
        ),
        (
            Removal(created=10, problems={"a": 1, "b": 2, "c": 3, "d\x1b[31m": 4}),
            "0 of 10 things that the run created; 10 are left: d\\x1b[31m (4), c (3), b (2) and 1 more reason",
        ),
    ],
)
def test_removal_is_one_line(sample: Run, removal: Removal, words: str) -> None:
    """What was removed, what was gone, and what is left with the commonest reasons."""
    run = replace(sample, removal=removal, throttling=Throttling())
    assert [("Removed", words)] == list(care(run))


def test_nothing_to_tell_is_not_told(sample: Run) -> None:
    """A run that created nothing and was never told to wait says neither."""
    quiet = replace(sample, throttling=Throttling())
    assert [] == list(care(replace(quiet, removal=None)))
    assert [] == list(care(replace(quiet, removal=Removal())))


def test_waits_are_told(sample: Run) -> None:
    """How often the service asked for time, and how much it got."""
    run = replace(sample, removal=None, throttling=Throttling(limited=1, waits=0, seconds=0.0))
    assert [("Throttled", "1 answer said that the service is asked too much; 0 waits, 0 ms in all")] == list(
        care(run)
    )
