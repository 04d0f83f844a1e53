"""How often a service is asked: never more often than a given rate, and not at all while it is held."""

from __future__ import annotations

import re
import time
from collections.abc import Callable
from dataclasses import dataclass
from threading import Lock
from typing import Self

from accord.errors import ConfigurationError

_RATE = re.compile(r"(?P<number>[0-9]{1,9})/(?P<unit>s|m|h)")
_UNITS = {"s": 1, "m": 60, "h": 3600}


@dataclass(frozen=True, slots=True, kw_only=True)
class Rate:
    """At most ``number`` requests in ``seconds``, evenly spread."""

    number: int
    seconds: float

    @property
    def interval(self) -> float:
        """Return the seconds from one request to the next."""
        return self.seconds / self.number

    def shared(self, callers: int) -> Rate:
        """Return what each of so many *callers* may ask, that all together keep to this rate."""
        return Rate(number=self.number, seconds=self.seconds * callers)


def read_rate(text: str, place: str) -> Rate:
    """Return the rate that *text* says, ``10/s``, ``100/m`` or ``1000/h``.

    Raises ``ConfigurationError``, with *place* in it.
    """
    match = _RATE.fullmatch(text.strip())
    if match is None or int(match["number"]) < 1:
        raise ConfigurationError(
            f"{text[:100]!r} is not a rate", place=place, next_step="Write it as 10/s, 100/m or 1000/h."
        )
    return Rate(number=int(match["number"]), seconds=_UNITS[match["unit"]])


class Pace:
    """Lets requests go one after the other, at *rate* at most; safe to use from several threads.

    *now* gives seconds and never goes back; *sleep* waits for seconds.
    """

    def __init__(
        self,
        rate: Rate | None = None,
        *,
        now: Callable[[], float] = time.monotonic,
        sleep: Callable[[float], object] = time.sleep,
    ) -> None:
        self._interval = rate.interval if rate is not None else 0.0
        self._now = now
        self._sleep = sleep
        self._next = now()
        self._held = self._next
        self._lock = Lock()

    def wait(self) -> None:
        """Return when the next request may go."""
        with self._lock:
            turn = max(self._next, self._held, self._now())
            self._next = turn + self._interval
        # Once only, and not in a loop: whoever holds the pace meanwhile holds those who come later.
        left = turn - self._now()
        if left > 0:
            self._sleep(left)

    def hold(self, seconds: float) -> Self:
        """Let nothing go for *seconds* from now; a longer hold stays as it is."""
        with self._lock:
            self._held = max(self._held, self._now() + seconds)
        return self
