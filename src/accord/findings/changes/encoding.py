"""Encoding Objects: how the fields of forms and the parts of multipart bodies are written (OpenAPI 3.1, 4.8.15).

Since 3.2 those of parts by their position as well, and of what is inside a part.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from typing import Any, TypeAlias

from accord.contract.openapi import MediaType
from accord.contract.pointer import join
from accord.findings.changes import header
from accord.findings.changes.call import Call
from accord.findings.changes.change import Change, Effect, Sender
from accord.findings.changes.fact import fact
from accord.findings.changes.prove import Root

_URLENCODED = "application/x-www-form-urlencoded"


def changes(call: Call, sender: Sender, old: MediaType, new: MediaType) -> Iterator[Change | Root]:
    """Yield how the fields of a body, or its parts by position, are encoded otherwise."""
    before, after = (
        library.object(item.uri)[1]
        for library, item in ((call.sides.old.library, old), (call.sides.new.library, new))
    )
    yield from _inside(call, sender, (before, after), (old.uri, new.uri), new.name)


def _inside(
    call: Call,
    sender: Sender,
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
        yield from _one(call, sender, name, places, (before, after), media_type)
        inner = str(after.get("contentType") or before.get("contentType") or "")
        yield from _inside(call, sender, (before, after), places, inner, name)


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
    call: Call,
    sender: Sender,
    name: str,
    places: tuple[str, str],
    encodings: tuple[Mapping[str, Any], Mapping[str, Any]],
    media_type: str,
) -> Iterator[Change | Root]:
    yield from _types(call, sender, name, places, *encodings)
    for keyword in ("style", "explode", "allowReserved"):
        values = tuple(_value(item, keyword, media_type) for item in encodings)
        if values[0] != values[1]:
            yield fact(
                "changed-encoding",
                Effect.OTHER,
                sender,
                call.at(*places),
                message=name,
                old=f"{keyword}: {values[0]}",
                new=f"{keyword}: {values[1]}",
                reason="how a service reads a field that is written otherwise, no contract says",
            )
    headers = tuple(
        header.of(item.get("headers") or {}, at) for item, at in zip(encodings, places, strict=True)
    )
    yield from header.changes(call, sender, headers[0], headers[1], f"field {name}", call.at(*places))


def _types(
    call: Call,
    sender: Sender,
    name: str,
    places: tuple[str, str],
    old: Mapping[str, Any],
    new: Mapping[str, Any],
) -> Iterator[Change]:
    """Yield which content types a field may no longer have, and which it newly may."""
    before, after = _listed(old), _listed(new)
    for effect, these, those in ((Effect.NARROWED, before, after), (Effect.WIDENED, after, before)):
        lost = sorted(these - those) if these and those else []
        if lost or (bool(those) and not these):
            yield fact(
                "changed-encoding",
                effect,
                sender,
                call.at(*places),
                message=name,
                old=f"contentType: {', '.join(sorted(before)) or 'any that fits'}",
                new=f"contentType: {', '.join(sorted(after)) or 'any that fits'}",
                witness=call.words(f"{call.name} with {name} as {lost[0]}") if lost else None,
                reason="which content types a service took that named none, no contract says",
            )


def _listed(data: Mapping[str, Any]) -> frozenset[str]:
    return frozenset(
        item.strip().lower() for item in str(data.get("contentType") or "").split(",") if item.strip()
    )


def _value(data: Mapping[str, Any], keyword: str, media_type: str) -> str:
    usual = {"style": "form", "explode": data.get("style", "form") == "form", "allowReserved": False}
    # For other media types than forms, these three are ignored (4.8.15.1.1).
    counts = media_type.lower().startswith((_URLENCODED, "multipart/form-data"))
    return str(data.get(keyword, usual[keyword]) if counts else "").lower()
