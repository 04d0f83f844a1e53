"""What comes of a service's refusals for asking too much: they are counted, and judged as the errors that they are."""

from __future__ import annotations

from accord.cases.aim import Aim, Intent
from accord.exchange.patience import Patience
from accord.findings.evidence import Observation
from accord.findings.result import Throttling
from accord.findings.tally import Tally
from accord.run.context import Context


def hold_limited(context: Context, tally: Tally) -> None:
    """Hold the rules about errors against the refusals after which the same was asked again."""
    operations = {operation.id: operation for operation in context.contract.operations}
    for exchange in context.client.patience.take():
        operation = operations.get(exchange.operation or "")
        if operation is not None:
            aim, secrets = Aim(intent=Intent.LIMITED), context.identities.secrets()
            tally.take(Observation(operation=operation, aim=aim, exchange=exchange, secrets=secrets))


def throttling(patience: Patience) -> Throttling:
    """Return what *patience* has counted."""
    return Throttling(limited=patience.limited, waits=patience.waits, seconds=patience.seconds)
