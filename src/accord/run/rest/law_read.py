"""The trials of things: each is read as its list shows it, and again, and the addresses that it tells are fetched."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from functools import partial
from itertools import islice

from accord.contract.contract import Contract
from accord.contract.law_checker import success_schemas
from accord.contract.openapi import Operation
from accord.contract.part import parts_of
from accord.findings.checks.law_thing import steady
from accord.findings.heard import LawObservation, Role
from accord.findings.sameness import same
from accord.findings.tally import Tally
from accord.run.context import Context, Trial
from accord.run.rest.inquiry import Inquiry, hold
from accord.run.rest.stage import STAGE
from accord.run.rest.things import Things, Values, in_order

MAXIMUM_THINGS = 4
"""How many things of one kind are read: a state may hide what another one shows."""
MAXIMUM_READS = 4
"""How often a thing is read that differs from read to read."""


def plan(contract: Contract, wanted: Callable[[Operation], bool]) -> Iterator[Trial]:
    """Yield the trials of the *wanted* GETs whose answer is a thing with a law."""
    things = {law.schema for law in contract.laws.things}
    for operation in filter(wanted, contract.operations):
        roots = {address for address, _ in parts_of(contract.library, success_schemas(operation))}
        if operation.method == "GET" and roots & things:
            yield Trial(stage=STAGE, id=f"rest/{operation.id}/reads", play=partial(_reads, operation))


def _reads(operation: Operation, context: Context) -> Tally:
    tally = context.tally()
    things = Things(context, tally)
    every = list(islice(things.of(operation), MAXIMUM_THINGS))
    if not every:
        tally.miss("unsafe-read", "nothing that belongs to the identity 'default' could be found")
        return tally

    def observe() -> Sequence[LawObservation]:
        inquiry = Inquiry(context, tally, operation)
        things.lists.clear()
        if in_order(operation) and (listing := things.listing(operation, every[0], "default")):
            inquiry.keep(Role.ALL, *listing)
        for values in every:
            _read(inquiry, values)
        inquiry.fetch()
        return [inquiry.observation()]

    hold(tally, observe)
    return tally


def _read(inquiry: Inquiry, values: Values) -> None:
    """Read a thing twice, and more often when the two reads differ."""
    before = inquiry.read(Role.READ, inquiry.operation, path=values)
    for count in range(1, MAXIMUM_READS):
        after = inquiry.read(Role.READ, inquiry.operation, path=values)
        if before is None or after is None or not before.good or not after.good:
            return
        if count == 1 and same(steady(before), steady(after)):
            return
        before = after
