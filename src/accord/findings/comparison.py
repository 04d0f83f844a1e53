"""Two values that tell of one thing, compared in what both of their schemas declare."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import datetime

from accord.contract import pointer as pointers
from accord.contract.library import Library
from accord.contract.pointer import Json
from accord.findings.member import Member, members


@dataclass(frozen=True, slots=True, kw_only=True)
class Side:
    """One of the two: a value of the schema at ``uri``, in which the thing stands at ``at``."""

    uri: str
    value: Json
    at: str = ""

    def declared(self, library: Library) -> dict[str, Member]:
        """Return the declared members of the thing by their pointers, seen from the thing."""
        prefix = f"{self.at}/"
        return {
            member.pointer.removeprefix(self.at): member
            for member in members(library, self.uri, self.value)
            if member.schemas and member.pointer.startswith(prefix)
        }


@dataclass(frozen=True, slots=True, kw_only=True)
class Difference:
    """A member that is not the same on both sides; ``pattern`` has ``*`` for names that are data."""

    pointer: str
    pattern: str
    left: Json
    right: Json


def differences(
    library: Library, left: Side, right: Side, *, apart: Iterable[str] = ()
) -> Iterator[Difference]:
    """Yield the outermost members that differ, of those that stand on both sides; not those *apart*.

    A member that only one side has, or that only one schema declares, says nothing.
    """
    others = right.declared(library)
    told: set[str] = set()
    for pointer, member in left.declared(library).items():
        other = others.get(pointer)
        if other is None or any(above in told for above in _above(pointer)):
            continue
        if any(_fits(above, pattern) for above in (*_above(pointer), pointer) for pattern in apart):
            continue
        if not _agree(member.value, other.value):
            told.add(pointer)
            yield Difference(
                pointer=pointer,
                pattern=member.pattern.removeprefix(left.at),
                left=member.value,
                right=other.value,
            )


def same(left: Json, right: Json) -> bool:
    """Tell whether two scalars say the same: numbers by value, date-times by the instant (RFC 3339)."""
    if isinstance(left, bool) or isinstance(right, bool):
        return left is right
    earlier, later = instant(left), instant(right)
    return left == right or (earlier is not None and earlier == later)


def instant(value: Json) -> datetime | None:
    """Return the instant that a date-time with an offset names (RFC 3339), else None."""
    try:
        found = datetime.fromisoformat(value) if isinstance(value, str) else None
    except ValueError:
        return None
    return found if found and found.tzinfo else None


def _agree(left: Json, right: Json) -> bool:
    """Tell whether two values agree, objects in them aside: their members are compared one by one."""
    if isinstance(left, dict) or isinstance(right, dict):
        return isinstance(left, dict) and isinstance(right, dict)
    if isinstance(left, list) and isinstance(right, list):
        return len(left) == len(right) and all(map(_agree, left, right))
    return not isinstance(left, list) and not isinstance(right, list) and same(left, right)


def _above(pointer: str) -> list[str]:
    tokens = pointers.tokens(pointer)
    return [pointers.join("", *tokens[:length]) for length in range(1, len(tokens))]


def _fits(pointer: str, pattern: str) -> bool:
    given, wanted = pointers.tokens(pointer), pointers.tokens(pattern)
    return len(given) == len(wanted) and all(
        name in ("*", token) for token, name in zip(given, wanted, strict=True)
    )
