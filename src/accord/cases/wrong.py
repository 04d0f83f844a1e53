"""Values that break exactly one named keyword at exactly one named place.

Every candidate is held against the contract itself before it is offered: the value around it is
valid without it, and with it is invalid at that place and nowhere else.
"""

from __future__ import annotations

import copy
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Any, Final, TypeAlias, cast

from accord.contract.library import Library
from accord.contract.openapi import Operation, Parameter
from accord.contract.pointer import Json

Path: TypeAlias = tuple[str | int, ...]


class _Absent:
    """The type of ``ABSENT``."""


ABSENT: Final = _Absent()
"""Stands for a member that is left out."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Wrong:
    """One wrong place: what stands there instead, and the keyword that this breaks."""

    location: str
    path: Path
    keyword: str
    value: Any


_FORMATS = {
    "uuid": "not-a-uuid",
    "date-time": "yesterday",
    "date": "yesterday",
    "time": "noon",
    "email": "not an email",
    "uri": "not a uri",
    "ipv4": "1.2.3",
    "ipv6": "1.2.3",
    "hostname": "-not a host-",
}
_OF_EACH_TYPE: Sequence[Json] = ("a string", 12345, True, {"an": "object"}, ["an", "array"])
_TEXTS_OF_NO_PATTERN = ("", "!", " ", "0", "a", "~~~", "\N{SNOWMAN}")
MAXIMUM_LENGTH = 100_000
MAXIMUM_DEPTH = 6


def wrong_bodies(library: Library, schema_uri: str, body: Json) -> Iterator[Wrong]:
    """Yield each wrong place in *body*, a valid JSON body of the schema at *schema_uri*."""
    validator = library.validator(schema_uri)
    if not validator.is_valid(body):
        return
    for wrong in _inside(library, schema_uri, body, (), depth=0):
        broken = put(body, wrong.path, wrong.value)
        target = wrong.path[:-1] if wrong.value is ABSENT else wrong.path
        errors = list(validator.iter_errors(broken))
        if errors and all(tuple(error.instance_path)[: len(target)] == target for error in errors):
            yield wrong


def wrong_parameters(library: Library, operation: Operation) -> Iterator[Wrong]:
    """Yield each wrong place among the parameters, in the texts that a URL or header can carry."""
    for parameter in operation.parameters:
        if parameter.required and parameter.location in ("query", "header"):
            yield Wrong(location=parameter.location, path=(parameter.name,), keyword="required", value=ABSENT)
        if parameter.schema is not None and parameter.location in ("path", "query", "header"):
            yield from _wrong_texts(library, parameter)


def put(value: Json, path: Path, item: Any) -> Json:
    """Return a copy of *value* with *item* at *path*; ``ABSENT`` takes the member away."""
    if not path:
        return cast("Json", item)
    result = copy.deepcopy(value)
    holder: Any = result
    for step in path[:-1]:
        holder = holder[step]
    if item is ABSENT:
        del holder[path[-1]]
    else:
        holder[path[-1]] = item
    return result


def _inside(library: Library, uri: str, value: Json, path: Path, *, depth: int) -> Iterator[Wrong]:
    for address, schema in _parts(library, uri):
        yield from _members(library, address, schema, value, path, depth)
        if isinstance(value, list) and value and "items" in schema and depth < MAXIMUM_DEPTH:
            yield from _values(library, f"{address}/items", value[0], (*path, 0))
            yield from _inside(library, f"{address}/items", value[0], (*path, 0), depth=depth + 1)


def _members(
    library: Library, address: str, schema: dict[str, Any], value: Json, path: Path, depth: int
) -> Iterator[Wrong]:
    if not isinstance(value, dict):
        return
    for name in schema.get("required", ()):
        if name in value:
            yield Wrong(location="body", path=(*path, name), keyword="required", value=ABSENT)
    for name in schema.get("properties", {}):
        below = f"{address}/properties/{name.replace('~', '~0').replace('/', '~1')}"
        yield from _values(library, below, value.get(name), (*path, name))
        if name in value and depth < MAXIMUM_DEPTH:
            yield from _inside(library, below, value[name], (*path, name), depth=depth + 1)


def _values(library: Library, uri: str, present: Json, path: Path) -> Iterator[Wrong]:
    """Yield wrong values for the place *path*, one for each keyword that can be broken there."""
    validator = library.validator(uri)
    seen: set[str] = set()
    for _, schema in _parts(library, uri):
        for keyword, candidates in _candidates(schema, present):
            if keyword in seen:
                continue
            for candidate in candidates:
                if not validator.is_valid(candidate):
                    seen.add(keyword)
                    yield Wrong(location="body", path=path, keyword=keyword, value=candidate)
                    break
    if "null" not in seen and not validator.is_valid(None):
        yield Wrong(location="body", path=path, keyword="null", value=None)


def _wrong_texts(library: Library, parameter: Parameter) -> Iterator[Wrong]:
    """Yield wrong texts: what a URL carries has no type but the one that its text can be read as."""
    uri = cast("str", parameter.schema)
    validator = library.validator(uri)
    for _, schema in _parts(library, uri):
        types = _types(schema)
        if types & {"array", "object"}:
            continue
        if types and "string" not in types:
            yield Wrong(location=parameter.location, path=(parameter.name,), keyword="type", value="not-a-number")
        for keyword, candidates in _candidates(schema, None):
            if keyword == "type":
                continue
            for candidate in candidates:
                text = str(candidate)
                usable = text.strip() and "/" not in text and text.isascii()
                if usable and not validator.is_valid(candidate):
                    yield Wrong(location=parameter.location, path=(parameter.name,), keyword=keyword, value=text)
                    break


def _parts(library: Library, uri: str) -> Iterator[tuple[str, dict[str, Any]]]:
    """Yield the schemas that speak of one place: the one at *uri*, its allOf, its non-null alternatives."""
    waiting, seen = [uri], set()
    while waiting:
        address, value = library.follow(waiting.pop(0))
        if address in seen or not isinstance(value, dict):
            continue
        seen.add(address)
        yield address, cast("dict[str, Any]", value)
        for keyword in ("allOf", "anyOf", "oneOf"):
            branches = value.get(keyword)
            if isinstance(branches, list):
                waiting.extend(f"{address}/{keyword}/{index}" for index in range(len(branches)))


def _types(schema: dict[str, Any]) -> set[str]:
    kind = schema.get("type", [])
    return {kind} if isinstance(kind, str) else set(kind)


def _candidates(schema: dict[str, Any], present: Json) -> Iterator[tuple[str, Sequence[Json]]]:
    """Yield, for each keyword of *schema*, values that may break it."""
    if _types(schema) - {"null"}:
        yield "type", _OF_EACH_TYPE
    if "enum" in schema or "const" in schema:
        strings = all(isinstance(item, str) for item in schema.get("enum", [schema.get("const")]))
        yield ("enum" if "enum" in schema else "const"), ("not-one-of-them",) if strings else (987654321,)
    if schema.get("format") in _FORMATS:
        yield "format", (_FORMATS[schema["format"]],)
    if "pattern" in schema:
        yield "pattern", _TEXTS_OF_NO_PATTERN
    yield from _lengths(schema)
    yield from _bounds(schema)
    yield from _sizes(schema, present)


def _lengths(schema: dict[str, Any]) -> Iterator[tuple[str, Sequence[Json]]]:
    if schema.get("minLength", 0) > 0:
        yield "minLength", ("x" * (min(schema["minLength"], MAXIMUM_LENGTH) - 1),)
    if schema.get("maxLength", MAXIMUM_LENGTH) < MAXIMUM_LENGTH:
        yield "maxLength", ("x" * (schema["maxLength"] + 1),)


def _bounds(schema: dict[str, Any]) -> Iterator[tuple[str, Sequence[Json]]]:
    for keyword, step in (("minimum", -1), ("maximum", 1), ("exclusiveMinimum", 0), ("exclusiveMaximum", 0)):
        if isinstance(schema.get(keyword), int | float) and not isinstance(schema[keyword], bool):
            yield keyword, (schema[keyword] + step,)
    if "multipleOf" in schema:
        yield "multipleOf", (schema["multipleOf"] / 2,)


def _sizes(schema: dict[str, Any], present: Json) -> Iterator[tuple[str, Sequence[Json]]]:
    items = present if isinstance(present, list) else []
    if schema.get("minItems", 0) > 0:
        yield "minItems", (items[: schema["minItems"] - 1],)
    if items and schema.get("uniqueItems"):
        yield "uniqueItems", ([*items[:1], *items[:1]],)
    if items and schema.get("maxItems", 1000) < 1000 and not schema.get("uniqueItems"):
        yield "maxItems", (items[:1] * (schema["maxItems"] + 1),)
