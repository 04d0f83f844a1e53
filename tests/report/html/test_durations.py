"""The drawing of how long answers took."""

from __future__ import annotations

import pytest

from accord.findings.timing import Stopwatch, Timing
from accord.report.html.durations import HEIGHT, WIDTH, chart, time


def timing(*lengths: float) -> Timing:
    watch = Stopwatch()
    for length in lengths:
        watch.note(length)
    found = watch.timing()
    assert found is not None
    return found


def test_nothing_asked_has_no_drawing() -> None:
    """A run without answers has none."""
    assert chart({}) is None


def test_all_operations_share_a_scale_and_the_slowest_comes_first() -> None:
    """The marks are whole decades around all lengths, as wide as the drawing."""
    drawn = chart({"quick": timing(0.002), "slow": timing(0.3, 0.3, 2.5)})
    assert drawn is not None
    assert ["slow", "quick"] == [strip.name for strip in drawn.strips]
    assert [(0.0, "1 ms"), (80.0, "10 ms"), (160.0, "100 ms"), (240.0, "1 s"), (320.0, "10 s")] == list(
        drawn.marks
    )


def test_the_words_beside_say_what_is_drawn() -> None:
    """Who does not see the drawing hears the same."""
    drawn = chart({"a": timing(*[0.01] * 18, 0.1, 0.2)})
    assert drawn is not None
    assert "20 answers from 10 ms to 200 ms, half of them within 11 ms, 95 % within 106 ms" == (
        drawn.strips[0].words
    )


@pytest.mark.parametrize("lengths", [(0.0,), (1e9, 1e-9), (0.1,) * 50])
def test_no_bar_leaves_the_drawing(lengths: tuple[float, ...]) -> None:
    """Also what is shorter or longer than the scale stands inside."""
    drawn = chart({"a": timing(*lengths)})
    assert drawn is not None
    for x, y, width, height in drawn.strips[0].bars:
        assert 0 <= x <= WIDTH - width + 0.2
        assert 0 <= y <= HEIGHT - height + 0.2


@pytest.mark.parametrize(
    ("words", "seconds"),
    [("85 µs", 85e-6), ("1.2 ms", 0.0012), ("1 ms", 0.001), ("340 ms", 0.34), ("2.5 s", 2.5), ("12 s", 12.2)],
)
def test_a_time_has_two_digits(words: str, seconds: float) -> None:
    """Short times keep what tells them apart."""
    assert words == time(seconds)
