"""A probe: a request that the service takes, and what is changed about it to see it refused."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from functools import partial
from typing import TypeAlias, cast

from accord.cases.aim import Aim
from accord.cases.change import Changes
from accord.cases.expression import UnresolvedError
from accord.cases.request import Request
from accord.contract.openapi import Operation
from accord.exchange.values import Exchange
from accord.findings.evidence import Observation
from accord.findings.tally import Tally
from accord.run.context import Context
from accord.run.rest.arrival import (
    SAFE,
    Arrival,
    Stop,
    arrive,
    case_about,
    fresh_things,
    known_things,
    neighbours,
    stand,
)
from accord.run.rest.things import in_order

MAXIMUM_RENEWALS = 8
"""How often the way to one operation is gone again after a probe was accepted: each is a finding anyway."""

MAXIMUM_NEIGHBOURS = 8
"""At how many steps about the same thing an operation is tried that no workflow calls: each is a play of its own."""

_STARTS = "starts"
Make: TypeAlias = Callable[[], Arrival | None]


@dataclass(slots=True, kw_only=True)
class Start:
    """Where the probes of one operation start: ``make`` makes it anew when an answer used it up.

    ``good`` tells whether the service takes what starts there, as far as is known.
    """

    operation: Operation
    make: Make
    good: bool
    arrival: Arrival
    used: bool = False
    renewals: int = 0

    def now(self) -> Arrival:
        """Return a request in the state that it needs, the one before where the way there is lost."""
        if self.used and self.renewals < MAXIMUM_RENEWALS:
            self.renewals += 1
            self.arrival, self.used = self.make() or self.arrival, False
        return self.arrival

    def note(self, exchange: Exchange) -> None:
        """Take note of an answer: a success may have used the state up."""
        self.used = self.used or (is_good(exchange) and uses_up(self.operation))


def uses_up(operation: Operation) -> bool:
    """Tell whether a success of *operation* may change the thing that it is about."""
    return operation.method not in SAFE and bool(in_order(operation))


def is_good(exchange: Exchange) -> bool:
    """Tell whether *exchange* ended with a success."""
    response = exchange.response if exchange.lapse is None else None
    return response is not None and 200 <= response.status < 300


def start_of(context: Context, operation: Operation) -> Start | None:
    """Return where probes of *operation* start, looked for once; None when no request can be made."""
    starts = cast("dict[str, Start | None]", context.shared.setdefault(_STARTS, {}))
    if operation.id not in starts:
        starts[operation.id] = _found(context, operation)
    return starts[operation.id]


def _found(context: Context, operation: Operation) -> Start | None:
    for make in _makers(context, operation):
        arrival = make()
        if arrival is None:
            continue
        if arrival.step is not None:
            return Start(operation=operation, make=make, good=True, arrival=arrival)
        if is_good(arrival.send()):
            return Start(operation=operation, make=make, good=True, arrival=arrival, used=uses_up(operation))
    plain = case_about(context, operation, {})
    if plain is None:
        return None
    return Start(operation=operation, make=partial(_same, plain), good=False, arrival=plain)


def _makers(context: Context, operation: Operation) -> Iterator[Make]:
    """Yield the ways to a good request of *operation*, the cheap ones first where nothing is used up."""
    if not uses_up(operation):
        yield partial(case_about, context, operation, {})
    yield partial(_arrived, context, operation)
    if uses_up(operation):
        yield partial(_created, context, operation)
    for known in known_things(context, operation):
        # What is not used up by one success is there for every probe.
        if not uses_up(operation) or is_good(known.send()):
            yield partial(_same, known)
    others = neighbours(context, operation) if operation.method != "DELETE" else ()
    for stop in others[:MAXIMUM_NEIGHBOURS]:
        yield partial(_stood, context, operation, stop)


def _same(arrival: Arrival) -> Arrival:
    return arrival


def _arrived(context: Context, operation: Operation) -> Arrival | None:
    found = arrive(context, operation)
    return found if isinstance(found, Arrival) else None


def _stood(context: Context, operation: Operation, stop: Stop) -> Arrival | None:
    found = stand(context, operation, stop)
    return found if isinstance(found, Arrival) else None


def _created(context: Context, operation: Operation) -> Arrival | None:
    return next(fresh_things(context, operation), None)


@dataclass(slots=True)
class Probe:
    """One trial of refusals: a good request of the operation, and what is changed about it."""

    context: Context
    operation: Operation
    tally: Tally
    start: Start

    @property
    def arrival(self) -> Arrival:
        """The request that is changed."""
        return self.start.now()

    def ask(self, aim: Aim, changes: Changes) -> Exchange | None:
        """Send the request with *changes* and hold the rules against the answer; None for what HTTP cannot say."""
        try:
            request = self.arrival.request(changes)
        except UnresolvedError:
            return None
        return self.say(aim, request)

    def say(self, aim: Aim, request: Request) -> Exchange:
        """Send *request* and hold the rules against the answer."""
        exchange = self.context.client.send(request, operation=self.operation.id)
        self.tally.cases += 1
        self.hold(aim, exchange)
        return exchange

    def hold(self, aim: Aim, exchange: Exchange, *, reproduce: str = "") -> None:
        """Hold the rules against *exchange*."""
        observed = Observation(
            operation=self.operation,
            aim=aim,
            exchange=exchange,
            secrets=self.context.identities.secrets(),
            reproduce=reproduce,
        )
        self.tally.take(observed)
        self.context.watch.note(exchange)
        self.start.note(exchange)


def probe_of(operation: Operation, context: Context, rule: str) -> tuple[Tally, Probe | None]:
    """Return a tally and a probe; without a request to start from, *rule* is not reached."""
    tally = context.tally()
    start = start_of(context, operation)
    if start is None:
        tally.miss(rule, "no valid request could be made from the contract")
        return tally, None
    return tally, Probe(context, operation, tally, start)
