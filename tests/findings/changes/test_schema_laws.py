"""What holds of every comparison of schemas, whatever the schemas: laws, over pairs drawn by chance."""

from __future__ import annotations

import copy
import json
from random import Random
from typing import Any

import jsonschema_rs
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from positive_draws import positive
from schema_cases import SchemaCase, changes_of, read_cases
from schema_draws import altered, loosened, respelt, schema_of, value_of

from accord.contract.dialect import modernise
from accord.findings.changes.change import Change, Effect, Sender, Verdict
from accord.findings.changes.policy import Policy

seeds = st.integers(min_value=0, max_value=2**32)
slowly = settings(
    max_examples=120,
    deadline=None,
    derandomize=True,
    suppress_health_check=[HealthCheck.too_slow],
    database=None,
)
OTHER_SENDER = {Sender.CLIENT: Sender.SERVER, Sender.SERVER: Sender.CLIENT}
OTHER_EFFECT = {Effect.NARROWED: Effect.WIDENED, Effect.WIDENED: Effect.NARROWED, Effect.OTHER: Effect.OTHER}
OTHER_RULE = {"added-property": "removed-property", "removed-property": "added-property"}
CASES = tuple(read_cases())


def pair_of(seed: int) -> tuple[Any, Any, Random]:
    """Return a schema, the same with another one somewhere in it, and the chance that is left."""
    chance = Random(seed)
    old = schema_of(chance)
    return old, altered(old, chance), chance


def validator(schema: Any) -> jsonschema_rs.Validator:
    """Return a validator that shares nothing with the judge of the comparison."""
    return jsonschema_rs.Draft202012Validator(schema, validate_formats=True)


def meant_openly(schema: Any) -> Any:
    """Return *schema* as the policy ``open`` has it, written anew: nothing undeclared is refused."""
    if isinstance(schema, list):
        return [meant_openly(item) for item in schema]
    if not isinstance(schema, dict):
        return schema
    found = {
        key: value if key in ("enum", "const") else meant_openly(value)
        for key, value in schema.items()
        if not (key in ("additionalProperties", "unevaluatedProperties") and value is False)
    }
    scalars = {"null", "boolean", "integer", "number", "string"}
    if "oneOf" in found and not all(
        ("type" in branch and {branch["type"]} <= scalars) or "enum" in branch for branch in found["oneOf"]
    ):
        found["anyOf"] = found.pop("oneOf")
    return found


@slowly
@given(seeds)
def test_a_schema_compared_with_itself_has_not_changed(seed: int) -> None:
    """Nothing is told of a schema and its copy."""
    schema = schema_of(Random(seed))
    for sender in Sender:
        for policy in Policy:
            assert () == changes_of(schema, copy.deepcopy(schema), sender, policy)


@slowly
@given(seeds)
def test_another_spelling_is_no_change(seed: int) -> None:
    """Nothing is told where a schema was reordered, split, wrapped, typed, listed or taken apart."""
    chance = Random(seed)
    schema = schema_of(chance)
    other = respelt(schema, chance)
    for sender in Sender:
        for old, new in ((schema, other), (other, schema)):
            assert () == changes_of(old, new, sender, Policy.STRICT), json.dumps([old, new])


@slowly
@given(seeds)
def test_nullable_of_one_version_is_the_null_of_the_next(seed: int) -> None:
    """Nothing is told where ``nullable`` of OpenAPI 3.0 became a branch for null."""
    drawn = schema_of(Random(seed))
    schema = drawn if "type" in drawn else {"type": "string"}
    old = modernise({**copy.deepcopy(schema), "nullable": True})
    for sender in Sender:
        assert () == changes_of(old, {"anyOf": [schema, {"type": "null"}]}, sender, Policy.STRICT)


@slowly
@given(seeds)
def test_the_way_back_is_the_same_way(seed: int) -> None:
    """What one sender meets from old to new, the other meets from new to old, narrowed for widened."""
    old, new, _ = pair_of(seed)
    for sender in Sender:
        there = {told(item) for item in changes_of(old, new, sender, Policy.STRICT)}
        back = {told(turned(item)) for item in changes_of(new, old, OTHER_SENDER[sender], Policy.STRICT)}
        assert there == back, json.dumps([old, new])


def told(change: Change | tuple[str, ...]) -> tuple[str, ...]:
    """Return rule, effect, places and verdict."""
    if isinstance(change, tuple):
        return change
    return change.rule, change.effect, change.verdict, change.old_place, change.new_place


def turned(change: Change) -> tuple[str, ...]:
    """Return what *change* is seen from the other end."""
    rule = OTHER_RULE.get(change.rule, change.rule)
    return rule, OTHER_EFFECT[change.effect], change.verdict, change.new_place, change.old_place


@pytest.mark.parametrize("case", CASES, ids=[case.name for case in CASES])
def test_the_way_back_of_a_case_has_its_places(case: SchemaCase) -> None:
    """Each pair of the folder gives the same places in both directions, narrowed for widened."""
    words = {"changed-read-only": "changed-write-only", "changed-write-only": "changed-read-only"}
    there = {told(item) for item in changes_of(case.old, case.new, Sender.CLIENT, Policy.STRICT)}
    back = {told(turned(item)) for item in changes_of(case.new, case.old, Sender.SERVER, Policy.STRICT)}
    by_sender = {*words, "changed-default"}
    marked = "readOnly" in str([case.old, case.new]) or "writeOnly" in str([case.old, case.new])
    if not marked:
        assert {item for item in there if item[0] not in by_sender} == {
            item for item in back if item[0] not in by_sender
        }


@slowly
@given(seeds, st.sampled_from((Policy.STRICT, Policy.OPEN)))
def test_a_proof_holds(seed: int, policy: Policy) -> None:
    """The value of every break is taken by the one contract and refused by the other."""
    old, new, _ = pair_of(seed)
    meant = (old, new) if policy is Policy.STRICT else (meant_openly(old), meant_openly(new))
    before, after = map(validator, meant)
    for sender in Sender:
        takes, refuses = (before, after) if sender is Sender.CLIENT else (after, before)
        for change in changes_of(old, new, sender, policy):
            if change.verdict is Verdict.BREAKING:
                assert change.witness is not None
                value = change.witness.value
                assert (True, False) == (takes.is_valid(value), refuses.is_valid(value)), json.dumps(
                    [old, new, value]
                )


@slowly
@given(seeds)
def test_what_is_safe_has_no_counterexample(seed: int) -> None:
    """Where nothing breaks and nothing is open, none of 1,000 values of the sender is refused."""
    old, new, chance = pair_of(seed)
    before, after = validator(old), validator(new)
    for sender in Sender:
        if all(item.verdict is Verdict.SAFE for item in changes_of(old, new, sender, Policy.STRICT)):
            sends, takes, schema = (before, after, old) if sender is Sender.CLIENT else (after, before, new)
            for value in (value_of(schema, chance) for _ in range(1000)):
                assert takes.is_valid(value) or not sends.is_valid(value), json.dumps([old, new, value])


@pytest.mark.parametrize("sender", Sender)
@pytest.mark.parametrize("seed", range(12))
def test_no_drawn_value_refutes_what_is_safe(seed: int, sender: Sender) -> None:
    """Where all changes are safe, no value that schemathesis draws of the sender's schema is refused."""
    chance = Random(seed)
    old = schema_of(chance)
    new = loosened(old, chance) if sender is Sender.CLIENT else altered(old, chance)
    changes = changes_of(old, new, sender, Policy.STRICT)
    if not changes or any(item.verdict is not Verdict.SAFE for item in changes):
        return
    sent, read = (old, new) if sender is Sender.CLIENT else (new, old)
    sends, takes = validator(sent), validator(read)
    for value in positive(sent, 100, seed):
        assert takes.is_valid(value) or not sends.is_valid(value), json.dumps([old, new, value])
