"""Encoding Objects: how the fields of forms and the parts of multipart bodies are written (OpenAPI 3.1, 4.8.15).

Since 3.2 those of parts by their position as well, and of what is inside a part.
"""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any, TypeAlias

from accord.contract.media_type import falls_under
from accord.contract.openapi import MediaType
from accord.contract.pointer import join
from accord.findings.changes import header
from accord.findings.changes.answer import Part
from accord.findings.changes.ask import Ask
from accord.findings.changes.call import Call
from accord.findings.changes.change import Change, Effect, Sender, Witness
from accord.findings.changes.content import is_form
from accord.findings.changes.fact import fact
from accord.findings.changes.form_field import FormField, content_types, form_fields, part_headers
from accord.findings.changes.form_text import Detail
from accord.findings.changes.prove import Root, Whole, whole_of

_UNNAMED = "no judge here reads parts by their position, or parts inside of parts"
_READER = "how a service reads a field that is written otherwise, no contract says"


def changes(
    call: Call, said: str, sender: Sender, old: MediaType, new: MediaType, part: Ask | Part
) -> Iterator[Change | Root]:
    """Yield how the fields of a body, *said* of *part* of a request or response, or its parts are encoded otherwise."""
    before, after = (
        library.object(item.uri)[1]
        for library, item in ((call.sides.old.library, old), (call.sides.new.library, new))
    )
    body = _Body(call=call, said=said, sender=sender, part=part, media=(old, new))
    yield from _inside(body, (before, after), (old.uri, new.uri), new.name)


@dataclass(frozen=True, slots=True, kw_only=True)
class _Body:
    """A body in both contracts: who sends it, and the part of a request or response that it is."""

    call: Call
    said: str
    sender: Sender
    part: Ask | Part
    media: tuple[MediaType, MediaType]

    @property
    def is_old(self) -> bool:
        """Tell whether bodies of the old contract show a break, or else those of the new one."""
        return (self.call.asking if isinstance(self.part, Ask) else self.call.answering)(old=True, new=False)

    def control(self, detail: Detail) -> Whole | None:
        """Return the body with that field alone written as the other contract has it, None where it cannot be."""
        sides = self.call.sides
        library, media = (
            (sides.new.library, self.media[1]) if self.is_old else (sides.old.library, self.media[0])
        )
        written = form_fields(library, media).get(detail.name, FormField())
        return whole_of(self.witness("", replace(detail, written=written)))

    def of(self, detail: Detail | None) -> Ask | Part | None:
        """Return the part with one field as *detail* has it."""
        return None if detail is None else replace(self.part, detail=detail)

    def witness(self, said: str, detail: Detail | None) -> Witness:
        """Return what shows that a field is encoded otherwise."""
        witness = self.call.words(f"{self.call.name} with {said}", self.of(detail))
        return witness if detail is not None else replace(witness, alone=_UNNAMED)


def _inside(
    body: _Body,
    holders: tuple[Mapping[str, Any], Mapping[str, Any]],
    uris: tuple[str, str],
    media_type: str,
    within: str = "",
) -> Iterator[Change | Root]:
    """Yield what differs in the Encoding Objects of two holders, and in those inside them (OpenAPI 3.2, 4.15.2)."""
    for key, sides in _paired(*holders).items():
        before, after = (encoding for _, encoding in sides)
        places = (join(uris[0], *sides[0][0]), join(uris[1], *sides[1][0]))
        name = f"{within}/{key}" if within else key
        named = not within and any(key in _fields(holder) for holder in holders)
        detail = Detail(name=key) if named else None
        yield from _one(body, name, places, (before, after), media_type, detail)
        inner = str(after.get("contentType") or before.get("contentType") or "")
        yield from _inside(body, (before, after), places, inner, name)


_Side: TypeAlias = tuple[tuple[str | int, ...], Mapping[str, Any]]


def _paired(old: Mapping[str, Any], new: Mapping[str, Any]) -> dict[str, tuple[_Side, _Side]]:
    """Return the Encoding Objects of two holders by what they are about, each with the steps to it."""
    named = dict.fromkeys((*_fields(old), *_fields(new)))
    found = {name: (_named(old, name), _named(new, name)) for name in named}
    count = max(len(_prefix(old)), len(_prefix(new)))
    for index in range(count):
        found[f"part {index + 1}"] = (_positioned(old, index), _positioned(new, index))
    if "itemEncoding" in old or "itemEncoding" in new:
        found["each further part"] = (_positioned(old, count), _positioned(new, count))
    return found


def _fields(holder: Mapping[str, Any]) -> Mapping[str, Any]:
    found = holder.get("encoding")
    return found if isinstance(found, dict) else {}


def _prefix(holder: Mapping[str, Any]) -> Sequence[Any]:
    found = holder.get("prefixEncoding")
    return found if isinstance(found, list) else ()


def _named(holder: Mapping[str, Any], name: str) -> _Side:
    found = _fields(holder).get(name)
    return (("encoding", name), found) if isinstance(found, dict) else ((), {})


def _positioned(holder: Mapping[str, Any], index: int) -> _Side:
    """Return what encodes the part at *index*: the one at that position, or that of all further ones."""
    prefix, rest = _prefix(holder), holder.get("itemEncoding")
    if index < len(prefix):
        return (("prefixEncoding", index), prefix[index]) if isinstance(prefix[index], dict) else ((), {})
    return (("itemEncoding",), rest) if isinstance(rest, dict) else ((), {})


def _one(
    body: _Body,
    name: str,
    places: tuple[str, str],
    encodings: tuple[Mapping[str, Any], Mapping[str, Any]],
    media_type: str,
    detail: Detail | None,
) -> Iterator[Change | Root]:
    yield from _types(body, name, places, encodings, detail)
    for keyword in ("style", "explode", "allowReserved"):
        values = (_value(encodings[0], keyword, media_type), _value(encodings[1], keyword, media_type))
        if values[0] != values[1]:
            yield _written(body, name, places, keyword, values, detail)
    call = body.call
    libraries = call.sides.old.library, call.sides.new.library
    old, new = (
        part_headers(library, at, item)
        for library, at, item in zip(libraries, places, encodings, strict=True)
    )
    yield from header.changes(
        call, body.sender, old, new, f"{body.said} field {name}", call.at(*places), part=body.of(detail)
    )


def _written(
    body: _Body,
    name: str,
    places: tuple[str, str],
    keyword: str,
    values: tuple[str, str],
    detail: Detail | None,
) -> Change:
    """Return that a field is written otherwise: a break where a whole shows it, and unproven where none does."""
    own = values[0] if body.is_old else values[1]
    witness = None
    if detail is not None and keyword != "allowReserved":
        witness = body.witness(f"{name} in {keyword}: {own}", detail)
        witness = replace(witness, control=body.control(detail))
    is_whole = witness is not None and whole_of(witness) is not None and witness.control is not None
    found = fact(
        "changed-encoding",
        Effect.OTHER,
        body.sender,
        body.call.at(*places),
        message=name,
        old=f"{keyword}: {values[0]}",
        new=f"{keyword}: {values[1]}",
        witness=witness if is_whole else None,
        reason=_READER,
    )
    return replace(found, reason=_READER)


def _types(
    body: _Body,
    name: str,
    places: tuple[str, str],
    encodings: tuple[Mapping[str, Any], Mapping[str, Any]],
    detail: Detail | None,
) -> Iterator[Change]:
    """Yield which content types a field may no longer have, and which it newly may."""
    before, after = map(content_types, encodings)
    for effect, these, those in ((Effect.NARROWED, before, after), (Effect.WIDENED, after, before)):
        lost = sorted(
            item for item in these if those and not any(falls_under(item, other) for other in those)
        )
        if lost or (those and not these):
            shown = replace(detail, content_type=lost[0]) if detail is not None and lost else None
            yield fact(
                "changed-encoding",
                effect,
                body.sender,
                body.call.at(*places),
                message=name,
                old=f"contentType: {', '.join(sorted(before)) or 'any that fits'}",
                new=f"contentType: {', '.join(sorted(after)) or 'any that fits'}",
                witness=body.witness(f"{name} as {lost[0]}", shown) if lost else None,
                reason="which content types a service took that named none, no contract says",
            )


def _value(data: Mapping[str, Any], keyword: str, media_type: str) -> str:
    usual = {"style": "form", "explode": data.get("style", "form") == "form", "allowReserved": False}
    # For other media types than forms, these three are ignored (4.8.15.1.1).
    counts = is_form(media_type)
    said = data.get(keyword, usual[keyword]) if counts else ""
    return said if isinstance(said, str) else json.dumps(said)
