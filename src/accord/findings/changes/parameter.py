"""Parameters by location: which are known, which must be there, how their values are written."""

from __future__ import annotations

from collections.abc import Iterator

from accord.contract.openapi import Operation, Parameter
from accord.findings.changes.change import Change, Effect, Sender, Verdict, Witness
from accord.findings.changes.operation import name_of
from accord.findings.changes.policy import Policy
from accord.findings.changes.prove import Root
from accord.findings.changes.walk import Pair


def changes(policy: Policy, old: Operation, new: Operation) -> Iterator[Change | Root]:
    """Yield how the parameters of an operation differ, and the roots of their schemas."""
    before, after = _known(old), _known(new)
    for key in dict.fromkeys((*before, *after)):
        mine, theirs = before.get(key), after.get(key)
        if mine is not None and theirs is not None:
            yield from _both(old, new, mine, theirs)
        elif theirs is not None:
            yield _added(new, theirs)
        elif mine is not None:
            yield _removed(policy, old, mine)


def _known(operation: Operation) -> dict[tuple[str, str], Parameter]:
    """Return parameters by location and name; those of a path by their position, since its names are nobody's."""
    known: dict[tuple[str, str], Parameter] = {}
    path = sorted(operation.parameters_in("path"), key=lambda item: operation.path.find(f"{{{item.name}}}"))
    for index, parameter in enumerate(path):
        known["path", str(index)] = parameter
    for parameter in operation.parameters:
        if parameter.location != "path":
            name = parameter.name.lower() if parameter.location == "header" else parameter.name
            known[parameter.location, name] = parameter
    return known


def _both(old: Operation, new: Operation, mine: Parameter, theirs: Parameter) -> Iterator[Change | Root]:
    if mine.required != theirs.required:
        yield _change(
            "changed-parameter-required",
            Effect.NARROWED if theirs.required else Effect.WIDENED,
            new,
            mine,
            theirs,
            said=f"{name_of(old)} without {mine.name}",
        )
    if mine.schema is not None and theirs.schema is not None:
        name = f"{name_of(new)} {theirs.location} parameter {theirs.name}"
        yield Root(name=name, pair=Pair(old=(mine.schema,), new=(theirs.schema,), sender=Sender.CLIENT))


def _change(
    rule: str, effect: Effect, operation: Operation, mine: Parameter, theirs: Parameter, *, said: str
) -> Change:
    breaking = effect is Effect.NARROWED
    return Change(
        rule=rule,
        effect=effect,
        verdict=Verdict.BREAKING if breaking else Verdict.SAFE,
        sender=Sender.CLIENT,
        old_place=_place(mine),
        new_place=_place(theirs),
        message=theirs.name,
        old="required" if mine.required else "optional",
        new="required" if theirs.required else "optional",
        reaches=(name_of(operation),),
        witness=Witness(value=None, root=name_of(operation), said=said) if breaking else None,
    )


def _added(operation: Operation, parameter: Parameter) -> Change:
    return Change(
        rule="added-parameter",
        effect=Effect.NARROWED if parameter.required else Effect.WIDENED,
        verdict=Verdict.BREAKING if parameter.required else Verdict.SAFE,
        sender=Sender.CLIENT,
        new_place=_place(parameter),
        message=parameter.name,
        new=f"{'required' if parameter.required else 'optional'} {parameter.location} parameter {parameter.name}",
        reaches=(name_of(operation),),
        witness=Witness(
            value=None, root=name_of(operation), said=f"{name_of(operation)} without {parameter.name}"
        )
        if parameter.required
        else None,
    )


def _removed(policy: Policy, operation: Operation, parameter: Parameter) -> Change:
    ignored = policy is not Policy.STRICT
    return Change(
        rule="removed-parameter",
        effect=Effect.NARROWED,
        verdict=Verdict.SAFE if ignored else Verdict.UNPROVEN,
        sender=Sender.CLIENT,
        old_place=_place(parameter),
        message=parameter.name,
        old=f"{parameter.location} parameter {parameter.name}",
        reaches=(name_of(operation),),
        reason="undeclared parameters are ignored"
        if ignored
        else "no contract says what becomes of undeclared parameters",
    )


def _place(parameter: Parameter) -> str:
    from accord.contract import library as libraries  # noqa: PLC0415

    return libraries.place(parameter.uri)
