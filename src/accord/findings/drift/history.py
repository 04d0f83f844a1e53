"""The history of facts: when each came, how it changed, and when it went."""

from __future__ import annotations

from dataclasses import dataclass

from accord.contract.pointer import Json
from accord.findings.drift.lifecycle import Event


@dataclass(frozen=True, slots=True, kw_only=True)
class Moment:
    """What became of a fact *at* a time, in seconds since the epoch."""

    at: float
    event: Event
    severity: str
    headline: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Span:
    """One stay of a fact: from when it *came* to when it *went*, None while it stands."""

    target: str
    contract: str
    body: dict[str, Json]
    came: float
    went: float | None
    moments: tuple[Moment, ...] = ()
