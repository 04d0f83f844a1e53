"""What a finding is known by from one run to the next."""

from __future__ import annotations

import hashlib
import re
from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from accord.cases.request import Request
from accord.contract import pointer as pointers
from accord.exchange.values import Exchange, Response
from accord.findings.finding import Finding, Severity

WORDS = st.text(max_size=12)
STEPS = st.lists(
    st.one_of(st.text(alphabet="ab/~é", min_size=1, max_size=4), st.integers(0, 999)), max_size=5
)
FINDING = Finding(
    rule="response-schema-violation",
    operation="read_book",
    pointer="openapi.yaml#/components/schemas/Book/properties/id/type",
    evidence_pointer="/items/3/id",
    deviation="200 type",
    message='"seven" is not of type "integer"',
    expected="types: integer",
    seen='"seven"',
)


def exchange(number: int, body: bytes) -> Exchange:
    """Return an exchange that differs from others in everything a run gives it."""
    return Exchange(
        id=str(number),
        operation="read_book",
        request=Request(method="GET", url=f"http://127.0.0.1/books/{number}"),
        response=Response(status=200, body=body),
        started=float(number),
        seconds=number / 7,
    )


def test_fingerprint_is_a_digest_of_rule_place_and_deviation() -> None:
    """The fingerprint is the start of the SHA-256 of five parts, indexes told as stars."""
    parts = (
        "response-schema-violation",
        "read_book",
        "openapi.yaml#/components/schemas/Book/properties/id/type",
        "/items/*/id",
        "200 type",
    )
    assert hashlib.sha256("\x1f".join(parts).encode()).hexdigest()[:16] == FINDING.fingerprint


@given(
    message=WORDS,
    expected=WORDS,
    seen=WORDS,
    command=WORDS,
    number=st.integers(0, 10**6),
    body=st.binary(max_size=9),
)
def test_fingerprint_forgets_values_and_wording(
    message: str, expected: str, seen: str, command: str, number: int, body: bytes
) -> None:
    """Values, ids, times, wording and severity leave the fingerprint as it is."""
    told = replace(
        FINDING,
        message=message,
        expected=expected,
        seen=seen,
        reproduce=command,
        severity=Severity.NOTE,
        evidence=exchange(number, body),
    )
    assert FINDING.fingerprint == told.fingerprint


@given(steps=STEPS, numbers=st.lists(st.integers(0, 10**6), min_size=5, max_size=5))
def test_fingerprint_forgets_indexes(steps: list[str | int], numbers: list[int]) -> None:
    """Two places of one array are one place, however long the index."""
    given_numbers = iter(numbers)
    moved = [next(given_numbers) if isinstance(step, int) else step for step in steps]
    first = replace(FINDING, evidence_pointer=pointers.from_path(steps))
    second = replace(FINDING, evidence_pointer=pointers.from_path(moved))
    assert first.fingerprint == second.fingerprint


@pytest.mark.parametrize("part", ["rule", "operation", "pointer", "evidence_pointer", "deviation"])
@given(text=st.text(max_size=9))
def test_fingerprint_remembers_rule_place_and_deviation(part: str, text: str) -> None:
    """Another rule, place or deviation is another finding."""
    changed = replace(FINDING, **{part: f"{getattr(FINDING, part)}{text}x"})
    assert FINDING.fingerprint != changed.fingerprint


def test_fingerprint_takes_the_pattern_of_a_map() -> None:
    """Where names are data, the pattern stands for the pointer."""
    places = [
        replace(FINDING, evidence_pointer=f"/copies/{name}", evidence_pattern="/copies/*")
        for name in ("a", "b")
    ]
    assert 1 == len({place.fingerprint for place in places})
    assert FINDING.fingerprint not in {place.fingerprint for place in places}


def test_fingerprint_of_a_channel_is_not_that_of_another() -> None:
    """A channel is a place as an operation is."""
    told = [Finding(rule="r", channel=name, message="m").fingerprint for name in ("a", "b")]
    assert 2 == len(set(told))


@given(parts=st.lists(st.text(alphabet=st.characters(), max_size=5), min_size=5, max_size=5))
def test_fingerprint_is_sixteen_hexadecimal_digits(parts: list[str]) -> None:
    """Whatever the parts hold, unpaired surrogates included, the form is the same."""
    rule, operation, pointer, evidence, deviation = parts
    told = Finding(
        rule=rule,
        operation=operation,
        pointer=pointer,
        evidence_pointer=evidence,
        deviation=f"{deviation}\ud800",
        message="",
    )
    assert re.fullmatch("[0-9a-f]{16}", told.fingerprint)


def test_severities_rank_from_the_gravest() -> None:
    """An error ranks before a warning, a warning before a note."""
    assert [0, 1, 2] == [Severity.ERROR.rank, Severity.WARNING.rank, Severity.NOTE.rank]
