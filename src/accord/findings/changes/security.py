"""Security requirements: each alternative as a set of schemes, so that what was enough still is."""

from __future__ import annotations

from collections.abc import Iterator

from accord.contract.contract import Contract
from accord.contract.openapi import Operation
from accord.findings.changes.change import Change, Effect, Sender, Verdict, Witness
from accord.findings.changes.operation import name_of
from accord.findings.changes.policy import Policy


def changes(
    policy: Policy,
    old_contract: Contract,
    new_contract: Contract,
    old: Operation,
    new: Operation,
) -> Iterator[Change]:
    """Yield that what was enough to be let in no longer is, or that less is enough."""
    before = [frozenset(item) for item in old.security] or [frozenset()]
    after = [frozenset(item) for item in new.security] or [frozenset()]
    for effect, these, those in ((Effect.NARROWED, before, after), (Effect.WIDENED, after, before)):
        lost = [item for item in these if not any(other <= item for other in those)]
        if lost:
            breaking = effect is Effect.NARROWED
            yield Change(
                rule="changed-security",
                effect=effect,
                verdict=Verdict.BREAKING if breaking else Verdict.SAFE,
                sender=Sender.CLIENT,
                old_place=old.place,
                new_place=new.place,
                old=_said(before),
                new=_said(after),
                reaches=(name_of(new),),
                witness=Witness(value=None, root=name_of(new), said=f"{name_of(old)} with {_said(lost)}")
                if breaking
                else None,
            )


def _said(alternatives: list[frozenset[str]]) -> str:
    return " or ".join(" and ".join(sorted(item)) if item else "no credential" for item in alternatives)
