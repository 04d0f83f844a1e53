"""What the algebra of canonical forms knows of two schemas."""

from __future__ import annotations

import json
from typing import Any

import pytest

from accord.contract.algebra import Answer, canonicalized, covers, is_empty, left_over, takes, written

WIDE, NARROW = json.dumps({"type": "integer"}), json.dumps({"type": "integer", "minimum": 3})


def test_the_wider_schema_covers_the_narrower_one() -> None:
    """Every integer from 3 on is an integer, and not the reverse."""
    assert (Answer.YES, Answer.NO) == (covers(WIDE, NARROW), covers(NARROW, WIDE))


@pytest.mark.parametrize("schema", ["{", {"type": 1}, {"$ref": "#/nowhere"}])
def test_of_what_is_no_schema_nothing_is_known(schema: Any) -> None:
    """No answer is given for a schema that is none, and no value of it is known."""
    text = json.dumps(schema)
    assert (Answer.UNKNOWN, None, ()) == (covers(WIDE, text), written(text), left_over(text, WIDE))
    assert not takes(text, 1)


def test_two_spellings_are_written_alike() -> None:
    """Exactly one of two overlapping branches has one form, in whatever order and words they stand."""
    integer, number = {"type": "integer"}, {"type": "number", "minimum": 3}
    forms = {
        written(json.dumps(item))
        for item in (
            {"oneOf": [integer, number]},
            {"oneOf": [{"allOf": [number]}, integer]},
            {"anyOf": [{"allOf": [integer, {"not": number}]}, {"allOf": [number, {"not": integer}]}]},
        )
    }
    assert (1, False) == (len(forms), None in forms)


def test_what_is_left_over_is_of_the_one_and_not_of_the_other() -> None:
    """The values that one schema has more than another are none of the other."""
    found = left_over(WIDE, NARROW)
    assert [True] * len(found) == [isinstance(value, int) and value < 3 for value in found] != []


def test_a_schema_without_values_is_known_as_one() -> None:
    """Nothing is both a text and a number; of an open schema nothing of the kind is known."""
    nothing = canonicalized({"allOf": [{"type": "string"}, {"type": "number"}]})
    assert (True, False, False) == (is_empty(nothing), is_empty(canonicalized({})), is_empty(None))
