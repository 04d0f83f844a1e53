"""The engine of a run, and the wire that it sends through."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, cast

from accord.cases.request import Reply, Request
from accord.cases.wire import Unanswered
from accord.contract.bundle import bundle, spelled_out
from accord.contract.contract import Contract
from accord.contract.openapi import Operation
from accord.exchange.values import Exchange
from accord.run.context import Context

if TYPE_CHECKING:
    from accord.cases.engine import Engine


def label(operation: Operation) -> str:
    """Return the name by which schemathesis knows *operation*."""
    return f"{operation.method} {operation.path}"


@dataclass(slots=True)
class Wire:
    """Sends what the engine makes, and keeps the exchanges until somebody has looked at them."""

    context: Context
    operations: dict[str, Operation]
    waiting: list[Exchange]

    def __call__(self, name: str, request: Request) -> tuple[Reply, float]:
        """Send *request* and return the answer and its seconds; raises ``Unanswered`` when no whole one comes."""
        exchange = self.context.client.send(request, operation=self.operations[name].id)
        self.waiting.append(exchange)
        if exchange.response is None or exchange.lapse is not None:
            raise Unanswered
        return exchange.response, exchange.seconds

    def take(self) -> Exchange:
        """Return the first exchange since the last call: the case itself, not what a check repeated."""
        exchange = self.waiting[0]
        self.waiting.clear()
        return exchange


def secured_by(contract: Contract, operation: Operation) -> list[tuple[str, str]]:
    """Return location and name of everything that the security schemes of *operation* read."""
    places: list[tuple[str, str]] = []
    for scheme_name in dict.fromkeys(name for alternative in operation.security for name in alternative):
        definition = contract.security_schemes[scheme_name].definition
        if definition.get("type") == "apiKey":
            places.append((str(definition["in"]), str(definition["name"])))
        else:
            places.append(("header", "Authorization"))
    return places


def engine(context: Context) -> tuple[Engine, Wire]:
    """Return the engine of this run and the wire that it sends through, made once."""
    if "engine" not in context.shared:
        from accord.cases.engine import Engine  # noqa: PLC0415 - half a run's start, for runs that draw

        operations = {label(operation): operation for operation in context.contract.operations}
        wire = Wire(context, operations, [])
        document = spelled_out(bundle(context.contract.library, cast("str", context.contract.openapi)))
        made = Engine(
            cast("dict[str, Any]", document),
            wire=wire,
            base_url=context.client.base_url,
            credentials=lambda name: context.identities.credential(operations[name]),
            values=lambda name, location, key: context.hooks.values_of(operations[name].id, location, key),
            settings=context.settings,
            seed=context.seed,
            budget=context.budget,
            secured_by=lambda name: secured_by(context.contract, operations[name]),
        )
        context.shared["engine"] = (made, wire)
    return cast("tuple[Engine, Wire]", context.shared["engine"])
