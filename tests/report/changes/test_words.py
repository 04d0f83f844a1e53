"""Facts about the words in which every report tells a change."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import pytest

from accord.cases.request import Request
from accord.exchange.values import Response
from accord.findings.changes.change import Answered, Change, Delivered, Effect, Sender, Verdict, Witness
from accord.findings.changes.result import Told
from accord.report.changes.words import command, consequence, message, shown_witness, title, unlifted

BODY = "openapi.yaml#/components/schemas/Thing/properties"


def told(place: str, **more: str) -> Told:
    """Return a break at *place*."""
    change = Change(
        rule="changed-max-length",
        effect=Effect.NARROWED,
        verdict=Verdict.BREAKING,
        sender=Sender.CLIENT,
        old_place=place,
        new_place=place,
        witness=Witness(value={"sku": "aaa"}, pointer="/sku", root="body", means="refused: too long"),
        **more,
    )
    return Told(change=change)


@pytest.mark.parametrize(
    ("places", "more", "expected"),
    [
        (
            ["sku/maxLength"],
            {"old": "maxLength: 64", "new": "maxLength: 32"},
            "sku: maxLength: 64 became maxLength: 32",
        ),
        (["a~1b/enum"], {"old": '"x"', "new": '"y"'}, 'a/b: "x" became "y"'),
        (["sku/enum", "sku/items/enum"], {"old": '"x"'}, 'sku: "x" is gone'),
        (["sku/enum", "name/enum"], {"old": '"x"', "new": '"y"'}, '"x" became "y"'),
        (
            ["sku"],
            {"old": "sku optional", "new": "sku required", "message": "sku"},
            "sku optional became sku required",
        ),
        (["sku"], {"new": "colour", "message": "colour"}, "colour is new"),
    ],
)
def test_a_cause_names_what_it_is_about_once(places, more, expected):
    """The member around it is named where the change does not name one, and only if all places have the same."""
    assert expected == title([told(f"{BODY}/{place}", **more) for place in places])


def test_what_has_no_schema_around_it_is_not_named():
    """The steps of a path are no members."""
    assert "GET /a is gone" == title([told("openapi.yaml#/paths/~1a/get", old="GET /a")])


def test_a_witness_is_its_value_and_what_comes_of_it_stands_apart():
    """A reader sees what is sent, then what becomes of it."""
    change = told(f"{BODY}/sku/maxLength").change
    assert 'body: {"sku": "aaa"} (at /sku)' == shown_witness(change)
    assert "refused: too long" == consequence(change)


def sent(**more: Any) -> Change:
    """Return a break that a callback shows."""
    request = Request(
        method="POST", url="https://receiver.example/?q=1", headers=(("X-Sum", "a"),), body=b"line\r\nline"
    )
    delivered = Delivered(
        kind="callback",
        method="POST",
        path="done {$request.body#/url}",
        owner="POST /orders",
        request=request,
    )
    witness = Witness(**{"value": None, "delivered": delivered, **more})
    return replace(told("").change, sender=Sender.SERVER, witness=witness)


def test_what_the_service_sends_is_a_message_and_no_command():
    """The address is as the contract has it: nobody but the client that gave it knows it."""
    assert ("sends", ("POST {$request.body#/url}?q=1", "X-Sum: a", "line\r\nline")) == message(sent())
    assert "" == command(sent())


def test_what_a_client_answers_to_it_is_a_message_too():
    """The response of a service is none: it stands in the JSON report."""
    response = Response(status=200, headers=(("X-A", "1"),), body=b"")
    answered = Answered(kind="webhook", method="POST", path="paid", response=response)
    assert ("answers", ("200", "X-A: 1")) == message(sent(delivered=None, answered=answered))
    assert ("", ()) == message(sent(delivered=None, answered=replace(answered, kind="")))
    assert ("", ()) == message(replace(sent(), witness=None))


def test_why_no_whole_shows_a_break_is_told():
    """Nothing is said where one does."""
    assert "none: nobody knows how" == unlifted(sent(alone="nobody knows how"))
    assert ("", "") == (unlifted(sent()), unlifted(replace(sent(), witness=None)))
