"""The whole requests and responses that show breaks, case by case."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
import yaml
from element_cases import both, compared

from accord.findings.changes.change import Change, Verdict, Witness

CASES = yaml.safe_load(Path(__file__).with_name("wholes.yaml").read_text("utf-8"))


def shown(change: Change, wanted: dict[str, Any]) -> dict[str, Any]:
    """Return *change* as the file spells it; what it means only where the file says it."""
    witness = change.witness
    assert witness is not None
    said = {"rule": change.rule, **dict(_wholes(witness))}
    return {**said, "means": witness.means} if "means" in wanted else said


def _wholes(witness: Witness) -> Iterator[tuple[str, Any]]:
    if witness.request is not None:
        request = witness.request
        path = request.url.removeprefix("https://service.example")
        yield "asks", _lines(f"{request.method} {path}", request.headers, request.body)
    if witness.delivered is not None:
        request = witness.delivered.request
        query = request.url.removeprefix("https://receiver.example/")
        yield (
            "sends",
            _lines(f"{request.method} {witness.delivered.address}{query}", request.headers, request.body),
        )
    if witness.answered is not None:
        response = witness.answered.response
        word = "answers" if witness.answered.kind else "given"
        yield word, _lines(str(response.status), response.headers, response.body)
    if witness.alone:
        yield "alone", witness.alone


def _lines(first: str, headers: tuple[tuple[str, str], ...], body: bytes) -> list[str]:
    return [first, *(f"{name}: {value}" for name, value in headers), *body.decode().splitlines()]


@pytest.mark.parametrize("case", [pytest.param(case, id=case["case"]) for case in CASES])
def test_a_break_is_shown_by_a_whole_or_with_the_reason_why_not(case: dict[str, Any]) -> None:
    """Each break is carried by one request or response, word for word, or says why none carries it."""
    breaks = [item for item in compared(case, *both(case)) if item.verdict is Verdict.BREAKING]
    assert len(case["breaks"]) == len(breaks)
    assert case["breaks"] == [shown(*pair) for pair in zip(breaks, case["breaks"], strict=True)]


@pytest.mark.parametrize("case", [pytest.param(case, id=case["case"]) for case in CASES])
def test_the_way_back_harms_nobody_or_is_shown_as_well(case: dict[str, Any]) -> None:
    """On the way back each break has a whole or a reason too."""
    old, new = both(case)
    for change in compared(case, new, old):
        if change.verdict is Verdict.BREAKING:
            assert change.witness is not None
            assert 1 == len(list(_wholes(change.witness)))
