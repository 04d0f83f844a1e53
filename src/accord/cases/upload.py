"""Files that an operation must not take: of another type, not what they are called, or too large."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

from accord.contract import pointer as pointers
from accord.contract.library import Library
from accord.contract.openapi import MediaType

FOREIGN = "text/plain"
GARBAGE = b"This is not what its media type says.\n"
MAXIMUM_UPLOAD = 64 * 1024 * 1024
"""How large a file may be made, in bytes."""

_ANYTHING = ("*/*", "text/*", FOREIGN, "application/octet-stream")
_FORMED = ("image/", "audio/", "video/")
_FORMED_TOO = ("application/pdf", "application/zip", "application/json")
_MAXIMUM_DEPTH = 5


@dataclass(frozen=True, slots=True, kw_only=True)
class File:
    """A file that a multipart body carries: the part ``name``, its media ``types``, and its ``limit`` in bytes.

    Without types, any will do.
    """

    name: str
    types: tuple[str, ...]
    limit: int | None


def files(library: Library, media_type: MediaType) -> Iterator[File]:
    """Yield the files in a body of *media_type*, as far as the contract says what they may be.

    Their types stand in ``encoding`` (OpenAPI 3.1, 4.8.15) or in ``contentMediaType``, their limit is
    ``maxLength``, which for raw bytes counts octets (4.8.14.4).
    """
    if not media_type.name.startswith("multipart/") or media_type.schema is None:
        return
    for name, schema in _members(library, media_type.schema, 0):
        if schema.get("type", "string") != "string" or "contentEncoding" in schema:
            continue
        said = media_type.encoding.get(name, {}).get("contentType") or schema.get("contentMediaType", "")
        if schema.get("format") == "binary" or said:
            types = tuple(item.strip().lower() for item in str(said).split(",") if item.strip())
            limit = schema.get("maxLength")
            yield File(name=name, types=types, limit=int(limit) if isinstance(limit, int | float) else None)


def foreign_type(file: File) -> str | None:
    """Return a media type that *file* may not have, None when it may have any."""
    return FOREIGN if file.types and not set(_ANYTHING) & set(file.types) else None


def formed_type(file: File) -> str | None:
    """Return a media type of *file* that not all bytes are of, None when it has none."""
    formed = (item for item in file.types if item.startswith(_FORMED) or item in _FORMED_TOO)
    return next((item.replace("/*", "/png") if item == "image/*" else item for item in formed), None)


def _members(library: Library, uri: str, depth: int) -> Iterator[tuple[str, dict[str, Any]]]:
    if depth > _MAXIMUM_DEPTH:
        return
    address, followed = library.follow(uri)
    schema: dict[str, Any] = followed if isinstance(followed, dict) else {}
    for name in schema.get("properties", {}):
        _, member = library.follow(f"{address}{pointers.join('/properties', name)}")
        if isinstance(member, dict):
            yield name, member
    for index, _ in enumerate(schema.get("allOf", ())):
        yield from _members(library, f"{address}/allOf/{index}", depth + 1)
