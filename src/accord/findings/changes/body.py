"""Request bodies: whether one must be there, in which media types, and of what schema."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from accord.contract.openapi import Body, MediaType, nearest
from accord.findings.changes import encoding, item
from accord.findings.changes.ask import Ask
from accord.findings.changes.call import Call
from accord.findings.changes.change import Change, Effect, Sender
from accord.findings.changes.fact import fact
from accord.findings.changes.prove import Root

_IGNORED = "an undeclared body is ignored"
_REASON = "no contract says what becomes of an undeclared body"


def changes(call: Call) -> Iterator[Change | Root]:
    """Yield how the body of an operation differs, and the roots of its schemas."""
    before, after = call.old.body, call.new.body
    if before is not None and after is not None:
        if before.required != after.required:
            effect = Effect.NARROWED if after.required else Effect.WIDENED
            yield fact(
                "changed-body-required",
                effect,
                call.asker,
                call.at(before.uri, after.uri),
                old=_need(before),
                new=_need(after),
                witness=call.witness(effect, f"{call.name} without a body", no_body=True),
            )
        yield from _media_types(call, before, after)
    elif before is not None or after is not None:
        yield _one(call, before, after)


def _one(call: Call, before: Body | None, after: Body | None) -> Change:
    body = before or after
    required = body is not None and body.required
    narrowed = required == (after is not None)
    effect = Effect.NARROWED if narrowed else Effect.WIDENED
    # Who is sent a body may rely on one that always came.
    missed = required and (after is not None or call.asker is Sender.SERVER)
    return fact(
        "added-body" if after is not None else "removed-body",
        effect,
        call.asker,
        call.at(before.uri if before else "", after.uri if after else ""),
        old=_need(before),
        new=_need(after),
        witness=call.witness(effect, f"{call.name} without a body") if required else None,
        allowed=_IGNORED if call.sides.is_open and not missed else "",
        reason=_REASON,
    )


def _media_types(call: Call, before: Body, after: Body) -> Iterator[Change | Root]:
    for mine, theirs in paired(before.media_types, after.media_types):
        if mine is not None and theirs is not None:
            part = Ask(media_type=call.asking(mine, theirs).name)
            said = f"request body {theirs.name}"
            yield from item.changes(call, said, call.asker, mine, theirs, part)
            yield from encoding.changes(call, said, call.asker, mine, theirs, part)
            continue
        one = mine or theirs
        name = one.name if one else ""
        effect = Effect.NARROWED if mine is not None else Effect.WIDENED
        yield fact(
            "changed-body-media-type",
            effect,
            call.asker,
            call.at(mine.uri if mine else before.uri, theirs.uri if theirs else after.uri),
            message=name,
            old=", ".join(each.name for each in before.media_types),
            new=", ".join(each.name for each in after.media_types),
            witness=call.witness(effect, f"{call.name} with Content-Type: {name}", media_type=name),
        )


def paired(
    before: Sequence[MediaType], after: Sequence[MediaType]
) -> Iterator[tuple[MediaType | None, MediaType | None]]:
    """Yield media types that stand for the same content, a range also for what falls under it."""
    met: set[str] = set()
    for mine in before:
        theirs = nearest(mine.name, after)
        if theirs is not None:
            met.add(theirs.name)
        yield mine, theirs
    for theirs in after:
        known = nearest(theirs.name, before)
        # A range that something fell under already still takes what nothing fell under.
        if known is None or theirs.name not in met:
            yield known, theirs


def _need(body: Body | None) -> str:
    return "no body" if body is None else "required" if body.required else "optional"
