"""What a comparison found: the changes, what was compared, and what of it counts."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum

from accord.findings.changes.change import Change, Verdict
from accord.findings.changes.policy import Policy
from accord.findings.finding import Severity


class Bump(StrEnum):
    """Which part of a version such as ``1.4.2`` the changes ask to be raised (Semantic Versioning 2.0.0)."""

    MAJOR = "major"
    MINOR = "minor"
    PATCH = "patch"
    NONE = "none"


@dataclass(frozen=True, slots=True, kw_only=True)
class Usage:
    """How many recorded exchanges and sessions a change touches, and how many of them each client made."""

    exchanges: int
    clients: tuple[tuple[str, int], ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Told:
    """A change with where it stands on each side: ``path``, ``line`` and ``column`` (from 1, None if unknown)."""

    change: Change
    old_path: str = ""
    old_line: int | None = None
    old_column: int | None = None
    new_path: str = ""
    new_line: int | None = None
    new_column: int | None = None
    approval: str = ""
    """Who approved it and why; empty where nobody did, or the approval has expired."""
    expired: str = ""
    """Why an approval of it counts no more; empty where none has expired."""
    usage: Usage | None = None
    """Whom it hits, None where no recording was given."""
    replayed: str = ""
    """What a running service made of the witness; empty where none was asked."""

    @property
    def counts(self) -> bool:
        """Tell whether it may decide the exit code."""
        return not self.approval


@dataclass(frozen=True, slots=True, kw_only=True)
class Compared:
    """A whole comparison; ``old`` and ``new`` are what the user named, the titles what they hold."""

    accord: str
    old: str
    new: str
    old_title: str
    new_title: str
    policy: Policy
    changes: tuple[Told, ...]
    seconds: float
    notices: tuple[str, ...] = ()

    def counted(self, fail_on: Severity | None) -> tuple[Told, ...]:
        """Return the changes that make the answer *no* at *fail_on*; none when that is None."""
        if fail_on is None:
            return ()
        return tuple(
            item for item in self.changes if item.counts and item.change.severity.rank <= fail_on.rank
        )

    def of(self, verdict: Verdict) -> tuple[Told, ...]:
        """Return the changes of *verdict*."""
        return tuple(item for item in self.changes if item.change.verdict is verdict)

    @property
    def bump(self) -> Bump:
        """Return what the changes ask of the version: an approved break is a break."""
        verdicts = {item.change.verdict for item in self.changes}
        if verdicts & {Verdict.BREAKING, Verdict.UNPROVEN}:
            return Bump.MAJOR
        if not verdicts:
            return Bump.NONE
        effects = {item.change.effect.value for item in self.changes}
        return Bump.MINOR if "widened" in effects or "narrowed" in effects else Bump.PATCH
