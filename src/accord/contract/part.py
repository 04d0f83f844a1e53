"""The schemas that speak of one place, and of what stands below it: references and branches followed."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from typing import Any, TypeAlias, cast

from accord.contract import pointer as pointers
from accord.contract.library import Library
from accord.contract.pointer import join
from accord.contract.traversal import reference

Part: TypeAlias = tuple[str, dict[str, Any]]
"""The URI of a schema, and the schema."""

ANY = "*"
"""The token of a pointer that means every item of an array, or every member of a map."""

_BRANCHES = ("allOf", "anyOf", "oneOf")
_CONDITIONS = ("if", "then", "else")


def parts_of(library: Library, uris: Iterable[str]) -> Iterator[Part]:
    """Yield the schemas that speak of the same place as those at *uris*, themselves first."""
    waiting, seen = list(uris), set[str]()
    while waiting:
        address = waiting.pop(0)
        if address in seen:
            continue
        seen.add(address)
        schema = library.lookup(address)
        if not isinstance(schema, dict):
            continue
        yield address, cast("dict[str, Any]", schema)
        target = reference(schema)
        if target is not None:
            waiting.append(library.resolve(address, target))
        waiting.extend(join(address, keyword) for keyword in _CONDITIONS if keyword in schema)
        for keyword in _BRANCHES:
            waiting.extend(branches_of(address, schema, keyword))


def branches_of(address: str, schema: dict[str, Any], keyword: str) -> list[str]:
    """Return the URIs of the alternatives that *keyword* of the schema at *address* lists."""
    found = schema.get(keyword)
    return [join(address, keyword, at) for at, _ in enumerate(found)] if isinstance(found, list) else []


def properties_of(schema: dict[str, Any]) -> dict[str, Any]:
    """Return the properties that *schema* names."""
    properties = schema.get("properties")
    return properties if isinstance(properties, dict) else {}


def of_member(parts: Sequence[Part], name: str) -> tuple[str, ...]:
    """Return the schemas of the member *name* that *parts* have."""
    return tuple(
        join(address, "properties", name) for address, schema in parts if name in properties_of(schema)
    )


def of_others(parts: Sequence[Part]) -> tuple[str, ...]:
    """Return the schemas of members that *parts* do not name."""
    return tuple(
        join(address, "additionalProperties")
        for address, schema in parts
        if isinstance(schema.get("additionalProperties"), dict)
    )


def of_item(parts: Sequence[Part], index: int) -> tuple[str, ...]:
    """Return the schemas of the item at *index* of an array."""
    found: list[str] = []
    for address, schema in parts:
        prefix = schema.get("prefixItems")
        if isinstance(prefix, list) and index < len(prefix):
            found.append(join(address, "prefixItems", index))
        elif "items" in schema:
            found.append(join(address, "items"))
    return tuple(found)


def below(library: Library, uris: Iterable[str], pointer: str) -> tuple[str, ...] | None:
    """Return the schemas of what stands at *pointer*, in which ``*`` is any item.

    None where the schemas say nothing of what stands there; empty where they name other members only.
    """
    found: tuple[str, ...] = tuple(uris)
    for token in pointers.tokens(pointer):
        parts = list(parts_of(library, found))
        item = token == ANY or token.isdecimal()
        found = of_item(parts, 0 if token == ANY else int(token)) if item else ()
        found = found or of_member(parts, token) or of_others(parts)
        if not found:
            closed = any(
                properties_of(schema) or "items" in schema or "enum" in schema for _, schema in parts
            )
            scalar = any(_is_scalar(schema) for _, schema in parts)
            return () if closed or scalar else None
    return found


def _is_scalar(schema: dict[str, Any]) -> bool:
    kinds = schema.get("type")
    listed = kinds if isinstance(kinds, list) else [kinds]
    return kinds is not None and not {"object", "array"} & set(listed)
