"""Bodies that are no JSON: forms, multipart bodies and plain texts, written, and read again for what they may mean."""

from __future__ import annotations

import json
import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from itertools import product
from math import prod
from urllib.parse import parse_qsl, urlencode

from accord.cases.request import first_header
from accord.contract.media_type import FORM, MULTIPART, essence, is_json
from accord.contract.pointer import Json
from accord.findings.changes.form_field import FormField
from accord.findings.changes.reading import readings, scalars

PLAIN = "text/plain"
_TEXTS = (PLAIN, "text/html", "text/markdown")
MAXIMUM_MEANINGS = 1024
"""What the fields of a form may mean together: beyond that many nothing is said of it."""
UNREADABLE = "its fields may mean too much together for a judge"

_BOUNDARY = "accord"
_ESCAPED = (("%", "%25"), ('"', "%22"), ("\r", "%0D"), ("\n", "%0A"))
_NAME = re.compile(r'(?i)content-disposition: form-data; name="([^"]*)"')
_NAMED_BOUNDARY = re.compile(r'(?i)boundary="?([^";]{1,200})"?')


@dataclass(frozen=True, slots=True, kw_only=True)
class Piece:
    """One field of a form, or one part of a multipart body with its content type and headers."""

    name: str
    text: str
    content_type: str = ""
    headers: tuple[tuple[str, str], ...] = ()


def is_text(media_type: str) -> bool:
    """Tell whether a body of *media_type* is a text that stands for itself."""
    return essence(media_type) in _TEXTS


def is_form(media_type: str) -> bool:
    """Tell whether a body of *media_type* is one of fields or parts that have names."""
    return essence(media_type) in (FORM, MULTIPART)


def is_written(media_type: str) -> bool:
    """Tell whether a body of *media_type* is a text of which a reader makes what he can."""
    return is_form(media_type) or is_text(media_type)


def form(pieces: Sequence[Piece]) -> str:
    """Return *pieces* as a URL-encoded form."""
    return urlencode([(piece.name, piece.text) for piece in pieces])


def multipart(pieces: Sequence[Piece]) -> tuple[str, str]:
    """Return *pieces* as a multipart body, and its media type."""
    boundary = _BOUNDARY
    while any(boundary in text for piece in pieces for text in (piece.name, piece.text)):
        boundary += "-"
    written = (f"--{boundary}\r\n{_head(piece)}\r\n\r\n{piece.text}\r\n" for piece in pieces)
    return f"{''.join(written)}--{boundary}--\r\n", f"{MULTIPART}; boundary={boundary}"


def _head(piece: Piece) -> str:
    lines = [f'Content-Disposition: form-data; name="{_escaped(piece.name)}"']
    lines += [f"Content-Type: {piece.content_type}"] if piece.content_type else []
    return "\r\n".join((*lines, *(f"{name}: {value}" for name, value in piece.headers)))


def meanings(
    media_type: str, body: bytes, fields: Mapping[str, FormField] | None = None
) -> Sequence[Json] | None:
    """Return all that a *body* may mean, none where it cannot be read; None where nothing is known of its kind.

    *fields* are those of a form or multipart body that have an encoding of their own.
    """
    kind = essence(media_type)
    if not (is_json(kind) or is_written(kind)):
        return None
    try:
        text = body.decode()
        if is_json(kind):
            return [json.loads(text)]
        if is_text(kind):
            return _of_text(text)
        return _together(pieces_of(media_type, text), fields or {})
    except ValueError:
        return []


def pieces_of(media_type: str, text: str) -> list[Piece]:
    """Return the fields of a form, or the parts of a multipart body; raises ``ValueError`` for what is neither."""
    if essence(media_type) == MULTIPART:
        return list(_parts(text, media_type))
    pairs = parse_qsl(text, keep_blank_values=True, strict_parsing=bool(text))
    return [Piece(name=name, text=value) for name, value in pairs]


def _parts(text: str, media_type: str) -> Iterator[Piece]:
    """Yield the parts of a multipart body (RFC 7578); raises ``ValueError`` for none."""
    named = _NAMED_BOUNDARY.search(media_type)
    pieces = f"\r\n{text}".split(f"\r\n--{named[1]}") if named else []
    if len(pieces) < 2 or pieces[0] or pieces[-1] != "--\r\n":
        raise ValueError(media_type)
    for piece in pieces[1:-1]:
        head, _, content = piece.partition("\r\n\r\n")
        name = _NAME.search(head)
        if name is None:
            raise ValueError(head)
        lines = (line.partition(":") for line in head.split("\r\n") if ":" in line)
        headers = tuple((key.strip(), value.strip()) for key, _, value in lines)
        kind = first_header(headers, "content-type") or ""
        yield Piece(name=_unescaped(name[1]), text=content, content_type=kind, headers=headers)


def _escaped(name: str) -> str:
    for character, code in _ESCAPED:
        name = name.replace(character, code)
    return name


def _unescaped(name: str) -> str:
    for character, code in reversed(_ESCAPED):
        name = name.replace(code, character)
    return name


def _together(pieces: Sequence[Piece], fields: Mapping[str, FormField]) -> list[Json] | None:
    """Return the objects that fields may be; None for too many, and for a field that nobody knows how to read."""
    if any(known.unknown for known in fields.values()):
        return None
    deep = [name for name, known in fields.items() if known.style and known.style.style == "deepObject"]
    said: dict[str, list[Piece]] = {}
    for piece in pieces:
        owner = next((name for name in deep if piece.name.startswith(f"{name}[")), piece.name)
        said.setdefault(owner, []).append(piece)
    each = [_distinct(_of_field(found, fields.get(name))) for name, found in said.items()]
    if prod(map(len, each)) > MAXIMUM_MEANINGS:
        return None
    return [dict(zip(said, values, strict=True)) for values in product(*each)]


def _distinct(values: Iterable[Json]) -> list[Json]:
    return list({json.dumps(value): value for value in values}.values())


def _of_field(pieces: Sequence[Piece], known: FormField | None) -> list[Json]:
    """Return what a field may be: as its style has it, or its content type, or else all that its texts may say."""
    if known is not None and known.style is not None:
        return list(readings(known.style, [(piece.name, piece.text) for piece in pieces], is_json=False))
    texts = [piece.text for piece in pieces]
    own = [essence(piece.content_type) for piece in pieces if piece.content_type]
    kinds = dict.fromkeys(own or (known.content_types if known is not None else ()))
    found = [value for kind in kinds for value in _in_kind(kind, texts)]
    return found if kinds else _of_texts(texts)


def _in_kind(kind: str, texts: list[str]) -> Iterator[Json]:
    """Yield what texts of the content type *kind* may be, one value or a list; nothing if they cannot be read."""
    values: list[Json] = list(texts)
    if is_json(kind):
        try:
            values = [json.loads(text) for text in texts]
        except (ValueError, RecursionError):
            return
    if len(values) == 1:
        yield values[0]
    yield values
    typed = [scalars(text)[-1] for text in texts] if kind.startswith("text/") else values
    if typed != values:
        yield from ([typed[0], typed] if len(typed) == 1 else [typed])


def _of_texts(texts: list[str]) -> list[Json]:
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
