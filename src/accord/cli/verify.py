"""``accord verify``: hold a running service against its contract."""

from __future__ import annotations

import logging
import re
import shlex
import sys
import warnings
from collections.abc import Sequence
from contextlib import suppress
from dataclasses import replace
from enum import StrEnum
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Optional

import typer

if TYPE_CHECKING:
    from accord.config import Settings
    from accord.findings.result import Run
    from accord.run.verification import Verification

_INTERRUPTED = 130
_NOTICE = 500
_SHORT_HEADER = re.compile(r"-[a-zA-GI-Z]*H")


class Stage(StrEnum):
    """The stages of a run, as ``--only`` takes them."""

    CONTRACT = "contract"
    REST = "rest"
    WORKFLOWS = "workflows"
    WEBSOCKET = "websocket"


class Exploration(StrEnum):
    """How much is drawn, as ``--exploration`` takes it."""

    FULL = "full"
    NONE = "none"


class Threshold(StrEnum):
    """The severities, as ``--fail-on`` takes them."""

    ERROR = "error"
    WARNING = "warning"
    NOTE = "note"


def verify(  # noqa: PLR0913 - one argument for each option
    target: Annotated[
        Optional[str],  # noqa: UP045 - typer reads it at run time
        typer.Argument(
            help="An http(s) URL, or package.module:name of an ASGI or WSGI application or factory. "
            "Default: target in [tool.accord]."
        ),
    ] = None,
    *,
    contract: Annotated[
        Optional[str],  # noqa: UP045
        typer.Option(
            help="The contract's folder or document, git:REVISION:PATH, or the URL where the service publishes it. "
            "Default: contract in [tool.accord], else what the service publishes."
        ),
    ] = None,
    profile: Annotated[
        Optional[str],  # noqa: UP045
        typer.Option(help="The framework of the service: auto, fastapi, flask, django-rest or none."),
    ] = None,
    seed: Annotated[int, typer.Option(help="Where the drawn cases start; the same seed draws the same.")] = 0,
    max_examples: Annotated[int, typer.Option(min=1, help="Fuzzing cases for each operation.")] = 30,
    only: Annotated[Optional[Stage], typer.Option(help="Run one stage alone.")] = None,  # noqa: UP045
    corpus: Annotated[
        Optional[Path],  # noqa: UP045
        typer.Option(
            help="Play the cases stored in PATH first, and add what is learned. "
            "Default: corpus in [tool.accord]."
        ),
    ] = None,
    exploration: Annotated[
        Exploration, typer.Option(help="none: only what is fixed (the corpus, workflows, sessions).")
    ] = Exploration.FULL,
    max_time: Annotated[
        Optional[str],  # noqa: UP045
        typer.Option(metavar="TIME", help="Explore with new seeds for so long, such as 90s, 30m or 8h."),
    ] = None,
    budget: Annotated[
        Optional[str],  # noqa: UP045
        typer.Option(
            metavar="TIME", help="Ask nothing more after so long, such as 60s; what changed is first."
        ),
    ] = None,
    changed_since: Annotated[
        Optional[str],  # noqa: UP045
        typer.Option(
            metavar="REV", help="Begin with the operations whose contract differs from that of REV."
        ),
    ] = None,
    operation: Annotated[
        Optional[list[str]],  # noqa: UP045
        typer.Option(help="Verify this operation alone, by its operationId; repeatable."),
    ] = None,
    header: Annotated[
        Optional[list[str]],  # noqa: UP045
        typer.Option("--header", "-H", help="Add 'Name: value' to every request; repeatable."),
    ] = None,
    fail_on: Annotated[
        Threshold, typer.Option(help="The severity from which the exit code is 1.")
    ] = Threshold.ERROR,
    report: Annotated[
        Optional[list[str]],  # noqa: UP045
        typer.Option(help="Write a report: json=PATH or junit=PATH; repeatable."),
    ] = None,
    record: Annotated[
        Optional[Path],  # noqa: UP045
        typer.Option(help="Write every exchange and session to PATH, one JSON value a line."),
    ] = None,
    require_reach: Annotated[
        bool,
        typer.Option("--require-reach", help="Make an error of each documented status that is not seen."),
    ] = False,
    min_message_coverage: Annotated[
        Optional[float],  # noqa: UP045
        typer.Option(
            min=0, max=100, help="Exit with 1 when less of what messages can show was seen, in percent."
        ),
    ] = None,
    timeout: Annotated[
        float, typer.Option(min=0.1, max=86_400, help="Seconds that one answer may take.")
    ] = 10.0,
    patience: Annotated[
        Optional[str],  # noqa: UP045
        typer.Option(
            metavar="TIME", help="Wait so long for a time limit or a heartbeat, such as 60s. Default: 15s."
        ),
    ] = None,
    safe: Annotated[
        bool,
        typer.Option("--safe", help="Send only GET, HEAD, OPTIONS and what a workflow declares."),
    ] = False,
    strict: Annotated[
        bool, typer.Option("--strict", help="Make an error of every response member that nobody declared.")
    ] = False,
    rate: Annotated[
        Optional[str],  # noqa: UP045
        typer.Option(help="Ask no more often than this: 10/s, 100/m or 1000/h."),
    ] = None,
    keep: Annotated[
        Optional[bool],  # noqa: UP045
        typer.Option(
            "--keep/--remove",
            help="Keep or remove what the run created. Default: remove at a URL.",
        ),
    ] = None,
    self_test: Annotated[
        bool, typer.Option("--self-test", help="Run against each fault of the catalogue in [tool.accord].")
    ] = False,
    fault: Annotated[
        Optional[list[str]],  # noqa: UP045
        typer.Option(help="With --self-test: this fault alone, by its name; repeatable."),
    ] = None,
    quiet: Annotated[
        bool, typer.Option("--quiet", "-q", help="Tell the verdict and one line a finding.")
    ] = False,
    verbose: Annotated[
        bool, typer.Option("--verbose", "-v", help="Tell requests and responses as well.")
    ] = False,
    no_color: Annotated[bool, typer.Option("--no-color", help="Print without colours.")] = False,
) -> None:
    """Hold a running service against its contract and tell where it is not in accord.

    \b
    accord verify                                  what [tool.accord] names
    accord verify http://127.0.0.1:8000            a service on the network, by the contract that it publishes
    accord verify myapp.main:app --contract api/   an application in process
    """
    from accord.cli.header import read_header  # noqa: PLC0415
    from accord.config import located, read_settings  # noqa: PLC0415 - heavy, and not needed for --help
    from accord.exchange.client import Limits  # noqa: PLC0415
    from accord.exchange.pace import read_rate  # noqa: PLC0415
    from accord.findings.finding import Severity  # noqa: PLC0415
    from accord.report.display import Display  # noqa: PLC0415
    from accord.report.files import parse, write  # noqa: PLC0415
    from accord.report.text import printable  # noqa: PLC0415
    from accord.run.duration import read_budget, seconds  # noqa: PLC0415
    from accord.run.opening import chosen_target, opened  # noqa: PLC0415
    from accord.run.options import Options  # noqa: PLC0415

    for item in report or ():
        parse(item)
    settings = read_settings(Path.cwd())
    if contract is not None:
        settings = replace(settings, contract=located(contract, Path()))
    if corpus is not None:
        settings = replace(settings, corpus=corpus)
    if profile is not None:
        settings = replace(settings, profile=profile)
    options = Options(
        seed=seed,
        max_examples=max_examples,
        only=only.value if only else None,
        operations=tuple(operation or ()),
        headers=tuple(read_header(item) for item in header or ()),
        limits=Limits(seconds=timeout),
        record=record,
        explores=exploration is Exploration.FULL,
        learns=exploration is Exploration.FULL and not self_test,
        max_seconds=seconds(max_time, place="--max-time") if max_time is not None else None,
        budget=read_budget(budget, max_time),
        changed_since=changed_since,
        patience=seconds(patience, place="--patience") if patience is not None else None,
        safe=safe,
        strict=strict,
        rate=read_rate(rate, "--rate") if rate is not None else None,
        keep=keep,
        require_reach=require_reach or settings.require_reach,
    )
    # An application without logging of its own would tell its warnings between accord's lines, and
    # what libraries warn of may hold credentials.
    logging.getLogger().addHandler(logging.NullHandler())
    if not sys.warnoptions:
        warnings.simplefilter("ignore")
    if self_test:
        from accord.cli.self_test import self_test as play  # noqa: PLC0415

        chosen = chosen_target(target, settings)
        raise typer.Exit(play(chosen, fault or (), settings, options, no_color=no_color))
    with opened(chosen_target(target, settings), settings, options) as verification:
        for notice in verification.notices:
            typer.echo(printable(notice, limit=_NOTICE), err=True)
        with Display(sys.stderr, no_color=no_color) as display:
            run = verification.run(display.show)
        # Told before the target is let go, which may fail: nothing that was found gets lost.
        try:
            for item in report or ():
                write(item, run, fail_on=Severity(fail_on.value))
        finally:
            least = _least(verification, min_message_coverage, settings)
            _tell(run, fail_on=fail_on, quiet=quiet, verbose=verbose, no_color=no_color, least=least)
        if verification.stopped is not None:
            raise verification.stopped
    raise typer.Exit(exit_code(run, fail_on, least=least))


def _least(verification: Verification, option: float | None, settings: Settings) -> float | None:
    """Return how much of the messages is to be seen, None where no session was to be held."""
    if not any(trial.stage == Stage.WEBSOCKET for trial in verification.trials):
        return None
    return settings.min_message_coverage if option is None else option


def _tell(
    run: Run, *, fail_on: Threshold, quiet: bool, verbose: bool, no_color: bool, least: float | None
) -> None:
    from accord.findings.finding import Severity  # noqa: PLC0415
    from accord.report.console import console_for  # noqa: PLC0415
    from accord.report.terminal import Detail, tell  # noqa: PLC0415

    detail = Detail.QUIET if quiet else Detail.VERBOSE if verbose else Detail.NORMAL
    # Rich exits when nobody reads on, as in `accord verify | head`; what was found stays the exit code.
    with suppress(SystemExit):
        tell(
            run,
            console_for(sys.stdout, no_color=no_color),
            command=_again(sys.argv[1:], run.seed),
            fail_on=Severity(fail_on.value),
            detail=detail,
            least=least,
        )


def _again(arguments: Sequence[str], seed: int) -> str:
    """Return the command that runs the same again; values of headers are left to the reader."""
    kept: list[str] = []
    skip = False
    for argument in arguments:
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


def exit_code(run: Run, fail_on: Threshold, *, least: float | None = None) -> int:
    """Return 0, 1 or 2 as the command line promises, 130 for a run that was interrupted."""
    from accord.findings.finding import Severity  # noqa: PLC0415

    if run.interrupted:
        return _INTERRUPTED
    worst = run.worst()
    if worst is not None and worst.rank <= Severity(fail_on.value).rank:
        return 1
    if run.unchecked():
        return 2
    share = run.coverage.message_share()
    return 1 if least is not None and share is not None and share < least else 0
