"""The class of a crash."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from accord.exchange.crash import describe
from accord.findings.crash import crash_class


def crashed(message: str) -> str:
    """Return how accord describes a ValueError raised here."""
    try:
        raise ValueError(message)
    except ValueError as error:
        return describe(error)


@given(message=st.text(max_size=400))
def test_message_and_line_are_no_part_of_the_class(message: str) -> None:
    """Whatever an exception says, its class is its type, its file and its function."""
    assert "ValueError tests/findings/test_crash.py in crashed" == crash_class(crashed(message)) or (
        "ValueError test_crash.py in crashed" == crash_class(crashed(message))
    )


def test_detail_without_a_place_has_no_class() -> None:
    """What is no exception, or has no place, holds values only."""
    for detail in ("", "timed out", "ValueError: bad id (42)", "ValueError: (a:b in c)", "KeyError: 'x'"):
        assert "" == crash_class(detail)


def test_exception_of_a_module_keeps_its_dots() -> None:
    """A qualified type is one name."""
    assert "db.Error a/b.py in save" == crash_class("db.Error: no (1) (a/b.py:3 in save)")
    assert "KeyError a.py in <lambda>" == crash_class("KeyError (a.py:3 in <lambda>)")
