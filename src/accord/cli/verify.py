"""``accord verify``: hold a running service against its contract."""

from __future__ import annotations

import re
import shlex
import sys
from collections.abc import Sequence
from dataclasses import replace
from typing import TYPE_CHECKING

import typer

from accord.cli import option
from accord.cli.asking import options_for, quieten, settings_for
from accord.cli.option import Exploration, Threshold
from accord.cli.telling import Telling, told

if TYPE_CHECKING:
    from accord.config import Settings
    from accord.run.options import Options

_NOTICE = 500
_SHORT_HEADER = re.compile(r"-[a-zA-GI-Z]*H")


def verify(  # noqa: PLR0913 - one argument for each option
    target: option.Target = None,
    *,
    contract: option.Contract = None,
    profile: option.Profile = None,
    seed: option.Seed = 0,
    max_examples: option.MaxExamples = 30,
    only: option.Only = None,
    corpus: option.Corpus = None,
    exploration: option.Explore = Exploration.FULL,
    max_time: option.MaxTime = None,
    budget: option.Budget = None,
    changed_since: option.ChangedSince = None,
    last_failed: option.LastFailed = False,
    operation: option.OneOperation = None,
    exclude: option.Exclude = None,
    header: option.Header = None,
    fail_on: option.FailOn = Threshold.ERROR,
    report: option.Report = None,
    baseline: option.Baseline = None,
    write_baseline: option.WriteBaseline = False,
    record: option.Record = None,
    require_reach: option.RequireReach = False,
    min_message_coverage: option.MinMessageCoverage = None,
    timeout: option.Timeout = 10.0,
    patience: option.Patience = None,
    safe: option.Safe = False,
    strict: option.Strict = False,
    rate: option.RateLimit = None,
    keep: option.Keep = None,
    self_test: option.SelfTest = False,
    fault: option.Fault = None,
    quiet: option.Quiet = False,
    verbose: option.Verbose = False,
    no_color: option.NoColor = False,
) -> None:
    """Hold a running service against its contract and tell where it is not in accord.

    \b
    accord verify                                  what [tool.accord] names
    accord verify http://127.0.0.1:8000            a service on the network, by the contract that it publishes
    accord verify myapp.main:app --contract api/   an application in process
    """
    from accord.run.duration import read_budget, seconds  # noqa: PLC0415 - heavy, and not needed for --help
    from accord.run.last_failed import read_failed  # noqa: PLC0415

    settings = settings_for(contract, corpus)
    telling = Telling(
        reports=tuple(report or ()),
        fail_on=fail_on,
        quiet=quiet,
        verbose=verbose,
        no_color=no_color,
        baseline=baseline or settings.baseline,
        renews=write_baseline,
        whole=only is None and not operation,
    )
    settings = replace(
        settings,
        profile=settings.profile if profile is None else profile,
        min_message_coverage=(
            settings.min_message_coverage if min_message_coverage is None else min_message_coverage
        ),
    )
    options = replace(
        options_for(
            seed=seed,
            max_examples=max_examples,
            only=only,
            operations=operation,
            exclude=exclude,
            exploration=exploration,
            headers=header,
            timeout=timeout,
            safe=safe,
            rate=rate,
            keep=keep,
        ),
        record=record,
        learns=exploration is Exploration.FULL and not self_test,
        max_seconds=seconds(max_time, place="--max-time") if max_time is not None else None,
        budget=read_budget(budget, max_time),
        changed_since=changed_since,
        first=read_failed(settings.root) if last_failed else frozenset(),
        patience=seconds(patience, place="--patience") if patience is not None else None,
        strict=strict,
        require_reach=require_reach or settings.require_reach,
    )
    quieten()
    if self_test:
        from accord.cli.self_test import self_test as play  # noqa: PLC0415

        raise typer.Exit(play(target, fault or (), settings, options, no_color=no_color))
    raise typer.Exit(asked(target, settings, options, telling))


def asked(
    target: str | None,
    settings: Settings,
    options: Options,
    telling: Telling,
    *,
    arguments: Sequence[str] | None = None,
) -> int:
    """Run the suite, tell what came of it, and return the exit code.

    *arguments* are those of the command that asks the same again; that of this process unless given.
    """
    from accord.report.display import Display  # noqa: PLC0415
    from accord.report.text import printable  # noqa: PLC0415
    from accord.run.opening import chosen_target, opened  # noqa: PLC0415

    given = sys.argv[1:] if arguments is None else arguments
    with opened(chosen_target(target, settings), settings, options) as verification:
        for notice in verification.notices:
            typer.echo(printable(notice, limit=_NOTICE), err=True)
        with Display(sys.stderr, no_color=telling.no_color) as display:
            run = verification.run(display.show)
        # Told before the target is let go, which may fail: nothing that was found gets lost.
        held = any(trial.stage == option.Stage.WEBSOCKET for trial in verification.trials)
        least = settings.min_message_coverage if held else None
        code = told(run, telling, command=_again(given, run.seed), least=least, root=settings.root)
        if verification.stopped is not None:
            raise verification.stopped
    return code


def _again(arguments: Sequence[str], seed: int) -> str:
    """Return the command that runs the same again; values of headers are left to the reader."""
    kept: list[str] = []
    skip = False
    for argument in arguments:
        if argument == "--write-baseline":
            continue
        if skip:
            kept.append("'...'")
            skip = False
        elif argument == "--header" or _SHORT_HEADER.fullmatch(argument):
            kept.append(argument)
            skip = True
        elif argument.startswith("--header=") or _SHORT_HEADER.match(argument):
            kept.append("-H '...'")
        else:
            kept.append(shlex.quote(argument))
    if not any(item == "--seed" or item.startswith("--seed=") for item in arguments):
        kept.append(f"--seed {seed}")
    return " ".join(["accord", *kept])
