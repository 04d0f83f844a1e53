"""What a trial adds up to: each rule held, found or not reached at one place."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import TypeAlias

from accord.cases.aim import Intent
from accord.contract.contract import Contract
from accord.exchange.values import Exchange, Lapse, Session
from accord.findings.evidence import (
    FrameObservation,
    Observation,
    SessionObservation,
    StatusObservation,
    StepObservation,
    stamped,
)
from accord.findings.finding import Finding, Outcome, Severity, Verdict
from accord.findings.habit import held, joined
from accord.findings.heard import LawObservation
from accord.findings.inspection import ContractObservation
from accord.findings.matrix import Cell, attempt
from accord.findings.observed.sight import TrafficObservation
from accord.findings.profile import Profile
from accord.findings.rule import Rule, Subject
from accord.findings.scope import limited, scope

_SUBJECTS = {
    Observation: Subject.ANSWER,
    StepObservation: Subject.STEP,
    SessionObservation: Subject.SESSION,
    LawObservation: Subject.LAW,
    FrameObservation: Subject.FRAME,
    StatusObservation: Subject.REACH,
    ContractObservation: Subject.CONTRACT,
    TrafficObservation: Subject.TRAFFIC,
}

Observed: TypeAlias = (
    Observation
    | StepObservation
    | SessionObservation
    | LawObservation
    | FrameObservation
    | StatusObservation
    | ContractObservation
    | TrafficObservation
)

# What a rule writes with values of the service in it.
_TEXTS = ("message", "expected", "seen", "evidence_pointer", "evidence_pattern", "reproduce", "settle")


@dataclass(slots=True, kw_only=True)
class Tally:
    """Holds *rules* against what one trial observed, and keeps the smallest proof of each finding.

    ``severities`` overrides defaults by rule id; ``reproduce`` makes the command of a finding,
    ``mask`` takes the secrets out of its evidence and ``mask_text`` out of what is said about it;
    ``learn`` is told of every answer and of the rules that found something in it. ``profile`` says
    what the framework of the service does by itself.
    """

    contract: Contract
    rules: Sequence[Rule]
    severities: Mapping[str, Severity]
    reproduce: Callable[[Exchange | Session], str]
    mask: Callable[[Exchange | Session], Exchange | Session]
    mask_text: Callable[[str], str] = str
    learn: Callable[[Observation, Sequence[str]], None] | None = None
    profile: Profile | None = None
    cases: int = 0
    attempts: Counter[tuple[Cell, str]] = field(default_factory=Counter)
    _reached: set[str] = field(default_factory=set)
    _findings: dict[str, dict[str, Finding]] = field(default_factory=dict)
    _sizes: dict[tuple[str, str], int] = field(default_factory=dict)
    _missed: dict[tuple[str, str], str] = field(default_factory=dict)

    def take(
        self,
        observed: Observed,
        *,
        only: Iterable[str] | None = None,
    ) -> list[str]:
        """Hold the rules for its subject, or *only* those, against *observed*; returns the ids that found.

        Not those whose findings the profile explains: nobody should shrink towards them.
        """
        subject = _SUBJECTS[type(observed)]
        wanted = None if only is None else set(only)
        if isinstance(observed, Observation | StepObservation) and self._set_aside(observed):
            return []
        if isinstance(observed, Observation):
            ids, tried = scope(observed), attempt(self.contract, observed)
            wanted = wanted if ids is None else set(ids) if wanted is None else wanted & ids
            self.attempts.update([tried] if tried else [])
        found: list[str] = []
        for rule in self.rules:
            if rule.subject is not subject or (wanted is not None and rule.id not in wanted):
                continue
            if rule.when(observed):
                self._reached.add(rule.id)
                if self._hold(rule, observed):
                    found.append(rule.id)
        if self.learn is not None and isinstance(observed, Observation):
            self.learn(observed, found)
        return found

    def would_reach(self, observed: Observed) -> set[str]:
        """Return the ids of the rules that *observed* can show anything to, without holding them."""
        subject = _SUBJECTS[type(observed)]
        return {rule.id for rule in self.rules if rule.subject is subject and rule.when(observed)}

    def would_find(self, observed: Observed) -> set[str]:
        """Return the ids of the rules that would find something in *observed*, without telling it."""
        reached = self.would_reach(observed)
        return {
            rule.id
            for rule in self.rules
            if rule.id in reached and any(rule.function(self.contract, observed))
        }

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

    def _set_aside(self, observed: Observation | StepObservation) -> bool:
        """Tell whether *observed* shows nothing, and note why: it was not sent, or too much was asked."""
        exchange = observed.exchange
        if exchange is not None and exchange.lapse is Lapse.WITHHELD:
            shape = isinstance(observed, Observation) and observed.aim.intent is Intent.SHAPE
            rule = "unsupported-method" if shape else "unanswered-request"
            self.miss(rule, exchange.detail, variant="withheld")
            return True
        if not limited(observed):
            return False
        self.miss("undocumented-status", "the service limits how often it may be asked (429)", variant="429")
        return isinstance(observed, StepObservation)

    def _hold(self, rule: Rule, observed: Observed) -> bool:
        any_found = False
        kept = self._findings.setdefault(rule.id, {})
        for finding in rule.function(self.contract, observed):
            severity = self.severities.get(rule.id, rule.severity)
            texts = {name: self.mask_text(getattr(finding, name)) for name in _TEXTS}
            if isinstance(observed, SessionObservation):
                # A script is made without secrets; their variables must stay.
                texts["reproduce"] = finding.reproduce
            told = stamped(finding, rule=rule.id, severity=severity, fault_code=rule.fault_code, **texts)
            if self.profile is not None and isinstance(observed, Observation):
                told = held(self.profile, self.contract, observed, told)
            any_found = any_found or not told.showings
            before = kept.get(told.fingerprint)
            place, size = (rule.id, told.fingerprint), _size(told)
            if before is None or size < self._sizes[place]:
                before, told = self._proven(told), before or told
                self._sizes[place] = size
            kept[told.fingerprint] = joined(before, told)
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
    if isinstance(evidence, Session):
        # A script of several connections is as long as all of them.
        return max(len(evidence.events), finding.reproduce.count("\n"))
    return 0


def distinct(outcomes: Sequence[Outcome]) -> tuple[Finding, ...]:
    """Return one finding for each fingerprint, in the order of discovery."""
    kept: dict[str, Finding] = {}
    for outcome in outcomes:
        for finding in outcome.findings:
            before = kept.get(finding.fingerprint)
            kept[finding.fingerprint] = finding if before is None else joined(before, finding)
    return tuple(kept.values())
