"""Fields of forms and parts of multipart bodies, as the Encoding Objects of a contract have them (OpenAPI 3.1, 4.8.15).

What they say decides both how a body is written and how a judge reads one.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from accord.contract.library import Library
from accord.contract.openapi import Header, MediaType, Parameter
from accord.contract.pointer import join

_RULED = ("style", "explode", "allowReserved")
_NESTED = ("encoding", "prefixEncoding", "itemEncoding")
# Described apart from the headers of a part, and ignored among them (4.8.15.1.2).
_DESCRIBED_APART = ("content-type", "content-disposition")


@dataclass(frozen=True, slots=True, kw_only=True)
class FormField:
    """How one field is written.

    ``content_types`` are those that it may have, none where any that fits will do; ``style`` is how it is
    written where the contract names that, and then its content type counts for nothing; ``headers`` are those
    of its part; ``unknown`` says why no judge here knows how it is written, and is empty else.
    """

    content_types: tuple[str, ...] = ()
    style: Parameter | None = None
    headers: tuple[Header, ...] = ()
    unknown: str = ""


def form_fields(library: Library, media_type: MediaType) -> dict[str, FormField]:
    """Return the fields of *media_type* that have an encoding of their own, by name."""
    return {
        name: _read(library, media_type, name, encoding)
        for name, encoding in media_type.encoding.items()
        if isinstance(encoding, dict)
    }


def _read(library: Library, media_type: MediaType, name: str, encoding: Mapping[str, Any]) -> FormField:
    unknown = "it has parts of its own inside" if any(key in encoding for key in _NESTED) else ""
    style = None
    if any(key in encoding for key in _RULED):
        style = _style(name, encoding)
        if style.style == "form" and style.explode and _is_object(library, media_type, name):
            unknown = "its members stand among the fields under their own names"
    return FormField(
        content_types=content_types(encoding),
        style=style,
        headers=part_headers(library, join(media_type.uri, "encoding", name), encoding),
        unknown=unknown,
    )


def content_types(encoding: Mapping[str, Any]) -> tuple[str, ...]:
    """Return the content types that an Encoding Object names, in lower case."""
    named = (item.strip().lower() for item in str(encoding.get("contentType") or "").split(","))
    return tuple(dict.fromkeys(item for item in named if item))


def part_headers(library: Library, uri: str, encoding: Mapping[str, Any]) -> tuple[Header, ...]:
    """Return the headers of the Encoding Object at *uri*."""
    found = []
    for name in encoding.get("headers") or {}:
        if name.lower() in _DESCRIBED_APART:
            continue
        at, data = library.object(join(uri, "headers", name))
        schema = f"{at}/schema" if "schema" in data else None
        found.append(Header(name=name, required=bool(data.get("required")), schema=schema, uri=at))
    return tuple(found)


def _style(name: str, encoding: Mapping[str, Any]) -> Parameter:
    style = str(encoding.get("style", "form"))
    return Parameter(
        name=name,
        location="query",
        required=False,
        schema=None,
        style=style,
        explode=bool(encoding.get("explode", style == "form")),
        uri="",
    )


def _is_object(library: Library, media_type: MediaType, name: str) -> bool:
    """Tell whether the field may be an object."""
    if media_type.schema is None:
        return True
    uri, schema = library.follow(media_type.schema)
    properties = schema.get("properties") if isinstance(schema, dict) else None
    if not isinstance(properties, dict) or name not in properties:
        return True
    _, own = library.follow(join(uri, "properties", name))
    kinds: Any = own.get("type") if isinstance(own, dict) else None
    return kinds is None or "object" in ([kinds] if isinstance(kinds, str) else kinds)
