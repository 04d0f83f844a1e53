"""Responses: their statuses, media types, headers and schemas."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace

from accord.contract.openapi import Answer
from accord.findings.changes import encoding, header, item, link
from accord.findings.changes.answer import Part, described
from accord.findings.changes.body import paired
from accord.findings.changes.call import Call
from accord.findings.changes.change import Change, Effect, Sender
from accord.findings.changes.fact import fact
from accord.findings.changes.prove import Root

_FAILURES = ("4", "5", "d")


def changes(call: Call) -> Iterator[Change | Root]:
    """Yield how the responses of an operation differ, and the roots of their schemas."""
    for status in dict.fromkeys((*call.old.answers, *call.new.answers)):
        before, after = described(call.old, status), described(call.new, status)
        if before is not None and after is not None:
            part = Part(status=status, others=(*call.old.answers, *call.new.answers))
            yield from _both(call, before, after, part)
        else:
            yield _status(call, status, gone=before is not None)


def _status(call: Call, status: str, *, gone: bool) -> Change:
    answers = call.old.answers if gone else call.new.answers
    effect = Effect.NARROWED if gone else Effect.WIDENED
    lets = call.sides.is_open and status.startswith(_FAILURES)
    uri = answers[status].uri
    allowed = f"the policy {call.sides.policy} lets a server answer with new errors"
    if call.kind:
        allowed = f"the policy {call.sides.policy} has a failure be one, whatever its number"
    return fact(
        "changed-status",
        effect,
        call.answerer,
        call.at(uri, "") if gone else call.at("", uri),
        message=status,
        old=", ".join(call.old.answers),
        new=", ".join(call.new.answers),
        witness=call.words(
            f"{call.name} answered with {status}",
            Part(status=status, others=(*call.old.answers, *call.new.answers)),
        ),
        allowed=allowed if lets else "",
    )


def _both(call: Call, old: Answer, new: Answer, part: Part) -> Iterator[Change | Root]:
    said = f"response {part.status}"
    spot = call.at(old.uri, new.uri)
    yield from header.changes(call, call.answerer, old.headers, new.headers, said, spot, part=part)
    yield from link.changes(call, old, new)
    if not old.media_types and not new.media_types:
        return
    for mine, theirs in paired(old.media_types, new.media_types):
        if mine is not None and theirs is not None:
            shown = replace(part, media_type=call.answering(mine, theirs).name)
            body = f"{said} {theirs.name}"
            yield from item.changes(call, body, call.answerer, mine, theirs, shown)
            yield from encoding.changes(call, body, call.answerer, mine, theirs, shown)
        elif mine is not None:
            yield _lost(call, old, new, mine.uri, replace(part, media_type=mine.name))
        elif theirs is not None:
            yield _gained(call, old, new, theirs.uri, replace(part, media_type=theirs.name))


def _lost(call: Call, old: Answer, new: Answer, uri: str, part: Part) -> Change:
    """Return that a media type is no longer answered: who asks for it (``Accept``) is no longer served.

    A client that answers so to what the service sends is no longer understood.
    """
    name = part.media_type or ""
    allowed = ""
    if call.kind:
        witness = call.words(f"{call.name} answered {old.status} with Content-Type: {name}", part)
        allowed = "an undeclared body is ignored" if call.sides.is_open and not new.media_types else ""
    else:
        witness = call.witness(Effect.NARROWED, f"{call.name} with Accept: {name}", accept=name)
    return fact(
        "changed-response-media-type",
        Effect.NARROWED,
        Sender.CLIENT,
        call.at(uri, new.uri),
        message=name,
        old=_names(old),
        new=_names(new),
        witness=witness,
        allowed=allowed,
    )


def _gained(call: Call, old: Answer, new: Answer, uri: str, part: Part) -> Change:
    stays = any(
        mine is not None and theirs is not None for mine, theirs in paired(old.media_types, new.media_types)
    )
    allowed = "who asks for what was there is still answered so" if stays else ""
    if not old.media_types:
        allowed = "an undeclared body is ignored"
    return fact(
        "changed-response-media-type",
        Effect.WIDENED,
        call.answerer,
        call.at(old.uri, uri),
        message=part.media_type or "",
        old=_names(old),
        new=_names(new),
        witness=call.words(f"{call.name} answered {new.status} with Content-Type: {part.media_type}", part)
        if old.media_types
        else None,
        allowed=allowed if call.sides.is_open else "",
        reason="no contract says what becomes of an undeclared body",
    )


def _names(answer: Answer) -> str:
    return ", ".join(each.name for each in answer.media_types) or "no body"
