"""Unions that lead to each other end in bounded steps, and tell each cause once."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import pytest
from schema_cases import library_of

from accord.contract.library import uri
from accord.findings.changes.change import Change, Sender, Verdict
from accord.findings.changes.decide import Comparison
from accord.findings.changes.effort import Effort, TooMuchError
from accord.findings.changes.node import Schemas
from accord.findings.changes.policy import Policy
from accord.findings.changes.prove import Root
from accord.findings.changes.walk import Pair

PARTS = 40
ENOUGH = 10_000
"""Steps: some three times what forty unions take where one differs, of the million that are allowed."""


def unions(changed: Mapping[int, int], prefix: str = "part") -> dict[str, Any]:
    """Return forty unions whose branches overlap and lead to three others each; *changed* gives limits of some."""
    definitions: dict[str, Any] = {}
    for number in range(PARTS):
        others = {
            f"member{index}": {"$ref": f"#/$defs/{prefix}{(number * factor + offset) % PARTS}"}
            for index, (factor, offset) in enumerate(((7, 1), (3, 2), (1, 1)))
        }
        definitions[f"{prefix}{number}"] = {
            "oneOf": [
                {
                    "type": "object",
                    "properties": {
                        **others,
                        f"size{branch}": {"type": "integer", "maximum": changed.get(number, 10) + branch},
                    },
                }
                for branch in range(6)
            ]
        }
    return {"$ref": f"#/$defs/{prefix}0", "$defs": definitions}


def ladder(end: Any, keyword: str) -> dict[str, Any]:
    """Return forty steps of which each leads twice to the next, and so by 2 ** 40 ways to the *end*."""
    steps: dict[str, Any] = {
        f"step{number}": {keyword: [{"$ref": f"#/$defs/step{number + 1}"}] * 2} for number in range(40)
    }
    return {"$ref": "#/$defs/step0", "$defs": {**steps, "step40": end}}


def compared(old: Any, new: Any, policy: Policy, steps: int = ENOUGH) -> tuple[Comparison, list[Change]]:
    """Return the comparison of two bodies that a client sends, and what it tells."""
    comparison = Comparison(
        old=Schemas(library_of(old)), new=Schemas(library_of(new)), policy=policy, effort=Effort(steps)
    )
    comparison.walk.effort = Effort(steps)
    at = (uri("schema.yaml"),)
    roots = [Root(name="body", pair=Pair(old=at, new=at, sender=Sender.CLIENT))]
    return comparison, list(comparison.changes(roots))


@pytest.mark.parametrize("policy", [Policy.OPEN, Policy.STRICT])
def test_forty_unions_that_lead_to_each_other_end_in_bounded_steps(policy: Policy) -> None:
    """No way through overlapping branches is walked, and no value held against them, more than once."""
    comparison, changes = compared(unions({}), unions({4: 5}), policy)
    assert not comparison.walk.effort.is_spent
    assert not comparison.effort.is_spent
    assert {"changed-schema"}.isdisjoint(item.rule for item in changes)


def test_one_cause_is_one_finding_and_what_may_follow_of_it_is_told_once() -> None:
    """One changed limit in six branches is told at each; that it may change what fits two branches, once."""
    _, changes = compared(unions({}), unions({4: 5}), Policy.STRICT)
    assert {"changed-maximum": 6, "changed-union": 1} == {
        rule: sum(item.rule == rule for item in changes) for rule in ("changed-maximum", "changed-union")
    }
    (follows,) = (item for item in changes if item.rule == "changed-union")
    assert follows.verdict is Verdict.UNPROVEN
    assert "not proved" in follows.reason


def test_other_names_of_unions_that_lead_to_each_other_are_no_change() -> None:
    """Where nothing differs, nothing follows either."""
    _, changes = compared(unions({}), unions({}, "other"), Policy.STRICT)
    assert [] == changes


def test_a_branch_more_of_a_union_that_leads_to_itself_is_told_where_it_is() -> None:
    """What overlaps more than before is told at its own place, although it has no end."""
    tree: dict[str, Any] = {"type": "object", "properties": {"below": {"$ref": "#"}}}
    _, changes = compared({"oneOf": [tree]}, {"oneOf": [tree, tree]}, Policy.STRICT)
    assert [("changed-union", Verdict.BREAKING)] == [(item.rule, item.verdict) for item in changes]
    assert [{}] == [item.witness.value for item in changes if item.witness]


def test_what_is_too_much_to_walk_is_told_once() -> None:
    """Where the steps end, one change says so for all that was not compared, and what it reaches."""
    _, changes = compared(unions({}), unions({4: 5, 30: 5}), Policy.STRICT, steps=100)
    assert [("changed-schema", Verdict.UNPROVEN, ("body",))] == [
        (item.rule, item.verdict, item.reaches) for item in changes
    ]
    assert "too much to walk" in changes[0].reason


def test_what_was_found_is_told_where_only_the_proofs_end() -> None:
    """What could not be decided any more is one change, and what was decided is told beside it."""
    comparison, changes = compared(unions({}), unions({0: 5, 4: 5}), Policy.OPEN, steps=ENOUGH)
    taken = ENOUGH - comparison.effort.left
    _, fewer = compared(unions({}), unions({0: 5, 4: 5}), Policy.OPEN, steps=taken - 1)
    assert 1 == sum(item.rule == "changed-schema" for item in fewer)
    assert len(fewer) <= len(changes)


@pytest.mark.parametrize("keyword", ["allOf", "anyOf", "oneOf"])
@pytest.mark.parametrize("end", [False, {"type": "string", "maxLength": 5}], ids=["nothing", "text"])
def test_a_ladder_of_references_ends(keyword: str, end: Any) -> None:
    """What leads to the same schema by a million million ways is not walked by each of them."""
    comparison, _ = compared(
        ladder(end, keyword), ladder({"type": "string", "maxLength": 4}, keyword), Policy.STRICT
    )
    assert not comparison.walk.effort.is_spent


def test_steps_that_are_spent_stay_spent() -> None:
    """Who asks again for a step is refused again."""
    effort = Effort(2)
    effort.spend(2)
    assert not effort.is_spent
    for _ in range(2):
        with pytest.raises(TooMuchError):
            effort.spend()
    assert effort.is_spent
