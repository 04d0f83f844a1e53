"""Forms and multipart bodies as whole requests and responses carry them, written as their encodings have it."""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field, replace
from typing import Any

from accord.cases.expression import ABSENT, as_text
from accord.contract.library import Library
from accord.contract.media_type import FORM, essence, is_json
from accord.contract.openapi import MediaType, Parameter
from accord.contract.pointer import Json
from accord.findings.changes.content import UNREADABLE, Piece, form, meanings, multipart
from accord.findings.changes.form_field import FormField, form_fields
from accord.findings.changes.header_text import header_text
from accord.findings.changes.node import Shape, TooManyAlternativesError
from accord.findings.changes.sample import Sampler, UnbuildableError, item, member

_SEPARATORS = {"spaceDelimited": " ", "pipeDelimited": "|"}
_PLAIN = FormField()


@dataclass(frozen=True, slots=True, kw_only=True)
class Detail:
    """How one field of a body differs: it is there, in ``content_type`` where that is named.

    It is written as ``written`` has it, where that is named. ``header`` of its part is given ``value``, or left
    out where that is ``ABSENT``.
    """

    name: str
    content_type: str | None = None
    written: FormField | None = None
    header: str | None = None
    value: Any = ABSENT


@dataclass(frozen=True, slots=True, kw_only=True)
class FormWriter:
    """Writes bodies of one media type of a contract; ``detail`` is how one of their fields differs.

    ``needed`` are the headers, in lower case, that parts have although this contract does not need them.
    """

    library: Library
    media_type: MediaType
    sampler: Sampler
    detail: Detail | None = None
    needed: Mapping[str, frozenset[str]] = field(default_factory=dict)
    _fields: Mapping[str, FormField] = field(init=False)

    def __post_init__(self) -> None:
        """Read the encodings of the fields."""
        object.__setattr__(self, "_fields", form_fields(self.library, self.media_type))

    def text(self, value: dict[str, Json]) -> tuple[str, str]:
        """Return *value* as text, and its media type; raises ``UnbuildableError``."""
        if self.detail is not None:
            value = {**value, self.detail.name: self._told(self.detail)}
        pieces = [
            piece for name, items in value.items() for piece in self._pieces(name, self._filled(name, items))
        ]
        name = self.media_type.name
        try:
            text, kind = (form(pieces), name) if essence(name) == FORM else multipart(pieces)
            body = text.encode()
        except UnicodeEncodeError as error:
            raise UnbuildableError("it is no Unicode text") from error
        if meanings(kind, body, self._fields) is None:
            unknown = (
                f"the field {name}: {known.unknown}" for name, known in self._fields.items() if known.unknown
            )
            raise UnbuildableError(next(unknown, UNREADABLE))
        return text, kind

    def _filled(self, name: str, value: Json) -> Json:
        """Return *value* of a field, a list of one for an empty list: that would be a field that is not there."""
        arrays = [shape for shape in self._shapes(name) if shape.type == "array"] if value == [] else []
        return [self.sampler.smallest(item(shape, 0)) for shape in arrays[:1]] if arrays else value

    def _told(self, detail: Detail) -> Json:
        """Return a value of the field that shows how it is written: where it may be, a list of two or an object."""
        shapes = self._shapes(detail.name)
        wanted = (
            ("string", "array") if detail.content_type or detail.header else ("array", "object", "string")
        )
        for kind in (*wanted, "object", "number", "boolean"):
            for shape in (shape for shape in shapes if shape.type == kind):
                value = self.sampler.of(shape)
                if value == [] and kind == "array":
                    return [self.sampler.smallest(item(shape, index)) for index in range(2)]
                return value
        raise UnbuildableError(f"no value was found for the field {detail.name}")

    def _shapes(self, name: str) -> list[Shape]:
        """Return what the field may be."""
        node = (self.media_type.schema,) if self.media_type.schema else ()
        schemas = self.sampler.schemas
        try:
            own = [member(shape, name) for shape in schemas.shapes(node) if shape.type == "object"]
            return [shape for known in own if known is not None for shape in schemas.shapes(known)]
        except TooManyAlternativesError as error:
            raise UnbuildableError(f"the field {name} may be too many things") from error

    def _pieces(self, name: str, value: Json) -> Iterator[Piece]:
        known = self._known(name)
        if known.unknown:
            raise UnbuildableError(f"the field {name}: {known.unknown}")
        headers = tuple(self._headers(name, known))
        if known.style is not None:
            yield from (
                Piece(name=key, text=text, headers=headers) for key, text in _styled(known.style, value)
            )
            return
        for each in value if isinstance(value, list) else [value]:
            if each is not None:
                kind = self._kind(name, known, each)
                yield Piece(name=name, text=_text(name, kind, each), content_type=kind, headers=headers)

    def _known(self, name: str) -> FormField:
        known = self._fields.get(name, _PLAIN)
        if self.detail is not None and self.detail.name == name and self.detail.written is not None:
            return replace(self.detail.written, headers=known.headers)
        return known

    def _kind(self, name: str, known: FormField, value: Json) -> str:
        """Return the content type of a part: the first that is named, else what is usual (OpenAPI 3.1, 4.8.15.1.1)."""
        if self.detail is not None and self.detail.name == name and self.detail.content_type:
            return _exact(self.detail.content_type)
        if known.content_types:
            return _exact(known.content_types[0])
        return "application/json" if isinstance(value, dict | list) else ""

    def _headers(self, name: str, known: FormField) -> Iterator[tuple[str, str]]:
        detail = self.detail if self.detail is not None and self.detail.name == name else None
        for header in known.headers:
            if (
                detail is not None
                and detail.header is not None
                and detail.header.lower() == header.name.lower()
            ):
                if detail.value is not ABSENT:
                    yield header.name, header_text(self.library, header, detail.value)
            elif header.required or header.name.lower() in self.needed.get(name, ()):
                value = self.sampler.smallest((header.schema,) if header.schema else ())
                yield header.name, header_text(self.library, header, value)


def _exact(name: str) -> str:
    """Return a content type that falls under *name*, one that nobody names where that is a range."""
    return name.replace("*/*", "application/*").replace("/*", "/x-other")


def _styled(style: Parameter, value: Json) -> Iterator[tuple[str, str]]:
    """Yield the names and texts of a field that is written in a style of its own (RFC 6570, without its escapes)."""
    name = style.name
    if isinstance(value, dict) and style.style == "deepObject":
        yield from ((f"{name}[{key}]", as_text(each)) for key, each in value.items())
    elif isinstance(value, dict) and style.explode:
        raise UnbuildableError(f"the members of the field {name} would stand under their own names")
    elif isinstance(value, list) and style.explode:
        yield from ((name, as_text(each)) for each in value)
    elif isinstance(value, list | dict):
        flat = [part for pair in value.items() for part in pair] if isinstance(value, dict) else value
        yield name, _SEPARATORS.get(style.style, ",").join(map(as_text, flat))
    elif value is not None:
        yield name, as_text(value)


def _text(name: str, kind: str, value: Json) -> str:
    if is_json(kind):
        return json.dumps(value, separators=(",", ":"))
    if isinstance(value, str) or not kind or kind.startswith("text/"):
        return as_text(value)
    raise UnbuildableError(f"how the field {name} is written as {kind}, no contract says")
