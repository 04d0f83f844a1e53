"""Several runs as one: what the workers of a distributed run found, joined."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import replace
from typing import TypeAlias

from accord.findings.finding import Finding, Outcome, Verdict
from accord.findings.result import Counts, Coverage, Run

Key: TypeAlias = tuple[str, ...]

_STRENGTH = (Verdict.NOT_REACHED, Verdict.HELD, Verdict.FOUND)


def merge(runs: Sequence[Run]) -> Run:
    """Return *runs* as one run that does not depend on how the trials were distributed.

    Findings with one fingerprint become one, outcomes of one rule at one place become one, seen
    statuses and messages are summed, and the longest run gives the time. Findings and outcomes are
    in the order of rule and place. Raises ``ValueError`` when there is no run.
    """
    if not runs:
        message = "there is no run to merge"
        raise ValueError(message)
    coverage = _coverage([run.coverage for run in runs])
    return Run(
        accord=min(run.accord for run in runs),
        contract=min(run.contract for run in runs),
        target=min(run.target for run in runs),
        seed=min(run.seed for run in runs),
        started=min(run.started for run in runs),
        seconds=max(run.seconds for run in runs),
        findings=_findings(runs),
        outcomes=_outcomes(outcome for run in runs for outcome in run.outcomes),
        coverage=coverage,
        counts=_counts([run.counts for run in runs], coverage),
        interrupted=any(run.interrupted for run in runs),
    )


def _findings(runs: Sequence[Run]) -> tuple[Finding, ...]:
    # The workers disagree on which place came first, so the witness is chosen anew among all places.
    wanted = {finding.fingerprint for run in runs for finding in run.findings}
    best: dict[str, tuple[Key, Finding]] = {}
    for place, finding in _witnesses(runs):
        if (name := finding.fingerprint) in wanted:
            candidate = ((finding.rule, *place, *_order(finding)), finding)
            best[name] = min(best.get(name, candidate), candidate, key=lambda item: item[0])
    return tuple(finding for _, finding in sorted(best.values(), key=lambda item: item[0]))


def _witnesses(runs: Sequence[Run]) -> Iterator[tuple[Key, Finding]]:
    for run in runs:
        for outcome in run.outcomes:
            for finding in outcome.findings:
                yield ("0", outcome.place), finding
        for finding in run.findings:
            yield ("1", ""), finding


def _order(finding: Finding) -> Key:
    return (
        finding.operation or finding.channel or "",
        finding.pointer,
        finding.evidence_pointer,
        str(finding.severity.rank),
        finding.message,
        finding.expected,
        finding.seen,
        finding.reproduce,
        repr(finding),
    )


def _outcomes(outcomes: Iterable[Outcome]) -> tuple[Outcome, ...]:
    table: dict[tuple[str, str], Outcome] = {}
    for outcome in outcomes:
        key = (outcome.rule, outcome.place)
        table[key] = _joined(table[key], outcome) if key in table else _joined(outcome, outcome)
    return tuple(outcome for _, outcome in sorted(table.items()))


def _joined(one: Outcome, other: Outcome) -> Outcome:
    stronger = max(one, other, key=lambda outcome: _STRENGTH.index(outcome.verdict))
    reasons = {outcome.reason for outcome in (one, other) if outcome.verdict is stronger.verdict}
    found: dict[str, Finding] = {}
    for finding in sorted((*one.findings, *other.findings), key=_order):
        found.setdefault(finding.fingerprint, finding)
    return replace(stronger, reason=min(reasons), findings=tuple(found.values()))


def _coverage(parts: Sequence[Coverage]) -> Coverage:
    return Coverage(
        statuses=_nested([part.statuses for part in parts]),
        undocumented=_nested([part.undocumented for part in parts]),
        messages=_sum([part.messages for part in parts]),
        parts=_nested([part.parts for part in parts]),
    )


def _nested(tables: Sequence[Mapping[str, Mapping[str, int]]]) -> Mapping[str, Mapping[str, int]]:
    names = sorted({name for table in tables for name in table})
    return {name: _sum([table[name] for table in tables if name in table]) for name in names}


def _sum(tables: Sequence[Mapping[str, int]]) -> Mapping[str, int]:
    names = sorted({name for table in tables for name in table})
    return {name: sum(table.get(name, 0) for table in tables) for name in names}


def _counts(parts: Sequence[Counts], coverage: Coverage) -> Counts:
    # Two workers may share an operation, so operations are those that answered, not a sum.
    tables = [*coverage.statuses.items(), *coverage.undocumented.items()]
    answered = {operation for operation, statuses in tables if any(statuses.values())}
    return Counts(
        operations=max(len(answered), *(part.operations for part in parts)),
        cases=sum(part.cases for part in parts),
        sessions=sum(part.sessions for part in parts),
        messages=sum(part.messages for part in parts),
    )
