"""A service that has stopped answering: told once, instead of asked a thousand times."""

from __future__ import annotations

from dataclasses import dataclass

from accord.exchange.values import Exchange, Lapse

_SILENCES = frozenset({Lapse.TIMEOUT, Lapse.NO_CONNECTION})


class Gone(BaseException):
    """The service no longer answers; ends the trial under way."""


@dataclass(slots=True)
class Watch:
    """Counts silences in a row; after ``patience`` of them the service counts as gone."""

    patience: int = 3
    silences: int = 0
    reason: str = ""

    def note(self, exchange: Exchange) -> None:
        """Take note of *exchange*; raises ``Gone`` when it is one silence too many."""
        if exchange.lapse not in _SILENCES:
            self.silences = 0
            return
        self.silences += 1
        if self.silences >= self.patience:
            self.reason = f"the service stopped answering ({exchange.lapse}, {self.silences} times in a row)"
            raise Gone(self.reason)
