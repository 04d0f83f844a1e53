"""Values as JSON Schema sees them: their types, and which are equal (2020-12, core 4.2)."""

from __future__ import annotations

from collections.abc import Sequence

from accord.contract.pointer import Json


def same(first: Json, second: Json) -> bool:
    """Tell whether two values are equal as JSON Schema compares them (2020-12, core 4.2.2): 1 is 1.0, not true."""
    if isinstance(first, bool) or isinstance(second, bool):
        return first is second
    if isinstance(first, dict) and isinstance(second, dict):
        return first.keys() == second.keys() and all(same(first[key], second[key]) for key in first)
    if isinstance(first, list) and isinstance(second, list):
        return len(first) == len(second) and all(map(same, first, second))
    return first == second and isinstance(first, str) == isinstance(second, str)


def type_of(value: Json) -> str:
    """Return the type of *value* among ``TYPES``."""
    match value:
        case None:
            return "null"
        case bool():
            return "boolean"
        case int() | float():
            return "number"
        case str():
            return "string"
        case list():
            return "array"
        case _:
            return "object"


def is_whole(value: Json) -> bool:
    """Tell whether *value* is an integer, as 1.0 is one (2020-12, validation 6.1.1)."""
    return isinstance(value, int) or (isinstance(value, float) and value.is_integer())


def is_among(value: Json, members: Sequence[Json]) -> bool:
    """Tell whether *value* is one of *members*."""
    return any(same(value, item) for item in members)
