"""Members of readings before and after a write, and by how much they grew."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from accord.contract.law import Told, WriteLaw, values_at
from accord.contract.pointer import Json, join
from accord.findings.heard import Heard, LawObservation, Role


@dataclass(frozen=True, slots=True, kw_only=True)
class Growth:
    """What a write did to a number, or to the length of an array; ``pointer`` is where the law says by how much."""

    told: Told
    heard: Heard
    expected: int
    seen: int
    pointer: str

    @property
    def text(self) -> str:
        """Return it in words."""
        member = f"{self.told.member} of {self.told.reading}"
        return f"{member} grew by {self.seen}, and one write makes it grow by {self.expected}"


def growths(law: WriteLaw, observed: LawObservation) -> Iterator[Growth]:
    """Yield what became of each number that the law says grows, as far as both readings tell it."""
    for told, by in law.grows.items():
        before, after = told_in(observed, told, Role.BEFORE), told_in(observed, told, Role.AFTER)
        first, second = _size(before), _size(after)
        if after is not None and first is not None and second is not None:
            pointer = join(law.place, "grows", f"{told.reading}#{told.member}")
            yield Growth(told=told, heard=after[0], expected=by, seen=second - first, pointer=pointer)


def told_in(observed: LawObservation, told: Told, role: Role) -> tuple[Heard, Json] | None:
    """Return the reading, before or after, and what stands there at the member; None where nothing does."""
    heard = observed.one(role, told.reading)
    if heard is None:
        return None
    return next(((heard, value) for _, value in values_at(heard.answer, told.member)), None)


def _size(found: tuple[Heard, Json] | None) -> int | None:
    value = found[1] if found else None
    if isinstance(value, list):
        return len(value)
    return value if isinstance(value, int) and not isinstance(value, bool) else None
