"""The workflow stage: each Arazzo workflow is played once, and each of its steps is a trial."""

from __future__ import annotations

import time
from collections.abc import Iterator, Mapping
from functools import partial
from typing import cast

from accord.cases.aim import Aim, Intent
from accord.cases.request import Request
from accord.cases.step_request import StepReply, StepRequest, build_request
from accord.cases.step_result import StepResult, StepVerdict
from accord.cases.workflow import entry_workflows, play_all
from accord.contract.contract import Contract
from accord.contract.openapi import Operation
from accord.contract.pointer import Json
from accord.contract.workflow import OperationReference, Workflow
from accord.errors import ConfigurationError, ContractError
from accord.exchange.values import Exchange
from accord.findings.evidence import Observation, StepObservation
from accord.findings.tally import Tally
from accord.run.context import Context, Trial

STAGE = "workflows"
_PLAYED = "workflow-results"


def plan(contract: Contract) -> Iterator[Trial]:
    """Yield one trial for each step of each workflow, in document order."""
    for workflow in contract.workflows:
        for step in workflow.steps:
            yield Trial(
                stage=STAGE,
                id=f"workflows/{workflow.id}/{step.id}",
                play=partial(_step, workflow.id, step.id),
            )


def play(context: Context) -> tuple[StepResult, ...]:
    """Play every workflow that no other one enters, and return what became of each step."""
    workflows = {workflow.id: workflow for workflow in context.contract.workflows}
    inputs = {name: known_inputs(context, workflows[name]) for name in entry_workflows(workflows)}
    return tuple(
        play_all(
            inputs,
            send=partial(send, context),
            wait=time.sleep,
            workflows=workflows,
            accepts=partial(accepts, context),
        )
    )


def known_inputs(context: Context, workflow: Workflow) -> Mapping[str, Json]:
    """Return those inputs that accord knows: the credentials of the default identity."""
    names = _names(workflow.inputs)
    return {name: value for name, value in context.identities.inputs().items() if name in names}


def _names(schema: Json) -> set[str]:
    """Return the properties that an inputs schema names, its ``allOf`` included."""
    if not isinstance(schema, dict):
        return set()
    found = set(cast("Mapping[str, Json]", schema.get("properties") or {}))
    for part in cast("list[Json]", schema.get("allOf") or []):
        found |= _names(part)
    return found


def write(context: Context, operation: Operation, step: StepRequest) -> Request:
    """Return the HTTP request of *step*, which calls *operation*.

    Raises ``UnresolvedError`` for a value that HTTP cannot carry.
    """
    media_type = operation.body.media_types[0].name if operation.body and operation.body.media_types else None
    return build_request(
        step,
        method=operation.method,
        path=operation.path,
        base_url=context.client.base_url,
        parameters=operation.parameters,
        media_type=media_type,
    )


def send(context: Context, step: StepRequest) -> StepReply:
    """Send what *step* says, and return what came of it with the exchange as its token."""
    operation = called(context, step.operation, step.step)
    request = write(context, operation, step)
    # The contract itself says that this request is made.
    exchange = context.client.unrestricted().send(request, operation=operation.id)
    response = exchange.response if exchange.lapse is None else None
    if response is None:
        detail = exchange.detail or str(exchange.lapse)
        return StepReply(request=request, status=None, detail=detail, token=exchange)
    return StepReply(
        request=request,
        status=response.status,
        headers=response.headers,
        body=response.body,
        token=exchange,
    )


def accepts(context: Context, step: StepRequest, status: int) -> bool:
    """Tell whether *status* is a documented success of what *step* calls."""
    operation = called(context, step.operation, step.step)
    return 200 <= status < 300 and operation.answer(status) is not None


def called(context: Context, reference: OperationReference, place: str) -> Operation:
    """Return the operation that a step at *place* calls; raises ``ContractError`` when there is none."""
    for operation in context.contract.operations:
        if reference.id is not None and operation.id == reference.id:
            return operation
        if reference.path == operation.path and (reference.method or "").upper() == operation.method:
            return operation
    name = reference.id or f"{reference.method} {reference.path}"
    raise ContractError(
        f"operation {name!r} is not in the contract",
        place=place,
        next_step="Name an operation of the contract.",
    )


def _results(context: Context) -> tuple[StepResult, ...] | str:
    """Return what became of each step, or why the workflows cannot be played; played once."""
    if _PLAYED not in context.shared:
        try:
            context.shared[_PLAYED] = play(context)
        except ConfigurationError as error:
            context.shared[_PLAYED] = error.reason
    return cast("tuple[StepResult, ...] | str", context.shared[_PLAYED])


def _step(workflow: str, step: str, context: Context) -> Tally:
    tally = context.tally()
    results = _results(context)
    if isinstance(results, str):
        tally.miss("failed-workflow-step", results)
        return tally
    result = next(item for item in results if item.workflow == workflow and item.step.id == step)
    if result.verdict is StepVerdict.NOT_REACHED:
        tally.miss("failed-workflow-step", result.reason)
        return tally
    tally.cases = result.attempts
    exchange = cast("Exchange | None", result.evidence.token if result.evidence else None)
    operation = called(context, result.step.operation, result.step.pointer) if result.step.operation else None
    failed = result.verdict is StepVerdict.FAILED
    tally.take(
        StepObservation(
            workflow=workflow,
            step=step,
            operation=operation,
            pointer=result.criterion or result.step.pointer,
            failure=(result.reason or "a criterion does not hold") if failed else "",
            expected=result.expected,
            seen=result.seen,
            exchange=exchange,
        )
    )
    if exchange is not None and operation is not None and exchange.operation == operation.id:
        aim = Aim(intent=Intent.STEP, phase=STAGE)
        tally.take(Observation(operation=operation, aim=aim, exchange=exchange))
    return tally
