"""The plan of a run: every trial that a contract gives, in order."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from pathlib import Path

from accord.config import Settings
from accord.contract.contract import Contract, load
from accord.contract.openapi import Operation
from accord.errors import ConfigurationError
from accord.findings.finding import Outcome
from accord.run import contract as inspection
from accord.run import workflow
from accord.run.context import Trial
from accord.run.corpus import replay
from accord.run.corpus.stored import EMPTY, Corpus, stored
from accord.run.options import Options
from accord.run.rest import law_list, law_read, law_write, tenant
from accord.run.rest import stage as rest
from accord.run.revision import changed_since, changed_until_now, touched_first
from accord.run.severities import near
from accord.run.source.discovery import is_url
from accord.run.source.side import is_revision, read_revision
from accord.run.websocket import stage as socket

STAGES = ("contract", "rest", "workflows", "websocket")


def planned(settings: Settings, contract: Contract, options: Options) -> tuple[Trial, ...]:
    """Return the plan of *options*, with the corpus of *settings*, what has changed before all else.

    Raises ``ConfigurationError`` when it is empty: there is no question to ask.
    """
    check_known(contract, options.operations, "--operation")
    check_known(contract, sorted(options.excluded), "--exclude, or exclude in the settings")
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
    if is_revision(settings.contract):
        return touched_first(
            trials, changed_until_now(str(settings.contract), contract, options.changed_since)
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
        chosen = wanted(operations)
        yield from replay.plan(contract, corpus, chosen)
        # Another tenant asks first: later, little is left in the state that it was in.
        yield from tenant.plan_foreign(contract, chosen)
        # What is written now is listed then; and after all that is drawn, lists are long.
        yield from law_write.plan(contract, chosen)
        yield from law_list.plan(contract, chosen)
        yield from law_read.plan(contract, chosen)
        yield from rest.plan(contract, chosen)
        yield from tenant.plan_public(contract, chosen)
    if operations:
        return
    if only in (None, "workflows"):
        yield from workflow.plan(contract)
    if only in (None, "websocket"):
        yield from socket.plan(contract)


def load_contract(settings: Settings) -> Contract:
    """Load the contract that *settings* name; raises ``ConfigurationError`` when they name none."""
    if is_revision(settings.contract):
        return read_revision(str(settings.contract))
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


def check_known(contract: Contract, names: Iterable[str], place: str) -> None:
    """Raise ``ConfigurationError`` for one of *names*, written at *place*, that is no operation of *contract*."""
    known = {operation.id for operation in contract.operations}
    for name in names:
        if name not in known:
            raise ConfigurationError(
                f"operation {name!r} is not in the contract",
                place=place,
                next_step=near(name, known) or f"Known operations: {', '.join(sorted(known))}.",
            )


def wanted(names: tuple[str, ...], excluded: frozenset[str] = frozenset()) -> Callable[[Operation], bool]:
    """Return whether an operation is one of *names*, or any without names, and none of *excluded*."""
    return lambda operation: (not names or operation.id in names) and operation.id not in excluded


def plays_all(outcomes: Iterable[Outcome], contract: Contract, stage: str) -> bool:
    """Tell whether *outcomes* are of every trial of a *stage*, which has some."""
    told = {outcome.place for outcome in outcomes}
    planned = [trial.id for trial in plan(contract, only=stage)]
    return bool(planned) and all(
        any(place == name or place.startswith(f"{name}/") for place in told) for name in planned
    )
