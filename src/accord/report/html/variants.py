"""The matrix of messages: each variant and each of its types, and what came of it."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass

from accord.findings.finding import Finding
from accord.findings.result import Run
from accord.report.html.cell import Cell, cell


@dataclass(frozen=True, slots=True, kw_only=True)
class Row:
    """One variant; ``types`` are those that tell it from the others, each with its cell."""

    name: str
    cell: Cell
    types: tuple[tuple[str, Cell], ...]


def rows(run: Run) -> Iterator[Row]:
    """Yield a row for each variant that the contract has, in its order."""
    seen = run.coverage.parts
    for name, number in seen.get("variants", {}).items():
        channel, _, message = name.partition("/")
        against = sum(_names(finding, channel, message) for finding in run.findings)
        yield Row(
            name=name,
            cell=cell(number, max(against, run.coverage.breaches.get(name, 0))),
            types=tuple(
                (kind.removeprefix(f"{name} "), cell(times, run.coverage.breaches.get(kind, 0)))
                for kind, times in seen.get("types", {}).items()
                if kind.startswith(f"{name} ")
            ),
        )


def _names(finding: Finding, channel: str, message: str) -> bool:
    """Tell whether *finding* is about *message*: rules put its name into parentheses."""
    return finding.channel == channel and re.search(rf"\({re.escape(message)}\)", finding.message) is not None
