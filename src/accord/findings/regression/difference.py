"""A difference between two sides, and what it is called: where, of which kind, and what the contract says of it."""

from __future__ import annotations

import hashlib
from dataclasses import dataclass
from enum import StrEnum

from accord.exchange.values import Exchange, Session
from accord.findings.finding import Severity


class Kind(StrEnum):
    """What is otherwise."""

    STATUS = "status"
    NO_ANSWER = "no-answer"
    MEDIA_TYPE = "media-type"
    GONE = "gone"
    NEW = "new"
    TYPE = "type"
    VALUE = "value"
    FORM = "form"
    PRECISION = "precision"
    COUNT = "count"
    ITEMS = "items"
    ORDER = "order"
    LATENCY = "latency"
    STEP = "step"


class Standing(StrEnum):
    """What the contract says of a difference."""

    BREAKS = "breaks"
    """The candidate no longer keeps the contract, where the baseline does."""
    UNCOVERED = "uncovered"
    """The contract says nothing of it, and clients may have come to rely on it."""
    ALLOWED = "allowed"
    """The contract leaves both open."""

    @property
    def severity(self) -> Severity:
        """Return how grave a difference of this standing is."""
        return _SEVERITIES[self]


_SEVERITIES = {
    Standing.BREAKS: Severity.ERROR,
    Standing.UNCOVERED: Severity.WARNING,
    Standing.ALLOWED: Severity.NOTE,
}


class Part(StrEnum):
    """What of an answer is otherwise."""

    ANSWER = "answer"
    HEADER = "header"
    BODY = "body"
    SESSION = "session"


@dataclass(frozen=True, slots=True, kw_only=True)
class Mark:
    """One place where two sides differ, before anybody asked the contract.

    ``pointer`` leads into the part, with ``*`` for items of lists; ``baseline`` and ``candidate`` are
    what stands there, shown as text.
    """

    part: Part
    kind: Kind
    pointer: str
    baseline: str
    candidate: str

    @property
    def group(self) -> tuple[str, ...]:
        """Return what differences of one cause have in common."""
        return (self.part, self.kind, self.pointer)


@dataclass(frozen=True, slots=True, kw_only=True)
class Difference:
    """One difference, once for all cases that show it.

    ``place`` is the operation, or the channel with its script; ``status`` that of the baseline. ``cases``
    counts the cases that show it; the evidence is that of the first. ``reason`` is why it stands as
    it does, ``contract`` where the contract speaks of it.
    """

    place: str
    status: str
    mark: Mark
    standing: Standing
    reason: str
    contract: str = ""
    cases: int = 1
    baseline: Exchange | Session | None = None
    candidate: Exchange | Session | None = None
    reproduce: tuple[str, str] = ("", "")

    @property
    def severity(self) -> Severity:
        """Return how grave it is."""
        return self.standing.severity

    @property
    def fingerprint(self) -> str:
        """Return 16 hex digits that stay the same as long as the same place differs in the same way."""
        text = "\n".join((self.place, self.status, *self.mark.group))
        return hashlib.sha256(text.encode("utf-8", "surrogatepass")).hexdigest()[:16]
