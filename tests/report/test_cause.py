"""What findings of one cause have in common."""

from __future__ import annotations

from dataclasses import replace

import pytest

from accord.cases.request import Request
from accord.exchange.values import Exchange, Response
from accord.findings.finding import Finding
from accord.report.cause import by_cause, cause, elsewhere


def finding(rule: str, body: str = "", *, operation: str = "read", deviation: str = "400") -> Finding:
    """Return a finding of *rule* at *operation*, proved by an answer with *body*."""
    evidence = Exchange(
        id="1",
        operation=operation,
        request=Request(method="GET", url="http://127.0.0.1/"),
        response=Response(status=400, headers=(), body=body.encode("utf-8", "surrogatepass")),
        started=0,
        seconds=0,
    )
    return Finding(
        rule=rule,
        operation=operation,
        pointer=f"x.json#/{operation}",
        deviation=deviation,
        message="m",
        evidence=evidence,
    )


@pytest.mark.parametrize("rule", ["rejected-valid-request", "undocumented-status"])
@pytest.mark.parametrize(
    ("one", "other", "alike"),
    [
        ("the version 1.2 is no version", "the version |6\udcc3 is no version", True),
        ("there is no shelf 550e8400-e29b-41d4-a716-446655440000", "there is no shelf 7", True),
        ("there is no shelf 7", "there is no book 7", False),
        ("no", "no", False),
        ("", "", False),
    ],
)
def test_a_refusal_in_the_same_words_is_one_cause(rule: str, one: str, other: str, *, alike: bool) -> None:
    """A check that many operations share is told once; values do not matter, and too few words say nothing."""
    first, second = finding(rule, one), finding(rule, other, operation="write")
    assert alike == (cause(first) == cause(second))


@pytest.mark.parametrize("rule", ["accepted-invalid-field", "accepted-foreign-media-type"])
def test_the_same_place_of_a_request_is_one_cause(rule: str) -> None:
    """A parameter that a generated contract writes at each operation is told once; another place is another cause."""
    first, second = finding(rule), finding(rule, "x", operation="write")
    assert cause(first) == cause(second) != cause(finding(rule, deviation="/query/limit type"))


def test_drawn_requests_are_told_apart_by_what_is_wrong_with_them() -> None:
    """The class of such a finding may be "body": its words tell which member of it."""
    first, second = (finding("accepted-invalid-request", operation=name) for name in ("read", "write"))
    assert cause(first) == cause(second) != cause(replace(second, message="another"))


@pytest.mark.parametrize("rule", ["server-error", "unanswered-request"])
def test_an_exception_from_one_place_is_one_cause(rule: str) -> None:
    """However many operations come by there; without a place nobody knows."""
    crash = "500 KeyError shop/prices.py in total"
    first, second = (finding(rule, operation=name, deviation=crash) for name in "ab")
    assert (
        cause(first)
        == cause(second)
        != cause(replace(second, deviation="500 KeyError shop/prices.py in sum"))
    )
    assert cause(replace(first, deviation="500")) != cause(replace(second, deviation="500"))


def test_variants_of_one_union_are_one_cause() -> None:
    """Each pair of them is the same union's fault."""
    first, second, third = (
        replace(finding("overlapping-variants", operation=""), pointer=f"x.json#/components/schemas/{name}")
        for name in ("A/anyOf/1", "A/anyOf/2", "B/anyOf/1")
    )
    assert cause(first) == cause(replace(second, deviation="x")) != cause(third)


@pytest.mark.parametrize(
    ("rule", "deviation", "other"),
    [
        ("unpromised-unknown-id", "404", "404"),
        ("schemaless-response", "200", "200"),
        ("leaked-internals", "500 a stack trace", "500 a stack trace"),
        ("malformed-response-body", "200 json", "200 json"),
        ("unsupported-method", "allow", "allow"),
    ],
)
def test_what_one_hand_did_everywhere_is_one_cause(rule: str, deviation: str, other: str) -> None:
    """Authors of a document, or a handler of errors, have one habit; another habit is another cause."""
    first = finding(rule, deviation=deviation)
    second = finding(rule, operation="write", deviation=other)
    assert cause(first) == cause(second) != cause(replace(second, deviation="x"))


def test_a_method_that_works_is_no_habit() -> None:
    """Each method that is taken and not declared is an entrance of its own."""
    first, second = (finding("unsupported-method", operation=name, deviation="status") for name in "ab")
    assert cause(first) != cause(second)


def test_a_broken_schema_is_one_cause_with_any_status() -> None:
    """The place in the contract and the member say it; a member of another name that uses the schema may be well."""
    first = replace(
        finding("response-schema-violation", deviation="200 format"),
        pointer="x.json#/components/schemas/Time/format",
        evidence_pointer="/items/0/created",
    )
    alike = replace(first, operation="write", deviation="404 format", evidence_pointer="/created")
    assert cause(first) == cause(alike)
    assert cause(first) != cause(replace(alike, evidence_pointer="/ended"))
    assert cause(first) != cause(replace(alike, deviation="200 type"))


def test_a_caller_who_is_let_in_is_one_cause_of_an_operation() -> None:
    """Who needs no credential needs no good one either; another operation is another door, and proof comes first."""
    first = replace(finding("unauthenticated-access", deviation="ignored"), seen="")
    second = replace(finding("unauthenticated-access", deviation="garbage"), seen="200")
    elsewhere = finding("unauthenticated-access", operation="write")
    assert [[second, first], [elsewhere]] == by_cause([first, elsewhere, second])


def test_failures_in_the_same_words_are_told_apart() -> None:
    """Every bug may end in the same "Internal Server Error"."""
    words = "Internal Server Error, call us"
    assert cause(finding("server-error", words)) != cause(finding("server-error", words, operation="write"))


def test_where_else_a_cause_shows_is_told_once() -> None:
    """Each other operation has its name, and what belongs to none its place; the first is not among them."""
    first = finding("unauthenticated-access")
    again, other = replace(first, deviation="x"), finding("unauthenticated-access", operation="write")
    document = replace(other, operation="", line=4)
    assert ["write", "x.json:4#/write"] == elsewhere([first, again, other, other, document])
