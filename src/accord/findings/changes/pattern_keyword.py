"""Keywords about patterns, as the judge reads them: of ECMA-262 (JSON Schema, core, 6.4), not as Python has them."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from typing import Any, Final, cast

import jsonschema  # type: ignore[import-untyped]
import referencing.exceptions

from accord.contract.pattern import finder
from accord.contract.pointer import Json


def _pattern(_validator: Any, pattern: str, value: Json, _schema: Json) -> Iterator[Any]:
    # Nothing else than a text has to be found.
    if not finder(pattern)(value):
        yield jsonschema.ValidationError("the pattern is not found")


def _pattern_properties(
    validator: Any, schemas: dict[str, Json], value: Json, _schema: Json
) -> Iterator[Any]:
    for pattern, schema in schemas.items() if isinstance(value, dict) else ():
        finds = finder(pattern)
        for name in filter(finds, cast("dict[str, Json]", value)):
            yield from validator.descend(cast("dict[str, Json]", value)[name], schema)


def _additional_properties(validator: Any, below: Json, value: Json, schema: dict[str, Any]) -> Iterator[Any]:
    if not isinstance(value, dict):
        return
    finders = [finder(pattern) for pattern in schema.get("patternProperties", ())]
    for name in value.keys() - schema.get("properties", {}).keys():
        if not any(finds(name) for finds in finders):
            yield from validator.descend(value[name], below)


def _unevaluated_properties(asking: Any, below: Json, value: Json, schema: dict[str, Any]) -> Iterator[Any]:
    if not isinstance(value, dict):
        return
    own = {keyword: said for keyword, said in schema.items() if keyword != "unevaluatedProperties"}
    for name in value.keys() - set(_evaluated(asking, own, value)):
        yield from asking.descend(value[name], below)


def _evaluated(asking: Any, schema: Any, value: dict[str, Json]) -> Iterator[str]:
    """Yield the members of *value* that *schema*, which takes it, says something of (2020-12, core, 11.3)."""
    if not isinstance(schema, dict):
        return
    if "additionalProperties" in schema or "unevaluatedProperties" in schema:
        yield from value
        return
    yield from schema.get("properties", {}).keys() & value.keys()
    for pattern in schema.get("patternProperties", ()):
        yield from filter(finder(pattern), value)
    for part in _in_place(asking, schema, value):
        yield from _evaluated(asking, part, value)
    if "$ref" in schema:
        there = asking.lookup(schema["$ref"])
        yield from _evaluated(there, there.contents, value)
    if "$dynamicRef" in schema:
        raise referencing.exceptions.Unresolvable(ref=schema["$dynamicRef"])


def _in_place(asking: Any, schema: dict[str, Any], value: dict[str, Json]) -> Iterator[Any]:
    """Yield the schemas in *schema* that take *value* as a whole."""

    def takes(part: Any) -> bool:
        return bool(asking.evolve(schema=part).is_valid(value))

    for keyword in ("allOf", "anyOf", "oneOf"):
        yield from filter(takes, schema.get(keyword, ()))
    if "if" in schema:
        holds = takes(schema["if"])
        yield from (part for part in (schema["if"], schema.get("then")) if holds)
        yield from (part for part in (schema.get("else"),) if not holds)
    yield from (part for name, part in schema.get("dependentSchemas", {}).items() if name in value)


KEYWORDS: Final[Mapping[str, Callable[..., Iterator[Any]]]] = {
    "pattern": _pattern,
    "patternProperties": _pattern_properties,
    "additionalProperties": _additional_properties,
    "unevaluatedProperties": _unevaluated_properties,
}
"""What each says of a value, as ``jsonschema`` has it."""
