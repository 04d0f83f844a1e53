"""A rule: something that accord can hold against a service."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from enum import StrEnum
from typing import Any

from accord.contract.contract import Contract
from accord.findings.finding import Finding, Severity


class Subject(StrEnum):
    """What a rule looks at."""

    ANSWER = "answer"
    STEP = "step"
    SESSION = "session"
    LAW = "law"
    FRAME = "frame"
    REACH = "reach"
    CONTRACT = "contract"
    TRAFFIC = "traffic"


def always(_: Any) -> bool:
    """Let a rule look at everything of its subject."""
    return True


@dataclass(frozen=True, slots=True, kw_only=True)
class Rule:
    """One row of the catalogue.

    ``function`` takes the contract and an ``Observation``, ``StepObservation``,
    ``SessionObservation``, ``LawObservation``, ``FrameObservation``, ``StatusObservation``,
    ``ContractObservation`` or ``TrafficObservation`` and yields findings without ``rule`` and
    ``severity``. ``when`` tells whether an observation can show the defect at all: a rule held against
    none is not reached.
    ``fault_code`` is the number of the defect in the fault categories of Web Fuzzing Commons, release
    0.6.0, None where none of them fits.
    """

    function: Callable[[Contract, Any], Iterator[Finding]]
    subject: Subject
    severity: Severity = Severity.ERROR
    since: str = "0.1.0"
    when: Callable[[Any], bool] = always
    fault_code: int | None = None

    @property
    def id(self) -> str:
        """Return the function's name with hyphens."""
        return self.function.__name__.replace("_", "-")


def rule(
    *,
    subject: Subject = Subject.ANSWER,
    severity: Severity = Severity.ERROR,
    since: str = "",
    when: Callable[[Any], bool] = always,
    fault_code: int | None = None,
) -> Callable[[Callable[[Contract, Any], Iterator[Finding]]], Rule]:
    """Make the decorated function a rule; an entry point of the group ``accord.rules`` brings it in.

    The function takes the contract and an observation and yields ``observed.finding(...)``.
    """

    def made(function: Callable[[Contract, Any], Iterator[Finding]]) -> Rule:
        return Rule(
            function=function,
            subject=Subject(subject),
            severity=Severity(severity),
            since=since,
            when=when,
            fault_code=fault_code,
        )

    return made
