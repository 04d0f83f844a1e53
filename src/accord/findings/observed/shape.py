"""The schema that values of which nobody said anything have, no wider than what came."""

from __future__ import annotations

from accord.contract.pointer import Json
from accord.findings.observed.count import Count

_ORDER = ("string", "integer", "number", "boolean", "object", "array", "null")


def shape_of(count: Count, *, modern: bool) -> dict[str, Json]:
    """Return the JSON Schema of all that *count* has seen; one that is not *modern* is of OpenAPI 3.0."""
    kinds = [kind for kind in _ORDER if count.of(kind)]
    if "number" in kinds and "integer" in kinds:
        kinds.remove("integer")
    schema: dict[str, Json] = {}
    if modern and kinds:
        schema["type"] = kinds[0] if len(kinds) == 1 else list[Json](kinds)
    elif kinds:
        schema = _of_old(kinds)
    if "object" in kinds and not count.strays.more:
        schema.update(_members(count, modern=modern))
    if "array" in kinds:
        schema["items"] = shape_of(count.items, modern=modern) if count.items else {}
    return schema


def _of_old(kinds: list[str]) -> dict[str, Json]:
    """Return a type in the words of OpenAPI 3.0, which has no lists of types and no null."""
    told = [kind for kind in kinds if kind != "null"]
    schema: dict[str, Json] = {"type": told[0]} if len(told) == 1 else {}
    if len(told) > 1:
        schema["anyOf"] = [{"type": kind, **({"items": {}} if kind == "array" else {})} for kind in told]
    if len(told) < len(kinds):
        schema["nullable"] = True
    return schema


def _members(count: Count, *, modern: bool) -> dict[str, Json]:
    objects, names = count.of("object"), dict(count.strays)
    always: list[Json] = [name for name, number in names.items() if number == objects]
    properties: dict[str, Json] = {
        name: shape_of(count.members[name], modern=modern) for name in names if name in count.members
    }
    if not properties:
        return {}
    return {**({"required": always} if always else {}), "properties": properties}
