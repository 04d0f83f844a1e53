"""Encoding Objects: how the fields of forms and the parts of multipart bodies are written (OpenAPI 3.1, 4.8.15)."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

from accord.contract.openapi import MediaType
from accord.contract.pointer import join
from accord.findings.changes import header
from accord.findings.changes.call import Call
from accord.findings.changes.change import Change, Effect, Sender
from accord.findings.changes.fact import fact
from accord.findings.changes.prove import Root

_URLENCODED = "application/x-www-form-urlencoded"


def changes(call: Call, sender: Sender, old: MediaType, new: MediaType) -> Iterator[Change | Root]:
    """Yield how the fields of a body are encoded otherwise."""
    for name in dict.fromkeys((*old.encoding, *new.encoding)):
        before, after = old.encoding.get(name) or {}, new.encoding.get(name) or {}
        places = tuple(
            join(item.uri, "encoding", name) if name in item.encoding else item.uri for item in (old, new)
        )
        yield from _types(call, sender, name, places, before, after)
        for keyword in ("style", "explode", "allowReserved"):
            values = tuple(_value(item, keyword, new.name) for item in (before, after))
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
            header.of(item.get("headers") or {}, at) for item, at in zip((before, after), places, strict=True)
        )
        yield from header.changes(call, sender, headers[0], headers[1], f"field {name}", call.at(*places))


def _types(
    call: Call,
    sender: Sender,
    name: str,
    places: tuple[str, ...],
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
