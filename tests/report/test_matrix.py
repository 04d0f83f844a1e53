"""The matrix of wrong places in words."""

from __future__ import annotations

from accord.findings.result import Place
from accord.report.matrix import MAXIMUM_LINES, summary, table


def place(pointer: str, keyword: str, **counts: int) -> Place:
    """Return one cell."""
    return Place(operation="make", location="body", pointer=pointer, keyword=keyword, **counts)


CELLS = (
    place("/name", "maxLength", refused=2),
    place("/name", "type", refused=1, accepted=1),
    place("/size", "format", undecided=1),
)


def test_summary_counts_cells() -> None:
    """Each keyword at each place counts once; one acceptance outweighs refusals."""
    assert "3 tried: 1 refused, 1 accepted, 1 not decisive" == summary(CELLS)


def test_table_has_a_line_for_each_place() -> None:
    """The keywords of a place stand together, by what the service did."""
    expected = ["make body/name: refused maxLength; accepted type", "make body/size: not decisive format"]
    assert expected == list(table(CELLS))


def test_table_is_bounded() -> None:
    """Of very many places the first are shown, and how many more there are."""
    lines = list(table([place(f"/{number:04}", "type", refused=1) for number in range(MAXIMUM_LINES + 7)]))
    assert MAXIMUM_LINES + 1 == len(lines)
    assert "and 7 more places; a JSON report has them all" == lines[-1]


def test_hostile_names_are_escaped() -> None:
    """What a contract calls its members cannot steer a terminal, nor fill it."""
    (line,) = table([place("/\x1b[2J" + "x" * 9000, "type", refused=1)])
    assert "\x1b" not in line
    assert len(line) < 600
