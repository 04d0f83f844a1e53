"""Responses: their statuses, media types, headers and schemas."""

from __future__ import annotations

from collections.abc import Iterator

from accord.contract import library as libraries
from accord.contract.openapi import Answer, Operation
from accord.findings.changes.change import Change, Effect, Sender, Verdict, Witness
from accord.findings.changes.operation import name_of
from accord.findings.changes.policy import Policy
from accord.findings.changes.prove import Root
from accord.findings.changes.walk import Pair


def changes(policy: Policy, old: Operation, new: Operation) -> Iterator[Change | Root]:
    """Yield how the responses of an operation differ, and the roots of their schemas."""
    for status in dict.fromkeys((*old.answers, *new.answers)):
        before, after = old.answers.get(status), new.answers.get(status)
        if before is not None and after is not None:
            yield from _both(new, before, after)
        else:
            yield _status(policy, old, new, status)


def _status(policy: Policy, old: Operation, new: Operation, status: str) -> Change:
    gone = status in old.answers
    failure = status[:1] in "45" or status == "default"
    allowed = gone or (failure and policy is not Policy.STRICT)
    return Change(
        rule="changed-status",
        effect=Effect.NARROWED if gone else Effect.WIDENED,
        verdict=Verdict.SAFE if allowed else Verdict.BREAKING,
        sender=Sender.SERVER,
        old_place=libraries.place(old.answers[status].uri) if gone else old.place,
        new_place=new.place if gone else libraries.place(new.answers[status].uri),
        old=", ".join(old.answers),
        new=", ".join(new.answers),
        message=status,
        reaches=(name_of(new),),
        reason=f"the policy {policy} lets a server answer with new errors"
        if failure and not gone and allowed
        else "",
        witness=None
        if allowed
        else Witness(value=None, root=name_of(new), said=f"{name_of(new)} answered with {status}"),
    )


def _both(operation: Operation, old: Answer, new: Answer) -> Iterator[Change | Root]:
    mine = {item.name.lower(): item for item in old.media_types}
    theirs = {item.name.lower(): item for item in new.media_types}
    for name in dict.fromkeys((*mine, *theirs)):
        if name in mine and name in theirs:
            schemas = mine[name].schema, theirs[name].schema
            if any(schemas):
                nodes = tuple((schema,) if schema else () for schema in schemas)
                root = f"{name_of(operation)} response {new.status} {name}"
                yield Root(name=root, pair=Pair(old=nodes[0], new=nodes[1], sender=Sender.SERVER))
