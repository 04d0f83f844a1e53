"""Operations that came or went, and what an operation says of itself."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from itertools import zip_longest

from accord.contract.openapi import Operation
from accord.findings.changes.ask import Ask, Asker
from accord.findings.changes.call import Call, Sides, called, delivered
from accord.findings.changes.change import Change, Effect, Sender, Witness
from accord.findings.changes.fact import Spot, fact
from accord.findings.changes.prove import carried
from accord.findings.changes.sunset import announced, announcements, staying

VARIABLE = re.compile(r"\{[^{}]*\}")
_REMOVED = {"": "removed-operation", "webhook": "removed-webhook", "callback": "removed-callback"}
_ADDED = {"": "added-operation", "webhook": "added-webhook", "callback": "added-callback"}


def key_of(method: str, path: str) -> tuple[str, str]:
    """Return what is the same for one operation in two contracts: the names of path parameters are nobody's."""
    return method, VARIABLE.sub("{}", path)


def paired(
    old: Iterable[Operation], new: Iterable[Operation]
) -> Iterator[tuple[Operation | None, Operation | None]]:
    """Yield operations of the same method and path; where none is the same, the names of variables do not count."""
    before, after = ({(item.method, item.path): item for item in side} for side in (old, new))
    for key in [key for key in before if key in after]:
        yield before.pop(key), after.pop(key)
    mine, theirs = _by_template(before.values()), _by_template(after.values())
    for template in dict.fromkeys((*mine, *theirs)):
        yield from zip_longest(mine.get(template, ()), theirs.get(template, ()))


def _by_template(operations: Iterable[Operation]) -> dict[tuple[str, str], list[Operation]]:
    found: dict[tuple[str, str], list[Operation]] = {}
    for operation in operations:
        found.setdefault(key_of(operation.method, operation.path), []).append(operation)
    return found


def removed(sides: Sides, operation: Operation, kind: str = "", owner: str = "") -> Change:
    """Return that *operation* is in the old contract only."""
    name = called(operation, kind, owner)
    _, data = sides.old.library.object(operation.uri)
    asker = Asker(contract=sides.old, schemas=sides.old_schemas, operation=operation)
    witness = Witness(value=None, root=name, said=name + staying(sides, data))
    return fact(
        _REMOVED[kind],
        Effect.NARROWED,
        Sender.SERVER if kind else Sender.CLIENT,
        Spot(old=operation.uri, reaches=(name,)),
        old=called(operation, kind),
        witness=witness if kind else carried(witness, lambda: asker.built(Ask())),
        allowed=announced(sides, data),
    )


def added(sides: Sides, operation: Operation, kind: str = "", owner: str = "") -> Change:
    """Return that *operation* is in the new contract only."""
    name = called(operation, kind, owner)
    asker = Asker(contract=sides.new, schemas=sides.new_schemas, operation=operation, kind=kind)
    witness = Witness(value=None, root=name, said=f"the server sends {name}")
    return fact(
        _ADDED[kind],
        Effect.WIDENED,
        Sender.SERVER if kind else Sender.CLIENT,
        Spot(new=operation.uri, reaches=(name,)),
        new=called(operation, kind),
        witness=carried(witness, lambda: delivered(asker, Ask(), owner)) if kind else witness,
        allowed=f"the policy {sides.policy} lets a server send what is new" if sides.is_open else "",
    )


def changes(call: Call) -> Iterator[Change]:
    """Yield what an operation says otherwise of itself."""
    if call.old.id != call.new.id and call.old.id != called(call.old) and call.new.id != called(call.new):
        yield fact(
            "changed-operation-id",
            Effect.OTHER,
            None,
            call.spot,
            old=call.old.id,
            new=call.new.id,
            allowed="it is not sent; generated clients name their functions by it",
        )
    yield from announcements(call.spot, *call.data)


def name_of(operation: Operation) -> str:
    """Return how an operation that clients call is told: ``GET /products``."""
    return called(operation)
