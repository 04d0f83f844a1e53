"""Values that break exactly one named keyword at exactly one named place.

Every candidate is held against the contract itself before it is offered: the value around it is
valid without it, and with it is invalid at that place and nowhere else.
"""

from __future__ import annotations

import copy
import json
import math
import re
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, replace
from itertools import chain
from typing import Any, Final, TypeAlias, cast
from uuid import UUID

from accord.contract import pointer as pointers
from accord.contract.library import Library
from accord.contract.openapi import Operation, Parameter
from accord.contract.pointer import Json
from accord.contract.traversal import reference

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


_FORMATS: dict[str, Sequence[Json]] = {
    "uuid": ("not-a-uuid", "zzzzzzzz-zzzz-zzzz-zzzz-zzzzzzzzzzzz"),
    "date-time": ("yesterday", "2024-13-45T00:00:00Z"),
    "date": ("yesterday", "2024-13-45"),
    "time": ("noon", "25:61:00Z"),
    "email": ("not an email", "not.an.email.but.of.some.length"),
    "uri": ("not a uri", "not a uri but of some length"),
    "ipv4": ("1.2.3", "999.999.999"),
    "ipv6": ("1.2.3", "::gggg:gggg"),
    "hostname": ("-not a host-",),
}
_OF_EACH_TYPE: Sequence[Json] = ("a string", 12345, True, {"an": "object"}, ["an", "array"])
_TEXTS_OF_NO_PATTERN = (
    "",
    "!",
    " ",
    "0",
    "a",
    "~~~",
    "\N{SNOWMAN}",
    "!!!!!!!!",
    "a" * 40,
    "0" * 40,
    "!" * 40,
)
# What the value of a cookie may hold (RFC 6265, 4.1.1).
_COOKIE = re.compile(r"[!#-+\--:<-\[\]-~]+")
# Numbers that arithmetic is exact on.
_SMALLEST, _EXACT = 1e-9, 2**53
# A value of another type breaks the enumeration of the place too, and null is of another type.
_ALSO = {"type": {"enum", "const"}, "null": {"type", "enum", "const"}}
# Keywords of an object that a member of it breaks, by not being there or by being there.
_OF_THE_HOLDER = ("required", "additionalProperties", "unevaluatedProperties")
_UNDECLARED = "accordUndeclared"
MAXIMUM_LENGTH = 100_000
MAXIMUM_TEXT = 2_000
"""How long a text in a URL or header may be: servers refuse longer ones for their length alone."""
MAXIMUM_ITEMS = 1_000
MAXIMUM_DEPTH = 6
MAXIMUM_WRONGS = 500
"""How many wrong places one body is asked for."""


def wrong_bodies(library: Library, schema_uri: str, body: Json) -> Iterator[Wrong]:
    """Yield each wrong place in *body*, a valid JSON body of the schema at *schema_uri*."""
    validator = library.validator(schema_uri)
    if not validator.is_valid(body):
        return
    yielded: set[tuple[Path, str]] = set()
    inside = _inside(library, schema_uri, body, (), depth=0)
    for wrong in chain(_values(library, schema_uri, body, ()), inside):
        if (wrong.path, wrong.keyword) in yielded:
            continue
        if _breaks(validator.iter_errors(put(body, wrong.path, wrong.value)), wrong):
            yielded.add((wrong.path, wrong.keyword))
            yield wrong
        if len(yielded) == MAXIMUM_WRONGS:
            return


def wrong_parameters(library: Library, operation: Operation) -> Iterator[Wrong]:
    """Yield each wrong place among the parameters, in the texts that a URL or header can carry."""
    for parameter in operation.parameters:
        if parameter.required and parameter.location in ("query", "header", "cookie"):
            yield Wrong(location=parameter.location, path=(parameter.name,), keyword="required", value=ABSENT)
        if parameter.schema is not None and parameter.location in ("path", "query", "header", "cookie"):
            yield from _wrong_texts(library, parameter)


def _breaks(errors: Iterable[Any], wrong: Wrong) -> bool:
    """Tell whether *errors* say that the keyword of *wrong*, and no other, is broken, and there alone."""
    place = wrong.path[:-1] if wrong.keyword in _OF_THE_HOLDER else wrong.path
    every = list(errors)
    if not every or not all(_explains(error, place, wrong.keyword) for error in every):
        return False
    return wrong.keyword == "null" or any(_names(error, wrong.keyword) for error in every)


def _names(error: Any, keyword: str) -> bool:
    """Tell whether *error*, or one in a branch of it, says that *keyword* is broken."""
    branches = getattr(error.kind, "context", None) or ()
    return error.kind.name == keyword or any(_names(item, keyword) for branch in branches for item in branch)


def _explains(error: Any, place: Path, keyword: str) -> bool:
    name = error.kind.name
    if name in ("anyOf", "oneOf"):
        # The alternative that took the value without the wrong place is broken at that place only.
        branches = getattr(error.kind, "context", None) or ()
        return any(branch and all(_explains(item, place, keyword) for item in branch) for branch in branches)
    return tuple(error.instance_path) == place and (name == keyword or name in _ALSO.get(keyword, ()))


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
    properties = schema.get("properties", {})
    read_only = {name for name in properties if _read_only(library, _property(address, name))}
    for name in schema.get("required", ()):
        if name in value and name not in read_only:
            yield Wrong(location="body", path=(*path, name), keyword="required", value=ABSENT)
    for name in properties:
        # OpenAPI 3.0.3, 4.7.24.3: a service may ignore what a request says of a read-only member.
        if name not in read_only:
            below = _property(address, name)
            yield from _values(library, below, value.get(name), (*path, name))
            if name in value and depth < MAXIMUM_DEPTH:
                yield from _inside(library, below, value[name], (*path, name), depth=depth + 1)
    yield from _further_members(library, address, schema, value, path, depth)


def _further_members(
    library: Library, address: str, schema: dict[str, Any], value: dict[str, Json], path: Path, depth: int
) -> Iterator[Wrong]:
    """Yield wrong members that no property declares: one too many, or one of a map."""
    for keyword in ("additionalProperties", "unevaluatedProperties"):
        if schema.get(keyword) is False:
            yield Wrong(location="body", path=(*path, _UNDECLARED), keyword=keyword, value="accord")
    further = next((name for name in value if name not in schema.get("properties", {})), None)
    if further is not None and isinstance(schema.get("additionalProperties"), dict):
        below = f"{address}/additionalProperties"
        yield from _values(library, below, value[further], (*path, further))
        if depth < MAXIMUM_DEPTH:
            yield from _inside(library, below, value[further], (*path, further), depth=depth + 1)


def _property(address: str, name: str) -> str:
    return address + pointers.join("/properties", name)


def _read_only(library: Library, uri: str) -> bool:
    return any(schema.get("readOnly") is True for _, schema in _parts(library, uri))


def _values(library: Library, uri: str, present: Json, path: Path) -> Iterator[Wrong]:
    """Yield wrong values for the place *path*, one for each keyword that can be broken there."""
    validator = library.validator(uri)
    seen: set[str] = set()
    for _, schema in _parts(library, uri):
        for keyword, candidates in (*_candidates(schema, present), ("null", (None,))):
            if keyword in seen:
                continue
            for candidate in candidates:
                wrong = Wrong(location="body", path=path, keyword=keyword, value=candidate)
                if _breaks(validator.iter_errors(candidate), replace(wrong, path=())):
                    seen.add(keyword)
                    yield wrong
                    break


def _wrong_texts(library: Library, parameter: Parameter) -> Iterator[Wrong]:
    """Yield wrong texts: what a URL carries has no type but the one that its text can be read as."""
    uri = cast("str", parameter.schema)
    validator = library.validator(uri)
    every = [schema for _, schema in _parts(library, uri)]
    if any(_types(schema) & {"array", "object"} for schema in every):
        return
    found: dict[str, str] = {}
    for schema in every:
        unlike_text = (
            ("not-a-number",) if _types(schema) - {"null"} and "string" not in _types(schema) else ()
        )
        for keyword, candidates in (*_candidates(schema, None), ("type", unlike_text)):
            # Any text is of type string, so a type can be broken where none is wanted, and by no other value.
            for candidate in candidates if candidates is not _OF_EACH_TYPE else ():
                text = candidate if isinstance(candidate, str) else json.dumps(candidate)
                if _fits(text, parameter.location) and _breaks_as_text(validator, text, keyword):
                    found.setdefault(keyword, text)
    for keyword, text in found.items():
        yield Wrong(location=parameter.location, path=(parameter.name,), keyword=keyword, value=text)


def _breaks_as_text(validator: Any, text: str, keyword: str) -> bool:
    """Tell whether *text* is wrong in every reading, by *keyword*: a type only where none has the right one."""
    readings = [list(validator.iter_errors(reading)) for reading in _readings(text)]
    enough = all if keyword == "type" else any
    return all(readings) and enough(any(_names(error, keyword) for error in errors) for errors in readings)


def _fits(text: str, location: str) -> bool:
    """Tell whether a path segment, a query and a header, or a cookie, can carry *text* and give it back."""
    if location == "cookie" and not _COOKIE.fullmatch(text):
        return False
    return text == text.strip() != "" and "/" not in text and text.isascii() and len(text) <= MAXIMUM_TEXT


def _readings(text: str) -> Iterator[Json]:
    """Yield the values that a service may read *text* as."""
    yield text
    try:
        yield json.loads(text)
    except (ValueError, RecursionError):
        return


def _parts(library: Library, uri: str) -> Iterator[tuple[str, dict[str, Any]]]:
    """Yield the schemas that speak of one place: the one at *uri*, its references, its branches."""
    waiting, seen = [uri], set()
    while waiting:
        address = waiting.pop(0)
        value = library.lookup(address)
        if address in seen or not isinstance(value, dict):
            continue
        seen.add(address)
        target = reference(value)
        if target is not None:
            waiting.append(library.resolve(address, target))
        if target is None or len(value) > 1:
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
        yield "format", _FORMATS[schema["format"]]
    if "pattern" in schema:
        yield "pattern", _TEXTS_OF_NO_PATTERN
    yield from _lengths(schema, present)
    yield from _bounds(schema)
    yield from _sizes(schema, present)


def _lengths(schema: dict[str, Any], present: Json) -> Iterator[tuple[str, Sequence[Json]]]:
    text = present if isinstance(present, str) else ""
    least, most = schema.get("minLength", 0), schema.get("maxLength", MAXIMUM_LENGTH)
    if least > 0:
        # What is short enough for the schema may still be too long for a test.
        length = int(min(least, MAXIMUM_LENGTH)) - 1
        yield "minLength", (text[:length], "x" * length)
    if most < MAXIMUM_LENGTH:
        length = int(most) + 1
        yield "maxLength", (text.rjust(length, "x"), text.ljust(length, "x"), "x" * length, "0" * length)


def _bounds(schema: dict[str, Any]) -> Iterator[tuple[str, Sequence[Json]]]:
    step = schema.get("multipleOf", 1)
    if not _SMALLEST < step < _EXACT:
        step = 1
    for keyword, sign in (("minimum", -1), ("maximum", 1), ("exclusiveMinimum", -1), ("exclusiveMaximum", 1)):
        bound = schema.get(keyword)
        if isinstance(bound, int | float) and not isinstance(bound, bool):
            at_once = bound if keyword.startswith("exclusive") else bound + sign
            whole = math.floor(bound) if sign < 0 else math.ceil(bound)
            # An integer, or a multiple, where the bound itself is none.
            aligned = (
                [whole // step * step + sign * step * times for times in range(3)]
                if abs(bound) < _EXACT
                else []
            )
            yield keyword, (at_once, whole + sign, *aligned)
    if "multipleOf" in schema:
        least = schema.get("minimum", schema.get("exclusiveMinimum", 0))
        near = math.floor(least / step) * step if abs(least) < _EXACT else 0
        yield "multipleOf", (step / 2, near + step / 2, near + step * 1.5, near + 1, near + step + 1)


def _sizes(schema: dict[str, Any], present: Json) -> Iterator[tuple[str, Sequence[Json]]]:
    items = present if isinstance(present, list) else []
    if schema.get("minItems", 0) > 0:
        yield "minItems", (items[: int(min(schema["minItems"], MAXIMUM_LENGTH)) - 1],)
    if schema.get("uniqueItems"):
        again = ([*items, items[0]], [*items[:-1], items[0]]) if items else ()
        yield "uniqueItems", (*again, *([made[0], made[0]] for made in _distinct(1)))
    if schema.get("maxItems", MAXIMUM_ITEMS) < MAXIMUM_ITEMS:
        many = int(schema["maxItems"]) + 1
        same = () if schema.get("uniqueItems") else (items[:1] * many,)
        yield "maxItems", (*same, *([*items, *made][:many] for made in _distinct(many)))
    yield from _members_counted(schema, present if isinstance(present, dict) else {})


def _distinct(number: int) -> tuple[list[Json], ...]:
    """Return lists of so many different items, each of another type or form."""
    every = range(number)
    return (
        [f"accord{index}" for index in every],
        list(every),
        [str(UUID(int=index, version=4)) for index in every],
        [{"accord": index} for index in every],
    )


def _members_counted(
    schema: dict[str, Any], members: dict[str, Json]
) -> Iterator[tuple[str, Sequence[Json]]]:
    least, most = schema.get("minProperties", 0), schema.get("maxProperties", MAXIMUM_ITEMS)
    if least > 0:
        needed = [*schema.get("required", ()), *members]
        kept = [name for name in dict.fromkeys(needed) if name in members][
            : int(min(least, MAXIMUM_ITEMS)) - 1
        ]
        yield "minProperties", ({name: members[name] for name in kept},)
    if most < MAXIMUM_ITEMS:
        names = [f"{_UNDECLARED}{index}" for index in range(max(0, int(most) + 1 - len(members)))]
        yield (
            "maxProperties",
            tuple({**members, **dict.fromkeys(names, value)} for value in ("accord", 1, True)),
        )
