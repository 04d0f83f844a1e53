"""The matrix of wrong places: what each answer counts as, and how matrices add up."""

from __future__ import annotations

import random
from collections import Counter
from dataclasses import replace

import pytest
from rule_cases import library, read_case

from accord.cases.aim import Aim, Intent
from accord.exchange.values import Lapse
from accord.findings.evidence import Observation
from accord.findings.matrix import ACCEPTED, REFUSED, UNDECIDED, attempt, joined, places
from accord.findings.result import Place

CASE = 'POST /books\nContent-Type: application/json\n\n{{"title": ""}}\n> {status}\n'


def tried(
    status: int, *, location: str = "body", keyword: str = "minLength", lapse: Lapse | None = None
) -> object:
    """Return what a wrong place that was answered like this counts as."""
    observed = read_case(CASE.format(status=status)).observed
    assert isinstance(observed, Observation)
    aim = Aim(intent=Intent.INVALID_PLACE, location=location, path=("authors", 0, "a/b"), keyword=keyword)
    return attempt(library(), replace(observed, aim=aim, exchange=replace(observed.exchange, lapse=lapse)))


CELL = ("add_book", "body", "/authors/0/a~1b", "minLength")


@pytest.mark.parametrize(
    ("status", "came_to"),
    [
        *((status, REFUSED) for status in (400, 411, 413, 414, 415, 422, 431)),
        *((status, ACCEPTED) for status in (200, 201, 202, 204)),
        *((status, UNDECIDED) for status in (301, 304, 401, 403, 404, 405, 409, 429, 500, 503)),
    ],
)
def test_status_says_what_became_of_a_wrong_place(status: int, came_to: str) -> None:
    """Refused and accepted are what says something about the place; everything else may have another cause."""
    assert (CELL, came_to) == tried(status)


def test_exceptions_are_not_decisive() -> None:
    """404 refuses a wrong path; a format need not be refused; a broken answer tells nothing."""
    assert (("add_book", "path", CELL[2], CELL[3]), REFUSED) == tried(404, location="path")
    assert ((*CELL[:3], "format"), UNDECIDED) == tried(201, keyword="format")
    assert ((*CELL[:3], "format"), REFUSED) == tried(422, keyword="format")
    assert (CELL, UNDECIDED) == tried(422, lapse=Lapse.CLOSED)


def test_other_questions_are_not_in_the_matrix() -> None:
    """Only a case with one wrong place counts."""
    observed = read_case(CASE.format(status=422)).observed
    assert isinstance(observed, Observation)
    assert attempt(library(), observed) is None


def test_matrix_of_parts_is_the_matrix_of_the_whole() -> None:
    """However attempts are distributed, the joined matrices say the same, in one order."""
    draw = random.Random(7)
    cells = [("make", "body", f"/{name}", keyword) for name in "ba" for keyword in ("type", "enum")]
    attempts = [(draw.choice(cells), draw.choice((REFUSED, ACCEPTED, UNDECIDED))) for _ in range(40)]
    whole = places(Counter(attempts))
    parts = [places(Counter(attempts[start::3])) for start in range(3)]
    assert whole == joined(parts) == joined(reversed(parts)) == joined([joined(parts)])
    assert 40 == sum(item.refused + item.accepted + item.undecided for item in whole)
    assert ["/a", "/a", "/b", "/b"] == [item.pointer for item in whole]


def test_cell_counts_each_kind() -> None:
    """One cell holds how often each thing happened."""
    counts = Counter({(CELL, REFUSED): 3, (CELL, ACCEPTED): 1})
    expected = Place(
        operation=CELL[0], location=CELL[1], pointer=CELL[2], keyword=CELL[3], refused=3, accepted=1
    )
    assert (expected,) == places(counts)
