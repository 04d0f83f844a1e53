"""Conditions between a question and its answer, with values of the service in them."""

from __future__ import annotations

import pytest

from accord.cases.expression import Context, Message
from accord.contract.pointer import Json
from accord.contract.workflow import Criterion
from accord.findings.checks.law_pair import judged

NAMED = Criterion(
    condition="$.parts[?@.name == '{$request.body#/name}']",
    type="jsonpath",
    context="$response.body",
    pointer="",
)


def spoken(name: Json, *parts: str) -> Context:
    """Return what is read of a request for *name*, answered with *parts*."""
    answer: Json = {"parts": [{"name": part} for part in parts]}
    return Context(message=Message(request_body={"name": name}, response_body=answer, status=200))


@pytest.mark.parametrize("name", ["book", "it's", 'say "x"', "back\\slash", "é\n東京", "'] || true"])
def test_value_in_a_query_stands_for_itself(name: str) -> None:
    """Whatever a value holds, it is looked for as it is, and changes nothing about the query."""
    found, missed = judged(NAMED, spoken(name, "a", name)), judged(NAMED, spoken(name, "a", "b"))
    assert found is not None
    assert missed is not None
    assert (True, False) == (found.held, missed.held)


def test_value_that_no_query_can_hold_is_not_judged() -> None:
    """A query of a million characters is not asked."""
    judgement = judged(NAMED, spoken("x" * 1_000_000, "x"))
    assert judgement is None or not judgement.held


def test_condition_over_a_reading_that_failed_is_not_judged() -> None:
    """What speaks of a reading without an answer says nothing."""
    before = Criterion(condition="$inputs.order#/state == 'open'", pointer="")
    after = Criterion(condition="$outputs.order#/state == 'open'", pointer="")
    context = Context(inputs={"order": {"state": "open"}})
    assert judged(after, context) is None
    judgement = judged(before, context)
    assert judgement is not None
    assert judgement.held
