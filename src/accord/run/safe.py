"""What a run leaves out of its plan: of operations that are excluded, and in a safe run trials that write."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from accord.cases.script import LEGAL
from accord.contract.contract import Contract
from accord.contract.openapi import Operation
from accord.exchange.permission import Permission
from accord.run.context import Trial
from accord.run.websocket.sessions import EVENTS, ISOLATION, RESUME

_CHAINS = "rest/chains"
# What a trial is after, by the last part of its name.
_RULES: Mapping[str, str] = {
    "bad-credential": "unauthenticated-access",
    "chains": "use-after-free",
    "effects": "lost-write",
    "foreign-caller": "foreign-object-access",
    "foreign-media-type": "accepted-foreign-media-type",
    "invalid-field": "accepted-invalid-field",
    "malformed-body": "accepted-malformed-body",
    "forbidden-caller": "unauthorized-access",
    "no-credential": "closed-public-operation",
    "odd-body": "server-error",
    "unknown-id": "answered-unknown-id",
    "wrong-file": "accepted-invalid-field",
}


def permission(*, safe: bool, excluded: frozenset[str] = frozenset()) -> Permission:
    """Return what a run may send: all but *excluded* operations, or in a *safe* one what changes nothing besides."""
    return Permission(safe=safe, scripts=LEGAL | {EVENTS, ISOLATION, RESUME}, excluded=excluded)


def left_out(trial: Trial, contract: Contract, permitted: Permission) -> tuple[str, str] | None:
    """Return the rule that *trial* is after and why it is not played, None when it is."""
    operations = _operations(trial.id, contract)
    refused = (permitted.refuses_method(item.method) for item in operations)
    # Chains go round an operation that is excluded.
    excluded = (permitted.refuses_operation(item.id) for item in operations if trial.id != _CHAINS)
    reason = next(filter(None, (*refused, *excluded)), "")
    leaf = trial.id.rpartition("/")[2]
    return (_RULES.get(leaf, "rejected-valid-request"), reason) if reason else None


def _operations(trial: str, contract: Contract) -> Sequence[Operation]:
    """Return the operations without which *trial*, by its id, asks nothing."""
    if trial == _CHAINS:
        return contract.operations
    named = [item for item in contract.operations if trial.startswith(f"rest/{item.id}/")]
    return sorted(named, key=lambda item: len(item.id))[-1:]
