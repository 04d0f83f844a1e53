"""The outcomes of a run, as they come: one for each rule and place, however often it is held there."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field, replace

from accord.findings.finding import Outcome, Verdict

_STRENGTH = (Verdict.NOT_REACHED, Verdict.HELD, Verdict.FOUND)


@dataclass(slots=True)
class Outcomes:
    """Keeps the strongest verdict of each rule at each place, with every finding there."""

    _kept: dict[tuple[str, str], Outcome] = field(default_factory=dict)

    def add(self, outcome: Outcome) -> None:
        """Take *outcome*; a second one of a rule at a place makes the first one stronger, never weaker."""
        key = (outcome.rule, outcome.place)
        before = self._kept.get(key)
        self._kept[key] = outcome if before is None else _joined(before, outcome)

    def __iter__(self) -> Iterator[Outcome]:
        """Yield the outcomes in the order in which their places were first reached."""
        return iter(tuple(self._kept.values()))

    def __len__(self) -> int:
        """Return how many there are."""
        return len(self._kept)


def _joined(before: Outcome, after: Outcome) -> Outcome:
    stronger = after if _STRENGTH.index(after.verdict) > _STRENGTH.index(before.verdict) else before
    found = {finding.fingerprint: finding for finding in (*after.findings, *before.findings)}
    return replace(stronger, findings=tuple(found.values()))
