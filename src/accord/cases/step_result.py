"""What became of a workflow step."""

from __future__ import annotations

from dataclasses import dataclass, replace
from enum import StrEnum

from accord.cases.criterion import judge
from accord.cases.expression import Context
from accord.cases.step_request import StepReply
from accord.contract.workflow import Step


class StepVerdict(StrEnum):
    """What became of a step."""

    PASSED = "passed"
    FAILED = "failed"
    NOT_REACHED = "not_reached"


@dataclass(frozen=True, slots=True, kw_only=True)
class StepResult:
    """What became of one step.

    ``criterion`` is ``file#/pointer`` of the criterion that does not hold, empty when it is no
    criterion that failed the step. A step that ran more than once has the verdict of the last time;
    ``attempts`` counts them all. ``evidence`` is the last reply; where a value was missing, that of
    the step which should have given it.
    """

    workflow: str
    step: Step
    verdict: StepVerdict
    reason: str = ""
    criterion: str = ""
    expected: str = ""
    seen: str = ""
    attempts: int = 0
    evidence: StepReply | None = None


def judge_step(workflow: str, step: Step, context: Context, reply: StepReply | None) -> StepResult:
    """Hold the criteria of *step* against *context*; the first that does not hold fails the step."""
    for criterion in step.criteria:
        judgement = judge(criterion, context)
        if not judgement.held:
            return StepResult(
                workflow=workflow,
                step=step,
                verdict=StepVerdict.FAILED,
                reason="a success criterion does not hold",
                criterion=criterion.pointer,
                expected=judgement.expected,
                seen=judgement.seen,
                evidence=reply,
            )
    return StepResult(workflow=workflow, step=step, verdict=StepVerdict.PASSED, evidence=reply)


def failed(workflow: str, step: Step, reason: str, evidence: StepReply | None = None) -> StepResult:
    """Return the result of a step that failed before any criterion was asked."""
    return StepResult(
        workflow=workflow, step=step, verdict=StepVerdict.FAILED, reason=reason, evidence=evidence
    )


def not_reached(workflow: str, step: Step, reason: str) -> StepResult:
    """Return the result of a step that was not called."""
    return StepResult(workflow=workflow, step=step, verdict=StepVerdict.NOT_REACHED, reason=reason)


def counted(result: StepResult, before: StepResult | None) -> StepResult:
    """Return *result* as the next attempt after *before*."""
    return replace(result, attempts=(before.attempts if before else 0) + 1)


def graver(kept: StepResult | None, new: StepResult) -> StepResult:
    """Return which of two results of one step, from two runs of its workflow, is to be told."""
    if kept is None or kept.verdict is StepVerdict.NOT_REACHED or new.verdict is StepVerdict.FAILED:
        return new
    return kept if new.verdict is StepVerdict.NOT_REACHED or kept.verdict is StepVerdict.FAILED else new
