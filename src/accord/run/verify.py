"""``accord verify`` without its command line: open a target, plan the trials, play them, add them up."""

from __future__ import annotations

import time
from collections import Counter
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field, replace
from importlib.metadata import version
from pathlib import Path
from typing import cast

from accord.cases.wire import Budget
from accord.config import Settings, read_settings
from accord.contract.contract import Contract, load
from accord.contract.models import load_models
from accord.contract.openapi import Operation
from accord.errors import AccordError, ConfigurationError
from accord.exchange.careful import CarefulClient
from accord.exchange.client import Limits, open_client
from accord.exchange.pace import Pace, Rate, read_rate
from accord.exchange.recording import Recorder
from accord.exchange.secrets import Secrets, is_secret_header
from accord.exchange.values import Exchange, Session
from accord.findings.finding import Outcome
from accord.findings.matrix import Cell, places
from accord.findings.profile import AUTO
from accord.findings.profiles import named
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
from accord.run import law_list, law_read, law_write, replay, rest, socket, tenant, workflow
from accord.run.context import Context, Trial
from accord.run.corpus import EMPTY, Corpus, stored
from accord.run.creation import Creations
from accord.run.deadline import Deadline
from accord.run.discovery import is_url, obtain
from accord.run.framework import described, profile_of
from accord.run.hooks import between, load_hooks
from accord.run.identity import Identities, split_headers
from accord.run.learning import learning
from accord.run.outage import Gone
from accord.run.outcomes import Outcomes
from accord.run.reach import Reach
from accord.run.removal import keep, kept, remove
from accord.run.revision import changed_since, touched_first
from accord.run.safe import left_out, permission
from accord.run.severities import near, read_severities
from accord.run.throttle import hold_limited, throttling
from accord.run.unreached import with_unreached

STAGES = ("contract", "rest", "workflows", "websocket")


@dataclass(frozen=True, slots=True, kw_only=True)
class Options:
    """What one run is asked to do; see ``accord verify --help`` for each.

    A run that does not ``explore`` plays the fixed part alone: the corpus, workflows and sessions.
    One that ``learns`` writes what it has learned to the corpus. For ``max_seconds`` exploring goes
    on with other seeds. What has changed since the revision ``changed_since`` comes first.
    """

    seed: int = 0
    max_examples: int = 30
    only: str | None = None
    operations: tuple[str, ...] = ()
    headers: tuple[tuple[str, str], ...] = ()
    limits: Limits = field(default_factory=Limits)
    record: Path | None = None
    explores: bool = True
    learns: bool = False
    max_seconds: float | None = None
    changed_since: str | None = None
    safe: bool = False
    strict: bool = False
    rate: Rate | None = None
    keep: bool | None = None
    require_reach: bool = False


@dataclass(slots=True, kw_only=True)
class Verification:
    """An opened target with everything to verify it; ``trials`` is the plan, in order.

    ``notices`` are lines that the user should read first.
    """

    context: Context
    options: Options
    target: str
    trials: tuple[Trial, ...]
    reach: Reach
    creations: Creations
    notices: tuple[str, ...] = ()
    stopped: AccordError | None = None
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

        Ctrl-C ends it early, and so does an error once something was asked: the run then says so and
        holds what was found until then, and ``stopped`` is the error. An error before that is raised.
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
        except AccordError as error:
            if not any(item.findings or not item.place.startswith(inspection.STAGE) for item in outcomes):
                raise
            self.stopped, interrupted = error, True
        self.clear_up()
        run = self.result(
            tuple(outcomes), started=started, seconds=time.monotonic() - clock, interrupted=interrupted
        )
        context, required = self.context, self.options.require_reach
        judged = (context.severities, context.switched_off)
        return with_unreached(run, context.contract, plan(context.contract), judged, required=required)

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
        )

    def _play_on(self, trials: Sequence[Trial], tell: Callable[[Progress], None]) -> Iterator[Outcome]:
        """Play *trials*, and those that explore again and again, each time from the next seed, until time is up."""
        context = self.context
        context.deadline.start()
        yield from self._play(trials, tell)
        exploring = [trial for trial in trials if trial.explores]
        while (
            exploring and context.deadline.seconds and not (context.deadline.over() or context.watch.reason)
        ):
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
        """Play one trial; once the service has stopped answering, none reaches anything.

        Nor does one that explores when the time for that is spent.
        """
        tally = self._played(trial)
        hold_limited(self.context, tally)
        self.attempts.update(tally.attempts)
        return tally

    def _played(self, trial: Trial) -> Tally:
        context = self.context
        context.current = None
        reason = context.watch.reason
        if trial.explores and context.deadline.over():
            reason = reason or "the time of --max-time was spent"
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


@contextmanager
def opened(target: object, settings: Settings, options: Options) -> Iterator[Verification]:
    """Open *target* for a run; on leaving, the target is let go and the hook ``after_run`` called.

    Raises an ``AccordError`` when the question cannot be asked.
    """
    secrets = _secrets(options)
    try:
        with _opened(target, settings, options, secrets) as verification:
            yield verification
    except AccordError as error:
        raise type(error)(secrets.mask(error.reason), place=error.place, next_step=error.next_step) from None


@contextmanager
def _opened(target: object, settings: Settings, options: Options, secrets: Secrets) -> Iterator[Verification]:
    settings, options = _both(settings, options)
    severities, off = read_severities(settings)
    if settings.profile not in (None, AUTO):
        named(settings.profile or "")
    given = None if _is_published(settings) else _modelled(load_contract(settings), settings)
    if given is not None:
        planned(settings, given, options)
    hooks = load_hooks(settings.hooks, settings.root)
    recorder = Recorder(options.record, secrets) if options.record else None
    listeners: list[Callable[[Exchange | Session], None]] = [recorder] if recorder else []

    def observe(said: Exchange | Session) -> None:
        for listener in listeners:
            listener(said)

    try:
        client = CarefulClient(
            open_client(target, limits=options.limits, observe=observe),
            permission=permission(safe=options.safe),
            pace=Pace(options.rate),
        )
        try:
            found = None if given else obtain(cast("str | None", settings.contract), client, options.headers)
            contract = _modelled(found.contract, settings) if found else cast("Contract", given)
            trials = planned(settings, contract, options)
            credential, client.headers = split_headers(contract, options.headers)
            profile = profile_of(settings.profile, contract, client, published=given is None)
            reach, creations = Reach(contract, _wanted(contract, options.operations)), Creations(contract)
            listeners[:0] = [reach.note, creations.note]
            with between(hooks, client.base_url):
                context = Context(
                    contract=contract,
                    client=client,
                    identities=Identities(
                        contract, client.unrestricted(), settings.identities, secrets, hooks, credential
                    ),
                    secrets=secrets,
                    hooks=hooks,
                    seed=options.seed,
                    budget=Budget(max_examples=options.max_examples, chains=options.max_examples),
                    settings=settings.schemathesis,
                    severities=severities,
                    switched_off=off,
                    deadline=Deadline(options.max_seconds),
                    profile=profile,
                )
                context.shared["workflow-player"] = lambda: workflow.play(context)
                with learning(context, settings.corpus if options.learns else None, listeners):
                    yield Verification(
                        context=context,
                        options=options,
                        target=client.target,
                        trials=trials,
                        reach=reach,
                        creations=creations,
                        notices=tuple(
                            item for item in (found and found.notice, profile and described(profile)) if item
                        ),
                    )
        finally:
            client.close()
    finally:
        if recorder is not None:
            recorder.close()


def _both(settings: Settings, options: Options) -> tuple[Settings, Options]:
    """Return both with what either asks for."""
    rate = read_rate(settings.rate, "[tool.accord] rate") if settings.rate is not None else None
    return replace(settings, strict=settings.strict or options.strict), replace(
        options,
        safe=options.safe or settings.safe,
        rate=options.rate or rate,
        keep=settings.keep if options.keep is None else options.keep,
    )


def _is_published(settings: Settings) -> bool:
    """Tell whether the contract is to be had from the service."""
    return settings.contract is None or is_url(settings.contract)


def _modelled(contract: Contract, settings: Settings) -> Contract:
    if settings.generated is None:
        return contract
    return replace(contract, models=load_models(settings.generated))


def _secrets(options: Options) -> Secrets:
    """Return the secrets of a run, with those that its headers carry; identities add theirs."""
    return Secrets(
        part
        for name, value in options.headers
        if is_secret_header(name)
        for part in (value, value.rpartition(" ")[2])
    )


def planned(settings: Settings, contract: Contract, options: Options) -> tuple[Trial, ...]:
    """Return the plan of *options*, with the corpus of *settings*, what has changed before all else.

    Raises ``ConfigurationError`` when it is empty: there is no question to ask.
    """
    corpus = stored(settings.corpus, needed=not options.explores)
    every = plan(contract, only=options.only, operations=options.operations, corpus=corpus)
    trials = tuple(trial for trial in every if options.explores or trial.replays or trial.stage != rest.STAGE)
    if not trials or (options.only is None and {trial.stage for trial in trials} == {inspection.STAGE}):
        among = f" in the stage {options.only}" if options.only else ""
        raise ConfigurationError(
            f"the contract gives nothing to verify{among}",
            place=str(contract.folder),
            next_step="Check the options --only and --operation, and what the contract describes.",
        )
    if options.changed_since is None:
        return trials
    path = Path(settings.contract or contract.folder)
    return touched_first(trials, changed_since(options.changed_since, path, contract))


def plan(
    contract: Contract,
    *,
    only: str | None = None,
    operations: tuple[str, ...] = (),
    corpus: Corpus = EMPTY,
) -> Iterator[Trial]:
    """Yield every trial of *contract*, or those of the stage *only* and of *operations*; *corpus* comes first.

    Order and ids are the contract's and the corpus' alone: no seed, no target and no setting changes them.
    """
    if only in (None, "contract") and not operations:
        yield from inspection.plan(contract)
    if only in (None, "rest") and contract.openapi is not None:
        wanted = _wanted(contract, operations)
        yield from replay.plan(contract, corpus, wanted)
        # Another tenant asks first: later, little is left in the state that it was in.
        yield from tenant.plan_foreign(contract, wanted)
        # What is written now is listed then; and after all that is drawn, lists are long.
        yield from law_write.plan(contract, wanted)
        yield from law_list.plan(contract, wanted)
        yield from law_read.plan(contract, wanted)
        yield from rest.plan(contract, wanted)
        yield from tenant.plan_public(contract, wanted)
    if operations:
        return
    if only in (None, "workflows"):
        yield from workflow.plan(contract)
    if only in (None, "websocket"):
        yield from socket.plan(contract)


def load_contract(settings: Settings) -> Contract:
    """Load the contract that *settings* name; raises ``ConfigurationError`` when they name none."""
    return load(contract_path(settings))


def contract_path(settings: Settings) -> Path:
    """Return where *settings* say that the contract is; raises ``ConfigurationError`` when they do not."""
    if settings.contract is None or is_url(settings.contract):
        raise ConfigurationError(
            "no contract is named" if settings.contract is None else "the contract is named by a URL",
            place="[tool.accord] contract",
            next_step="Name the folder of your contract in pyproject.toml, or give --contract.",
        )
    return Path(settings.contract)


def _wanted(contract: Contract, names: tuple[str, ...]) -> Callable[[Operation], bool]:
    known = {operation.id for operation in contract.operations}
    for name in names:
        if name not in known:
            raise ConfigurationError(
                f"operation {name!r} is not in the contract",
                place="--operation",
                next_step=near(name, known) or f"Known operations: {', '.join(sorted(known))}.",
            )
    return lambda operation: not names or operation.id in names


def verify(
    target: object = None,
    *,
    contract: Path | str | None = None,
    seed: int = 0,
    max_examples: int = 30,
    tell: Callable[[Progress], None] = lambda _: None,
) -> Run:
    """Verify *target* and return the run: ``accord verify`` for a program.

    *target* is an http(s) URL, ``package.module:name`` or an ASGI application; it and *contract*
    default to ``[tool.accord]`` of the working directory; without a contract there, it is what the
    service publishes. Raises an ``AccordError`` when the
    question cannot be asked.
    """
    settings = read_settings(Path.cwd())
    if contract is not None:
        settings = replace(settings, contract=contract if is_url(contract) else Path(contract))
    with opened(
        chosen_target(target, settings), settings, Options(seed=seed, max_examples=max_examples)
    ) as opening:
        return opening.run(tell)


def chosen_target(target: object, settings: Settings) -> object:
    """Return *target*, else the one that *settings* name; raises ``ConfigurationError`` without either."""
    chosen = target if target is not None else settings.target
    if chosen is None:
        raise ConfigurationError(
            "no target is named",
            place="[tool.accord] target",
            next_step="Give a URL or package.module:name, or set target in pyproject.toml.",
        )
    return chosen
