"""What holds of every comparison of whole documents: laws, over documents drawn by chance."""

from __future__ import annotations

import json
from random import Random
from typing import Any

import pytest
from delivery_oracle import is_delivery
from document_draws import altered_document, document_of, in_both_versions, in_openapi_32, respelt_document
from element_cases import both, cases, compared
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from response_oracle import is_answer

from accord.contract.contract import Contract, load_text
from accord.findings.changes.change import Change, Effect, Sender, Verdict
from accord.findings.changes.contracts import compare
from accord.findings.changes.policy import Policy
from accord.findings.changes.request_judge import RequestJudge

seeds = st.integers(min_value=0, max_value=2**32)
slowly = settings(
    max_examples=50,
    deadline=None,
    derandomize=True,
    suppress_health_check=[HealthCheck.too_slow],
    database=None,
)
OTHER_EFFECT = {Effect.NARROWED: Effect.WIDENED, Effect.WIDENED: Effect.NARROWED, Effect.OTHER: Effect.OTHER}


def contract(document: Any) -> Contract:
    """Return the contract that *document* is."""
    return load_text(json.dumps(document), name="openapi.json")


def strictly(old: Contract, new: Contract) -> tuple[Change, ...]:
    """Return what changed where everything that is declared counts."""
    return compare(old, new, Policy.STRICT)


@slowly
@given(seeds)
def test_another_spelling_of_a_document_is_no_change(seed: int) -> None:
    """Nothing is told where parts were moved, shared, renamed, reordered or described, and schemas respelt."""
    chance = Random(seed)
    document = document_of(chance)
    old, new = contract(document), contract(respelt_document(document, chance))
    assert () == strictly(old, new) == strictly(new, old)


@slowly
@given(seeds)
def test_the_next_version_says_the_same(seed: int) -> None:
    """Nothing is told of a document that was rewritten from OpenAPI 3.0 to 3.1."""
    chance = Random(seed)
    old, new = map(contract, in_both_versions(document_of(chance), chance))
    assert () == strictly(old, new) == strictly(new, old)


@settings(slowly, max_examples=25)
@given(seeds)
def test_the_version_after_says_the_same(seed: int) -> None:
    """Nothing is told of a document that was rewritten from OpenAPI 3.1 to 3.2."""
    chance = Random(seed)
    document = document_of(chance)
    old, new = contract(document), contract(in_openapi_32(document, chance))
    assert () == strictly(old, new) == strictly(new, old)


@slowly
@given(seeds)
def test_the_way_back_of_a_document_is_the_same_way(seed: int) -> None:
    """What is narrowed on the way there is widened on the way back, at the same places."""
    chance = Random(seed)
    document = document_of(chance)
    old, new = contract(document), contract(altered_document(document, chance))
    assert {_there(item) for item in strictly(old, new)} == {_back(item) for item in strictly(new, old)}


@pytest.mark.parametrize("case", list(cases()))
def test_the_way_back_of_an_element_is_the_same_way(case: dict[str, Any]) -> None:
    """Each pair of the folder has the same places in both directions."""
    old, new = both(case)
    there, back = compared(case, old, new), compared(case, new, old)
    assert {_there(item)[1:] for item in there} == {_back(item)[1:] for item in back}


def _there(change: Change) -> tuple[str, ...]:
    return change.rule, change.effect, change.old_place, change.new_place


def _back(change: Change) -> tuple[str, ...]:
    word, _, rest = change.rule.partition("-")
    word = {"added": "removed", "removed": "added"}.get(word, word)
    return f"{word}-{rest}", OTHER_EFFECT[change.effect], change.new_place, change.old_place


@settings(slowly, max_examples=25)
@given(seeds)
def test_a_whole_that_shows_a_break_holds(seed: int) -> None:
    """A request is taken by the old contract only; a response is one of the new contract only, says another tool too."""
    chance = Random(seed)
    document = document_of(chance)
    other = altered_document(document, chance)
    old, new = contract(document), contract(other)
    for change in strictly(old, new):
        witness = change.witness
        if change.verdict is not Verdict.BREAKING or witness is None:
            continue
        if witness.request is not None:
            refusals = [RequestJudge.of(side, is_open=False).refusal(witness.request) for side in (old, new)]
            assert ["", True] == [refusals[0], bool(refusals[1])]
        if witness.answered is not None:
            assert change.sender is (Sender.CLIENT if witness.answered.kind else Sender.SERVER)
            tomorrow, today = (is_answer(side, witness.answered) for side in (other, document))
            held = (today, tomorrow) if witness.answered.kind else (tomorrow, today)
            assert (True, False) == held, json.dumps([document, other, str(change)])
        if witness.delivered is not None:
            assert change.sender is Sender.SERVER
            assert is_delivery(other, witness.delivered), json.dumps([document, other, str(change)])
            assert not is_delivery(document, witness.delivered), json.dumps([document, other, str(change)])
