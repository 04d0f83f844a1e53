"""Request bodies: whether one must be there, in which media types, and of what schema."""

from __future__ import annotations

from collections.abc import Iterator

from accord.contract import library as libraries
from accord.contract.openapi import Operation
from accord.findings.changes.change import Change, Effect, Sender, Verdict, Witness
from accord.findings.changes.operation import name_of
from accord.findings.changes.policy import Policy
from accord.findings.changes.prove import Root
from accord.findings.changes.walk import Pair


def changes(policy: Policy, old: Operation, new: Operation) -> Iterator[Change | Root]:  # noqa: ARG001
    """Yield how the body of an operation differs, and the roots of its schemas."""
    before, after = old.body, new.body
    required = before is not None and before.required, after is not None and after.required
    if required[0] != required[1]:
        yield Change(
            rule="changed-body-required",
            effect=Effect.NARROWED if required[1] else Effect.WIDENED,
            verdict=Verdict.BREAKING if required[1] else Verdict.SAFE,
            sender=Sender.CLIENT,
            old_place=libraries.place(before.uri) if before else old.place,
            new_place=libraries.place(after.uri) if after else new.place,
            old="required" if required[0] else "optional" if before else "no body",
            new="required" if required[1] else "optional" if after else "no body",
            reaches=(name_of(new),),
            witness=Witness(value=None, root=name_of(new), said=f"{name_of(new)} without a body")
            if required[1]
            else None,
        )
    if before is None or after is None:
        return
    mine = {item.name.lower(): item for item in before.media_types}
    theirs = {item.name.lower(): item for item in after.media_types}
    for name in dict.fromkeys((*mine, *theirs)):
        if name in mine and name in theirs:
            yield from _root(f"{name_of(new)} request body {name}", mine[name].schema, theirs[name].schema)
        else:
            gone = name in mine
            yield Change(
                rule="changed-body-media-type",
                effect=Effect.NARROWED if gone else Effect.WIDENED,
                verdict=Verdict.BREAKING if gone else Verdict.SAFE,
                sender=Sender.CLIENT,
                old_place=libraries.place(mine[name].uri if gone else before.uri),
                new_place=libraries.place(after.uri if gone else theirs[name].uri),
                old=", ".join(mine),
                new=", ".join(theirs),
                message=name,
                reaches=(name_of(new),),
                witness=Witness(
                    value=None, root=name_of(new), said=f"{name_of(new)} with Content-Type: {name}"
                )
                if gone
                else None,
            )


def _root(name: str, old: str | None, new: str | None) -> Iterator[Root]:
    if old is not None or new is not None:
        yield Root(
            name=name,
            pair=Pair(old=(old,) if old else (), new=(new,) if new else (), sender=Sender.CLIENT),
        )
