"""Facts about what is not proven: the reason says why nothing shows it."""

from __future__ import annotations

from typing import Any

import pytest
from schema_cases import changes_of

from accord.findings.changes.change import Sender, Verdict


def event(needed: list[str], members: dict[str, Any]) -> dict[str, Any]:
    """Return one kind of event; all of them are told apart by a header alone."""
    return {"type": "object", "required": needed, "properties": members}


def union(check: dict[str, Any]) -> dict[str, Any]:
    """Return two kinds of events, of which the second one takes every value of the first."""
    return {
        "anyOf": [{"$ref": "#/$defs/check"}, {"$ref": "#/$defs/any"}],
        "$defs": {"check": check, "any": event(["at"], {})},
    }


BEFORE = event(["at", "run"], {"at": {"type": "integer"}, "run": {"type": "string"}})
AFTER = event(["at", "run"], {"at": {"type": "integer"}, "run": {"type": ["string", "null"]}})


@pytest.mark.parametrize(
    ("old", "new", "sender", "reason"),
    [
        (
            {"type": "string"},
            {"type": "string", "maxLength": 52_428_800},
            Sender.CLIENT,
            "a text that shows it is too long to be built",
        ),
        (
            union(BEFORE),
            union(AFTER),
            Sender.SERVER,
            "each value tried shows it here, but as a whole another variant of a union takes it as well",
        ),
    ],
)
def test_the_reason_says_why_nothing_shows_it(old: Any, new: Any, sender: Sender, reason: str) -> None:
    """A reader learns whether to look for a value himself."""
    changes = changes_of(old, new, sender)
    assert [(Verdict.UNPROVEN, reason)] == [(change.verdict, change.reason) for change in changes]
