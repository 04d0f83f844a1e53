"""Keywords about patterns, as the judge reads them: of ECMA-262 (JSON Schema, core, 6.4), not as Python has them."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from typing import Any, Final, NoReturn, cast

import jsonschema  # type: ignore[import-untyped]

from accord.contract.pattern import ASIDE, ASIDE_NAMES, finder
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


def _unjudged_text(_validator: Any, _pattern: str, value: Json, _schema: Json) -> Iterator[Any]:
    is_concerned = isinstance(value, str)
    return _unknown() if is_concerned else iter(())


def _unjudged_names(
    _validator: Any, _patterns: dict[str, Json], value: Json, schema: dict[str, Any]
) -> Iterator[Any]:
    is_concerned = isinstance(value, dict) and value.keys() - schema.get("properties", {}).keys()
    return _unknown() if is_concerned else iter(())


def _unknown() -> NoReturn:
    raise ValueError("nobody can say whether the pattern is found")


KEYWORDS: Final[Mapping[str, Callable[..., Iterator[Any]]]] = {
    "pattern": _pattern,
    "patternProperties": _pattern_properties,
    "additionalProperties": _additional_properties,
    ASIDE: _unjudged_text,
    ASIDE_NAMES: _unjudged_names,
}
"""What each says of a value, as ``jsonschema`` has it."""
