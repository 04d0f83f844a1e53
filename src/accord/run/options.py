"""What one run is asked to do."""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from pathlib import Path

from accord.config import Settings
from accord.exchange.client import Limits
from accord.exchange.pace import Rate, read_rate
from accord.run.duration import seconds


@dataclass(frozen=True, slots=True, kw_only=True)
class Options:
    """What one run is asked to do; see ``accord verify --help`` for each.

    A run that does not ``explore`` plays the fixed part alone: the corpus, workflows and sessions.
    One that ``learns`` writes what it has learned to the corpus. For ``max_seconds`` exploring goes
    on with other seeds; after ``budget`` seconds nothing more is asked. What has changed since the
    revision ``changed_since`` comes first, the trials of the ids ``first`` before all others. A session
    waits ``patience`` seconds at most for a time limit.
    """

    seed: int = 0
    max_examples: int = 30
    only: str | None = None
    operations: tuple[str, ...] = ()
    excluded: frozenset[str] = frozenset()
    headers: tuple[tuple[str, str], ...] = ()
    limits: Limits = field(default_factory=Limits)
    record: Path | None = None
    explores: bool = True
    learns: bool = False
    max_seconds: float | None = None
    budget: float | None = None
    changed_since: str | None = None
    patience: float | None = None
    safe: bool = False
    strict: bool = False
    rate: Rate | None = None
    keep: bool | None = None
    require_reach: bool = False
    first: frozenset[str] = frozenset()


def both(settings: Settings, options: Options) -> tuple[Settings, Options]:
    """Return both with what either asks for."""
    rate = read_rate(settings.rate, "[tool.accord] rate") if settings.rate is not None else None
    if options.patience is None and settings.patience is not None:
        options = replace(options, patience=seconds(settings.patience, place="[tool.accord] patience"))
    return replace(settings, strict=settings.strict or options.strict), replace(
        options,
        excluded=options.excluded | frozenset(settings.exclude),
        safe=options.safe or settings.safe,
        rate=options.rate or rate,
        keep=settings.keep if options.keep is None else options.keep,
    )
