"""Webhooks and callbacks: the operations that the service asks and a client answers, by how they are named."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field, replace
from functools import cached_property

from accord.contract.contract import Contract
from accord.contract.openapi import Operation, read_callbacks, read_webhooks, requirements
from accord.findings.changes.operation import key_of

WEBHOOK, CALLBACK = "webhook", "callback"


def webhooks(contract: Contract) -> tuple[Operation, ...]:
    """Return what the service of *contract* sends of its own accord."""
    name = contract.openapi
    return _with_own_security(contract, read_webhooks(contract.library, name)) if name else ()


def callbacks(contract: Contract, owner: Operation) -> tuple[Operation, ...]:
    """Return what the service of *contract* sends because of *owner*."""
    return _with_own_security(contract, read_callbacks(contract.library, contract.openapi or "", owner))


def _with_own_security(contract: Contract, operations: Iterable[Operation]) -> tuple[Operation, ...]:
    """Return *operations* without the security that the document asks of those that clients call."""
    found = []
    for operation in operations:
        own = requirements(contract.library, contract.openapi or "", operation.uri, inherits=False)
        found.append(replace(operation, security=tuple(map(tuple, own))))
    return tuple(found)


@dataclass(frozen=True, kw_only=True)
class Inverted:
    """The webhooks and callbacks of *contract*, looked up when one is asked for."""

    contract: Contract
    _kept: dict[str, tuple[Operation, ...]] = field(default_factory=dict, repr=False, compare=False)

    def named(self, kind: str, owner: str, method: str, path: str) -> Sequence[Operation]:
        """Return the operation of that name, or where there is none those that only call variables otherwise."""
        if owner not in self._kept:
            self._kept[owner] = webhooks(self.contract) if kind == WEBHOOK else self._callbacks(owner)
        found = self._kept[owner]
        exact = [item for item in found if (item.method, item.path) == (method, path)]
        return exact or [item for item in found if key_of(item.method, item.path) == key_of(method, path)]

    @cached_property
    def _owners(self) -> dict[tuple[str, str], Operation]:
        templates = {key_of(item.method, item.path): item for item in self.contract.operations}
        return templates | {(item.method, item.path): item for item in self.contract.operations}

    def _callbacks(self, owner: str) -> tuple[Operation, ...]:
        method, _, path = owner.partition(" ")
        known = self._owners.get((method, path)) or self._owners.get(key_of(method, path))
        return callbacks(self.contract, known) if known is not None else ()
