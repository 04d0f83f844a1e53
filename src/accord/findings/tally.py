"""What a trial adds up to: each rule held, found or not reached at one place."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import TypeAlias

from accord.contract.contract import Contract
from accord.exchange.values import Exchange, Session
from accord.findings.evidence import Observation, SessionObservation, StepObservation, stamped
from accord.findings.finding import Finding, Outcome, Severity, Verdict
from accord.findings.inspection import ContractObservation
from accord.findings.rule import Rule, Subject

Observed: TypeAlias = Observation | StepObservation | SessionObservation | ContractObservation

_SUBJECTS = {
    Observation: Subject.ANSWER,
    StepObservation: Subject.STEP,
    SessionObservation: Subject.SESSION,
    ContractObservation: Subject.CONTRACT,
}

# What a rule writes with values of the service in it.
_TEXTS = ("message", "expected", "seen", "evidence_pointer", "evidence_pattern", "reproduce")


@dataclass(slots=True, kw_only=True)
class Tally:
    """Holds *rules* against what one trial observed, and keeps the smallest proof of each finding.

    ``severities`` overrides defaults by rule id; ``reproduce`` makes the command of a finding,
    ``mask`` takes the secrets out of its evidence and ``mask_text`` out of what is said about it.
    """

    contract: Contract
    rules: Sequence[Rule]
    severities: Mapping[str, Severity]
    reproduce: Callable[[Exchange | Session], str]
    mask: Callable[[Exchange | Session], Exchange | Session]
    mask_text: Callable[[str], str] = str
    cases: int = 0
    _reached: set[str] = field(default_factory=set)
    _findings: dict[str, dict[str, Finding]] = field(default_factory=dict)
    _missed: dict[tuple[str, str], str] = field(default_factory=dict)

    def take(
        self,
        observed: Observed,
        *,
        only: Iterable[str] | None = None,
    ) -> list[str]:
        """Hold the rules for its subject, or *only* those, against *observed*; returns the ids that found."""
        subject = _SUBJECTS[type(observed)]
        wanted = None if only is None else set(only)
        found: list[str] = []
        for rule in self.rules:
            if rule.subject is not subject or (wanted is not None and rule.id not in wanted):
                continue
            if rule.when(observed):
                self._reached.add(rule.id)
                if self._hold(rule, observed):
                    found.append(rule.id)
        return found

    def miss(self, rule: str, reason: str, *, variant: str = "") -> None:
        """Note that *rule* could not be held against this place, or against one *variant* of it."""
        self._missed.setdefault((rule, variant), self.mask_text(reason))

    def outcomes(self, place: str) -> tuple[Outcome, ...]:
        """Return one outcome for each rule that was reached or missed at *place*."""
        results: list[Outcome] = []
        for rule in sorted(self._reached):
            findings = tuple(self._findings.get(rule, {}).values())
            verdict = Verdict.FOUND if findings else Verdict.HELD
            results.append(Outcome(rule=rule, place=place, verdict=verdict, findings=findings))
        for (rule, variant), reason in sorted(self._missed.items()):
            where = f"{place}/{variant}" if variant else place
            if variant or rule not in self._reached:
                results.append(Outcome(rule=rule, place=where, verdict=Verdict.NOT_REACHED, reason=reason))
        return tuple(results)

    def _hold(self, rule: Rule, observed: Observed) -> bool:
        any_found = False
        kept = self._findings.setdefault(rule.id, {})
        for finding in rule.function(self.contract, observed):
            any_found = True
            severity = self.severities.get(rule.id, rule.severity)
            texts = {name: self.mask_text(getattr(finding, name)) for name in _TEXTS}
            told = stamped(finding, rule=rule.id, severity=severity, **texts)
            before = kept.get(told.fingerprint)
            if before is None or _size(told) < _size(before):
                kept[told.fingerprint] = self._proven(told)
        return any_found

    def _proven(self, finding: Finding) -> Finding:
        if finding.evidence is None:
            return finding
        command = finding.reproduce or self.reproduce(finding.evidence)
        return stamped(finding, reproduce=command, evidence=self.mask(finding.evidence))


def _size(finding: Finding) -> int:
    evidence = finding.evidence
    if isinstance(evidence, Exchange):
        return len(evidence.request.url) + len(evidence.request.body)
    return len(evidence.events) if isinstance(evidence, Session) else 0


def distinct(outcomes: Sequence[Outcome]) -> tuple[Finding, ...]:
    """Return one finding for each fingerprint, in the order of discovery."""
    kept: dict[str, Finding] = {}
    for outcome in outcomes:
        for finding in outcome.findings:
            kept.setdefault(finding.fingerprint, finding)
    return tuple(kept.values())
