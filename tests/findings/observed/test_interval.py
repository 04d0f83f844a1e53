"""Intervals: exact, by the binomial sums that define them."""

from __future__ import annotations

from fractions import Fraction
from math import comb

import pytest
from hypothesis import given
from hypothesis import strategies as st

from accord.findings.observed.interval import interval, never


def at_most(found: int, seen: int, share: float) -> float:
    """Return the probability of *found* successes or fewer, by the sum of exact terms."""
    exact = Fraction(share)
    terms = (comb(seen, k) * exact**k * (1 - exact) ** (seen - k) for k in range(found + 1))
    return float(sum(terms))


@given(seen=st.integers(1, 60), data=st.data())
def test_each_end_leaves_two_and_a_half_percent_beyond_it(seen, data):
    """Clopper and Pearson: at either end, what was seen or more extreme has a chance of 2.5 %."""
    found = data.draw(st.integers(0, seen))
    low, high = interval(found, seen)
    assert low == 0 if found == 0 else 0.025 == pytest.approx(1 - at_most(found - 1, seen, low), abs=1e-9)
    assert high == 1 if found == seen else 0.025 == pytest.approx(at_most(found, seen, high), abs=1e-9)


@pytest.mark.parametrize(("seen", "most"), [(1, 0.95), (59, 0.0495), (1000, 0.00299), (10**6, 2.9957e-6)])
def test_never_is_the_rule_of_three(seen, most):
    """None of n is, for large n, at most about 3 in n."""
    assert most == pytest.approx(never(seen), rel=1e-3)


def test_nothing_seen_says_nothing():
    """Without a value, any share is possible."""
    assert 1.0 == never(0)


def test_large_numbers_are_told_at_once():
    """A million values need no sum of a million terms."""
    low, high = interval(500_000, 1_000_000)
    # The normal approximation, which is good there: half, and 1.96 standard deviations of 0.0005.
    assert (0.49902, 0.50098) == pytest.approx((low, high), abs=1e-5)
