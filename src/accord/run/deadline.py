"""How long a run may go on exploring."""

from __future__ import annotations

import time
from dataclasses import dataclass


@dataclass(slots=True)
class Deadline:
    """The end of exploring, ``seconds`` after ``start``; without ``seconds`` there is none."""

    seconds: float | None = None
    _end: float = 0.0

    def start(self) -> None:
        """Let the time begin."""
        self._end = time.monotonic() + (self.seconds or 0.0)

    def over(self) -> bool:
        """Tell whether the time is spent."""
        return self.seconds is not None and time.monotonic() >= self._end
