"""Two contracts compared: what pairs with what, the facts that differ, and the schemas to be walked."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass

from accord.contract.contract import Contract
from accord.contract.openapi import Operation
from accord.findings.changes import body, operation, parameter, response, security
from accord.findings.changes.catalogue import severity_of
from accord.findings.changes.change import Change
from accord.findings.changes.decide import Comparison
from accord.findings.changes.node import Schemas
from accord.findings.changes.policy import Policy
from accord.findings.changes.prove import Root

_VARIABLE = re.compile(r"\{[^{}]*\}")


def compare(old: Contract, new: Contract, policy: Policy = Policy.OPEN) -> tuple[Change, ...]:
    """Return every change from *old* to *new*, each once, the breaking ones first."""
    comparison = Comparison(old=Schemas(old.library), new=Schemas(new.library), policy=policy)
    facts: list[Change] = []
    roots: list[Root] = []
    for found in _found(Sides(old=old, new=new, policy=policy)):
        (roots if isinstance(found, Root) else facts).append(found)  # type: ignore[arg-type]
    changes = [*facts, *comparison.changes(roots)]
    return tuple(sorted(map(severity_of, changes), key=lambda item: (item.severity.rank, item.place)))


@dataclass(frozen=True, slots=True, kw_only=True)
class Sides:
    """The two contracts, and what a client is taken to rely on."""

    old: Contract
    new: Contract
    policy: Policy


def _found(sides: Sides) -> Iterator[Change | Root]:
    """Yield the facts that differ, and the roots of all schemas that stand for the same thing."""
    for before, after in _operations(sides):
        if before is None or after is None:
            yield from operation.lonely(sides.policy, before, after)
            continue
        yield from operation.changes(sides.policy, before, after)
        yield from parameter.changes(sides.policy, before, after)
        yield from body.changes(sides.policy, before, after)
        yield from response.changes(sides.policy, before, after)
        yield from security.changes(sides.policy, sides.old, sides.new, before, after)


def _operations(sides: Sides) -> Iterator[tuple[Operation | None, Operation | None]]:
    """Yield operations of the same method and path; the names of path parameters do not count."""
    before = {_key(item): item for item in sides.old.operations}
    after = {_key(item): item for item in sides.new.operations}
    for key in dict.fromkeys((*before, *after)):
        yield before.get(key), after.get(key)


def _key(item: Operation) -> tuple[str, str]:
    return item.method, _VARIABLE.sub("{}", item.path)
