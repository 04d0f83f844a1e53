"""A service brought anew into a state in which an operation succeeds, and the request that asks for it there.

A workflow of the contract leads there: its steps before the operation are played, and the request of
the operation itself is handed over instead of sent. Where no workflow calls it, what the caller owns
and a valid case must do.
"""

from __future__ import annotations

import re
import time
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from functools import partial
from itertools import chain, islice
from typing import Any, cast
from urllib.parse import unquote

from accord.cases.aim import Aim, Intent
from accord.cases.change import Changes, change_step, plain, put_wrong, with_body
from accord.cases.expression import ABSENT, Absent, Values
from accord.cases.request import Request
from accord.cases.step_request import StepReply, StepRequest
from accord.cases.step_result import StepResult, StepVerdict
from accord.cases.workflow import entry_workflows, play_all
from accord.cases.wrong import Wrong
from accord.contract.openapi import Operation
from accord.contract.pointer import Json
from accord.contract.workflow import Step, Workflow
from accord.errors import ConfigurationError
from accord.exchange.values import Exchange
from accord.findings.evidence import Observation
from accord.run import workflow as workflows
from accord.run.context import Context
from accord.run.rest.things import Things, in_order
from accord.run.rest.wire import engine, label, secured_by

MAXIMUM_THINGS = 5
"""How many things that the caller owns are tried: most are in another state."""

SAFE = ("GET", "HEAD", "OPTIONS", "TRACE", "QUERY")
"""Methods that change nothing (RFC 9110, 9.2.1)."""

_REFUSED = re.compile(r"\$statusCode\s*==\s*[45]\d\d")
_LOST, _STOPS = "lost-journeys", "stops"


@dataclass(frozen=True, slots=True, kw_only=True)
class Arrival:
    """A request of *operation* that the service should take in the state that it is in; not sent yet.

    ``step`` is what a workflow says here, to be replaced where more than ``Changes`` is to be changed;
    without one, ``case`` is a valid case of schemathesis'. Sending it may use the state up.
    """

    context: Context
    operation: Operation
    step: StepRequest | None = None
    case: Any = None

    @property
    def path(self) -> Values:
        """The path parameters by name, as the operation means them: not percent-encoded."""
        if self.step is not None:
            return self.step.path
        parameters = cast("Mapping[str, Json]", self.case.path_parameters or {})
        return {name: unquote(item) if isinstance(item, str) else item for name, item in parameters.items()}

    @property
    def body(self) -> Json | Absent:
        """The body as JSON can say it, ``ABSENT`` without one."""
        if self.step is not None:
            return self.step.body
        return plain(self.case.body) if self.operation.body is not None else ABSENT

    @property
    def media_type(self) -> str | None:
        """The media type of the body, None without one."""
        if isinstance(self.body, Absent):
            return None
        return next((value for name, value in self.request().headers if name.lower() == "content-type"), None)

    def request(self, changes: Changes | None = None) -> Request:
        """Return the request, *changes* made to a copy of it.

        Raises ``UnresolvedError`` for a value that HTTP cannot carry.
        """
        changes = changes or Changes()
        if self.step is None:
            made, _ = engine(self.context)
            return made.request(label(self.operation), self.case, changes)
        step = change_step(self.step, changes, secured_by(self.context.contract, self.operation))
        request = workflows.write(self.context, self.operation, step)
        return request if changes.body is None else with_body(request, changes.body, changes.content_type)

    def send(self, changes: Changes | None = None) -> Exchange:
        """Send the request with *changes*, labelled with the operation, and return what came of it."""
        exchange = self.context.client.send(self.request(changes), operation=self.operation.id)
        # A trial that only went this way asked nothing of its own: it has not held anything by that.
        if self.context.current is not None and exchange.lapse is not None:
            aim = Aim(intent=Intent.VALID)
            observed = Observation(operation=self.operation, aim=aim, exchange=exchange)
            self.context.current.take(observed, only=("unanswered-request",))
        _note(self.context, exchange)
        return exchange


@dataclass(frozen=True, slots=True, kw_only=True)
class Stop:
    """A step at which a workflow can be left: ``way`` is the workflow to play, ``operation`` what is called."""

    way: str
    step: str
    operation: Operation


def stops(context: Context) -> tuple[Stop, ...]:
    """Return every step of the contract's workflows that calls an operation with success, in document order."""
    if _STOPS not in context.shared:
        known = {workflow.id: workflow for workflow in context.contract.workflows}
        context.shared[_STOPS] = tuple(
            Stop(
                way=way, step=step.pointer, operation=workflows.called(context, step.operation, step.pointer)
            )
            for way in entry_workflows(known)
            for workflow in _entered(known, way)
            for step in workflow.steps
            if step.operation is not None and not _to_be_refused(step)
        )
    return cast("tuple[Stop, ...]", context.shared[_STOPS])


def _to_be_refused(step: Step) -> bool:
    """Tell whether *step* goes as it should when the operation refuses it."""
    return any(item.type == "simple" and _REFUSED.search(item.condition) for item in step.criteria)


def arrive(context: Context, operation: Operation) -> Arrival | str:
    """Play the way to *operation* that a workflow describes, anew, and return its request there, or why not.

    A way that once ended before *operation* is not taken again.
    """
    reason = "no workflow of the contract calls it"
    mine = [stop for stop in stops(context) if stop.operation.id == operation.id]
    for way in dict.fromkeys(stop.way for stop in mine):
        step = _journey(context, way, {stop.step for stop in mine})
        if isinstance(step, StepRequest):
            return Arrival(context=context, operation=operation, step=step)
        reason = step
    return reason


def stand(context: Context, operation: Operation, stop: Stop) -> Arrival | str:
    """Play the way to *stop*, anew, and return a valid case of *operation* about the thing of the step there."""
    step = _journey(context, stop.way, {stop.step})
    if isinstance(step, str):
        return step
    names = [parameter.name for parameter in in_order(operation)]
    return case_about(context, operation, {name: step.path[name] for name in names}) or "no case can be made"


def neighbours(context: Context, operation: Operation) -> tuple[Stop, ...]:
    """Return the stops where another operation is called on the kind of thing that *operation* is about."""
    names = [parameter.name for parameter in in_order(operation)]
    if not names:
        return ()
    thing = _thing(operation, names[-1])
    return tuple(
        stop
        for stop in stops(context)
        if stop.operation.id != operation.id
        and set(names) <= {parameter.name for parameter in in_order(stop.operation)}
        and _thing(stop.operation, names[-1]) == thing
    )


def _thing(operation: Operation, name: str) -> str:
    return operation.path.partition(f"{{{name}}}")[0]


def good_requests(context: Context, operation: Operation) -> Iterator[Arrival]:
    """Yield requests of *operation* that should succeed, the most likely first.

    Each is made when it is asked for. That of a workflow comes first, then valid cases about things:
    one that is created for it, unless *operation* only reads, and those that the default identity owns.
    """
    arrived = arrive(context, operation)
    if isinstance(arrived, Arrival):
        yield arrived
    yield from things_for(context, operation)


@dataclass(slots=True)
class _Arrived(Exception):  # noqa: N818 - it ends a journey, and nothing is wrong
    step: StepRequest


@dataclass(slots=True)
class _Lost:
    """A journey that ended early: the steps that it came past, and why it went no further."""

    reason: str
    met: set[str] = field(default_factory=set)


def _journey(context: Context, way: str, wanted: set[str]) -> StepRequest | str:
    """Play workflow *way* up to the first of the *wanted* steps, and return what that says, or why not."""
    lost = cast("dict[str, _Lost]", context.shared.setdefault(_LOST, {}))
    before = lost.get(way)
    if before is not None and not wanted & before.met:
        return before.reason
    met: set[str] = set()

    def send(step: StepRequest) -> StepReply:
        if step.step in wanted:
            raise _Arrived(step)
        met.add(step.step)
        reply = workflows.send(context, step)
        _note(context, cast("Exchange", reply.token))
        return reply

    known = {workflow.id: workflow for workflow in context.contract.workflows}
    try:
        results = tuple(
            play_all(
                {way: workflows.known_inputs(context, known[way])},
                send=send,
                wait=time.sleep,
                workflows=known,
                accepts=partial(workflows.accepts, context),
            )
        )
    except _Arrived as arrived:
        return arrived.step
    except ConfigurationError as error:
        lost[way] = _Lost(error.reason)
    else:
        lost[way] = _Lost(_why(way, results), met)
    return lost[way].reason


def _note(context: Context, exchange: Exchange) -> None:
    if context.current is not None:
        context.current.cases += 1
    context.watch.note(exchange)


def _why(way: str, results: tuple[StepResult, ...]) -> str:
    """Return why the journey of *results* did not come to the operation."""
    culprit = next((item for item in results if item.verdict is StepVerdict.FAILED), None)
    if culprit is None:
        return f"workflow {way!r} ended before it"
    return f"step {culprit.step.id!r} of workflow {culprit.workflow!r}, which comes before it, failed"


def _entered(known: Mapping[str, Workflow], name: str) -> Iterator[Workflow]:
    """Yield workflow *name*, and those that it depends on, calls or goes to."""
    waiting, seen = [name], set[str]()
    while waiting:
        current = waiting.pop()
        if current in seen or current not in known:
            continue
        seen.add(current)
        yield known[current]
        waiting.extend(known[current].depends_on)
        for step in known[current].steps:
            actions = chain(step.on_success, step.on_failure)
            waiting.extend(item for item in (step.workflow, *(one.workflow for one in actions)) if item)


def case_about(context: Context, operation: Operation, values: Values) -> Arrival | None:
    """Return a valid case of *operation* with *values* in its path, None when no case can be made."""
    made, _ = engine(context)
    case = made.valid(label(operation)) if label(operation) in made.labels() else None
    if case is None:
        return None
    for name, value in values.items():
        put_wrong(case, Wrong(location="path", path=(name,), keyword="id", value=value))
    return Arrival(context=context, operation=operation, case=case)


def things_for(context: Context, operation: Operation) -> Iterator[Arrival]:
    """Yield valid cases of *operation* about things: what it may change is created for it, if it can be."""
    ways = (fresh_things, known_things)
    for way in reversed(ways) if operation.method in SAFE else ways:
        yield from way(context, operation)


def known_things(context: Context, operation: Operation) -> Iterator[Arrival]:
    """Yield valid cases of *operation*, each about another thing that the caller owns.

    None is offered for a DELETE: it may be dear to somebody.
    """
    if operation.method != "DELETE" or not in_order(operation):
        yield from _about(context, operation, Things(context, context.current or context.tally()))


def fresh_things(context: Context, operation: Operation) -> Iterator[Arrival]:
    """Yield a valid case of *operation* about a thing that was created for it, none when none could be."""
    if in_order(operation):
        things = Things(context, context.current or context.tally(), fresh=True)
        yield from _about(context, operation, things)


def _about(context: Context, operation: Operation, things: Things) -> Iterator[Arrival]:
    known: Sequence[Values] = things.of(operation) if in_order(operation) else [{}]
    for values in islice(known, MAXIMUM_THINGS):
        found = case_about(context, operation, values)
        if found is not None:
            yield found
