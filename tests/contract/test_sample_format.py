"""Texts of a format are as long as is asked."""

from __future__ import annotations

import jsonschema_rs
import pytest

from accord.contract.sample import OF_FORMAT, of_format

FIXED = {"date", "ipv4", "ipv6", "uuid"}


@pytest.mark.parametrize("name", sorted(OF_FORMAT.keys() - FIXED))
@pytest.mark.parametrize("length", [30, 64])
def test_a_text_of_a_format_has_the_length_that_is_asked(name: str, length: int) -> None:
    """Another validator says that it is of the format."""
    text = of_format(name, length)
    assert text is not None
    assert length == len(text)
    assert jsonschema_rs.Draft202012Validator({"format": name}, validate_formats=True).is_valid(text)


def test_what_cannot_be_so_short_or_long_is_not_made() -> None:
    """A format whose texts are all of a length has no other."""
    assert [None, None, None] == [of_format("uri", 5), of_format("uuid", 40), of_format("unknown", 40)]
