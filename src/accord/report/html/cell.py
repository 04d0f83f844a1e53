"""One cell of a matrix: held, found or never, in words and in a colour."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True, kw_only=True)
class Cell:
    """``look`` is a class of the style, ``words`` what the cell says."""

    look: str
    words: str


def cell(seen: int, found: int) -> Cell:
    """Return what is said of something that was *seen* so often, and of which *found* is wrong."""
    if found:
        return Cell(look="error", words=f"found {found:,}")
    return Cell(look="good", words=f"held {seen:,}×") if seen else Cell(look="idle", words="never")
