"""Two contracts compared: what pairs with what, the facts that differ, and the schemas to be walked."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from datetime import UTC, date, datetime

from accord.contract.contract import Contract
from accord.contract.openapi import Operation
from accord.findings.changes import (
    body,
    channel,
    error,
    inverted,
    operation,
    parameter,
    response,
    scheme,
    security,
    server,
)
from accord.findings.changes.call import Call, Sides
from accord.findings.changes.catalogue import severity_of
from accord.findings.changes.change import Change
from accord.findings.changes.decide import Comparison
from accord.findings.changes.fact import merged
from accord.findings.changes.node import Schemas
from accord.findings.changes.policy import Policy
from accord.findings.changes.prove import Root
from accord.findings.changes.told import WholeJudges, told


def compare(
    old: Contract, new: Contract, policy: Policy = Policy.OPEN, *, months: int = 0, today: date | None = None
) -> tuple[Change, ...]:
    """Return every change from *old* to *new*, each once, the breaking ones first.

    A removal is safe from ``months`` after its announced sunset on, if that is *today* or before.
    """
    sides = Sides(
        old=old,
        new=new,
        policy=policy,
        old_schemas=Schemas(old.library),
        new_schemas=Schemas(new.library),
        months=months,
        today=today or datetime.now(UTC).date(),
    )
    facts: list[Change] = []
    roots: list[Root] = []
    for found in _found(sides):
        if isinstance(found, Root):
            roots.append(found)
        else:
            facts.append(found)
    judges = WholeJudges.of(sides)
    comparison = Comparison(old=sides.old_schemas, new=sides.new_schemas, policy=policy, shows=judges.show)
    changes = told(judges, [*merged(facts), *comparison.changes(roots)], roots)
    return tuple(sorted(map(severity_of, changes), key=lambda item: (item.severity.rank, item.place)))


def _found(sides: Sides) -> Iterator[Change | Root]:
    """Yield the facts that differ, and the roots of all schemas that stand for the same thing."""
    calls: list[Call] = []
    for before, after in operation.paired(sides.old.operations, sides.new.operations):
        yield from _lonely(sides, before, after)
        if before is not None and after is not None:
            calls.append(Call(sides=sides, old=before, new=after))
    for call in calls:
        yield from _changes(call)
        yield from security.changes(call)
        yield from server.changes(call)
        yield from _callbacks(call)
    yield from scheme.changes(sides, calls)
    yield from error.changes(sides)
    yield from channel.changes(sides)
    if sides.old.openapi and sides.new.openapi:
        yield from _webhooks(sides)


def _changes(call: Call) -> Iterator[Change | Root]:
    yield from operation.changes(call)
    yield from parameter.changes(call)
    yield from body.changes(call)
    yield from response.changes(call)


def _lonely(
    sides: Sides,
    before: Operation | None,
    after: Operation | None,
    kind: str = "",
    owner: str = "",
) -> Iterator[Change]:
    if after is None and before is not None:
        yield operation.removed(sides, before, kind, owner)
    elif before is None and after is not None:
        yield operation.added(sides, after, kind, owner)


def _callbacks(call: Call) -> Iterator[Change | Root]:
    """Yield how differs what the server sends because of *call*."""
    before = inverted.callbacks(call.sides.old, call.old)
    after = inverted.callbacks(call.sides.new, call.new)
    yield from _inverted(call.sides, before, after, inverted.CALLBACK, call.name)


def _webhooks(sides: Sides) -> Iterator[Change | Root]:
    before, after = inverted.webhooks(sides.old), inverted.webhooks(sides.new)
    yield from _inverted(sides, before, after, inverted.WEBHOOK)


def _inverted(
    sides: Sides, before: Sequence[Operation], after: Sequence[Operation], kind: str, owner: str = ""
) -> Iterator[Change | Root]:
    for mine, theirs in operation.paired(before, after):
        yield from _lonely(sides, mine, theirs, kind, owner)
        if mine is not None and theirs is not None:
            call = Call(sides=sides, old=mine, new=theirs, kind=kind, owner=owner)
            yield from _changes(call)
            yield from security.changes(call)
