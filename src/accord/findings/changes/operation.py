"""Operations that came or went, and what an operation says of itself."""

from __future__ import annotations

from collections.abc import Iterator

from accord.contract.openapi import Operation
from accord.findings.changes.change import Change, Effect, Sender, Verdict, Witness
from accord.findings.changes.policy import Policy


def lonely(policy: Policy, old: Operation | None, new: Operation | None) -> Iterator[Change]:  # noqa: ARG001
    """Yield that an operation exists on one side only."""
    if old is not None:
        yield Change(
            rule="removed-operation",
            effect=Effect.NARROWED,
            verdict=Verdict.BREAKING,
            sender=Sender.CLIENT,
            old_place=old.place,
            old=name_of(old),
            reaches=(name_of(old),),
            witness=Witness(value=None, root=name_of(old), said=f"{old.method} {old.path}"),
        )
    elif new is not None:
        yield Change(
            rule="added-operation",
            effect=Effect.WIDENED,
            verdict=Verdict.SAFE,
            sender=Sender.CLIENT,
            new_place=new.place,
            new=name_of(new),
            reaches=(name_of(new),),
        )


def changes(policy: Policy, old: Operation, new: Operation) -> Iterator[Change]:  # noqa: ARG001
    """Yield what an operation says otherwise of itself."""
    if old.id != new.id:
        yield Change(
            rule="changed-operation-id",
            effect=Effect.OTHER,
            verdict=Verdict.SAFE,
            old_place=old.place,
            new_place=new.place,
            old=old.id,
            new=new.id,
            reaches=(name_of(new),),
            reason="it is not sent; generated clients name their functions by it",
        )


def name_of(operation: Operation) -> str:
    """Return how an operation is told: ``GET /products``."""
    return f"{operation.method} {operation.path}"
