"""JSON read at once says what the reader of events says, or nothing."""

import json

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from accord.contract import document
from accord.contract.document import parse_document
from accord.contract.json_text import MAXIMUM_DEPTH, parse_json
from accord.errors import ContractError

VALUES = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats(allow_nan=False, allow_infinity=False) | st.text(),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(), inner, max_size=3),
    max_leaves=8,
)


@settings(max_examples=200, derandomize=True, deadline=None)
@given(value=st.dictionaries(st.text(), VALUES, max_size=4), escaped=st.booleans())
def test_what_is_read_at_once_is_what_the_reader_of_events_reads(value: dict, escaped: bool) -> None:
    """Both readers give the value that the standard library wrote."""
    text = json.dumps(value, ensure_ascii=escaped)

    assert parse_json(text) in (value, None)
    assert document._build(text, "a.json") == value


@pytest.mark.parametrize(
    "text",
    [
        '{"a": 1, "a": 2}',
        '{"a": NaN}',
        '{"a": 1e999}',
        '{"a": "\\ud800"}',
        '{"a": %s}' % ("1" * 1001),
        '{"a": %s}' % ("[" * MAXIMUM_DEPTH + "]" * MAXIMUM_DEPTH),
        '{"a": 1} and more',
        '{"a": [%s]}' % ("0," * 5_000_001),
        "a: 1",
        "[1]",
    ],
    ids=lambda text: text[:24],
)
def test_what_is_doubtful_is_left_to_the_reader_of_events(text: str) -> None:
    """No value is given for what a reader may refuse, or is no object."""
    assert parse_json(text) is None


def test_a_member_that_appears_twice_is_told_with_its_line() -> None:
    """The reader of events names the line, also of JSON."""
    with pytest.raises(ContractError, match="appears twice") as caught:
        parse_document('{\n "a": 1,\n "a": 2\n}', name="a.json")

    assert caught.value.place == "a.json:3"
