"""A span of time, as people write it: ``90s``, ``10m``, ``2h``, ``7d``."""

from __future__ import annotations

import re

from accord.errors import ConfigurationError

_UNITS = {"s": 1, "m": 60, "h": 3600, "d": 86_400}
_SPAN = re.compile(r"(\d{1,6}(?:\.\d{1,3})?)([smhd])", re.ASCII)
_MAXIMUM = 7 * 24 * 3600


def seconds(text: str, *, place: str) -> float:
    """Return how many seconds *text* says; raises ``ConfigurationError`` for none, and for more than a week."""
    match = _SPAN.fullmatch(text.strip())
    value = float(match[1]) * _UNITS[match[2]] if match else 0.0
    if not 0 < value <= _MAXIMUM:
        raise ConfigurationError(
            f"{text[:50]!r} is no time between 1 ms and a week",
            place=place,
            next_step="Write a number with s, m, h or d: 90s, 10m, 2h, 7d.",
        )
    return value


def read_budget(budget: str | None, max_time: str | None) -> float | None:
    """Return the seconds of ``--budget``; raises ``ConfigurationError`` beside ``--max-time``, which asks for more."""
    if budget is None:
        return None
    if max_time is not None:
        raise ConfigurationError(
            "--budget ends a run, --max-time lets it go on",
            place="--budget",
            next_step="Give one of them.",
        )
    return seconds(budget, place="--budget")
