"""The walk over two contracts: what it meets once, and that it ends."""

from __future__ import annotations

from typing import Any

import pytest
from schema_cases import changes_of, library_of

from accord.contract.library import uri
from accord.findings.changes.change import Sender, Verdict
from accord.findings.changes.decide import Comparison
from accord.findings.changes.node import Schemas
from accord.findings.changes.policy import Policy
from accord.findings.changes.walk import Pair

MESSAGES = 66


def union(limit: int, *, more: int = 0) -> dict[str, Any]:
    """Return a union of messages with members that share recursive definitions, one of them limited."""
    definitions: dict[str, Any] = {
        f"part{number}": {
            "type": "object",
            "properties": {
                **{f"text{index}": {"type": "string"} for index in range(20)},
                "limited": {"type": "string", "maxLength": limit if number == 3 else 99},
                "next": {"$ref": f"#/$defs/part{(number + 1) % 10}"},
            },
        }
        for number in range(10)
    }
    messages = [
        {
            "type": "object",
            "properties": {
                "type": {"const": f"message{number}"},
                **{f"member{index}": {"$ref": f"#/$defs/part{index}"} for index in range(10)},
            },
            "required": ["type"],
        }
        for number in range(MESSAGES + more)
    ]
    return {"oneOf": messages, "$defs": definitions}


def test_a_change_in_what_all_messages_share_is_told_once() -> None:
    """One definition that 66 messages reach by many ways gives one change."""
    changes = changes_of(union(50), union(40), Sender.CLIENT)
    assert [("changed-max-length", Verdict.BREAKING)] == [(item.rule, item.verdict) for item in changes]


def test_a_new_message_is_told_as_one_variant() -> None:
    """A union that gets a variant has one change, and it is the variant."""
    changes = changes_of(union(50), union(50, more=1), Sender.SERVER, Policy.STRICT)
    assert ["changed-union"] == [item.rule for item in changes]
    assert changes[0].witness is not None
    assert {"type": f"message{MESSAGES}"} == changes[0].witness.value


def test_what_is_written_the_same_is_not_walked() -> None:
    """A pair whose text is the same, with all that it refers to, is left at once."""
    comparison = Comparison(
        old=Schemas(library_of(union(50))), new=Schemas(library_of(union(50))), policy=Policy.OPEN
    )
    root = (uri("schema.yaml"),)
    comparison.walk.visit(Pair(old=root, new=root, sender=Sender.CLIENT))
    assert 1 == len(comparison.walk.inside)


@pytest.mark.parametrize("sender", Sender)
def test_too_many_alternatives_are_one_change(sender: Sender) -> None:
    """Unions multiplied beyond a bound end in one change of the whole, not in a long walk."""
    two = {"anyOf": [{"minLength": 1}, {"maxLength": 5}]}
    old = {"type": "string", "allOf": [two] * 10}
    new = {"type": "string", "allOf": [{"anyOf": [{"minLength": 8}, {"maxLength": 5}]}] * 10}
    assert {"changed-schema"} == {item.rule for item in changes_of(old, new, sender)}
