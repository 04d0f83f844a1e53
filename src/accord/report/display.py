"""How far a run has come: a live bar for each stage on a terminal, plain lines elsewhere."""

from __future__ import annotations

import math
import time
from collections.abc import Callable
from dataclasses import dataclass, field
from threading import Event, RLock, Thread
from types import TracebackType
from typing import Self, TextIO

from rich.console import Group, RenderableType
from rich.live import Live
from rich.progress_bar import ProgressBar
from rich.table import Table
from rich.text import Text

from accord.findings.result import Progress, StageFinished, StageStarted, TrialFinished, TrialStarted
from accord.report.console import console_for, encodable
from accord.report.text import count, duration, printable

_HEARTBEAT = 10.0
_ENOUGH = 3
_NAME = 30


@dataclass(slots=True, kw_only=True)
class _Stage:
    """A stage under way; ``started`` and ``spoke`` are readings of the clock."""

    name: str
    trials: int
    started: float
    spoke: float
    done: int = 0
    cases: int = 0
    found: set[str] = field(default_factory=set)
    trial: str = ""

    @property
    def progress(self) -> str:
        if self.done < self.trials:
            return f"{self.done:,} of {count(self.trials, 'trial')}"
        return count(self.done, "trial")

    @property
    def yield_so_far(self) -> str:
        return f"{count(self.cases, 'case')}, {count(len(self.found), 'finding')}"

    def remaining(self, now: float) -> str:
        """Return a guess from the mean time of a trial so far; empty while there are too few."""
        if self.done < min(_ENOUGH, self.trials) or self.done >= self.trials:
            return ""
        return f"about {_roughly((now - self.started) / self.done * (self.trials - self.done))} left"


class Display:
    """Shows the progress of a run on *stream*; use it as a context manager.

    On a terminal the stage under way has a bar, with counts and a guess of the time that remains.
    Elsewhere a stage has a line at its start, one at its end and at most one each 10 s between.
    *clock* gives seconds and never goes back.
    """

    def __init__(
        self, stream: TextIO, *, no_color: bool = False, clock: Callable[[], float] = time.monotonic
    ) -> None:
        self._console = console_for(stream, no_color=no_color)
        self._clock = clock
        self._running: dict[str, _Stage] = {}
        self._live: Live | None = None
        self._lock = RLock()
        self._over = Event()
        self._pulse = Thread(target=self._beat_until_over, daemon=True)

    def __enter__(self) -> Self:
        """Begin to listen."""
        if not self._console.is_terminal:
            self._pulse.start()
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        """Leave the terminal as it was and tell of stages that did not end."""
        self._over.set()
        if self._pulse.ident is not None:
            self._pulse.join()
        self._stop_live()
        for stage in self._running.values():
            since = duration(self._clock() - stage.started)
            self._say(stage, f"stopped after {stage.progress}, {stage.yield_so_far} in {since}")
        self._running.clear()

    def show(self, event: Progress) -> None:
        """Take note of *event* and show what it changes."""
        with self._lock:
            match event:
                case StageStarted():
                    self._start(event)
                case StageFinished():
                    self._finish(event)
                case TrialStarted() if stage := self._running.get(event.stage):
                    stage.trial = event.trial
                case TrialFinished() if stage := self._running.get(event.stage):
                    stage.done += 1
                    stage.cases += event.cases
                    findings = (finding for outcome in event.outcomes for finding in outcome.findings)
                    stage.found.update(finding.fingerprint for finding in findings)
        self.beat()

    def beat(self) -> None:
        """Write a line for each stage that was silent for 10 s, unless a bar shows it."""
        if self._console.is_terminal:
            return
        with self._lock:
            now = self._clock()
            for stage in self._running.values():
                if now - stage.spoke >= _HEARTBEAT:
                    rest = f", {remaining}" if (remaining := stage.remaining(now)) else ""
                    since = duration(now - stage.started)
                    self._say(stage, f"{stage.progress}, {stage.yield_so_far} after {since}{rest}")

    def _beat_until_over(self) -> None:
        while not self._over.wait(_HEARTBEAT):
            self.beat()

    def _start(self, event: StageStarted) -> None:
        now = self._clock()
        stage = _Stage(name=event.stage, trials=event.trials, started=now, spoke=now)
        self._running[event.stage] = stage
        if not self._console.is_terminal:
            self._say(stage, count(event.trials, "trial"))
        elif self._live is None:
            self._live = Live(
                console=self._console,
                get_renderable=self._bars,
                refresh_per_second=4,
                transient=True,
                redirect_stdout=False,
            )
            self._live.start()

    def _finish(self, event: StageFinished) -> None:
        stage = self._running.pop(event.stage, None)
        if not self._running:
            self._stop_live()
        if stage is not None:
            self._say(stage, f"{stage.progress}, {stage.yield_so_far} in {duration(event.seconds)}")

    def _stop_live(self) -> None:
        if self._live is not None:
            self._live.stop()
            self._live = None

    def _say(self, stage: _Stage, text: str) -> None:
        stage.spoke = self._clock()
        line = encodable(f"{printable(stage.name, limit=_NAME)}: {text}", self._console)
        self._console.print(Text(line), soft_wrap=True)

    def _bars(self) -> RenderableType:
        now = self._clock()
        return Group(*[part for stage in list(self._running.values()) for part in self._bar(stage, now)])

    def _bar(self, stage: _Stage, now: float) -> tuple[RenderableType, RenderableType]:
        grid = Table.grid(padding=(0, 2))
        for _ in range(4):
            grid.add_column(no_wrap=True)
        total = max(stage.trials, stage.done, 1)
        grid.add_row(
            Text(printable(stage.name, limit=_NAME)),
            ProgressBar(total=total, completed=stage.done, width=max(5, min(40, self._console.width - 45))),
            Text(f"{stage.done:,}/{stage.trials:,}"),
            Text(stage.remaining(now)),
        )
        detail = f"{stage.yield_so_far}  {printable(stage.trial, limit=200)}"
        return grid, Text(encodable(detail, self._console), style="dim", no_wrap=True, overflow="ellipsis")


def _roughly(seconds: float) -> str:
    if seconds <= 10:
        return f"{max(1, math.ceil(seconds))} s"
    if seconds <= 55:
        return f"{math.ceil(seconds / 5) * 5} s"
    if seconds <= 59 * 60:
        return f"{math.ceil(seconds / 60)} min"
    return f"{math.ceil(seconds / 3600):,} h"
