"""Facts about positions: going down to one value gives the line that reading all events gives."""

from __future__ import annotations

import json

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from accord.contract.mark import marks
from accord.contract.position import Positions

TEXT = '{\n "a": [1,\n  {"b/c": "}",\n   "d":\n 4}],\n\n "e~": {"\\u0061\\"": [\n]}\n}\n'

values = st.recursive(
    st.none() | st.booleans() | st.integers() | st.text(max_size=5),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=3), inner, max_size=3),
    max_leaves=15,
)


@pytest.mark.parametrize(
    ("pointer", "mark"),
    [
        ("", (1, 1)),
        ("/a", (2, 2)),
        ("/a/0", (2, 8)),
        ("/a/1", (3, 3)),
        ("/a/1/b~1c", (3, 4)),
        ("/a/1/d", (4, 4)),
        ("/e~0", (7, 2)),
        ('/e~0/a"', (7, 9)),
        ("/a/7", (2, 2)),
        ("/a/0/x/y", (2, 8)),
        ("/none", (1, 1)),
    ],
)
def test_mark_of_a_member_is_that_of_its_name(pointer, mark):
    """Names may be escaped on both sides; what is not there has the mark of its nearest parent."""
    assert mark == Positions(TEXT).mark(pointer)


@settings(max_examples=60)
@given(st.dictionaries(st.text(max_size=3), values, max_size=4), st.sampled_from([None, 0, 1]))
def test_marks_are_those_of_the_reader_of_events(value, indent):
    """The two readers share nothing, and agree on every value."""
    text = json.dumps(value, indent=indent)
    found = Positions(text)
    assert marks(text) == {pointer: found.mark(pointer) for pointer in marks(text)}


@pytest.mark.parametrize("text", ["{a: 1, b: 2}", '{"a": yes}', '{"a": 1 # one\n, "b": 2}'])
def test_what_is_no_json_raises(text):
    """The reader of events takes over then."""
    with pytest.raises(ValueError):
        Positions(text).mark("/b")
