"""The kill table: each fault of a catalogue, and whether the rule that it names fired."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from typing import Protocol

from rich.console import Console
from rich.text import Text

from accord.report.text import duration, printable

_MARKS = {"found": "green", "found-otherwise": "yellow", "missed": "red", "broken": "red"}


class Row(Protocol):
    """What the table shows of one fault."""

    @property
    def fault(self) -> str:
        """Its name."""

    @property
    def consequence(self) -> str:
        """What a client would suffer."""

    @property
    def rule(self) -> str:
        """The rule that must fire."""

    @property
    def fate(self) -> str:
        """What became of it: found, found-otherwise, missed or broken."""

    @property
    def rules(self) -> tuple[str, ...]:
        """The rules that fired."""

    @property
    def seconds(self) -> float:
        """How long its run took."""

    @property
    def reason(self) -> str:
        """Why the suite could not be run against it."""


def tell_row(row: Row, console: Console) -> None:
    """Write one row as soon as it is known."""
    line = Text()
    line.append(f"{row.fate:16}", _MARKS.get(row.fate, ""))
    line.append(f"{printable(row.fault):44} {row.seconds:5.1f} s  {printable(row.rule)}")
    console.print(line, soft_wrap=True)
    if row.fate in ("missed", "broken"):
        console.print(Text(f"{'':16}{printable(row.reason or row.consequence)}"), soft_wrap=True)
    elif row.fate == "found-otherwise":
        console.print(Text(f"{'':16}by {printable(', '.join(row.rules))}"), soft_wrap=True)


def tell_sum(rows: Sequence[Row], console: Console) -> None:
    """Write what the rows add up to."""
    tally = Counter(str(row.fate) for row in rows)
    seconds = sum(row.seconds for row in rows)
    words = ", ".join(f"{tally[fate]} {fate}" for fate in _MARKS if tally[fate])
    console.print(Text(f"\n{len(rows)} faults: {words or 'none'} in {duration(seconds)}"), soft_wrap=True)
