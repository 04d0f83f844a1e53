"""The life of a fact, as one listener hears of it: new, changed, worse, reminded, over."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum

from accord.findings.drift.fact import Fact
from accord.findings.finding import Severity


class Event(StrEnum):
    """What there is to tell of a fact."""

    NEW = "new"
    CHANGED = "changed"
    WORSE = "worse"
    REMINDED = "reminded"
    OVER = "over"


@dataclass(frozen=True, slots=True, kw_only=True)
class Heard:
    """What a listener was last told of a fact, and when: seconds since the epoch."""

    event: Event
    state: str
    severity: Severity
    at: float


@dataclass(frozen=True, slots=True, kw_only=True)
class Listener:
    """Who hears of facts: those of *threshold* and graver ones, again after *remind* seconds, if at all."""

    name: str
    threshold: Severity
    remind: float | None = None

    def wants(self, fact: Fact) -> bool:
        """Tell whether *fact* is one to hear of: somebody who answers for one has heard enough."""
        return not fact.approval and fact.severity.rank <= self.threshold.rank


def due(fact: Fact | None, heard: Heard | None, listener: Listener, now: float) -> Event | None:
    """Return what *listener* is to be told of *fact*, None for nothing.

    *fact* is None when it no longer stands, *heard* is what was told last, None for nothing yet.
    """
    silent = heard is None or heard.event is Event.OVER
    if fact is None or not listener.wants(fact):
        return None if silent else Event.OVER
    if heard is None or silent:
        return Event.NEW
    if fact.severity.rank < heard.severity.rank:
        return Event.WORSE
    if fact.state != heard.state:
        return Event.CHANGED
    reminds = listener.remind is not None and now - heard.at >= listener.remind
    return Event.REMINDED if reminds else None
