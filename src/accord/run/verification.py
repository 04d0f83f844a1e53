"""An opened target, and its trials played one after the other."""

from __future__ import annotations

import time
from collections import Counter
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field
from importlib.metadata import version

from accord.findings.finding import Outcome
from accord.findings.matrix import Cell, places
from accord.findings.result import (
    Progress,
    Removal,
    Run,
    StageFinished,
    StageStarted,
    TrialFinished,
    TrialStarted,
)
from accord.findings.tally import Tally, distinct
from accord.run import contract as inspection
from accord.run.context import Context, Trial
from accord.run.location import located
from accord.run.options import Options
from accord.run.outage import Gone
from accord.run.outcomes import Outcomes
from accord.run.plan import STAGES, plan
from accord.run.reach import Reach
from accord.run.rest.creation import Creations
from accord.run.rest.removal import keep, kept, remove
from accord.run.safe import left_out
from accord.run.throttle import hold_limited, throttling
from accord.run.unreached import with_unreached

# Trials of a hundred cases and more.
_LONG = ("coverage", "chains")


@dataclass(slots=True, kw_only=True)
class Verification:
    """An opened target with everything to verify it; ``trials`` is the plan, in order.

    ``notices`` are lines that the user should read first. ``reviewed`` tells a contract that a team
    keeps from one that the service publishes of itself, which promises nobody that all of it is met.
    """

    context: Context
    options: Options
    target: str
    trials: tuple[Trial, ...]
    reach: Reach
    creations: Creations
    notices: tuple[str, ...] = ()
    reviewed: bool = True
    stopped: Exception | None = None
    attempts: Counter[tuple[Cell, str]] = field(default_factory=Counter)
    removal: Removal | None = None
    played: list[str] = field(default_factory=list)

    def run(
        self,
        tell: Callable[[Progress], None],
        trials: Sequence[Trial] | None = None,
        *,
        until: Callable[[Outcome], bool] = lambda _: False,
    ) -> Run:
        """Play *trials*, all of the plan by default, and return the run; it is over when *until* says so.

        Ctrl-C ends it early, and so does an error once something was asked, a defect of accord's or of a library
        not less: the run then says so and holds what was found until then, and ``stopped`` is the error. An error
        before that is raised.
        """
        started, clock = time.time(), time.monotonic()
        outcomes = Outcomes()
        interrupted = False
        try:
            # One by one: what was found before an interruption must be kept.
            for outcome in self._play_on(self.trials if trials is None else trials, tell):
                outcomes.add(outcome)
                if until(outcome):
                    break
        except KeyboardInterrupt:
            interrupted = True
        except Exception as error:
            if not any(item.findings or not item.place.startswith(inspection.STAGE) for item in outcomes):
                raise
            self.stopped, interrupted = error, True
        self.clear_up()
        run = self.result(
            tuple(outcomes), started=started, seconds=time.monotonic() - clock, interrupted=interrupted
        )
        context, required = self.context, self.options.require_reach
        if self.reviewed or required:
            judged = (context.severities, context.switched_off)
            run = with_unreached(run, context.contract, plan(context.contract), judged, required=required)
        return located(run, context.contract)

    def result(
        self, outcomes: Sequence[Outcome], *, started: float, seconds: float, interrupted: bool = False
    ) -> Run:
        """Return the run that *outcomes* add up to."""
        return Run(
            accord=version("accord"),
            contract=f"{self.context.contract.title} {self.context.contract.version}".strip(),
            target=self.target,
            seed=self.options.seed,
            started=started,
            seconds=seconds,
            findings=distinct(outcomes),
            outcomes=tuple(outcomes),
            coverage=self.reach.coverage(),
            counts=self.reach.counts(),
            interrupted=interrupted,
            places=places(self.attempts),
            throttling=throttling(self.context.client.patience),
            removal=self.removal,
            trials=tuple(self.played),
            timings=self.reach.timings(),
        )

    def _play_on(self, trials: Sequence[Trial], tell: Callable[[Progress], None]) -> Iterator[Outcome]:
        """Play *trials*, and those that explore again and again, each time from the next seed, until time is up."""
        context = self.context
        context.deadline.start()
        early = [trial for trial in trials if trial.id in self.options.first]
        yield from self._play(early, tell)
        yield from self._play([trial for trial in trials if trial.id not in self.options.first], tell)
        exploring = [trial for trial in trials if trial.explores]
        again = context.deadline.seconds and not context.deadline.whole
        while exploring and again and not (context.deadline.over() or context.watch.reason):
            context.reseed(context.seed + 1)
            yield from self._play(exploring, tell)

    def clear_up(self) -> None:
        """Remove what the run created at the service, unless that is to be kept."""
        reason = kept(self.target, self.context, self.options.keep)
        if reason is None:
            self.removal = remove(self.context, self.creations)
        elif reason:
            self.removal = keep(self.creations, reason)

    def _play(self, trials: Sequence[Trial], tell: Callable[[Progress], None]) -> Iterator[Outcome]:
        for stage in STAGES:
            mine = [trial for trial in trials if trial.stage == stage]
            if self.context.deadline.whole:
                mine = _in_breadth(mine)
            if not mine:
                continue
            since = time.monotonic()
            tell(StageStarted(stage=stage, trials=len(mine)))
            for trial in mine:
                tell(TrialStarted(stage=stage, trial=trial.id))
                tally = self.play(trial)
                outcomes = tally.outcomes(trial.id)
                tell(TrialFinished(stage=stage, trial=trial.id, outcomes=outcomes, cases=tally.cases))
                yield from outcomes
            tell(StageFinished(stage=stage, seconds=time.monotonic() - since))

    def play(self, trial: Trial) -> Tally:
        """Play one trial; once the service, or its operation, has stopped answering, none reaches anything.

        Nor does one that explores when the time for that is spent, nor any when that of the run is.
        """
        tally = self._played(trial)
        hold_limited(self.context, tally)
        self.attempts.update(tally.attempts)
        return tally

    def _played(self, trial: Trial) -> Tally:
        context = self.context
        context.current = None
        reason = context.watch.why_silent(trial.id)
        if (trial.explores or context.deadline.whole) and context.deadline.over():
            reason = reason or context.deadline.reason
        missed = left_out(trial, context.contract, context.client.permission)
        if missed is None and not reason:
            try:
                tally = trial.play(context)
            except Gone:
                return context.current or context.tally()
            self.played.append(trial.id)
            return tally
        tally = context.tally()
        tally.miss(*missed or ("unanswered-request", reason))
        return tally


def _in_breadth(trials: Sequence[Trial]) -> list[Trial]:
    """Return *trials* with those of one kind together: where time is short, each operation is asked a little first."""
    kinds = Counter(trial.id.rpartition("/")[2] for trial in trials)
    early = {kind: number for number, kind in enumerate(kind for kind in kinds if kind not in _LONG)}
    return sorted(trials, key=lambda trial: early.get(trial.id.rpartition("/")[2], len(kinds)))
