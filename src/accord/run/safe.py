"""What a safe run leaves out of its plan: trials that write, each told as not reached."""

from __future__ import annotations

from collections.abc import Mapping

from accord.cases.script import LEGAL
from accord.contract.contract import Contract
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


def permission(*, safe: bool) -> Permission:
    """Return what a run may send: everything, or in a *safe* one what changes nothing at the service."""
    return Permission(safe=safe, scripts=LEGAL | {EVENTS, ISOLATION, RESUME})


def left_out(trial: Trial, contract: Contract, permitted: Permission) -> tuple[str, str] | None:
    """Return the rule that *trial* is after and why it is not played, None when it is."""
    methods = _methods(trial.id, contract)
    reason = next((reason for method in methods if (reason := permitted.refuses_method(method))), "")
    leaf = trial.id.rpartition("/")[2]
    return (_RULES.get(leaf, "rejected-valid-request"), reason) if reason else None


def _methods(trial: str, contract: Contract) -> set[str]:
    """Return the methods without which *trial*, by its id, asks nothing."""
    if trial == _CHAINS:
        return {operation.method for operation in contract.operations}
    named = [item for item in contract.operations if trial.startswith(f"rest/{item.id}/")]
    return {operation.method for operation in sorted(named, key=lambda item: len(item.id))[-1:]}
