"""Odd bodies: what is odd about each, as Python's own parsers see it."""

from __future__ import annotations

import json
from typing import Any

import pytest

from accord.cases.odd import Odd, odd_bodies

BODY: dict[str, Any] = {"name": "caf\N{SNOWMAN}", "size": 3}


def bodies(value: Any) -> dict[str, Odd]:
    """Return the odd bodies by their names."""
    return {item.name: item for item in odd_bodies(value)}


@pytest.mark.parametrize("value", [BODY, {}, {"only": [1]}])
def test_object_has_every_oddity(value: dict[str, Any]) -> None:
    """An object is said in each odd way, all but one as JSON."""
    found = bodies(value)
    names = {"no-content-type", "byte-order-mark", "utf-16", "duplicate-names", "latin-1", "deep"}
    assert names == set(found)
    assert {"no-content-type"} == {item.name for item in found.values() if not item.content_type}
    assert {"application/json"} == {item.content_type for item in found.values() if item.content_type}


def test_other_encodings_say_the_same() -> None:
    """Without a type, with a byte order mark and in UTF-16 the value is the valid one."""
    found = bodies(BODY)
    assert BODY == json.loads(found["no-content-type"].body)
    assert BODY == json.loads(found["byte-order-mark"].body.decode("utf-8-sig"))
    assert BODY == json.loads(found["utf-16"].body.decode("utf-16"))


@pytest.mark.parametrize("value", [BODY, {}])
def test_a_name_comes_twice(value: dict[str, Any]) -> None:
    """One member is there twice with one value, so that every reading is the same."""
    pairs = json.loads(bodies(value)["duplicate-names"].body, object_pairs_hook=list)
    names = [name for name, _ in pairs]
    assert 1 == len(names) - len(set(names))
    assert value == dict(pairs) or value == {}


@pytest.mark.parametrize("value", [BODY, {}])
def test_latin_1_is_no_utf_8(value: dict[str, Any]) -> None:
    """The bytes are a text in Latin-1, with the members of the valid body, and none in UTF-8."""
    body = bodies(value)["latin-1"].body
    with pytest.raises(UnicodeDecodeError):
        body.decode()
    assert {**value, "accord": "caf\N{LATIN SMALL LETTER E WITH ACUTE}"} == json.loads(body.decode("latin-1"))


@pytest.mark.parametrize("value", [[1], "text", 5, None])
def test_what_has_no_members_has_no_names(value: Any) -> None:
    """A list or a scalar is said in the ways that there are for it."""
    assert {"no-content-type", "byte-order-mark", "utf-16", "deep"} == set(bodies(value))
