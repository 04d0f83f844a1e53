"""Headers of responses and of the parts of multipart bodies: which come, and how."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import replace
from typing import Any

from accord.contract.openapi import Header
from accord.findings.changes.answer import Part
from accord.findings.changes.ask import Ask
from accord.findings.changes.call import Call
from accord.findings.changes.change import Change, Effect, Sender
from accord.findings.changes.fact import Spot, fact
from accord.findings.changes.prove import Root
from accord.findings.changes.sunset import announcements

_IGNORED = "headers that nobody declared are ignored"


def changes(
    call: Call,
    sender: Sender,
    old: Sequence[Header],
    new: Sequence[Header],
    holder: str,
    spot: Spot,
    *,
    part: Ask | Part | None = None,
) -> Iterator[Change | Root]:
    """Yield how the headers of *holder*, a response or a part, differ, and the roots of their schemas.

    *part* says of which request or response they are, None of none that can be shown as a whole.
    """
    before, after = ({item.name.lower(): item for item in group} for group in (old, new))
    for name in dict.fromkeys((*before, *after)):
        mine, theirs = before.get(name), after.get(name)
        if mine is not None and theirs is not None:
            yield from _both(
                call, sender, mine, theirs, holder, _with(part, _showing(call, part, mine, theirs))
            )
        elif theirs is not None:
            yield _one(
                call,
                "added-header",
                sender,
                theirs,
                holder,
                spot.at(new=theirs.uri),
                part=_with(part, theirs),
            )
        elif mine is not None:
            yield _one(
                call, "removed-header", sender, mine, holder, spot.at(old=mine.uri), part=_with(part, mine)
            )


def _one(
    call: Call, rule: str, sender: Sender, header: Header, holder: str, spot: Spot, *, part: Ask | Part | None
) -> Change:
    """Return that a header came or went: one that always came may then be missing, and that is what counts."""
    gone = rule == "removed-header"
    effect = Effect.NARROWED if gone != header.required else Effect.WIDENED
    witness = (
        call.words(f"{call.name}, {holder}, without the header {header.name}", part)
        if header.required
        else None
    )
    text = f"{_need(header)} header {header.name}"
    return fact(
        rule,
        effect,
        sender,
        spot,
        message=header.name,
        old=text if gone else "",
        new="" if gone else text,
        witness=witness,
        allowed=_IGNORED if call.sides.is_open and not header.required else "",
        reason="no contract says what becomes of headers that nobody declared",
    )


def _showing(call: Call, part: Ask | Part | None, old: Header, new: Header) -> Header:
    return call.asking(old, new) if isinstance(part, Ask) else call.answering(old, new)


def _with(part: Ask | Part | None, header: Header) -> Ask | Part | None:
    """Return *part* with that header left out, of the response or of what its detail is about."""
    if part is None:
        return None
    if part.detail is not None:
        return replace(part, detail=replace(part.detail, header=header.name))
    return replace(part, header=header.name) if isinstance(part, Part) else None


def _both(
    call: Call, sender: Sender, old: Header, new: Header, holder: str, part: Ask | Part | None
) -> Iterator[Change | Root]:
    spot = call.at(old.uri, new.uri)
    if old.required != new.required:
        effect = Effect.NARROWED if new.required else Effect.WIDENED
        yield fact(
            "changed-header-required",
            effect,
            sender,
            spot,
            message=new.name,
            old=_need(old),
            new=_need(new),
            witness=call.words(f"{call.name}, {holder}, without the header {new.name}", part),
        )
    before, after = (
        library.object(item.uri)[1]
        for library, item in ((call.sides.old.library, old), (call.sides.new.library, new))
    )
    forms = tuple(_form(item) for item in (before, after))
    if forms[0] != forms[1]:
        yield fact(
            "changed-header-style",
            Effect.OTHER,
            sender,
            spot,
            message=new.name,
            old=forms[0],
            new=forms[1],
            reason="how a list or an object is read from a header that is written otherwise depends on its reader",
        )
    yield from announcements(spot, before, after)
    if old.schema or new.schema:
        yield call.root(f"{holder} header {new.name}", old.schema, new.schema, sender, part)


def _form(data: Mapping[str, Any]) -> str:
    """Return how the value is written: of the one style that headers have (4.8.21), only ``explode`` is left."""
    content = next(iter(data.get("content") or {}), "")
    return f"content {content}" if content else f"explode: {str(bool(data.get('explode'))).lower()}"


def _need(header: Header) -> str:
    return "required" if header.required else "optional"
