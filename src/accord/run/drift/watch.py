"""The watch: the same question again and again, with jitter, and more seldom while nobody answers."""

from __future__ import annotations

import random
import time
from collections.abc import Callable
from dataclasses import dataclass, field, replace

from accord.errors import AccordError, StateError
from accord.run.drift import ledger as ledgers
from accord.run.drift.outbox import Posted
from accord.run.drift.question import Asked, Question, ask, deliver

_JITTER = 0.1
_LONGEST_BACK_OFF = 3600.0


@dataclass(frozen=True, slots=True, kw_only=True)
class Rhythm:
    """How often is asked: *every* so many seconds, *runs* times or for ever; ``wait`` lets time pass."""

    every: float
    runs: int | None = None
    wait: Callable[[float], None] = time.sleep
    dice: random.Random = field(default_factory=random.Random)

    def pause(self, failures: int) -> float:
        """Return how long to wait after so many failures in a row, ten per cent more or less."""
        longest = max(self.every, _LONGEST_BACK_OFF)
        seconds = min(self.every * 2.0 ** min(failures, 3), longest)
        return seconds * (1 + self.dice.uniform(-_JITTER, _JITTER))


def watch(
    question: Question, rhythm: Rhythm, tell: Callable[[Asked], None], told: Callable[[Posted], None]
) -> Asked:
    """Ask until the runs are done, *tell* each answer and what was *told* in between; returns the last one.

    An error of the first question is raised, and one of the state file before anything is asked; later
    ones are in the answer, and the watch goes on.
    """
    with ledgers.opened(question.drift.state):
        pass
    number = 0
    while True:
        number += 1
        asked = _asked(question, first=number == 1)
        tell(asked)
        if rhythm.runs is not None and number >= rhythm.runs:
            return asked
        _rest(question, rhythm, asked, told)


def _asked(question: Question, *, first: bool) -> Asked:
    try:
        return ask(question)
    except AccordError as error:
        if first:
            raise
        return Asked(at=question.clock(), problem=error)


def _rest(question: Question, rhythm: Rhythm, asked: Asked, told: Callable[[Posted], None]) -> None:
    """Wait for the next question, and in between send again what was not taken, as it becomes due."""
    until = question.clock() + rhythm.pause(asked.failures)
    posted = asked.posted
    while True:
        dues = [item.due for item in posted if item.problem and item.due < until]
        wake = min([until, *dues])
        rhythm.wait(max(0.0, wake - question.clock()))
        if not dues or wake >= until:
            return
        try:
            posted = deliver(question)
        except StateError:
            return
        for item in posted:
            if item.sent or item.problem:
                told(replace(item))
