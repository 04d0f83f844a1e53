"""JSON Schemas with no document around them: a file or a folder of them is a contract about messages.

Who sends the messages is not written there, so each is taken to be sent by both sides.
"""

from __future__ import annotations

import posixpath
import re
from collections.abc import Mapping
from dataclasses import replace
from typing import cast
from urllib.parse import quote, urldefrag, urljoin

from accord.contract import library as libraries
from accord.contract import pointer as pointers
from accord.contract.asyncapi import Channel, Message
from accord.contract.document import Document
from accord.contract.draft import renewed
from accord.contract.pointer import Json
from accord.contract.traversal import described, objects, reference, rewritten

_DEFINITIONS = ("$defs", "definitions")
_ASSERTIONS = frozenset(
    {
        "type",
        "$ref",
        "oneOf",
        "anyOf",
        "allOf",
        "not",
        "if",
        "enum",
        "const",
        "properties",
        "required",
        "items",
    }
    | {"prefixItems", "pattern", "additionalProperties", "patternProperties", "minimum", "maximum", "format"}
)
_MARKS = frozenset({"$schema", "$id", *_DEFINITIONS, "type", "oneOf", "anyOf", "allOf", "properties", "$ref"})


def is_schema(document: Document) -> bool:
    """Tell whether *document* looks like a JSON Schema."""
    return bool(_MARKS & document.data.keys())


def renewed_documents(documents: Mapping[str, Document]) -> dict[str, Document]:
    """Return *documents* in the terms of 2020-12, with references by ``$id`` as references to files."""
    known: dict[str, str] = {}
    for name, document in documents.items():
        known.update(_identities(name, document))
    return {
        name: replace(document, data=renewed(_by_file(name, document, known)))
        for name, document in documents.items()
    }


def read_schemas(documents: Mapping[str, Document], names: list[str]) -> tuple[Channel, ...]:
    """Return a channel for each of the schemas *names*.

    Its messages are the schema itself, or its definitions where it says nothing of its own. The
    address of the only one is empty, so that it stands for the same under another name.
    """
    return tuple(_channel(name, documents[name].data, name if len(names) > 1 else "") for name in names)


def _channel(name: str, data: dict[str, Json], address: str) -> Channel:
    places = {"": ""} if _ASSERTIONS & data.keys() else {}
    if not places:
        for word in _DEFINITIONS:
            definitions = data.get(word)
            for key in definitions if isinstance(definitions, dict) else ():
                places[key] = pointers.join("", word, key)
    messages = tuple(
        Message(
            name=key or "schema",
            schema=libraries.uri(name, at),
            uri=libraries.uri(name, at),
            from_client=True,
            from_server=True,
        )
        for key, at in places.items()
    )
    return Channel(id=name, address=address, messages=messages, session=None, uri=libraries.uri(name))


def _identities(name: str, document: Document) -> dict[str, str]:
    """Return by absolute ``$id``, without fragment, where in the document called *name* it is."""
    found: dict[str, str] = {}
    if not any(_identity(value) is not None for value in described(document.data)):
        return found
    root = _identity(document.data) or ""
    for at, value in objects(document.data):
        own = _identity(value)
        if own is not None and not own.startswith("#"):
            found[urldefrag(urljoin(root, own)).url] = f"{name}#{at}"
    return found


def _identity(value: Mapping[str, Json]) -> str | None:
    found = value.get("$id", value.get("id"))
    return found if isinstance(found, str) and re.match(r"[\w.:/#?%+-]+$", found) else None


def _by_file(name: str, document: Document, known: Mapping[str, str]) -> dict[str, Json]:
    """Return the schema with each reference that an ``$id`` resolves as one to a file and a pointer."""
    bases = sorted(
        ((place.partition("#")[2], base) for base, place in known.items() if place.partition("#")[0] == name),
        key=lambda item: -len(item[0]),
    )
    if not known:
        return document.data

    def changed(value: dict[str, Json], at: str) -> Json:
        target = reference(value)
        if target is not None:
            base = next((base for below, base in bases if at == below or at.startswith(f"{below}/")), "")
            address, fragment = urldefrag(urljoin(base, target))
            if address in known and (not fragment or fragment.startswith("/")):
                file, _, pointer = known[address].partition("#")
                path = posixpath.relpath(file, posixpath.dirname(name) or ".") if file != name else ""
                value["$ref"] = f"{quote(path)}#{pointer}{fragment}"
        return value

    return cast("dict[str, Json]", rewritten(document.data, changed))
