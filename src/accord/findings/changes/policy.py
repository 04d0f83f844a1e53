"""Policies: what a client out there is taken to do with what the contract does not say."""

from __future__ import annotations

from enum import StrEnum

from accord.findings.changes.change import Effect, Sender
from accord.findings.changes.walk import Difference


class Policy(StrEnum):
    """How much a client is taken to rely on."""

    STRICT = "strict"
    """Lists of values and unions are complete; objects are as open or closed as declared."""
    OPEN = "open"
    """Undeclared members are ignored by both sides, and a server may send new values and variants."""
    WIRE = "wire"
    """Only what can no longer be parsed breaks: types and required members."""


_GROWING = frozenset({"changed-enum", "changed-union"})
_PARSING = frozenset({"changed-type", "changed-required", "changed-union", "changed-items"})


def allowance(policy: Policy, difference: Difference, effect: Effect, sender: Sender) -> str:
    """Return why *policy* lets *difference* pass, empty when it does not."""
    if policy is Policy.STRICT:
        return ""
    if sender is Sender.SERVER and effect is Effect.WIDENED and difference.rule in _GROWING:
        return f"the policy {policy} lets a server send new values and variants"
    if policy is Policy.WIRE and difference.rule not in _PARSING:
        return "it can still be parsed, and the policy wire asks for no more"
    return ""
