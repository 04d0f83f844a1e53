"""JSON is read as strictly as any reader reads it."""

from __future__ import annotations

import json

import orjson
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from accord.findings.strict import MAXIMUM_DEPTH, Reading, read_json

VALUES = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats(allow_nan=False, allow_infinity=False) | st.text(),
    lambda inner: st.lists(inner) | st.dictionaries(st.text(), inner),
    max_leaves=20,
)


@given(VALUES)
@settings(derandomize=True, max_examples=200)
def test_what_json_can_say_is_read_back(value: object) -> None:
    """Any JSON value that is written is read as the same value, from text and from bytes."""
    text = json.dumps(value)
    assert Reading(value=value) == read_json(text)
    assert Reading(value=value) == read_json(text.encode())


@given(st.text(alphabet='[]{}",:01.-eE\\u dtrufalsn\ud800', max_size=12) | st.binary(max_size=6))
@settings(derandomize=True, max_examples=500)
def test_what_is_read_another_strict_reader_reads_too(data: str | bytes) -> None:
    """Where no fault is found, orjson, which is strict, reads the same value."""
    reading = read_json(data)
    if not reading.fault:
        assert orjson.loads(data) == reading.value


@pytest.mark.parametrize(
    ("data", "fault", "disputed"),
    [
        ("", "syntax", False),
        ("{", "syntax", False),
        ("\ufeff{}", "syntax", False),
        ("[1,]", "syntax", False),
        ("{} {}", "syntax", False),
        ("[NaN]", "constant", False),
        ("[-Infinity]", "constant", False),
        ("1e999", "number", True),
        ("9" * 5000, "number", True),
        ('{"a": 1, "b": {"a": 1, "a": 1}}', "duplicate-member", True),
        (r'["\ud800"]', "unpaired-surrogate", True),
        (r'{"\uDFFF": 1}', "unpaired-surrogate", True),
        ('["\ud800"]', "unpaired-surrogate", True),
        (b"\xff", "encoding", False),
        ("[" * 100_000, "depth", False),
        ("[" * (MAXIMUM_DEPTH + 1) + "]" * (MAXIMUM_DEPTH + 1), "depth", False),
    ],
)
def test_fault_has_a_name(data: str | bytes, fault: str, disputed: bool) -> None:
    """Each way of not being strict JSON is told apart, and whether the grammar allows it."""
    reading = read_json(data)
    assert (fault, disputed) == (reading.fault, reading.disputed)
    assert reading.detail


@pytest.mark.parametrize(
    "text", [r'"\ud83d\ude00"', '"😀"', "123456789012345678901234567890", "[" * 199 + "]" * 199]
)
def test_what_looks_odd_may_be_right(text: str) -> None:
    """A pair of surrogates, a large integer and moderate depth are no faults."""
    assert "" == read_json(text).fault
