"""Which cases are left when there are too many."""

from __future__ import annotations

from collections import Counter

from hypothesis import given
from hypothesis import strategies as st

from accord.cases.thrift import spread

KINDS = st.lists(st.tuples(st.sampled_from("abcde"), st.integers(0, 4)), max_size=30)


def kind(case: tuple[str, int]) -> tuple[str, int]:
    """Return the case itself: a letter is its kind, a number its depth."""
    return case


def test_few_cases_stay_as_they_are() -> None:
    """What is within the limit is asked whole and in order."""
    assert [("b", 1), ("a", 0), ("b", 1)] == spread([("b", 1), ("a", 0), ("b", 1)], 3, kind)


def test_one_of_each_kind_comes_before_a_second() -> None:
    """A kind that there is a lot of does not displace the others; the order stays."""
    assert [("a", 0), ("b", 3), ("c", 0)] == spread([*[("a", 0)] * 9, ("b", 3), ("c", 0), ("c", 0)], 3, kind)


def test_the_shallow_come_first() -> None:
    """Among kinds that are equally new, what is deepest in the request is left out."""
    assert [("c", 1), ("a", 0)] == spread([("b", 4), ("c", 1), ("a", 0), ("d", 3)], 2, kind)


@given(cases=KINDS, limit=st.integers(0, 20))
def test_the_limit_is_used_and_kinds_are_even(cases: list[tuple[str, int]], limit: int) -> None:
    """As many stay as may; no kind has two more than another that had cases left."""
    kept = spread(cases, limit, kind)
    assert min(limit, len(cases)) == len(kept)
    had, has = Counter(name for name, _ in cases), Counter(name for name, _ in kept)
    assert all(has[more] <= has[fewer] + 1 for more in has for fewer in had if has[fewer] < had[fewer])
