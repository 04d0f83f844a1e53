"""Two contracts compared: what pairs with what, the facts that differ, and the schemas to be walked."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass

from accord.contract.contract import Contract
from accord.contract.openapi import Operation
from accord.findings.changes import body, operation, parameter, response, security
from accord.findings.changes.catalogue import severity_of
from accord.findings.changes.change import Change, Sender
from accord.findings.changes.decide import Comparison
from accord.findings.changes.node import Schemas
from accord.findings.changes.policy import Policy
from accord.findings.changes.prove import Root
from accord.findings.changes.walk import Pair

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
    yield from _messages(sides)


def _messages(sides: Sides) -> Iterator[Root]:
    """Yield the payloads of the messages that both contracts have, once for each side that sends them."""
    before = {
        (channel.address, item.name): item for channel in sides.old.channels for item in channel.messages
    }
    for channel in sides.new.channels:
        for message in channel.messages:
            known = before.get((channel.address, message.name))
            if known is None:
                continue
            name = f"{channel.id} message {message.name}"
            if known.from_client and message.from_client:
                pair = Pair(old=(known.schema,), new=(message.schema,), sender=Sender.CLIENT)
                yield Root(name=name, pair=pair)
            if known.from_server and message.from_server:
                pair = Pair(old=(known.schema,), new=(message.schema,), sender=Sender.SERVER)
                yield Root(name=name, pair=pair)


def _operations(sides: Sides) -> Iterator[tuple[Operation | None, Operation | None]]:
    """Yield operations of the same method and path; the names of path parameters do not count."""
    before = {_key(item): item for item in sides.old.operations}
    after = {_key(item): item for item in sides.new.operations}
    for key in dict.fromkeys((*before, *after)):
        yield before.get(key), after.get(key)


def _key(item: Operation) -> tuple[str, str]:
    return item.method, _VARIABLE.sub("{}", item.path)
