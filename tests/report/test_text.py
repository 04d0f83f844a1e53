"""Facts about text that is safe to show."""

from __future__ import annotations

import unicodedata

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from accord.report.text import count, duration, printable

BOUNDED = settings(max_examples=100, derandomize=True, deadline=None)
_ANY = st.text(
    st.one_of(st.characters(), st.sampled_from("\x00\x1b\x9b\r\n\u202e\u2066\ud800\udfff\ufeff\uffff"))
)


@BOUNDED
@given(text=_ANY)
def test_no_control_format_surrogate_or_separator_is_left(text: str) -> None:
    """Whatever goes in, only graphic characters and the space come out, and UTF-8 can hold them."""
    shown = printable(text)
    assert not {unicodedata.category(character) for character in shown} & {"Cc", "Cf", "Cs", "Zl", "Zp"}
    shown.encode("utf-8")


@BOUNDED
@given(text=st.text("abc äß→[]{}\\", max_size=30))
def test_text_that_prints_is_left_alone(text: str) -> None:
    """Letters, markup and backslashes stay as they are."""
    assert text == printable(text)


@BOUNDED
@given(text=_ANY, limit=st.integers(1, 20))
def test_cut_text_tells_its_length(text: str, limit: int) -> None:
    """A text over the limit ends in an ellipsis and its whole length, another does not change."""
    shown = printable(text, limit=limit)
    if len(text) > limit:
        assert shown == f"{printable(text[:limit])}… ({len(text)} characters)"
    else:
        assert shown == printable(text)


def test_an_escape_names_its_code_point() -> None:
    """Escapes are those of Python, so that a reader can tell which character stood there."""
    assert r"\x1b[0m\n\u202e\ud800" == printable("\x1b[0m\n\u202e\ud800")


def test_a_long_text_is_cut_before_it_is_escaped() -> None:
    """The work is bounded by the limit, not by the length of the value."""
    assert r"\x00\x00… (50,000,000 characters)" == printable("\0" * 50_000_000, limit=2)


@pytest.mark.parametrize(
    ("expected", "number", "noun"),
    [("1 case", 1, "case"), ("0 cases", 0, "case"), ("1,204 cases", 1204, "case")],
)
def test_a_noun_follows_its_number(expected: str, number: int, noun: str) -> None:
    """One is singular, every other number plural."""
    assert expected == count(number, noun)


@pytest.mark.parametrize(
    ("expected", "seconds"),
    [
        ("0 ms", 0),
        ("12 ms", 0.0123),
        ("999 ms", 0.9994),
        ("1.0 s", 0.9996),
        ("3.4 s", 3.42),
        ("10 s", 9.96),
        ("59 s", 59.4),
        ("1 min 00 s", 59.6),
        ("2 min 05 s", 125),
        ("1 h 00 min", 3599.9),
        ("1 h 04 min", 3840),
    ],
)
def test_a_duration_has_the_unit_that_suits_it(expected: str, seconds: float) -> None:
    """No unit overflows into the next."""
    assert expected == duration(seconds)
