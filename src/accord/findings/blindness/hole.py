"""A hole in a contract: a place at which it accepts what was made wrong, and the lines that would close it."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum


class Wrong(StrEnum):
    """In which way a good value was made wrong."""

    MISSING = "a member missing"
    TYPE = "another type"
    NULL = "null"
    WORD = "an unheard-of word"
    FORMAT = "another format"
    RANGE = "out of range"
    VARIANT = "the tag of another variant"


@dataclass(frozen=True, slots=True, kw_only=True)
class Hole:
    """One place, ``file#/pointer``, at which *accepted* mutants of those ``tried`` passed, by what is wrong.

    ``example`` is one of them, in words; ``shown`` are the answers and messages in which they were
    made; ``lines`` is what the contract could say there, as YAML.
    """

    place: str
    accepted: Mapping[Wrong, int]
    tried: int
    example: str
    shown: tuple[str, ...]
    lines: tuple[str, ...]
    line: int | None = None

    @property
    def count(self) -> int:
        """Return how many mutants passed."""
        return sum(self.accepted.values())


@dataclass(frozen=True, slots=True, kw_only=True)
class Blindness:
    """What became of all mutants of *values*, good answers and messages; the place with most holes comes first.

    ``passed_over`` counts by reason what was recorded and could not be made wrong; ``spent`` tells that
    there were more mutants than were tried.
    """

    values: int
    mutants: int
    refused: int
    holes: tuple[Hole, ...]
    passed_over: Mapping[str, int]
    spent: bool = False

    @property
    def score(self) -> float | None:
        """Return how many of the mutants the contract refuses, in percent; None without any."""
        return 100 * self.refused / self.mutants if self.mutants else None
