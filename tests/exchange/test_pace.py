"""The rate at which a service is asked, on a clock that the tests turn."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from accord.errors import ConfigurationError
from accord.exchange.pace import Pace, Rate, read_rate


class Clock:
    """A clock that goes only when somebody sleeps."""

    def __init__(self) -> None:
        self.seconds = 1000.0
        self.slept: list[float] = []

    def now(self) -> float:
        """Return the time."""
        return self.seconds

    def sleep(self, seconds: float) -> None:
        """Let the time pass."""
        self.slept.append(seconds)
        self.seconds += seconds


@pytest.mark.parametrize(
    ("text", "number", "seconds"), [("10/s", 10, 1), ("100/m", 100, 60), (" 1/h ", 1, 3600)]
)
def test_rate_is_read(text: str, number: int, seconds: float) -> None:
    """A rate is a number of requests in a second, a minute or an hour."""
    assert Rate(number=number, seconds=seconds) == read_rate(text, "--rate")


@pytest.mark.parametrize(
    "text", ["", "10", "0/s", "-1/s", "1.5/s", "10/d", "10 / s", "9999999999/s", "ten/s"]
)
def test_what_is_no_rate_is_refused(text: str) -> None:
    """Anything else is an error that says how a rate is written."""
    with pytest.raises(ConfigurationError, match="is not a rate") as caught:
        read_rate(text, "--rate")
    assert ("--rate", "Write it as 10/s, 100/m or 1000/h.") == (caught.value.place, caught.value.next_step)


def test_requests_are_spread_evenly() -> None:
    """The first goes at once, each other one an interval later."""
    clock = Clock()
    pace = Pace(Rate(number=4, seconds=1), now=clock.now, sleep=clock.sleep)
    times = []
    for _ in range(5):
        pace.wait()
        times.append(clock.seconds - 1000)
    assert [0.0, 0.25, 0.5, 0.75, 1.0] == times


def test_time_that_passes_anyway_counts() -> None:
    """A request that comes late waits for nothing, and gives no right to a burst."""
    clock = Clock()
    pace = Pace(Rate(number=1, seconds=1), now=clock.now, sleep=clock.sleep)
    pace.wait()
    clock.seconds += 10
    pace.wait()
    pace.wait()
    assert [1.0] == clock.slept


def test_without_a_rate_nobody_waits() -> None:
    """No rate, no sleep, however many requests."""
    clock = Clock()
    pace = Pace(now=clock.now, sleep=clock.sleep)
    for _ in range(1000):
        pace.wait()
    assert [] == clock.slept


def test_hold_stops_everybody_for_its_time() -> None:
    """Nothing goes while the pace is held; a shorter hold does not shorten a longer one."""
    clock = Clock()
    pace = Pace(now=clock.now, sleep=clock.sleep).hold(30).hold(5)
    pace.wait()
    pace.wait()
    assert [30.0] == clock.slept


@given(
    number=st.integers(1, 50),
    work=st.lists(st.floats(0, 3), min_size=1, max_size=60),
)
def test_no_window_has_more_than_the_rate(number: int, work: list[float]) -> None:
    """In any second, whatever else takes time, there are at most as many requests as the rate says."""
    clock = Clock()
    pace = Pace(Rate(number=number, seconds=1), now=clock.now, sleep=clock.sleep)
    times = []
    for seconds in work:
        pace.wait()
        times.append(clock.seconds)
        clock.seconds += seconds
    # A hair less than a second: sums of floating point numbers are not exact.
    assert all(number >= sum(start <= time < start + 0.999 for time in times) for start in times)


def test_callers_share_a_rate() -> None:
    """Four callers at a shared rate ask as often as one at the whole."""
    assert Rate(number=10, seconds=4) == Rate(number=10, seconds=1).shared(4)
