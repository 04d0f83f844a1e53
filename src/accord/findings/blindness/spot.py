"""The spots of a value: each part of it, with what the contract says of that part."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any, TypeAlias

from accord.contract.library import Library
from accord.contract.part import Part, of_item, of_member, of_others, parts_of, properties_of
from accord.contract.pointer import Json, join
from accord.contract.traversal import reference
from accord.errors import ContractError

Steps: TypeAlias = tuple[str | int, ...]

EACH = None
"""Stands for the items of a list, where the name of a member would stand."""

_DEEPEST = 24
_MOST = 2_000
_ITEMS = 3
"""So many items of a list are looked at: the contract says the same of all."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Spot:
    """One part of a value, reached by ``steps``.

    ``anchor`` is the URI at which the contract describes it, or could: that of an undeclared member is
    where its declaration would stand. ``parts`` are the schemas that speak of it. ``parent`` is the
    anchor of the object whose member it is, None for any other; there, ``owner`` is the URI of the
    schema that would require the member. ``undeclared`` are the members and items on the way that the
    contract does not describe, each with the anchor of its object: data, unless every value had them.
    """

    anchor: str
    parts: tuple[Part, ...]
    value: Json
    steps: Steps = ()
    parent: str | None = None
    owner: str | None = None
    undeclared: tuple[tuple[str, str | None], ...] = ()


def spots(library: Library, root: str, schemas: tuple[str, ...], value: Json) -> Iterator[Spot]:
    """Yield the spots of *value*, which the contract describes at *root* by one of *schemas*."""
    parts = _speaking(library, schemas, value)
    anchor = library.alias(schemas[0]) if len(schemas) == 1 else root
    waiting, left = [Spot(anchor=anchor, parts=parts, value=value)], _MOST
    while waiting and left:
        left -= 1
        spot = waiting.pop()
        yield spot
        if len(spot.steps) < _DEEPEST:
            below = [*_members(library, spot), *_items(library, spot)]
            waiting.extend(reversed(below))


def _members(library: Library, spot: Spot) -> Iterator[Spot]:
    members: Mapping[str, Json] = spot.value if isinstance(spot.value, dict) else {}
    if any("patternProperties" in schema for _, schema in spot.parts):
        return
    for name, item in members.items():
        found = of_member(spot.parts, name)
        others = () if found else of_others(spot.parts)
        owner = _owner(spot, name)
        yield Spot(
            anchor=library.alias((found or others)[0])
            if found or others
            else join(owner, "properties", name),
            parts=_speaking(library, found or others, item),
            value=item,
            steps=(*spot.steps, name),
            # The names of a map are data: none of them could be required.
            parent=None if others else spot.anchor,
            owner=owner,
            undeclared=spot.undeclared if found or others else (*spot.undeclared, (spot.anchor, name)),
        )


def _items(library: Library, spot: Spot) -> Iterator[Spot]:
    items = spot.value if isinstance(spot.value, list) else []
    for index, item in enumerate(items[:_ITEMS]):
        found = of_item(spot.parts, index)
        yield Spot(
            anchor=library.alias(found[0]) if found else join(_first(spot), "items"),
            parts=_speaking(library, found, item),
            value=item,
            steps=(*spot.steps, index),
            undeclared=spot.undeclared if found else (*spot.undeclared, (spot.anchor, EACH)),
        )


def _owner(spot: Spot, name: str) -> str:
    """Return the URI of the schema that describes the member, else of the first that describes any."""
    describing = [(uri, properties_of(schema)) for uri, schema in spot.parts]
    for uri, properties in describing:
        if name in properties:
            return uri
    return next((uri for uri, properties in describing if properties), _first(spot))


def _first(spot: Spot) -> str:
    return spot.parts[0][0] if spot.parts else spot.anchor


def _speaking(library: Library, schemas: tuple[str, ...], value: Json) -> tuple[Part, ...]:
    """Return the schemas that speak of *value*: of alternatives, those that accept it."""
    found: list[Part] = []
    waiting, seen = [uri for uri in schemas if _accepts(library, uri, value)], set[str]()
    while waiting:
        uri = waiting.pop(0)
        if uri in seen:
            continue
        seen.add(uri)
        schema = library.lookup(uri)
        if not isinstance(schema, dict):
            continue
        target = reference(schema)
        if target is None or len(schema) > 1:
            found.append((uri, schema))
        if target is not None:
            waiting.append(library.resolve(uri, target))
        waiting.extend(_branches(library, uri, schema, value))
    return tuple(found)


def _branches(library: Library, uri: str, schema: dict[str, Any], value: Json) -> Iterator[str]:
    for keyword in ("allOf", "anyOf", "oneOf"):
        listed = schema.get(keyword)
        for index, _ in enumerate(listed if isinstance(listed, list) else ()):
            branch = join(uri, keyword, index)
            if keyword == "allOf" or _accepts(library, branch, value):
                yield branch
    if "if" in schema:
        keyword = "then" if _accepts(library, join(uri, "if"), value) else "else"
        if keyword in schema:
            yield join(uri, keyword)


def _accepts(library: Library, uri: str, value: Json) -> bool:
    try:
        return library.validator(uri).is_valid(value)
    except (ContractError, ValueError):
        return False


def allowed_types(library: Library, spot: Spot) -> frozenset[str]:
    """Return the types that the contract allows at *spot* by name; what it allows on purpose is no hole."""
    found: set[str] = set()
    for _, schema in parts_of(library, [uri for uri, _ in spot.parts] or ()):
        kinds = schema.get("type", [])
        found.update(kinds if isinstance(kinds, list) else [kinds])
        listed = schema.get("enum", [schema["const"]] if "const" in schema else [])
        found.update(type_of(item) for item in listed if isinstance(listed, list))
    return frozenset(found)


def type_of(value: Json) -> str:
    """Return the type of *value* as JSON Schema names it; a whole number is an integer."""
    match value:
        case None:
            return "null"
        case bool():
            return "boolean"
        case str():
            return "string"
        case list():
            return "array"
        case dict():
            return "object"
    return "integer" if isinstance(value, int) or float(value).is_integer() else "number"
