"""How long answers took, counted in little room."""

from __future__ import annotations

import math
from itertools import pairwise

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from accord.findings.timing import STEPS, Stopwatch, joined, start

LENGTHS = st.lists(st.floats(1e-5, 99.0), min_size=1, max_size=60)
BOUNDED = settings(max_examples=50, derandomize=True, deadline=None)


def timed(*lengths: float):
    watch = Stopwatch()
    for length in lengths:
        watch.note(length)
    return watch.timing()


def test_nothing_counted_has_no_timing() -> None:
    """A stopwatch that saw no answer says so."""
    assert Stopwatch().timing() is None


@BOUNDED
@given(lengths=LENGTHS, share=st.sampled_from([0.5, 0.95, 1.0]))
def test_a_quantile_is_that_of_the_sorted_lengths_to_six_percent(lengths: list[float], share: float) -> None:
    """The nearest rank of the sorted list is the oracle; half a step is the most that it may be off."""
    exact = sorted(lengths)[math.ceil(share * len(lengths)) - 1]
    assert timed(*lengths).quantile(share) == pytest.approx(exact, rel=10 ** (1 / STEPS / 2) - 1 + 1e-9)


@BOUNDED
@given(one=LENGTHS, other=LENGTHS)
def test_two_timings_are_those_of_all_lengths(one: list[float], other: list[float]) -> None:
    """Joining forgets nothing: it is as if one stopwatch had seen both."""
    assert timed(*one, *other) == joined([timed(*one), timed(*other)])


@pytest.mark.parametrize("length", [0.0, 1e-9, 1e6])
def test_what_lies_beyond_the_scale_counts_at_its_end(length: float) -> None:
    """Nothing is lost, and the length itself stays exact."""
    found = timed(length)
    assert (1, length, length) == (found.count, found.shortest, found.longest)
    assert length == found.quantile(0.5)


def test_room_does_not_grow_with_answers() -> None:
    """A thousand answers take as many numbers as one."""
    assert len(timed(0.5).counts) == len(timed(*(number / 1000 for number in range(1, 1001))).counts) == 140


def test_each_step_begins_where_the_one_before_ends() -> None:
    """Twenty steps are one decade."""
    assert 1e-5 == pytest.approx(start(0))
    assert 1.0 == pytest.approx(start(100))
    assert {round(10 ** (1 / 20), 9)} == {round(b / a, 9) for a, b in pairwise(map(start, range(140)))}
