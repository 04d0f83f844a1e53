"""Facts about the words in which every report tells a change."""

from __future__ import annotations

import pytest

from accord.findings.changes.change import Change, Effect, Sender, Verdict, Witness
from accord.findings.changes.result import Told
from accord.report.changes.words import consequence, shown_witness, title

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
