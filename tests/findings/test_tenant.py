"""Rules about who may reach what: what the pages do not show."""

from __future__ import annotations

from dataclasses import replace

import pytest
from rule_cases import hold, read_case

from accord.exchange.values import Response
from accord.findings.checks import tenant
from accord.findings.evidence import Observation

UNKNOWN = "# aim: foreign-caller path.book\n# unknown: 404 no\n"


def found(block: str) -> list[str]:
    """Return the rules about tenants that find something in *block*."""
    return sorted(hold(read_case(block).observed, tenant.RULES))


@pytest.mark.parametrize(
    ("status", "rules"),
    [
        (200, ["foreign-object-access"]),
        (204, ["foreign-object-access"]),
        (302, ["revealed-foreign-object"]),
        (400, ["revealed-foreign-object"]),
        (403, ["revealed-foreign-object"]),
        (404, []),
        (409, ["revealed-foreign-object"]),
        (429, []),
        (500, []),
    ],
)
def test_answer_to_a_foreign_caller(status: int, rules: list[str]) -> None:
    """A foreign caller is served, told apart, answered as about something unknown, or learns nothing."""
    assert rules == found(f"{UNKNOWN}GET /books/7\n> {status}\n>\n> no\n")


def test_without_a_comparison_nothing_is_said() -> None:
    """What something unknown gets must be known."""
    assert [] == found("# aim: foreign-caller path.book\nGET /books/7\n> 403\n")


@pytest.mark.parametrize(
    ("body", "unknown", "alike"),
    [
        ("no book 7", "no book 81", True),
        ("no book seven", "no book 81", False),
        ("trace 0af7651916cd43dd", "trace 4bf92f3577b34da6", True),
        ("at 2031-05-01T10:00:00.123Z", "at 2031-05-02T11:22:33Z", False),
        ("at 2031-05-01T10:00:00Z", "at 2031-05-02T11:22:33Z", True),
        ("id 550e8400-e29b-41d4-a716-446655440000", "id 07c2ef84-9d2b-4d0e-8a6c-2f41c9a4a111", True),
        ("", "", True),
    ],
)
def test_ids_and_numbers_are_taken_out(body: str, unknown: str, alike: bool) -> None:
    """Two bodies are the same when only words with digits differ."""
    rules = found(
        f"# aim: foreign-caller path.book\n# unknown: 404 {unknown}\nGET /books/7\n> 404\n>\n> {body}\n"
    )
    assert ([] if alike else ["revealed-foreign-object"]) == rules


def test_id_without_digits_is_taken_out() -> None:
    """The ids that were asked for are known, whatever they look like."""
    said = read_case(UNKNOWN + "GET /books/emma\n> 404\n>\n> no emma\n").observed
    assert isinstance(said, Observation)
    asked = replace(said.exchange.request, url="http://127.0.0.1/books/anna")
    unknown = replace(said.exchange, request=asked, response=Response(status=404, body=b"no anna"))
    assert {} == hold(replace(said, unknown=(unknown,)), tenant.RULES)


@pytest.mark.parametrize(
    ("name", "told"), [("X-Shard", True), ("Set-Cookie", False), ("X-RateLimit-Left", False)]
)
def test_name_of_a_header_tells(name: str, told: bool) -> None:
    """A header that only the foreign thing has tells it apart, unless such headers come and go."""
    said = read_case(f"{UNKNOWN}GET /books/7\n> 404\n> {name}: 2\n>\n> no\n").observed
    assert isinstance(said, Observation)
    plain = replace(said.unknown[0], response=Response(status=404, body=b"no"))
    assert told == ("revealed-foreign-object" in hold(replace(said, unknown=(plain,)), tenant.RULES))


@pytest.mark.parametrize(
    ("status", "closed"), [(200, False), (401, True), (403, True), (404, False), (500, False)]
)
def test_answer_to_nobody(status: int, closed: bool) -> None:
    """Of a public operation, 401 and 403 say that it is none."""
    rules = found(f"# aim: no-credential\nGET /opening-hours\n> {status}\n")
    assert (["closed-public-operation"] if closed else []) == rules


def test_documented_refusal_is_left_alone() -> None:
    """Where the operation documents the status, the contract has it both ways."""
    assert [] == found("# aim: no-credential\nGET /books/7\n> 401\n")
