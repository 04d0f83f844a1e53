"""What a whole run did not reach of what the contract documents, and why not."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from dataclasses import replace

from accord.contract.contract import Contract
from accord.contract.openapi import Operation
from accord.exchange.permission import exclusion
from accord.findings.checks.reach import RULES
from accord.findings.evidence import StatusObservation
from accord.findings.finding import Finding, Outcome, Severity, Verdict
from accord.findings.result import Run
from accord.findings.tally import Tally
from accord.run import contract as inspection
from accord.run.context import Trial

RULE = "unreached-status"

# The trials that are after a status, whose reasons are the best to tell.
_AFTER = {
    "400": ("malformed-body", "wrong-file"),
    "401": ("bad-credential",),
    "403": ("forbidden-caller",),
    "404": ("unknown-id",),
    "409": ("repetition",),
    "413": ("wrong-file",),
    "415": ("foreign-media-type", "wrong-file"),
    "422": ("invalid-field",),
}
_REASONS = {
    "400": "no malformed request led there",
    "401": "no bad credential was refused so",
    "403": "nobody who asked was refused so ([tool.accord.identities.viewer])",
    "404": "nothing that does not exist was asked for",
    "409": "no workflow leads to a state that conflicts with it",
    "410": "no workflow leads to a thing that is gone",
    "412": "accord sends no preconditions",
    "304": "accord sends no preconditions",
    "413": "no limit for the body is documented, or it is above what accord sends",
    "429": "accord does not pass a limit of requests on purpose",
}
_FAILURE = "a failure of the service cannot be asked for"
_SUCCESS = "no request was answered so; a workflow, or an example of a request, may lead there"
_OTHERWISE = "nothing that was asked led there; a workflow may"


def with_unreached(
    run: Run,
    contract: Contract,
    plan: Iterable[Trial],
    judged: tuple[Mapping[str, Severity], Collection[str]],
    *,
    required: bool = False,
) -> Run:
    """Return *run* with what it did not reach, when it is whole: not interrupted, and all of *plan* was played.

    *judged* are the severities of rules, and the rules that are off; *required* makes an error of
    what could have been reached.
    """
    severities, off = judged
    # What is asked of the contract alone reaches nothing.
    whole = {trial.id for trial in plan if trial.stage != inspection.STAGE}
    if run.interrupted or RULE in off or not whole <= set(run.trials):
        return run
    outcomes = tuple(_outcomes(run, contract, severities, required=required))
    findings = tuple(finding for outcome in outcomes for finding in outcome.findings)
    return replace(run, outcomes=(*run.outcomes, *outcomes), findings=(*run.findings, *findings))


def _outcomes(
    run: Run, contract: Contract, severities: Mapping[str, Severity], *, required: bool
) -> Iterator[Outcome]:
    """Yield one outcome for each operation that documents anything."""
    demanded = {**severities, RULE: Severity.ERROR} if required else severities
    missed = [outcome for outcome in run.outcomes if outcome.verdict is Verdict.NOT_REACHED]
    for operation in contract.operations:
        if any(outcome.reason == exclusion(operation.id) for outcome in missed):
            continue
        found: list[Finding] = []
        counts = run.coverage.statuses.get(operation.id, {})
        for status in operation.answers:
            tally = Tally(
                contract=contract,
                rules=RULES,
                severities=severities if _cannot_be_asked_for(status) else demanded,
                reproduce=lambda _: "",
                mask=lambda evidence: evidence,
            )
            reason = _reason(missed, operation, status)
            count = counts.get(status, 0)
            tally.take(StatusObservation(operation=operation, status=status, count=count, reason=reason))
            found.extend(finding for item in tally.outcomes("") for finding in item.findings)
        if operation.answers:
            verdict = Verdict.FOUND if found else Verdict.HELD
            yield Outcome(rule=RULE, place=f"reach/{operation.id}", verdict=verdict, findings=tuple(found))


def _cannot_be_asked_for(status: str) -> bool:
    return status in ("default", "429") or status.startswith("5")


def _reason(missed: Sequence[Outcome], operation: Operation, status: str) -> str:
    """Return why *status* of *operation* was not reached, as far as a trial or the status itself tells."""
    for trial in _AFTER.get(status, ()):
        place = f"rest/{operation.id}/{trial}"
        for outcome in missed:
            if outcome.place == place or outcome.place.startswith(f"{place}/"):
                return outcome.reason
    if status.startswith("5"):
        return _FAILURE
    return _SUCCESS if status.startswith("2") else _REASONS.get(status, _OTHERWISE)
