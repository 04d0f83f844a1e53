"""Several runs as one: what the workers of a distributed run found, joined."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import replace
from typing import TypeAlias, TypeVar

from accord.findings.finding import Finding, Outcome, Verdict
from accord.findings.habit import joined
from accord.findings.matrix import joined as joined_places
from accord.findings.result import Counts, Coverage, Feature, Removal, Run, Throttling
from accord.findings.timing import Timing
from accord.findings.timing import joined as joined_timings

Key: TypeAlias = tuple[str, ...]
T = TypeVar("T")

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
        places=joined_places(run.places for run in runs),
        throttling=_throttling([run.throttling for run in runs]),
        removal=_removal([run.removal for run in runs if run.removal is not None]),
        trials=tuple(sorted({trial for run in runs for trial in run.trials})),
        locations=_first({name: run.locations[name]} for run in runs for name in run.locations),
        approved=tuple(
            _first({item.finding.fingerprint: item} for run in runs for item in run.approved).values()
        ),
        remarks=tuple(sorted({remark for run in runs for remark in run.remarks})),
        timings=_timings([run.timings for run in runs]),
    )


def _first(tables: Iterable[Mapping[str, T]]) -> dict[str, T]:
    """Return all of *tables* by name; of two for one name the first in the order of what they say."""
    found: dict[str, T] = {}
    for name, value in ((name, table[name]) for table in tables for name in table):
        found[name] = min(found.get(name, value), value, key=repr)
    return dict(sorted(found.items()))


def _findings(runs: Sequence[Run]) -> tuple[Finding, ...]:
    # The workers disagree on which place came first, so the witness is chosen anew among all places.
    wanted = {finding.fingerprint for run in runs for finding in run.findings}
    best: dict[str, tuple[Key, Finding]] = {}
    for place, finding in _witnesses(runs):
        if (name := finding.fingerprint) in wanted:
            candidate = ((finding.rule, *place, *_order(finding)), finding)
            before = best.get(name, candidate)
            key, witness = min(before, candidate, key=lambda item: item[0])
            best[name] = key, joined(joined(witness, before[1]), finding)
    return tuple(finding for _, finding in sorted(best.values(), key=lambda item: item[0]))


def _witnesses(runs: Sequence[Run]) -> Iterator[tuple[Key, Finding]]:
    for run in runs:
        for outcome in run.outcomes:
            for finding in outcome.findings:
                yield ("0", outcome.place), finding
        for finding in run.findings:
            yield ("1", ""), finding


def _order(finding: Finding) -> Key:
    if finding.showings:
        # What is said of all of them follows from those that are joined, so it decides nothing.
        finding = replace(finding, message="", seen="", settle="", showings=())
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
        name = finding.fingerprint
        found[name] = joined(found[name], finding) if name in found else finding
    return replace(stronger, reason=min(reasons), findings=tuple(found.values()))


def _coverage(parts: Sequence[Coverage]) -> Coverage:
    return Coverage(
        statuses=_nested([part.statuses for part in parts]),
        undocumented=_nested([part.undocumented for part in parts]),
        messages=_sum([part.messages for part in parts]),
        parts=_nested([part.parts for part in parts]),
        breaches=_sum([part.breaches for part in parts]),
        features=_features(feature for part in parts for feature in part.features),
    )


def _features(features: Iterable[Feature]) -> tuple[Feature, ...]:
    """Return *features* with what was seen of each added up, in the order of their names."""
    table: dict[Key, Feature] = {}
    for feature in features:
        key = (feature.owner, feature.path, feature.kind, feature.value)
        before = table.get(key, replace(feature, answers=None, messages=None))
        table[key] = replace(
            feature,
            answers=_added(before.answers, feature.answers),
            messages=_added(before.messages, feature.messages),
        )
    return tuple(feature for _, feature in sorted(table.items(), key=lambda item: item[0]))


def _added(one: int | None, other: int | None) -> int | None:
    return other if one is None else one if other is None else one + other


def _timings(tables: Sequence[Mapping[str, Timing]]) -> dict[str, Timing]:
    names = sorted({name for table in tables for name in table})
    return {name: joined_timings([table[name] for table in tables if name in table]) for name in names}


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


def _throttling(parts: Sequence[Throttling]) -> Throttling:
    return Throttling(
        limited=sum(part.limited for part in parts),
        waits=sum(part.waits for part in parts),
        seconds=sum(part.seconds for part in parts),
    )


def _removal(parts: Sequence[Removal]) -> Removal | None:
    if not parts:
        return None
    return Removal(
        created=sum(part.created for part in parts),
        removed=sum(part.removed for part in parts),
        gone=sum(part.gone for part in parts),
        problems=_sum([part.problems for part in parts]),
    )
