"""Facts about what a text looks like."""

from __future__ import annotations

import pytest

from accord.findings.regression.form import TEXT, form_of, is_word


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("05e70000-0000-4000-8000-000000000001", "a UUID"),
        ("05E70000-0000-4000-8000-00000000000A", "a UUID in capitals"),
        ("05e70000000040008000000000000001", "a UUID without hyphens"),
        ("2026-01-02", "a date"),
        ("2026-01-02T03:04:05Z", "a moment in whole seconds in UTC"),
        ("2026-01-02T03:04:05.120Z", "a moment in milliseconds in UTC"),
        ("2026-01-02T03:04:05.123456Z", "a moment in microseconds in UTC"),
        ("2026-01-02T03:04:05.123456789+02:00", "a moment in nanoseconds with an offset of its own"),
        ("2026-01-02 03:04:05", "a moment with a space in whole seconds without an offset"),
        ("me@example.com", "an e-mail address"),
        ("{origin}/media/1.png", "an address"),
        ("/media/1.png", "an address without a host"),
        ("milk", TEXT),
        ("", TEXT),
        ("x" * 3000, TEXT),
    ],
)
def test_a_form_is_told_by_the_whole_text(text, expected):
    """Precision and offset of a moment are part of its form (RFC 3339, 5.6)."""
    assert expected == form_of(text)


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("in_progress", True),
        ("IN PROGRESS", True),
        ("open", True),
        ("e5", False),
        ("a, b", False),
        ("", False),
    ],
)
def test_a_word_is_one_that_a_service_may_choose_again(text, expected):
    """Statuses are words; what has digits in it may be new each time."""
    assert expected is is_word(text)
