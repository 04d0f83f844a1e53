"""Patience with a service that says that it is asked too much: how long to wait, and when to stop waiting."""

from __future__ import annotations

import re
import time
from collections.abc import Callable
from datetime import UTC, datetime
from email.utils import parsedate_to_datetime
from threading import Lock

from accord.exchange.values import Exchange, Response

LONGEST = 60.0
"""How many seconds one wait lasts at most, whatever the service asks for."""
TIMES = 5
"""How often one request is asked again."""
ALTOGETHER = 600.0
"""How many seconds all waits of a run last at most."""

_TOO_MANY, _UNAVAILABLE = 429, 503
_FIRST_WAIT = 1.0
_KEPT = 20
_SECONDS = re.compile(r"[0-9]{1,9}")


class Patience:
    """Says how long to wait before something is asked again, and counts; safe to use from several threads.

    An operation that refuses even then is not waited for any more until it answers otherwise.
    *clock* gives seconds since the epoch, which ``Retry-After`` may name.
    """

    def __init__(self, *, clock: Callable[[], float] = time.time) -> None:
        self._clock = clock
        self._lock = Lock()
        self._lost: set[str | None] = set()
        self._told: list[Exchange] = []
        self.limited = 0
        self.waits = 0
        self.seconds = 0.0

    def delay(self, exchange: Exchange, times: int) -> float | None:
        """Return the seconds before what *exchange* asked is asked again, after *times*; None for never."""
        with self._lock:
            asked = _asked(exchange, self._clock)
            if asked is None:
                self._lost.discard(exchange.operation)
                return None
            self.limited += 1
            if times >= TIMES or self.seconds >= ALTOGETHER:
                self._lost.add(exchange.operation)
            if exchange.operation in self._lost:
                return None
            seconds = min(_FIRST_WAIT * 2**times if asked < 0 else asked, LONGEST, ALTOGETHER - self.seconds)
            self.seconds += seconds
            self.waits += 1
            if len(self._told) < _KEPT:
                self._told.append(exchange)
            return seconds

    def take(self) -> tuple[Exchange, ...]:
        """Return the refusals since the last call after which the same was asked again, a few of them at most."""
        with self._lock:
            told, self._told = tuple(self._told), []
            return told


def _asked(exchange: Exchange, clock: Callable[[], float]) -> float | None:
    """Return the seconds that the service asks for, less than 0 where it says no time; None when it asks nothing."""
    response = exchange.response
    if response is None or exchange.lapse is not None or response.status not in (_TOO_MANY, _UNAVAILABLE):
        return None
    seconds = retry_after(response, clock())
    if seconds is None and response.status == _UNAVAILABLE:
        return None
    return -1.0 if seconds is None else seconds


def retry_after(response: Response, now: float) -> float | None:
    """Return the seconds that ``Retry-After`` asks for (RFC 9110, 10.2.3); None when it says nothing.

    *now* is seconds since the epoch.
    """
    value = (response.header("retry-after") or "").strip()
    if _SECONDS.fullmatch(value):
        return float(value)
    try:
        moment = parsedate_to_datetime(value)
        if moment.tzinfo is None:
            moment = moment.replace(tzinfo=UTC)
        return max(0.0, (moment - datetime.fromtimestamp(now, UTC)).total_seconds())
    except (ValueError, OverflowError, TypeError):
        return None
