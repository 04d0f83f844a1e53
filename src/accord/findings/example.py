"""Examples of a contract, each with what it is held against: a schema, or the items of a sequence against one."""

from __future__ import annotations

import json
from collections.abc import Iterator
from contextlib import suppress
from dataclasses import dataclass
from typing import Any
from urllib.parse import unquote

from accord.contract import pointer as pointers
from accord.contract.document import Document
from accord.contract.media_type import is_json
from accord.contract.pointer import Json
from accord.contract.schema_place import parts, roots
from accord.contract.sequence import is_sequence, read_sequence
from accord.contract.traversal import objects, reference


@dataclass(frozen=True, slots=True, kw_only=True)
class Example:
    """A value at the pointer ``at``, and the pointer of its schema; ``each`` tells that this is one of its items.

    It is ``written`` where a text stands there, out of which it was read.
    """

    at: str
    schema: str
    value: Json
    each: bool = False
    written: bool = False


def examples(document: Document) -> Iterator[Example]:
    """Yield every example of *document* that can be held against a schema of it."""
    for root, schema in roots(document):
        for at, part in parts(root, schema):
            if "example" in part:
                yield Example(at=f"{at}/example", schema=at, value=part["example"])
            listed = part.get("examples")
            for number, item in enumerate(listed if isinstance(listed, list) else ()):
                yield Example(at=f"{at}/examples/{number}", schema=at, value=item)
    names = _media_types(document)
    for at, value in objects(document.data):
        if "schema" in value or "itemSchema" in value:
            yield from _beside(at, value, names.get(at, ""))
        if isinstance(value.get("payload"), dict):
            yield from _of_message(at, value)


def _media_types(document: Document) -> dict[str, str]:
    """Return the name of each media type by its pointer, also where one is referred to; none before OpenAPI 3.2."""
    found: dict[str, str] = {}
    if not str(document.data.get("openapi", "")).startswith("3.2"):
        return found
    for at, value in objects(document.data):
        content = value.get("content")
        for name, item in content.items() if isinstance(content, dict) else ():
            target = reference(item) if isinstance(item, dict) else None
            if target is None:
                found[pointers.join(at, "content", name)] = name
            elif target.startswith("#"):
                found[unquote(target[1:])] = name
    return found


def _beside(at: str, holder: dict[str, Any], name: str) -> Iterator[Example]:
    """Yield the examples of a parameter, a header or the media type *name*, which stand beside the schema."""
    for place, value in _values(at, holder):
        if "itemSchema" in holder or (is_sequence(name) and isinstance(value, str)):
            yield from _of_sequence(at, holder, name, place, value)
        elif not place.endswith("/serializedValue"):
            yield Example(at=place, schema=f"{at}/schema", value=value)
        elif is_json(name):
            with suppress(ValueError, RecursionError):
                yield Example(at=place, schema=f"{at}/schema", value=json.loads(value), written=True)


def _values(at: str, holder: dict[str, Any]) -> Iterator[tuple[str, Any]]:
    """Yield pointer and value of each example of *holder*; ``serializedValue`` is a text (OpenAPI 3.2, 4.19)."""
    if "example" in holder:
        yield f"{at}/example", holder["example"]
    named = holder.get("examples")
    for name, item in named.items() if isinstance(named, dict) else ():
        for key in ("value", "dataValue", "serializedValue"):
            if (
                isinstance(item, dict)
                and key in item
                and (key != "serializedValue" or isinstance(item[key], str))
            ):
                yield pointers.join(at, "examples", name, key), item[key]


def _of_sequence(at: str, holder: dict[str, Any], name: str, place: str, value: Any) -> Iterator[Example]:
    """Yield the list that *value* is, or its text, against the schema of the whole and that of each item."""
    written = isinstance(value, str)
    if written:
        read = read_sequence(value.encode(errors="surrogatepass"), name)
        if read.fault or not is_sequence(name):
            return
        value = list(read.items)
    if "schema" in holder:
        yield Example(at=place, schema=f"{at}/schema", value=value, written=written)
    if "itemSchema" in holder and isinstance(value, list):
        yield Example(at=place, schema=f"{at}/itemSchema", value=value, each=True, written=written)


def _of_message(at: str, message: dict[str, Any]) -> Iterator[Example]:
    """Yield the examples of a message as AsyncAPI has them."""
    schema = f"{at}/payload/schema" if "schemaFormat" in message["payload"] else f"{at}/payload"
    named = message.get("examples")
    for number, item in enumerate(named if isinstance(named, list) else ()):
        if isinstance(item, dict) and "payload" in item:
            yield Example(at=f"{at}/examples/{number}/payload", schema=schema, value=item["payload"])
