"""Media types are told apart by what they are, however they are written."""

from __future__ import annotations

import email.message

import pytest

from accord.contract.media_type import essence, falls_under, is_json, may_be_json

WRITTEN = ["application/json", "Application/JSON; charset=utf-8", "text/plain;charset=x", 'a/b ; q="1;2"']


@pytest.mark.parametrize("name", WRITTEN)
def test_the_essence_is_what_the_mail_library_reads(name):
    """Parameters, letters of either case and space around do not count."""
    message = email.message.Message()
    message["content-type"] = name
    assert message.get_content_type() == essence(name)


def test_what_is_missing_has_no_essence():
    """A body without a Content-Type is of no media type, and no JSON."""
    assert "" == essence(None) == essence("") == essence("; charset=utf-8")
    assert not is_json(None)


@pytest.mark.parametrize(
    ("name", "expected"),
    [
        ("application/json", True),
        ("text/json; charset=utf-8", True),
        ("application/problem+JSON", True),
        ("application/json-seq", False),
        ("application/jsonl", False),
        ("application/*", False),
        ("json", False),
    ],
)
def test_json_is_known_by_its_name_or_suffix(name, expected):
    """A sequence of JSON texts is not one."""
    assert expected is is_json(name)


@pytest.mark.parametrize(
    ("name", "expected"), [("*/*", True), ("application/*", True), ("a/b+json", True), ("text/*", False)]
)
def test_a_range_may_be_json(name, expected):
    """Of a range it is enough that JSON falls under it."""
    assert expected is may_be_json(name)


@pytest.mark.parametrize(
    ("name", "other", "expected"),
    [
        ("image/PNG", "image/png", True),
        ("image/png; q=1", "image/*", True),
        ("image/*", "*/*", True),
        ("image/*", "image/png", False),
        ("imagery/png", "image/*", False),
        ("image/png", "image/jpeg", False),
    ],
)
def test_a_media_type_falls_under_a_range_of_its_kind(name, other, expected):
    """The range is the wider side."""
    assert expected is falls_under(name, other)
