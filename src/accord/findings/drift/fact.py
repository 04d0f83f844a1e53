"""A fact of drift: one way in which a service has left its contract, known again from run to run."""

from __future__ import annotations

import hashlib
from dataclasses import dataclass
from enum import StrEnum

from accord.findings.changes.change import Verdict
from accord.findings.changes.result import Told
from accord.findings.finding import Finding, Severity


class Kind(StrEnum):
    """Where a fact comes from."""

    PUBLISHED = "published"
    """What the service publishes of itself is not the contract."""
    OBSERVED = "observed"
    """What was seen of the service is not the contract."""
    SERVICE = "service"
    """The service could not be asked."""


class Grade(StrEnum):
    """What a fact does to a client that keeps to the contract."""

    BREAKING = "breaking"
    UNPROVEN = "unproven"
    ALLOWED = "allowed"
    UNASKED = "unasked"
    """Nobody knows, because the service could not be asked."""


GRADES = {
    Verdict.BREAKING: Grade.BREAKING,
    Verdict.UNPROVEN: Grade.UNPROVEN,
    Verdict.SAFE: Grade.ALLOWED,
}


@dataclass(frozen=True, slots=True, kw_only=True)
class Fact:
    """One way in which a service has left its contract.

    ``key`` are 16 hex digits that stay the same while the fact stands, however it changes; ``state``
    are 16 that change with what it is. ``approval`` says who answers for it; empty where nobody does.
    ``proof`` is what it was made of, the reason in words where that is the service's silence.
    """

    kind: Kind
    key: str
    state: str
    rule: str
    grade: Grade
    severity: Severity
    proof: Told | Finding | str
    approval: str = ""


def digest(*parts: str) -> str:
    """Return 16 hex digits of *parts*."""
    return hashlib.sha256("\x1f".join(parts).encode("utf-8", "surrogatepass")).hexdigest()[:16]
