"""Witnesses that do not hold as a whole are refused, whoever built them."""

from __future__ import annotations

import json
from typing import Any

import pytest

from accord.cases.request import Request
from accord.contract.contract import Contract, load_text
from accord.exchange.values import Response
from accord.findings.changes.call import Sides
from accord.findings.changes.change import Answered, Change, Delivered, Effect, Sender, Verdict, Witness
from accord.findings.changes.node import Schemas
from accord.findings.changes.policy import Policy
from accord.findings.changes.prove import Root, Whole
from accord.findings.changes.sample import UnbuildableError
from accord.findings.changes.told import WholeJudges, told
from accord.findings.changes.walk import Pair

JSON = (("Content-Type", "application/json"),)


def contract(most: int) -> Contract:
    """Return a contract whose bodies are all numbers of at most *most*."""
    content = {"application/json": {"schema": {"maximum": most}}}
    asked = {"required": True, "content": content}
    answered = {"description": "ok", "content": content}
    document: dict[str, Any] = {"openapi": "3.1.0", "info": {"title": "T", "version": "1"}}
    item = {"post": {"requestBody": asked, "responses": {"200": answered}}}
    return load_text(json.dumps({**document, "paths": {"/a": item}, "webhooks": {"w": item}}), name="d.json")


def judges(old: int, new: int) -> WholeJudges:
    """Return the judges of two such contracts."""
    before, after = contract(old), contract(new)
    sides = Sides(
        old=before,
        new=after,
        policy=Policy.OPEN,
        old_schemas=Schemas(before.library),
        new_schemas=Schemas(after.library),
    )
    return WholeJudges.of(sides)


def whole(kind: str, number: int) -> Whole:
    """Return a whole that carries *number*."""
    body = str(number).encode()
    request = Request(method="POST", url="https://service.example/a", headers=JSON, body=body)
    response = Response(status=200, headers=JSON, body=body)
    match kind:
        case "request":
            return request
        case "delivery":
            return Delivered(kind="webhook", method="POST", path="w", request=request)
        case "response":
            return Answered(method="POST", path="/a", response=response)
    return Answered(kind="webhook", method="POST", path="w", response=response)


def judged(kind: str, lift: Any, old: int, new: int) -> Change:
    """Return a break, said to be shown by what *lift* makes of 5, once the judges have seen it."""
    sender = Sender.CLIENT if kind in ("request", "reply") else Sender.SERVER
    change = Change(
        rule="changed-maximum",
        effect=Effect.OTHER,
        verdict=Verdict.BREAKING,
        sender=sender,
        old=f"maximum: {old}",
        witness=Witness(value=5, root="body"),
    )
    root = Root(name="body", pair=Pair(old=(), new=(), sender=sender), lift=lift)
    (found,) = told(judges(old, new), [change], [root])
    return found


TODAY, TOMORROW = ("request", "reply"), ("response", "delivery")
SAME = {
    "request": "the request that was built for it is taken by both contracts",
    "delivery": "the request that was built for it is one of both contracts",
    "response": "the response that was built for it is one of both contracts",
    "reply": "the response that was built for it is one of both contracts",
}


@pytest.mark.parametrize(
    ("kind", "old", "new"), [*((kind, 5, 4) for kind in TODAY), *((kind, 4, 5) for kind in TOMORROW)]
)
def test_a_whole_that_one_contract_alone_has_is_told(kind: str, old: int, new: int) -> None:
    """Clients say today what the new contract refuses, the service says tomorrow what the old one never had."""
    witness = judged(kind, lambda value: whole(kind, value), old, new).witness
    assert witness is not None
    assert whole(kind, 5) in (witness.request, witness.delivered, witness.answered)
    assert "" == witness.alone


@pytest.mark.parametrize("kind", [*TODAY, *TOMORROW])
def test_a_whole_that_both_contracts_have_shows_nothing(kind: str) -> None:
    """It is left out, and the witness says so."""
    witness = judged(kind, lambda value: whole(kind, value), 9, 9).witness
    assert Witness(value=5, root="body", alone=SAME[kind], means=witness.means if witness else "") == witness


@pytest.mark.parametrize(
    ("kind", "old", "new"), [*((kind, 4, 5) for kind in TODAY), *((kind, 5, 4) for kind in TOMORROW)]
)
def test_a_whole_of_the_wrong_contract_shows_nothing(kind: str, old: int, new: int) -> None:
    """What clients never sent, or the service no longer sends, breaks nobody."""
    witness = judged(kind, lambda value: whole(kind, value), old, new).witness
    assert witness is not None
    assert (
        "the one that could be built is refused by its own contract: its body is not valid" == witness.alone
    )
    assert (None, None, None) == (witness.request, witness.delivered, witness.answered)


def test_what_cannot_be_built_is_told_with_the_reason() -> None:
    """The value alone shows it then."""

    def lift(_: Any) -> Whole:
        raise UnbuildableError("nobody knows how")

    found = judged("delivery", lift, 4, 5)
    assert found.witness is not None
    assert (Verdict.BREAKING, "nobody knows how") == (found.verdict, found.witness.alone)


@pytest.mark.parametrize("kind", [*TODAY, *TOMORROW])
def test_a_fact_that_no_judge_confirms_is_not_proven(kind: str) -> None:
    """Of a fact, the whole is all that shows it: where both contracts have it, nothing is proven."""
    carried = {"request": "request", "delivery": "delivered"}.get(kind, "answered")
    witness = Witness(value=None, said="words", **{carried: whole(kind, 5)})  # type: ignore[arg-type]
    change = Change(rule="changed-status", effect=Effect.OTHER, verdict=Verdict.BREAKING, witness=witness)
    (found,) = told(judges(9, 9), [change], [])
    assert (Verdict.UNPROVEN, None, SAME[kind]) == (found.verdict, found.witness, found.reason)
