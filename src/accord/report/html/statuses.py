"""The matrix of operations and statuses: what each operation documents or gave, and what came of it."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator

from accord.findings.result import Run
from accord.report.evidence import answered
from accord.report.html.cell import Cell, cell


def columns(run: Run) -> list[str]:
    """Return the statuses that are columns of the matrix, in order."""
    known = {status for row in run.coverage.statuses.values() for status in row}
    return sorted(known | {status for row in run.coverage.undocumented.values() for status in row})


def rows(run: Run) -> Iterator[tuple[str, dict[str, Cell]]]:
    """Yield each operation with a cell for each status that it documents or gave."""
    found = Counter(
        (finding.operation, answered(finding.evidence)) for finding in run.findings if finding.operation
    )
    for operation in sorted({*run.coverage.statuses, *run.coverage.undocumented}):
        documented = run.coverage.statuses.get(operation, {})
        others = run.coverage.undocumented.get(operation, {})
        cells = {status: cell(number, found[operation, status]) for status, number in documented.items()}
        cells |= {
            status: _undocumented(number, found[operation, status]) for status, number in others.items()
        }
        yield operation, cells


def _undocumented(seen: int, found: int) -> Cell:
    return cell(seen, found) if found else Cell(look="warning", words=f"undocumented {seen:,}×")
