"""Facts about values of both sides laid beside each other: what differs, and what changes by itself."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from accord.findings.regression.contrast import Restless, Sides, contrast
from accord.findings.regression.difference import Kind, Part
from accord.findings.regression.take import OTHER

JSON = st.recursive(
    st.none() | st.booleans() | st.integers(-9, 9) | st.floats(0, 1, width=16) | st.text(max_size=5),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=3), inner, max_size=3),
    max_leaves=8,
)


def marks(first, second, candidate, restless=None, *, values=True):
    sides = Sides(first=tuple(first), second=tuple(second), candidate=tuple(candidate))
    found = contrast(sides, Part.BODY, Restless() if restless is None else restless, values=values)
    return [(mark.kind, mark.pointer) for mark in found]


@pytest.mark.parametrize(
    ("before", "after", "expected"),
    [
        ({"a": 1}, {"a": 1}, []),
        ({"a": 1}, {}, [(Kind.GONE, "/a")]),
        ({}, {"a": 1}, [(Kind.NEW, "/a")]),
        ({"a": 1}, {"a": "1"}, [(Kind.TYPE, "/a")]),
        ({"a": "x"}, {"a": None}, [(Kind.TYPE, "/a")]),
        ({"a": True}, {"a": 1}, [(Kind.TYPE, "/a")]),
        ({"a": 20}, {"a": 10}, [(Kind.VALUE, "/a")]),
        ({"a": "open"}, {"a": "closed"}, [(Kind.VALUE, "/a")]),
        ({"a": 0.125}, {"a": 0.13}, [(Kind.PRECISION, "/a")]),
        ({"a": 0.129}, {"a": 0.12}, [(Kind.PRECISION, "/a")]),
        ({"a": 0.125}, {"a": 0.5}, [(Kind.VALUE, "/a")]),
        ({"a": [1, 2]}, {"a": [2, 1]}, [(Kind.ORDER, "/a")]),
        ({"a": [1, 2]}, {"a": [1]}, [(Kind.ITEMS, "/a")]),
        ({"a": [1, 1]}, {"a": [1]}, [(Kind.COUNT, "/a")]),
        (
            [{"id": 1, "n": "x"}, {"id": 2, "n": "x"}],
            [{"id": 2, "n": "x"}, {"id": 1, "n": "y"}],
            [(Kind.ORDER, ""), (Kind.VALUE, "/*/n")],
        ),
        ([{"id": 1}], [{"id": 1, "n": 1}], [(Kind.NEW, "/*/n")]),
        ({"a/b": {"c": 1}}, {"a/b": {}}, [(Kind.GONE, "/a~1b/c")]),
        ({"a": {"b": 1}}, {"a": None}, [(Kind.TYPE, "/a")]),
    ],
)
def test_a_difference_is_named_at_its_root(before, after, expected):
    """Both sides keep to their answer: what differs is told once, where it begins."""
    assert expected == marks([before], [before], [after])
    assert expected == marks([before] * 3, [before] * 3, [after] * 3)


@pytest.mark.parametrize(
    ("first", "second", "candidate"),
    [
        ("2026-01-02T03:04:05.123456Z", "2026-01-02T03:04:06.654321Z", "2026-01-02T03:04:07.111111Z"),
        (17, 23, 42),
        ("token-1", "token-2", "token-3"),
        ([1, 2, 3], [3, 1, 2], [2, 3, 1]),
        ([1, 2], [1, 2, 3], [9]),
        ([7, 7], [7, 7, 7], [7, 7, 7, 7]),
    ],
)
def test_what_the_baseline_answers_otherwise_the_second_time_is_no_difference(first, second, candidate):
    """Nobody lists what changes by itself: asking twice shows it."""
    assert [] == marks([{"a": first}], [{"a": second}], [{"a": candidate}])


@pytest.mark.parametrize(
    ("first", "second", "candidate", "expected"),
    [
        ("2026-01-02T03:04:05.123456Z", "2026-01-02T03:04:06.654321Z", "2026-01-02T03:04:07Z", Kind.FORM),
        ("2026-01-02T03:04:05Z", "2026-01-02T03:04:06Z", "2026-01-02T03:04:07", Kind.FORM),
        ("2026-01-02T03:04:05Z", "2026-01-02T03:04:06Z", "2026-01-02", Kind.FORM),
        (
            "05e70000-0000-4000-8000-000000000001",
            "05e70000-0000-4000-8000-000000000002",
            "05e70000000040008000000000000003",
            Kind.FORM,
        ),
        (17, 23, "42", Kind.TYPE),
    ],
)
def test_what_changes_by_itself_keeps_its_form(first, second, candidate, expected):
    """A value that differs each time is held against what it looks like: its type, its form, its precision."""
    assert [(expected, "/a")] == marks([{"a": first}], [{"a": second}], [{"a": candidate}])


def test_what_one_case_taught_holds_for_the_others():
    """A place that changes by itself in one case is not told in another, in which it happened to stand still."""
    restless = Restless()
    assert [] == marks([{"n": 1}], [{"n": 2}], [{"n": 3}], restless)
    assert [] == marks([{"n": 1}], [{"n": 1}], [{"n": 3}], restless)
    assert [(Kind.VALUE, "/m")] == marks([{"m": 1}], [{"m": 1}], [{"m": 3}], restless)


def test_a_word_counts_only_when_it_never_comes_on_the_other_side():
    """A status that both sides show now and then is a race; one that only the candidate shows is a difference."""
    assert [] == marks(["done", "open"], ["done"], ["open", "open"])
    assert [(Kind.VALUE, "")] == marks(["done", "open"], ["done"], ["ready", "ready"])


def test_a_baseline_that_was_asked_once_is_compared_in_shape():
    """Without a second asking nobody knows what changes by itself, so values are left alone."""
    assert [] == marks([{"a": 1}], [], [{"a": 2}], values=False)
    assert [(Kind.TYPE, "/a")] == marks([{"a": 1}], [], [{"a": "2"}], values=False)


def test_what_is_there_only_now_and_then_is_no_difference():
    """A member is gone only when it was always there and never comes again."""
    assert [] == marks([{"a": 1}, {}], [{"a": 1}], [{}, {}])
    assert [] == marks([{"a": 1}], [{"a": 1}], [{}, {"a": 1}])


@pytest.mark.parametrize("key", [OTHER, "changed"])
def test_what_was_there_before_is_compared_in_shape(key):
    """What a thing from elsewhere has become depends on all that was asked; what it looks like does not."""
    before, after = (
        {"id": key, "state": "open", "note": None, "n": 1},
        {"id": key, "state": "done", "note": "x", "n": 2},
    )
    assert [] == history([before], [after])
    assert [] == history({"items": [before]}, {"items": [after, after]})
    assert [(Kind.GONE, "/n")] == history(before, {name: after[name] for name in ("id", "state", "note")})
    assert [(Kind.TYPE, "/n")] == history(before, after | {"n": "2"})
    assert [(Kind.VALUE, "/n")] == history(before | {"id": "kept"}, before | {"id": "kept", "n": 2})


def history(before, after):
    sides = Sides(first=(before,), second=(before,), candidate=(after,))
    found = contrast(sides, Part.BODY, Restless(), changed=lambda item: item == "changed")
    return [(mark.kind, mark.pointer) for mark in found]


@given(JSON)
def test_a_value_differs_from_itself_nowhere(value):
    """Whatever a service answers: when both sides say the same, nothing is told."""
    assert [] == marks([value], [value], [value])


@given(st.lists(JSON, min_size=2, max_size=4), st.data())
def test_scalars_that_the_baseline_knows_are_no_difference(values, data):
    """A candidate that only says what the baseline said as well, of scalars, differs nowhere."""
    scalars = [item for item in values if not isinstance(item, dict | list)] or [1]
    said = data.draw(st.lists(st.sampled_from(scalars), min_size=1, max_size=3))
    assert [] == marks(scalars, scalars, said)


@given(st.lists(JSON, min_size=1, max_size=3), st.lists(JSON, min_size=1, max_size=3))
def test_any_two_answers_can_be_compared(before, after):
    """No pair of JSON values makes it fail, and each place is told once."""
    found = marks(before, before, after)
    assert len(found) == len(set(found))
