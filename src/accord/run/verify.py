"""``accord verify`` without its command line: open a target, plan the trials, play them, add them up."""

from __future__ import annotations

import time
from collections.abc import Callable, Iterable, Iterator, Sequence
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field, replace
from difflib import get_close_matches
from importlib.metadata import version
from pathlib import Path

from accord.cases.engine import Budget
from accord.config import Settings, read_settings
from accord.contract.contract import Contract, load
from accord.contract.models import load_models
from accord.contract.openapi import Operation
from accord.errors import AccordError, ConfigurationError
from accord.exchange.client import Limits, open_client
from accord.exchange.recording import Recorder
from accord.exchange.secrets import Secrets, is_secret_header
from accord.exchange.values import Exchange, Session
from accord.findings.catalogue import by_id
from accord.findings.finding import Outcome, Severity
from accord.findings.result import Progress, Run, StageFinished, StageStarted, TrialFinished, TrialStarted
from accord.findings.tally import Tally, distinct
from accord.run import contract as inspection
from accord.run import rest, socket, tenant, workflow
from accord.run.context import Context, Trial
from accord.run.hooks import Hooks, load_hooks
from accord.run.identity import Identities, split_headers
from accord.run.outage import Gone
from accord.run.reach import Reach

STAGES = ("contract", "rest", "workflows", "websocket")


@dataclass(frozen=True, slots=True, kw_only=True)
class Options:
    """What one run is asked to do; see ``accord verify --help`` for each."""

    seed: int = 0
    max_examples: int = 30
    only: str | None = None
    operations: tuple[str, ...] = ()
    headers: tuple[tuple[str, str], ...] = ()
    limits: Limits = field(default_factory=Limits)
    record: Path | None = None


@dataclass(slots=True, kw_only=True)
class Verification:
    """An opened target with everything to verify it; ``trials`` is the plan, in order."""

    context: Context
    options: Options
    target: str
    trials: tuple[Trial, ...]
    reach: Reach
    stopped: AccordError | None = None

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
        outcomes: list[Outcome] = []
        interrupted = False
        try:
            # Not extend: what was found before an interruption must be kept.
            for outcome in self._play(self.trials if trials is None else trials, tell):
                outcomes.append(outcome)
                if until(outcome):
                    break
        except KeyboardInterrupt:
            interrupted = True
        except AccordError as error:
            if not any(item.findings or not item.place.startswith(inspection.STAGE) for item in outcomes):
                raise
            self.stopped, interrupted = error, True
        return self.result(
            outcomes, started=started, seconds=time.monotonic() - clock, interrupted=interrupted
        )

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
        )

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
        """Play one trial; once the service has stopped answering, none reaches anything."""
        context = self.context
        context.current = None
        if not context.watch.reason:
            try:
                return trial.play(context)
            except Gone:
                return context.current or context.tally()
        tally = context.tally()
        tally.miss("unanswered-request", context.watch.reason)
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
    contract = load_contract(settings)
    if settings.generated is not None:
        contract = replace(contract, models=load_models(settings.generated))
    severities, off = read_severities(settings)
    wanted = _wanted(contract, options.operations)
    trials = _trials(contract, options)
    reach = Reach(contract, wanted)
    hooks = load_hooks(settings.hooks, settings.root)
    recorder = Recorder(options.record, secrets) if options.record else None

    def observe(said: Exchange | Session) -> None:
        reach.note(said)
        if recorder is not None:
            recorder(said)

    try:
        credential, headers = split_headers(contract, options.headers)
        client = open_client(target, limits=options.limits, headers=headers, observe=observe)
        try:
            with _between(hooks, client.base_url):
                context = Context(
                    contract=contract,
                    client=client,
                    identities=Identities(contract, client, settings.identities, secrets, hooks, credential),
                    secrets=secrets,
                    hooks=hooks,
                    seed=options.seed,
                    budget=Budget(max_examples=options.max_examples, chains=options.max_examples),
                    settings=settings.schemathesis,
                    severities=severities,
                    switched_off=off,
                )
                context.shared["workflow-player"] = lambda: workflow.play(context)
                yield Verification(
                    context=context,
                    options=options,
                    target=client.target,
                    trials=trials,
                    reach=reach,
                )
        finally:
            client.close()
    finally:
        if recorder is not None:
            recorder.close()


def _secrets(options: Options) -> Secrets:
    """Return the secrets of a run, with those that its headers carry; identities add theirs."""
    return Secrets(
        part
        for name, value in options.headers
        if is_secret_header(name)
        for part in (value, value.rpartition(" ")[2])
    )


@contextmanager
def _between(hooks: Hooks, base_url: str) -> Iterator[None]:
    """Call ``before_run`` now and ``after_run`` in the end, however that comes.

    When a run has failed, its own error matters more than one of ``after_run``.
    """
    hooks.before(base_url)
    try:
        yield
    except BaseException:
        with suppress(ConfigurationError):
            hooks.after(base_url)
        raise
    hooks.after(base_url)


def _trials(contract: Contract, options: Options) -> tuple[Trial, ...]:
    """Return the plan; raises ``ConfigurationError`` when it is empty: there is no question to ask."""
    trials = tuple(plan(contract, only=options.only, operations=options.operations))
    if not trials or (options.only is None and {trial.stage for trial in trials} == {inspection.STAGE}):
        among = f" in the stage {options.only}" if options.only else ""
        raise ConfigurationError(
            f"the contract gives nothing to verify{among}",
            place=str(contract.folder),
            next_step="Check the options --only and --operation, and what the contract describes.",
        )
    return trials


def plan(contract: Contract, *, only: str | None = None, operations: tuple[str, ...] = ()) -> Iterator[Trial]:
    """Yield every trial of *contract*, or those of the stage *only* and of *operations*.

    Order and ids are the contract's alone: no seed, no target and no setting changes them.
    """
    if only in (None, "contract") and not operations:
        yield from inspection.plan(contract)
    if only in (None, "rest") and contract.openapi is not None:
        wanted = _wanted(contract, operations)
        # Another tenant asks first: later, little is left in the state that it was in.
        yield from tenant.plan_foreign(contract, wanted)
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
    if settings.contract is None:
        raise ConfigurationError(
            "no contract is named",
            place="[tool.accord] contract",
            next_step="Name the folder of your contract in pyproject.toml, or give --contract.",
        )
    return settings.contract


def read_severities(settings: Settings) -> tuple[dict[str, Severity], frozenset[str]]:
    """Return the severities that *settings* override, and the rules that they switch off."""
    known = by_id()
    severities: dict[str, Severity] = {}
    off: set[str] = set()
    for rule, value in settings.rules.items():
        place = f"[tool.accord.rules] {rule}"
        if rule not in known:
            advice = _near(rule, known) or "See docs/rules for the ids."
            raise ConfigurationError(f"there is no rule {rule!r}", place=place, next_step=advice)
        if value == "off":
            off.add(rule)
        elif value in list(Severity):
            severities[rule] = Severity(value)
        else:
            raise ConfigurationError(
                f"{value!r} is not a severity", place=place, next_step="Use error, warning, note or off."
            )
    return severities, frozenset(off)


def _wanted(contract: Contract, names: tuple[str, ...]) -> Callable[[Operation], bool]:
    known = {operation.id for operation in contract.operations}
    for name in names:
        if name not in known:
            raise ConfigurationError(
                f"operation {name!r} is not in the contract",
                place="--operation",
                next_step=_near(name, known) or f"Known operations: {', '.join(sorted(known))}.",
            )
    return lambda operation: not names or operation.id in names


def _near(name: str, known: Iterable[str]) -> str:
    """Return the advice to take one of the *known* names that is nearly *name*; empty when none is."""
    near = get_close_matches(name, sorted(known), n=1)
    return f"Did you mean {near[0]!r}?" if near else ""


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
    default to ``[tool.accord]`` of the working directory. Raises an ``AccordError`` when the
    question cannot be asked.
    """
    settings = read_settings(Path.cwd())
    if contract is not None:
        settings = replace(settings, contract=Path(contract))
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
