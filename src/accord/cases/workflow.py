"""Arazzo workflows played step by step, by whatever sends their requests."""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field, replace

from accord.cases.action import choose, delay
from accord.cases.composition import compose, message_of
from accord.cases.expression import Context, Message, UnresolvedError, Values, evaluate, resolve
from accord.cases.step_request import StepReply, StepRequest, build_request
from accord.cases.step_result import (
    StepResult,
    StepVerdict,
    counted,
    failed,
    graver,
    judge_step,
    not_reached,
)
from accord.cases.workflow_inputs import complete_inputs
from accord.contract.pointer import Json
from accord.contract.workflow import Action, Step, Workflow
from accord.errors import ConfigurationError

__all__ = [
    "Bounds",
    "StepReply",
    "StepRequest",
    "StepResult",
    "StepVerdict",
    "build_request",
    "entry_workflows",
    "is_success",
    "play",
    "play_all",
]


@dataclass(frozen=True, slots=True, kw_only=True)
class Bounds:
    """How long a play may last: seconds, calls of operations and workflows, workflows in workflows."""

    seconds: float = 300
    calls: int = 1000
    depth: int = 10


def is_success(request: StepRequest, status: int) -> bool:  # noqa: ARG001
    """Tell whether *status* is a success in general (RFC 9110, 15.3)."""
    return 200 <= status < 300


_BOUNDS = Bounds()


def play(
    workflow: Workflow,
    *,
    inputs: Values,
    send: Callable[[StepRequest], StepReply],
    wait: Callable[[float], None],
    workflows: Mapping[str, Workflow],
    accepts: Callable[[StepRequest, int], bool] = is_success,
    bounds: Bounds = _BOUNDS,
    clock: Callable[[], float] = time.monotonic,
) -> Iterator[StepResult]:
    """Play *workflow*, those that it depends on before it, and yield one result for each of its steps.

    Results come in document order when a workflow has ended; a workflow that it depends on, calls or
    goes to has results of its own, and those it depends on get the same *inputs*. *accepts* judges a step
    that has no criteria. Raises ``ConfigurationError`` when *inputs* do not fit the workflow.
    """
    player = _Player(
        send=send,
        wait=wait,
        workflows={**workflows, workflow.id: workflow},
        accepts=accepts,
        bounds=bounds,
        clock=clock,
        shared=inputs,
    )
    player.begin()
    player.root(workflow)
    yield from player.told()


def play_all(
    inputs: Mapping[str, Values],
    *,
    send: Callable[[StepRequest], StepReply],
    wait: Callable[[float], None],
    workflows: Mapping[str, Workflow],
    accepts: Callable[[StepRequest, int], bool] = is_success,
    bounds: Bounds = _BOUNDS,
    clock: Callable[[], float] = time.monotonic,
) -> Iterator[StepResult]:
    """Play each workflow that *inputs* names, and yield one result for every step that is met.

    A workflow is played once, however many depend on it. *bounds* hold for each of them.
    """
    player = _Player(
        send=send, wait=wait, workflows=workflows, accepts=accepts, bounds=bounds, clock=clock, given=inputs
    )
    for name in inputs:
        player.begin()
        player.root(workflows[name])
    yield from player.told()


def entry_workflows(workflows: Mapping[str, Workflow]) -> tuple[str, ...]:
    """Return the workflows that no step and no action of another enters, those to be played."""
    entered = {
        name
        for workflow in workflows.values()
        for step in workflow.steps
        for name in (step.workflow, *(action.workflow for action in (*step.on_success, *step.on_failure)))
        if name != workflow.id
    }
    return tuple(name for name in workflows if name not in entered)


@dataclass(slots=True, kw_only=True)
class _Run:
    """One workflow on its way; ``ended`` says why it went no further."""

    workflow: Workflow
    inputs: Values
    depth: int
    done: dict[str, StepResult] = field(default_factory=dict)
    outputs: dict[str, Values] = field(default_factory=dict)
    skipped: dict[str, str] = field(default_factory=dict)
    completed: bool = True
    ended: str = "the workflow ended before it"


@dataclass(frozen=True, slots=True, kw_only=True)
class _Call:
    """One call of a step: its result, and what expressions read after it."""

    result: StepResult
    context: Context
    spent: bool = False


@dataclass(slots=True, kw_only=True)
class _Player:
    send: Callable[[StepRequest], StepReply]
    wait: Callable[[float], None]
    workflows: Mapping[str, Workflow]
    accepts: Callable[[StepRequest, int], bool]
    bounds: Bounds
    clock: Callable[[], float]
    given: Mapping[str, Values] = field(default_factory=dict)
    shared: Values = field(default_factory=dict)
    results: dict[str, dict[str, StepResult]] = field(default_factory=dict)
    ended: dict[str, bool] = field(default_factory=dict)
    workflow_inputs: dict[str, Values] = field(default_factory=dict)
    workflow_outputs: dict[str, Values] = field(default_factory=dict)
    started: float = 0
    waited: float = 0
    calls: int = 0

    def begin(self) -> None:
        """Start the bounds anew."""
        self.started, self.waited, self.calls = self.clock(), 0, 0

    def told(self) -> Iterator[StepResult]:
        """Yield the results of every workflow that was met."""
        for results in self.results.values():
            yield from results.values()

    def root(self, workflow: Workflow) -> bool:
        """Play *workflow* after those that it depends on, unless it has been; tell whether it completed."""
        if workflow.id in self.ended:
            return self.ended[workflow.id]
        for name in workflow.depends_on:
            if not self.root(self.workflows[name]):
                run = _Run(workflow=workflow, inputs={}, depth=0, completed=False)
                run.ended = f"workflow {name!r}, on which it depends, did not complete"
                return self.close(run)
        try:
            inputs = complete_inputs(workflow, self.given.get(workflow.id, self.shared))
        except ValueError as error:
            raise ConfigurationError(
                f"workflow {workflow.id!r}: {error}",
                place=f"{workflow.pointer}/inputs",
                next_step="Give the inputs of the workflow, or defaults in its schema.",
            ) from error
        return self.run(workflow, inputs, 0)

    def run(self, workflow: Workflow, inputs: Values, depth: int) -> bool:
        """Play the steps of *workflow* to its end and tell whether it completed."""
        run = _Run(workflow=workflow, inputs=inputs, depth=depth)
        self.workflow_inputs[workflow.id] = inputs
        index = 0
        while index < len(workflow.steps):
            index = self.advance(run, index)
        context = self.context(run)
        self.workflow_outputs[workflow.id] = _outputs(workflow.outputs, context)
        return self.close(run)

    def advance(self, run: _Run, index: int) -> int:
        """Perform the step at *index* and return the index of the next; the count of steps ends the run."""
        step, end = run.workflow.steps[index], len(run.workflow.steps)
        call, action = self.perform(run, step)
        passed = call.result.verdict is StepVerdict.PASSED
        if action is None or action.type == "end":
            if passed and action is None:
                return index + 1
            run.completed = passed
            run.ended = f"step {step.id!r} ended the workflow" if passed else f"step {step.id!r} failed"
            return end
        if action.workflow is not None:
            run.ended = f"step {step.id!r} went on to workflow {action.workflow!r}"
            run.completed = self.enter(run, action.workflow, run.inputs) is None
            return end
        following = next(place for place, item in enumerate(run.workflow.steps) if item.id == action.step)
        for item in run.workflow.steps[index + 1 : following]:
            run.skipped[item.id] = f"step {step.id!r} went on to step {action.step!r}"
        return following

    def enter(self, run: _Run, name: str, inputs: Values) -> str | None:
        """Play workflow *name* inside *run*; return why it did not complete, None when it did."""
        workflow = self.workflows[name]
        if run.depth >= self.bounds.depth:
            return f"workflows call each other more than {self.bounds.depth} deep"
        for other in workflow.depends_on:
            if not self.root(self.workflows[other]):
                return f"workflow {other!r}, on which {name!r} depends, did not complete"
        try:
            complete = complete_inputs(workflow, inputs)
        except ValueError as error:
            return f"workflow {name!r}: {error}"
        if self.run(workflow, complete, run.depth + 1):
            return None
        culprit = self.culprit(name)
        if culprit is None:
            return f"workflow {name!r} did not complete"
        return f"step {culprit.step.id!r} of workflow {name!r} failed: {culprit.reason}"

    def culprit(self, name: str) -> StepResult | None:
        """Return the last step of workflow *name* that failed."""
        results = reversed(list(self.results.get(name, {}).values()))
        return next((item for item in results if item.verdict is StepVerdict.FAILED), None)

    def close(self, run: _Run) -> bool:
        """Keep the results of *run*; a failure of an earlier run of the same workflow stays."""
        name = run.workflow.id
        kept = self.results.get(name, {})
        self.results[name] = {
            step.id: graver(
                kept.get(step.id),
                run.done.get(step.id) or not_reached(name, step, run.skipped.get(step.id, run.ended)),
            )
            for step in run.workflow.steps
        }
        self.ended[name] = run.completed
        return run.completed

    def perform(self, run: _Run, step: Step) -> tuple[_Call, Action | None]:
        """Call *step*, again while a retry asks for it, and return the action to take after it."""
        retried: dict[str, int] = {}
        while True:
            call = self.call(run, step)
            if call.spent:
                return call, None
            passed = call.result.verdict is StepVerdict.PASSED
            action = choose(step.on_success if passed else step.on_failure, call.context, retried)
            if action is None or action.type != "retry":
                return call, action
            pause = delay(action, call.result.evidence)
            if self.elapsed() + pause > self.bounds.seconds:
                return self.out_of_time(run, call), None
            retried[action.name] = retried.get(action.name, 0) + 1
            if pause:
                self.waited += pause
                self.wait(pause)
            self.detour(run, step, action)

    def out_of_time(self, run: _Run, call: _Call) -> _Call:
        """Return *call* with the reason why it is not tried again."""
        reason = f"{call.result.reason}; no time is left to retry within {self.bounds.seconds:g} seconds"
        result = replace(run.done[call.result.step.id], reason=reason)
        run.done[result.step.id] = result
        return replace(call, result=result)

    def detour(self, run: _Run, step: Step, action: Action) -> None:
        """Perform what a retry refers to before the step is called again."""
        if action.workflow is not None:
            self.enter(run, action.workflow, run.inputs)
        elif action.step is not None and action.step != step.id:
            self.call(run, run.workflow.step(action.step))

    def elapsed(self) -> float:
        return max(self.clock() - self.started, self.waited)

    def call(self, run: _Run, step: Step) -> _Call:
        """Call *step* once, and keep its result and its outputs."""
        before = run.done.get(step.id)
        self.calls += 1
        spent = ""
        if self.calls > self.bounds.calls:
            spent = f"the workflow passed its limit of {self.bounds.calls} calls"
        elif self.elapsed() > self.bounds.seconds:
            spent = f"the workflow passed its limit of {self.bounds.seconds:g} seconds"
        try:
            if spent:
                call = _Call(
                    result=failed(run.workflow.id, step, spent), context=self.context(run), spent=True
                )
            elif step.workflow is not None:
                call = self.call_workflow(run, step, step.workflow)
            else:
                call = self.call_operation(run, step)
        except UnresolvedError as error:
            giver = run.done.get(error.step)
            result = failed(
                run.workflow.id, step, f"cannot be asked: {error.reason}", giver.evidence if giver else None
            )
            call = _Call(result=result, context=self.context(run))
        run.done[step.id] = counted(call.result, before)
        run.outputs[step.id] = _outputs(step.outputs, call.context)
        return call

    def call_workflow(self, run: _Run, step: Step, name: str) -> _Call:
        context = self.context(run)
        inputs = {item.name: resolve(item.value, context) for item in step.parameters}
        reason = self.enter(run, name, inputs)
        if reason:
            culprit = self.culprit(name)
            result = failed(run.workflow.id, step, reason, culprit.evidence if culprit else None)
            return _Call(result=result, context=self.context(run))
        context = self.context(run, outputs=self.workflow_outputs[name])
        return _Call(result=judge_step(run.workflow.id, step, context, None), context=context)

    def call_operation(self, run: _Run, step: Step) -> _Call:
        request = compose(step, self.context(run))
        reply = self.send(request)
        context = self.context(run, message=message_of(request, reply))
        if reply.status is None:
            reason = reply.detail or "no response came"
            return _Call(result=failed(run.workflow.id, step, reason, reply), context=context)
        if step.criteria or self.accepts(request, reply.status):
            return _Call(result=judge_step(run.workflow.id, step, context, reply), context=context)
        result = failed(run.workflow.id, step, "the status is no success", reply)
        result = replace(result, expected="a documented success", seen=f"status {reply.status}")
        return _Call(result=result, context=context)

    def context(self, run: _Run, *, message: Message | None = None, outputs: Values | None = None) -> Context:
        return Context(
            inputs=run.inputs,
            outputs=outputs or {},
            steps=dict(run.outputs),
            workflow_inputs=dict(self.workflow_inputs),
            workflow_outputs=dict(self.workflow_outputs),
            sources=run.workflow.sources,
            components=run.workflow.components,
            message=message,
        )


def _outputs(declared: Mapping[str, str], context: Context) -> Values:
    """Return the outputs that have a value; one that has none is missed where it is used."""
    found: dict[str, Json] = {}
    for name, text in declared.items():
        try:
            found[name] = evaluate(text, context)
        except UnresolvedError:
            continue
    return found
