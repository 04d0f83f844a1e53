"""Time: a replaceable clock, and the strictly rising stamps that rows carry."""

from __future__ import annotations

from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from threading import Lock

__all__ = ["Clock", "Stamps", "stamp_text", "system_clock"]

Clock = Callable[[], datetime]
"""Says what time it is, as an aware ``datetime``."""

TICK = timedelta(microseconds=1)


def system_clock() -> datetime:
    """Return the time of this machine in UTC."""
    return datetime.now(UTC)


def stamp_text(moment: datetime) -> str:
    """Return the RFC 3339 text of a moment, in UTC, of a fixed width so that it sorts."""
    naive = moment.astimezone(UTC).replace(tzinfo=None)
    return naive.isoformat(timespec="microseconds") + "Z"


class Stamps:
    """Hands out time stamps, each later than the one before even when the clock stands still.

    So rows sort in the order of their making, and ``updated_at`` never falls.
    """

    def __init__(self, clock: Clock) -> None:
        """Start from ``clock``."""
        self._clock = clock
        self._last: datetime | None = None
        self._lock = Lock()

    def next(self) -> str:
        """Return the text of now, or of one microsecond after the last stamp."""
        with self._lock:
            now = self._clock()
            if self._last is not None and now <= self._last:
                now = self._last + TICK
            self._last = now
            return stamp_text(now)
