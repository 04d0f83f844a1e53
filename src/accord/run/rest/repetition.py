"""The same request twice: where an operation documents a conflict, the second one may meet it."""

from __future__ import annotations

from accord.cases.aim import Aim, Intent
from accord.contract.openapi import Operation
from accord.findings.tally import Tally
from accord.run.context import Context
from accord.run.rest.arrival import SAFE
from accord.run.rest.probe import is_good, probe_of

RULE = "undocumented-status"


def repeatable(operation: Operation) -> bool:
    """Tell whether *operation* documents a conflict with the state that it leaves behind."""
    return "409" in operation.answers and operation.method not in (*SAFE, "DELETE")


def repetition(operation: Operation, context: Context) -> Tally:
    """Ask *operation* with success, and then the same again."""
    tally, probe = probe_of(operation, context, RULE)
    if probe is None:
        return tally
    arrival = probe.arrival
    first = probe.say(Aim(intent=Intent.REPEATED, variant="first"), arrival.request())
    if not is_good(first):
        tally.miss(RULE, "no request succeeds that could be repeated", variant="repeated")
        return tally
    # The same request, not one in a fresh state.
    probe.say(Aim(intent=Intent.REPEATED, variant="second"), arrival.request())
    return tally
