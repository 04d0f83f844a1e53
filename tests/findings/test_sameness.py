"""When two values say the same."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from accord.contract import pointer as pointers
from accord.contract.pointer import Json
from accord.findings.sameness import difference, kept, same, short

VALUES = st.recursive(
    st.none() | st.booleans() | st.integers() | st.text(max_size=5),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=3), inner, max_size=3),
    max_leaves=8,
)


@pytest.mark.parametrize(
    ("first", "second", "expected"),
    [
        ("2031-05-01T12:00:00+02:00", "2031-05-01T10:00:00Z", True),
        ("2031-05-01T12:00:00", "2031-05-01T12:00:00Z", False),
        ("2031-05-01", "2031-05-01T00:00:00Z", False),
        ("é", "e\N{COMBINING ACUTE ACCENT}", True),
        ("", None, False),
        (1, 1.0, True),
        (True, 1, False),
        ([1, 2], [2, 1], False),
        ({"a": 1}, {"a": 1, "b": None}, False),
        ("a", "A", False),
    ],
)
def test_values_that_say_the_same(first: Json, second: Json, expected: bool) -> None:
    """Instants and texts are compared by what they mean, all else as it is."""
    assert expected == same(first, second)
    assert expected == same(second, first)


@given(value=VALUES)
def test_a_value_is_the_same_as_itself(value: Json) -> None:
    """Nothing differs from itself, and all of it is kept."""
    assert difference(value, value) is None
    assert kept(value, value)


@given(first=VALUES, second=VALUES)
def test_difference_leads_to_a_place(first: Json, second: Json) -> None:
    """Where two values differ, one of them has something at the place, and the other has something else."""
    place = difference(first, second)
    if place is not None:
        found = []
        for value in (first, second):
            try:
                found.append(pointers.lookup(value, place))
            except LookupError:
                continue
        assert found
        assert len(found) == 1 or not same(*found)


def test_object_that_is_read_may_have_more() -> None:
    """What was written is kept when the read adds members, not when it lacks one."""
    assert kept({"a": [{"b": 1}]}, {"a": [{"b": 1, "id": 7}], "c": 2})
    assert not kept({"a": 1, "b": 2}, {"a": 1})


def test_long_value_is_shown_short() -> None:
    """No more than 80 characters are shown."""
    assert 80 == len(short("x" * 500))
    assert '{"a": "é"}' == short({"a": "é"})
