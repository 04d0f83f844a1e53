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

from accord.errors import ConfigurationError

if TYPE_CHECKING:
    from accord.findings.result import Run

_INTERRUPTED = 130
_FRAMING = frozenset({"content-length", "transfer-encoding"})
_SHORT_HEADER = re.compile(r"-[a-zA-GI-Z]*H")


class Stage(StrEnum):
    """The stages of a run, as ``--only`` takes them."""

    REST = "rest"
    WORKFLOWS = "workflows"
    WEBSOCKET = "websocket"


class Threshold(StrEnum):
    """The severities, as ``--fail-on`` takes them."""

    ERROR = "error"
    WARNING = "warning"
    NOTE = "note"


def verify(  # noqa: PLR0913 - one argument for each option
    target: Annotated[
        Optional[str],  # noqa: UP045 - typer reads it at run time
        typer.Argument(
            help="An http(s) URL, or package.module:name of an ASGI application or factory. "
            "Default: target in [tool.accord]."
        ),
    ] = None,
    *,
    contract: Annotated[
        Optional[Path],  # noqa: UP045
        typer.Option(help="The contract's folder or document. Default: contract in [tool.accord]."),
    ] = None,
    seed: Annotated[int, typer.Option(help="Where the drawn cases start; the same seed draws the same.")] = 0,
    max_examples: Annotated[int, typer.Option(min=1, help="Fuzzing cases for each operation.")] = 30,
    only: Annotated[Optional[Stage], typer.Option(help="Run one stage alone.")] = None,  # noqa: UP045
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
    timeout: Annotated[
        float, typer.Option(min=0.1, max=86_400, help="Seconds that one answer may take.")
    ] = 10.0,
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
    accord verify http://127.0.0.1:8000            a service on the network
    accord verify myapp.main:app --contract api/   an application in process
    """
    from accord.config import read_settings  # noqa: PLC0415 - heavy, and not needed for --help
    from accord.exchange.client import Limits  # noqa: PLC0415
    from accord.findings.finding import Severity  # noqa: PLC0415
    from accord.report.display import Display  # noqa: PLC0415
    from accord.report.files import parse, write  # noqa: PLC0415
    from accord.run.verify import Options, chosen_target, opened  # noqa: PLC0415

    for item in report or ():
        parse(item)
    settings = read_settings(Path.cwd())
    if contract is not None:
        settings = replace(settings, contract=contract)
    options = Options(
        seed=seed,
        max_examples=max_examples,
        only=only.value if only else None,
        operations=tuple(operation or ()),
        headers=tuple(parse_header(item) for item in header or ()),
        limits=Limits(seconds=timeout),
        record=record,
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
        with Display(sys.stderr, no_color=no_color) as display:
            run = verification.run(display.show)
        # Told before the target is let go, which may fail: nothing that was found gets lost.
        try:
            for item in report or ():
                write(item, run, fail_on=Severity(fail_on.value))
        finally:
            _tell(run, fail_on=fail_on, quiet=quiet, verbose=verbose, no_color=no_color)
        if verification.stopped is not None:
            raise verification.stopped
    raise typer.Exit(_exit_code(run, fail_on))


def _tell(run: Run, *, fail_on: Threshold, quiet: bool, verbose: bool, no_color: bool) -> None:
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


def parse_header(item: str) -> tuple[str, str]:
    """Return name and value of an option ``--header``; raises ``ConfigurationError``."""
    from accord.exchange.wire import encode_headers  # noqa: PLC0415

    name, separator, value = (part.strip(" \t") for part in item.partition(":"))
    advice = "Write it as 'Name: value'."
    if not separator:
        raise ConfigurationError("a header has no colon", place="--header", next_step=advice)
    if name.lower() in _FRAMING:
        reason = f"{name} follows from each body"
        raise ConfigurationError(reason, place="--header", next_step="Leave it out.")
    try:
        encode_headers(((name, value),))
    except ValueError as problem:
        raise ConfigurationError(str(problem), place="--header", next_step=advice) from None
    return name, value


def _exit_code(run: Run, fail_on: Threshold) -> int:
    from accord.findings.finding import Severity, Verdict  # noqa: PLC0415

    if run.interrupted:
        return _INTERRUPTED
    worst = run.worst()
    if worst is not None and worst.rank <= Severity(fail_on.value).rank:
        return 1
    if all(outcome.verdict is Verdict.NOT_REACHED for outcome in run.outcomes):
        return 2
    return 0
