"""Where the schemas of a contract stand, in which document and under which pointer."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from accord.contract import pointer as pointers
from accord.contract.document import Document
from accord.contract.library import Library, uri
from accord.contract.pointer import Json
from accord.contract.traversal import objects

_ONE = frozenset(
    {"additionalProperties", "propertyNames", "items", "contains", "not", "if", "then", "else"}
    | {"unevaluatedProperties", "unevaluatedItems", "contentSchema"}
)
_LISTS = frozenset({"allOf", "anyOf", "oneOf", "prefixItems"})
_MAPS = frozenset({"properties", "patternProperties", "dependentSchemas", "$defs", "definitions"})
# Documents of these kinds hold schemas; any other that is referred to is one, or a folder of some.
_KINDS = frozenset({"openapi", "asyncapi", "arazzo", "overlay"})


def roots(document: Document) -> Iterator[tuple[str, dict[str, Any]]]:
    """Yield pointer and value of each schema of *document* that is no part of another."""
    if "arazzo" in document.data or "overlay" in document.data:
        return
    if not _KINDS & set(document.data):
        yield "", document.data
        return
    for at, value in objects(document.data):
        for name in ("schema", "itemSchema", "payload"):
            found = value.get(name)
            if isinstance(found, dict) and "schemaFormat" not in found:
                yield f"{at}/{name}", found
        if at == "/components":
            yield from _members(value.get("schemas"), f"{at}/schemas")


def _members(named: Json, at: str) -> Iterator[tuple[str, dict[str, Any]]]:
    for name, item in named.items() if isinstance(named, dict) else ():
        if isinstance(item, dict):
            yield pointers.join(at, name), item


def parts(at: str, schema: dict[str, Any]) -> Iterator[tuple[str, dict[str, Any]]]:
    """Yield pointer and value of *schema*, which stands at *at*, and of every schema within it."""
    waiting = [(at, schema)]
    while waiting:
        at, schema = waiting.pop()
        yield at, schema
        below: list[tuple[str, Any]] = []
        for key, item in schema.items():
            if key in _ONE:
                below.append((pointers.join(at, key), item))
            elif key in _LISTS and isinstance(item, list):
                below.extend((f"{at}/{key}/{index}", part) for index, part in enumerate(item))
            elif key in _MAPS:
                below.extend(_members(item, pointers.join(at, key)))
        waiting.extend((place, item) for place, item in reversed(below) if isinstance(item, dict))


def schemas(library: Library) -> Iterator[tuple[str, dict[str, Any]]]:
    """Yield URI and value of every schema of *library*, each once."""
    for name, document in library.documents.items():
        seen: set[str] = set()
        for root, schema in roots(document):
            for at, part in parts(root, schema):
                if at not in seen:
                    seen.add(at)
                    yield uri(name, at), part
