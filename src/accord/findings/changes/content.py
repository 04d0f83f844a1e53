"""Bodies that are no JSON: forms, multipart bodies and plain texts, written, and read again for what they may mean."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator, Sequence
from itertools import product
from math import prod
from urllib.parse import parse_qsl

from accord.cases.expression import as_text
from accord.contract.media_type import FORM, essence, is_json
from accord.contract.pointer import Json

MULTIPART = "multipart/form-data"
PLAIN = "text/plain"
MAXIMUM_MEANINGS = 1024
"""What the fields of a form may mean together: beyond that many nothing is said of it."""

_BOUNDARY = "accord"
_ESCAPED = (("%", "%25"), ('"', "%22"), ("\r", "%0D"), ("\n", "%0A"))
_NAME = re.compile(r'(?i)content-disposition: form-data; name="([^"]*)"')
_NAMED_BOUNDARY = re.compile(r'(?i)boundary="?([^";]{1,200})"?')


def is_written(media_type: str) -> bool:
    """Tell whether a body of *media_type* is a text of which a reader makes what he can."""
    return essence(media_type) in (FORM, MULTIPART, PLAIN)


def multipart(value: dict[str, Json]) -> tuple[str, str]:
    """Return *value* as a multipart body, and its media type; lists repeat their name, null leaves a member out."""
    parts = [
        (name, as_text(item))
        for name, items in value.items()
        for item in (items if isinstance(items, list) else [items])
        if item is not None
    ]
    boundary = _BOUNDARY
    while any(boundary in text for pair in parts for text in pair):
        boundary += "-"
    written = (
        f'--{boundary}\r\nContent-Disposition: form-data; name="{_escaped(name)}"\r\n\r\n{text}\r\n'
        for name, text in parts
    )
    return f"{''.join(written)}--{boundary}--\r\n", f"{MULTIPART}; boundary={boundary}"


def meanings(media_type: str, body: bytes) -> Sequence[Json] | None:
    """Return all that a *body* may mean, none where it cannot be read; None where nothing is known of its kind."""
    kind = essence(media_type)
    if not (is_json(kind) or is_written(kind)):
        return None
    try:
        text = body.decode()
        if is_json(kind):
            return [json.loads(text)]
        if kind == PLAIN:
            return _of_text(text)
        return _together(
            parse_qsl(text, keep_blank_values=True, strict_parsing=bool(text))
            if kind == FORM
            else list(_parts(text, media_type))
        )
    except ValueError:
        return []


def _parts(text: str, media_type: str) -> Iterator[tuple[str, str]]:
    """Yield names and texts of the parts of a multipart body (RFC 7578); raises ``ValueError`` for none."""
    named = _NAMED_BOUNDARY.search(media_type)
    pieces = f"\r\n{text}".split(f"\r\n--{named[1]}") if named else []
    if len(pieces) < 2 or pieces[0] or pieces[-1] != "--\r\n":
        raise ValueError(media_type)
    for piece in pieces[1:-1]:
        head, _, content = piece.partition("\r\n\r\n")
        name = _NAME.search(head)
        if name is None:
            raise ValueError(head)
        yield _unescaped(name[1]), content


def _escaped(name: str) -> str:
    for character, code in _ESCAPED:
        name = name.replace(character, code)
    return name


def _unescaped(name: str) -> str:
    for character, code in reversed(_ESCAPED):
        name = name.replace(code, character)
    return name


def _together(pairs: Sequence[tuple[str, str]]) -> list[Json] | None:
    """Return the objects that fields may be: each a text, what the text says, or a list of such; None for too many."""
    said: dict[str, list[str]] = {}
    for name, text in pairs:
        said.setdefault(name, []).append(text)
    each = [_of_field(texts) for texts in said.values()]
    if prod(map(len, each)) > MAXIMUM_MEANINGS:
        return None
    return [dict(zip(said, values, strict=True)) for values in product(*each)]


def _of_field(texts: list[str]) -> list[Json]:
    alone = _of_text(texts[0]) if len(texts) == 1 else []
    lists: list[list[Json]] = [list(texts), [_of_text(text)[-1] for text in texts]]
    return [*alone, *(lists if lists[0] != lists[1] else lists[:1])]


def _of_text(text: str) -> list[Json]:
    """Return what a *text* may mean: itself, and what it says as JSON; null is no field at all."""
    try:
        value: Json = json.loads(text)
    except (ValueError, RecursionError):
        return [text]
    return [text] if value is None else [text, value]
