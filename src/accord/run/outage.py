"""A service, or one operation of it, that has stopped answering: told once, instead of asked a thousand times."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field

from accord.cases.request import Request
from accord.exchange.values import Exchange, Lapse

_SILENCES = frozenset({Lapse.TIMEOUT, Lapse.NO_CONNECTION})
_READS = ("GET", "HEAD")


class Gone(BaseException):
    """Nothing answers any longer; ends the trial under way."""


@dataclass(slots=True)
class Watch:
    """Counts silences in a row; after ``patience`` of them the service counts as gone.

    Unless it still answers what it ``answered`` before, or at least its root, when it is asked by ``ask``: then one
    operation alone is silent, and ``silent`` has it, with the reason.
    """

    patience: int = 3
    ask: Callable[[Request], Exchange] | None = None
    silences: int = 0
    reason: str = ""
    silent: dict[str, str] = field(default_factory=dict)
    answered: Request | None = None

    def note(self, exchange: Exchange) -> None:
        """Take note of *exchange*; raises ``Gone`` when it is one silence too many."""
        if exchange.lapse not in _SILENCES:
            self.silences = 0
            if exchange.request.method in _READS:
                self.answered = exchange.request
            return
        self.silences += 1
        if self.silences < self.patience:
            return
        what = f"stopped answering ({exchange.lapse}, {self.silences} times in a row)"
        if exchange.operation is not None and self._answers():
            self.silences = 0
            self.silent[exchange.operation] = f"the operation {what}"
        else:
            self.reason = f"the service {what}"
        raise Gone(what)

    def why_silent(self, trial: str) -> str:
        """Return why nothing is asked any more in the *trial* of that id, nothing when it is."""
        silent = (reason for name, reason in self.silent.items() if trial.startswith(f"rest/{name}/"))
        return self.reason or next(silent, "")

    def _answers(self) -> bool:
        if self.ask is None or self.answered is None:
            return False
        return self.ask(self.answered).lapse not in _SILENCES
