"""How long a run may go on: exploring, or at all."""

from __future__ import annotations

import time
from dataclasses import dataclass


@dataclass(slots=True)
class Deadline:
    """The end, ``seconds`` after ``start``; without ``seconds`` there is none.

    It is that of exploring, which goes on until then; with ``whole`` that of everything, and nothing is asked twice.
    """

    seconds: float | None = None
    whole: bool = False
    _end: float = 0.0

    def start(self) -> None:
        """Let the time begin."""
        self._end = time.monotonic() + (self.seconds or 0.0)

    @property
    def reason(self) -> str:
        """Return why something was not asked when the time is over."""
        return f"the time of --{'budget' if self.whole else 'max-time'} was spent"

    def share(self, part: float) -> Deadline:
        """Return the end of a *part* of the time that is left; none where there is none."""
        if self.seconds is None:
            return self
        left = max(0.0, self._end - time.monotonic())
        made = Deadline(left * part, whole=self.whole)
        made.start()
        return made

    def cut(self) -> None:
        """Let the time be spent."""
        self.seconds, self._end = 0.0, time.monotonic()

    def over(self) -> bool:
        """Tell whether the time is spent."""
        return self.seconds is not None and time.monotonic() >= self._end
