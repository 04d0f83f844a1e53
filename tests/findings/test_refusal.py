"""Rules about refusals: what the pages do not show."""

from __future__ import annotations

import json
from dataclasses import replace
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from rule_cases import hold, library, read_case

from accord.cases.aim import Aim, Intent
from accord.contract import pointer as pointers
from accord.findings.checks import refusal
from accord.findings.evidence import Observation


def observed(block: str) -> Observation:
    """Return the observation of one case."""
    said = read_case(block).observed
    assert isinstance(said, Observation)
    return said


def found(block: str) -> list[str]:
    """Return the rules about refusals that find something in *block*."""
    return sorted(hold(observed(block), refusal.RULES))


@pytest.mark.parametrize(
    ("status", "rules"),
    [
        (200, ["unauthenticated-access"]),
        (204, ["unauthenticated-access"]),
        (302, ["misstated-authentication-failure"]),
        (400, ["misstated-authentication-failure"]),
        (401, ["missing-challenge"]),
        (403, ["misstated-authentication-failure"]),
        (404, ["misstated-authentication-failure"]),
        (422, ["misstated-authentication-failure"]),
        (429, []),
        (500, []),
    ],
)
def test_answer_to_a_bad_credential(status: int, rules: list[str]) -> None:
    """A bad credential is served, refused as it should be, refused otherwise, or not answered at all."""
    assert rules == found(f"# aim: credential garbage-token\nGET /books/7\n> {status}\n")


@pytest.mark.parametrize(
    ("status", "rules"),
    [
        (200, 1),
        (204, 1),
        (301, 1),
        (400, 1),
        (403, 1),
        (404, 0),
        (410, 0),
        (422, 1),
        (429, 0),
        (500, 0),
        (503, 0),
    ],
)
def test_answer_to_an_unknown_id(status: int, rules: int) -> None:
    """404 and 410 say that there is nothing; a rate limit and a server error say nothing about it."""
    assert ["answered-unknown-id"] * rules == found(
        f"# aim: unknown-id path.book\nGET /books/8831\n> {status}\n"
    )


@pytest.mark.parametrize(
    "intent", ["malformed-body JSON", "media-type text/plain", "invalid-place body.title type"]
)
@pytest.mark.parametrize("status", [301, 400, 415, 422, 500])
def test_wrong_request_may_be_refused_in_any_way(intent: str, status: int) -> None:
    """Anything but success refuses a request."""
    assert [] == found(f"# aim: {intent}\nPOST /books\n\n{{}}\n> {status}\n")


@given(index=st.integers(0, 10**6), other=st.integers(0, 10**6))
def test_wrong_items_of_one_array_are_one_finding(index: int, other: int) -> None:
    """The index of a wrong item is no part of the class; a member called like a number is."""
    said = observed("# aim: invalid-place body.x minLength\nPOST /books\n\n{}\n> 201\n")

    def fingerprint(*path: str | int) -> str:
        aim = Aim(intent=Intent.INVALID_PLACE, location="body", path=path, keyword="minLength")
        return hold(replace(said, aim=aim), refusal.RULES)["accepted-invalid-field"].fingerprint

    assert fingerprint("authors", index, "name") == fingerprint("authors", other, "name")
    assert fingerprint("authors", index, "name") != fingerprint("authors", str(index), "name")


def locations(*detail: Any, place: str = "body.authors.0.name") -> Observation:
    """Return a 422 with *detail* to a request that was wrong at *place*."""
    body = json.dumps({"detail": detail})
    return observed(
        f"# aim: invalid-place {place} minLength\nPOST /books\n\n{{}}\n> 422\n> Content-Type: application/json\n>\n> {body}\n"
    )


@pytest.mark.parametrize(
    "location",
    [
        ["body", "authors", 0, "name"],
        ["body", "NewBook", "authors", 0, "name"],
        ["body", "authors", 0, "name", "constrained-str"],
        ["Body", "Authors", "0", "NAME"],
    ],
)
def test_location_that_names_the_place(location: list[str | int]) -> None:
    """Branches of unions between or behind the steps, and letter case, do not matter."""
    assert {} == hold(locations({"loc": location}), refusal.RULES)


@pytest.mark.parametrize(
    "location",
    [["body"], ["body", "authors"], ["body", "name", "authors", 0], ["query", "authors", 0, "name"], []],
)
def test_location_that_names_another_place(location: list[str | int]) -> None:
    """A parent, another order and another part of the request are other places."""
    assert ["misplaced-error-location"] == list(hold(locations({"loc": location}), refusal.RULES))


def test_pointer_leads_to_the_first_location() -> None:
    """Errors without a location are passed over, and the pointer counts them."""
    said = locations("odd", {"msg": "no loc"}, {"loc": ["body", "title"]})
    finding = hold(said, refusal.RULES)["misplaced-error-location"]
    assert said.exchange.response is not None
    assert ["body", "title"] == pointers.lookup(
        json.loads(said.exchange.response.body), finding.evidence_pointer
    )


@given(
    body=st.one_of(
        st.binary(max_size=30),
        st.recursive(
            st.none() | st.booleans() | st.integers() | st.text(max_size=3),
            lambda inner: (
                st.lists(inner, max_size=3)
                | st.dictionaries(st.sampled_from(["detail", "loc", "x"]), inner, max_size=3)
            ),
            max_leaves=8,
        ).map(lambda value: json.dumps(value).encode()),
    )
)
def test_any_body_of_a_422_is_read(body: bytes) -> None:
    """Whatever stands in a 422, no rule raises, and what is told of it is bounded."""
    said = locations({"loc": ["body"]})
    assert said.exchange.response is not None
    exchange = replace(said.exchange, response=replace(said.exchange.response, body=body))
    for finding in hold(replace(said, exchange=exchange), refusal.RULES).values():
        assert len(finding.message) < 500


def test_long_location_is_told_in_short() -> None:
    """A location of a megabyte does not fill the report."""
    finding = hold(locations({"loc": ["x" * 10**6]}), refusal.RULES)["misplaced-error-location"]
    assert max(len(finding.message), len(finding.seen), len(finding.deviation)) < 700


def test_challenge_is_missed_where_the_contract_speaks_of_it() -> None:
    """The pointer leads to the documented 401, or to the operation when none is documented."""
    said = observed("GET /books/7\n> 401\n")
    place = "openapi.yaml#/paths/~1books~1{book}/get"
    assert f"{place}/responses/401" == hold(said, refusal.RULES)["missing-challenge"].pointer
    operation = replace(said.operation, answers={"200": said.operation.answers["200"]})
    assert place == hold(replace(said, operation=operation), refusal.RULES)["missing-challenge"].pointer


def test_every_forgery_has_words() -> None:
    """Each kind of bad credential is told of in words, an unknown one by its name."""
    assert library().security_schemes
    block = "# aim: credential {}\nGET /books/7\n> 200\n"
    told = {
        name: hold(observed(block.format(name)), refusal.RULES)["unauthenticated-access"].message
        for name in (
            "no-token",
            "malformed-header",
            "garbage-token",
            "other-signature",
            "unsigned",
            "expired-token",
            "revoked-user",
            "odd",
        )
    }
    assert len(told) == len(set(told.values()))
    assert "the operation answers a caller with odd" == told["odd"]
