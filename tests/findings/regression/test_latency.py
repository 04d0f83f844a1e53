"""Facts about the latency of one side beside the other."""

from __future__ import annotations

import random

import pytest

from accord.findings.regression.latency import latency


def test_the_interval_is_that_of_order_statistics():
    """Of 15 pairs the extremes hold the median with 1 - 2 ** -14, of 20 the second ones with 1 - 42 / 2 ** 20."""
    fifteen = latency("o", [(1.0, float(at)) for at in range(1, 16)])
    twenty = latency("o", [(1.0, float(at)) for at in range(1, 21)])
    assert fifteen is not None
    assert twenty is not None
    assert (8.0, 1.0, 15.0) == (fifteen.ratio, fifteen.low, fifteen.high)
    assert (10.5, 2.0, 19.0) == (twenty.ratio, twenty.low, twenty.high)


@pytest.mark.parametrize("number", [0, 1, 14])
def test_too_few_pairs_tell_nothing(number):
    """Of 14 pairs not even the extremes hold the median with the confidence."""
    assert latency("o", [(1.0, 2.0)] * number) is None


def test_slower_needs_a_ratio_beyond_doubt_and_a_time_that_matters():
    """Twice as long is told; twice of next to nothing is not, nor a median that may be 1."""
    twice = latency("o", [(0.1, 0.2)] * 20)
    tiny = latency("o", [(0.0001, 0.0002)] * 20)
    doubtful = latency("o", [(0.1, 0.05), (0.1, 0.4)] * 10)
    assert twice is not None
    assert tiny is not None
    assert doubtful is not None
    assert twice.slower(ratio=1.5, seconds=0.002)
    assert not tiny.slower(ratio=1.5, seconds=0.002)
    assert not doubtful.slower(ratio=1.5, seconds=0.002)


def test_noise_alone_is_never_slower():
    """Of a thousand pairs of the same distribution none is told."""
    draw = random.Random(7)
    for _ in range(1000):
        pairs = [(draw.lognormvariate(-5, 1), draw.lognormvariate(-5, 1)) for _ in range(20)]
        found = latency("o", pairs)
        assert found is not None
        assert not found.slower(ratio=1.5, seconds=0.0)
