"""Callers who may not: identities that the contract forbids an operation to, who ask for it all the same."""

from __future__ import annotations

from collections.abc import Iterator

from accord.cases.aim import Aim, Intent
from accord.cases.change import Changes
from accord.contract.contract import Contract
from accord.contract.openapi import Operation
from accord.contract.permission import EXTENSION, forbidden_to, lacks_scopes, needed_scopes
from accord.findings.tally import Tally
from accord.run.context import Context
from accord.run.rest.probe import probe_of

RULE = "unauthorized-access"
VIEWER = "viewer"
"""Who asks for what documents a 403, where the contract names nobody."""

_FORBIDDEN = "403"
_SCOPES = "scopes"


def restricted(contract: Contract, operation: Operation) -> bool:
    """Tell whether there may be callers with a good credential who may not call *operation*."""
    if not operation.secured:
        return False
    return (
        _FORBIDDEN in operation.answers
        or bool(forbidden_to(contract.library, operation))
        or any(_needed(contract, operation))
    )


def forbidden_caller(operation: Operation, context: Context) -> Tally:
    """Ask *operation* as everybody who may not call it, in the state in which it would succeed."""
    callers = dict(_callers(operation, context))
    missing = {name: _missing(context, operation, name) for name in callers}
    if all(missing.values()):
        tally, probe = context.tally(), None
    else:
        tally, probe = probe_of(operation, context, RULE)
    for name, why in callers.items():
        if missing[name]:
            tally.miss(RULE, missing[name], variant=name)
        elif probe is not None:
            aim = Aim(intent=Intent.FORBIDDEN_CALLER, keyword=why, variant=name)
            probe.ask(aim, Changes(credential=context.identities.credential(operation, name)))
    if not callers:
        tally.miss(RULE, "no identity is configured that lacks a scope of the operation")
    return tally


def _callers(operation: Operation, context: Context) -> Iterator[tuple[str, str]]:
    """Yield who asks, and what of the contract says that they may not; empty where nothing does."""
    if _FORBIDDEN in operation.answers:
        yield VIEWER, ""
    needed = _needed(context.contract, operation)
    for name, scopes in context.identities.scopes().items():
        if lacks_scopes(needed, scopes):
            yield name, _SCOPES
    for name in forbidden_to(context.contract.library, operation):
        yield name, EXTENSION


def _missing(context: Context, operation: Operation, name: str) -> str:
    """Return why *name* cannot ask; empty when it can."""
    given = context.hooks.credential_for(name, operation.id)
    if given is None and name not in context.identities.names():
        return f"no identity called {name!r} is configured ([tool.accord.identities.{name}])"
    identities = context.identities
    if identities.credential(operation, name) == identities.credential(operation):
        return f"the identities 'default' and {name!r} show the same credential"
    return ""


def _needed(contract: Contract, operation: Operation) -> tuple[frozenset[str], ...]:
    return needed_scopes(contract.library, operation, contract.openapi) if contract.openapi else ()
