"""The rule about workflows: a step that does not go as the workflow says."""

from __future__ import annotations

from collections.abc import Iterator

from accord.contract.contract import Contract
from accord.findings.evidence import StepObservation
from accord.findings.finding import Finding
from accord.findings.rule import Rule, Subject


def failed_workflow_step(contract: Contract, observed: StepObservation) -> Iterator[Finding]:  # noqa: ARG001
    """Yield when a step misses a success criterion of its workflow."""
    if observed.failure:
        yield observed.finding(
            f"step {observed.step} of workflow {observed.workflow} failed: {observed.failure}",
            expected=observed.expected,
            seen=observed.seen,
            deviation="criterion",
        )


RULES = (Rule(function=failed_workflow_step, subject=Subject.STEP),)
