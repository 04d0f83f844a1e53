"""What asking two sides came to."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field

from accord.findings.finding import Severity
from accord.findings.regression.difference import Difference, Standing
from accord.findings.regression.latency import Latency
from accord.findings.result import Location


@dataclass(frozen=True, slots=True, kw_only=True)
class Regression:
    """Two sides that were asked the same, and every difference once, the gravest first.

    ``cases`` were compared, ``plays`` sent for that; ``skipped`` counts those that were not, by the reason.
    ``settled`` counts the differences that did not come again, ``restless`` the places that change by
    themselves. ``locations`` are where the contract speaks of each, by fingerprint.
    One that was ``interrupted`` holds what both sides had answered until then, asked once.
    """

    accord: str
    baseline: str
    candidate: str
    contract: str
    seed: int
    seconds: float
    cases: int
    plays: int
    differences: tuple[Difference, ...]
    settled: int = 0
    restless: int = 0
    skipped: Mapping[str, int] = field(default_factory=dict)
    latencies: tuple[Latency, ...] = ()
    notices: tuple[str, ...] = ()
    locations: Mapping[str, Location] = field(default_factory=dict)
    interrupted: bool = False

    def of(self, standing: Standing) -> tuple[Difference, ...]:
        """Return the differences of one standing."""
        return tuple(item for item in self.differences if item.standing is standing)

    def counted(self, fail_on: Severity | None) -> tuple[Difference, ...]:
        """Return the differences that make the answer *no*."""
        if fail_on is None:
            return ()
        return tuple(item for item in self.differences if item.severity.rank <= fail_on.rank)
