"""Failures of schemathesis in accord's words."""

from __future__ import annotations

from types import SimpleNamespace

import pytest

from accord.cases.judgement import judgement


@pytest.mark.parametrize(
    ("said", "told"),
    [
        ("Missing: GET, PUT\n\nList them", "Missing: GET, PUT. List them"),
        ("A whole sentence.\n\n  Another", "A whole sentence. Another"),
        ("Expected:\n\n  200", "Expected: 200"),
        ("one\nline", "one line"),
        ("", ""),
    ],
)
def test_a_paragraph_ends_with_a_full_stop(said: str, told: str) -> None:
    """What stood in paragraphs reads as sentences on one line."""
    assert (
        f"Title. {told}".removesuffix(". ") == judgement(SimpleNamespace(title="Title", message=said)).message
    )
