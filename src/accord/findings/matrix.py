"""The matrix of wrong places: for each operation, place and keyword, whether the service refuses what breaks it."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Mapping
from typing import TypeAlias

from accord.cases.aim import Intent
from accord.cases.form import may_keep_contract
from accord.contract.contract import Contract
from accord.contract.pointer import from_path
from accord.findings.evidence import Observation
from accord.findings.result import Place

Cell: TypeAlias = tuple[str, str, str, str]
"""Operation, location, pointer and keyword."""

REFUSED, ACCEPTED, UNDECIDED = "refused", "accepted", "undecided"
# Statuses that say that the request is wrong; others may have come before anybody looked at it.
_REFUSING = frozenset({400, 411, 413, 414, 415, 422, 431})
_NOT_FOUND = 404


def attempt(contract: Contract, observed: Observation) -> tuple[Cell, str] | None:
    """Return the cell that *observed* belongs to and what it came to; None when it tried no wrong place."""
    aim = observed.aim
    if aim.intent is not Intent.INVALID_PLACE:
        return None
    return (observed.operation.id, aim.location, from_path(aim.path), aim.keyword), _came_to(
        contract, observed
    )


def places(counts: Mapping[tuple[Cell, str], int]) -> tuple[Place, ...]:
    """Return the matrix, in the order of its cells."""
    return tuple(
        Place(
            operation=cell[0],
            location=cell[1],
            pointer=cell[2],
            keyword=cell[3],
            refused=counts.get((cell, REFUSED), 0),
            accepted=counts.get((cell, ACCEPTED), 0),
            undecided=counts.get((cell, UNDECIDED), 0),
        )
        for cell in sorted({cell for cell, _ in counts})
    )


def joined(matrices: Iterable[Iterable[Place]]) -> tuple[Place, ...]:
    """Return several matrices as one."""
    counts: Counter[tuple[Cell, str]] = Counter()
    for item in (place for matrix in matrices for place in matrix):
        cell = (item.operation, item.location, item.pointer, item.keyword)
        for came_to in (REFUSED, ACCEPTED, UNDECIDED):
            counts[cell, came_to] += getattr(item, came_to)
    return places(counts)


def _came_to(contract: Contract, observed: Observation) -> str:
    status, request = observed.status or 0, observed.exchange.request
    if status in _REFUSING or (status == _NOT_FOUND and observed.aim.location == "path"):
        return REFUSED
    # A format is an annotation (JSON Schema 2020-12, validation, 7.2.1), and some wrong forms have a right reading.
    demanded = observed.aim.keyword != "format" and not may_keep_contract(
        contract.library, observed.operation, request.header("content-type"), request.body
    )
    return ACCEPTED if 200 <= status < 300 and demanded else UNDECIDED
