"""``accord observe``: what traffic shows of a contract, and what it does not."""

from __future__ import annotations

import sys
from contextlib import suppress
from enum import StrEnum
from pathlib import Path
from typing import Annotated, Optional

import typer

from accord.cli.option import Threshold
from accord.errors import ConfigurationError


class Sender(StrEnum):
    """Who sends the messages of a file, as ``--sender`` takes it."""

    SERVER = "server"
    CLIENT = "client"


def observe(  # noqa: PLR0913 - one argument for each option
    sources: Annotated[
        list[Path],
        typer.Argument(
            help="HAR files, recordings of `accord verify --record`, or files of one message a line."
        ),
    ],
    *,
    contract: Annotated[
        Optional[Path],  # noqa: UP045 - typer reads it at run time
        typer.Option(help="The contract's folder or document. Default: contract in [tool.accord]."),
    ] = None,
    channel: Annotated[
        Optional[str],  # noqa: UP045
        typer.Option(help="The channel of messages that stand alone; not needed where there is one."),
    ] = None,
    message: Annotated[
        Optional[str],  # noqa: UP045
        typer.Option(help="What all messages of a file are, where nothing in them tells."),
    ] = None,
    sender: Annotated[Sender, typer.Option(help="Who sends messages that stand alone.")] = Sender.SERVER,
    least: Annotated[
        int,
        typer.Option(
            "--at-least", min=1, help="How many values must have come before it is told what never did."
        ),
    ] = 59,
    clients: Annotated[
        bool, typer.Option("--clients", help="Hold what clients say against the contract as well.")
    ] = False,
    fail_on: Annotated[
        Threshold, typer.Option(help="The severity from which the exit code is 1.")
    ] = Threshold.ERROR,
    report: Annotated[
        Optional[list[str]],  # noqa: UP045
        typer.Option(help="Write a report: json=PATH, with every count, or junit=PATH; repeatable."),
    ] = None,
    verbose: Annotated[bool, typer.Option("--verbose", "-v", help="Tell every note in full.")] = False,
    no_color: Annotated[bool, typer.Option("--no-color", help="Print without colours.")] = False,
) -> None:
    """Count what traffic shows of the contract, and tell where the two part.

    \b
    accord observe browser.har                         what a browser has seen
    accord observe exchanges.ndjson more.ndjson        recordings, counted together
    accord observe messages.ndjson --channel events    one message a line
    """
    from accord.config import read_settings  # noqa: PLC0415 - heavy, and not needed for --help
    from accord.contract.contract import load  # noqa: PLC0415
    from accord.findings.finding import Severity  # noqa: PLC0415
    from accord.report import observed  # noqa: PLC0415
    from accord.report.console import console_for  # noqa: PLC0415
    from accord.report.files import parse, write  # noqa: PLC0415
    from accord.run.observe import Holding, Naming, hold  # noqa: PLC0415
    from accord.run.observe import observe as count  # noqa: PLC0415
    from accord.run.plan import contract_path  # noqa: PLC0415
    from accord.run.severities import read_severities  # noqa: PLC0415

    wanted = [parse(item) for item in report or ()]
    settings = read_settings(Path.cwd())
    severities, off = read_severities(settings)
    loaded = load(contract or contract_path(settings))
    observation = count(loaded, sources, Naming(channel=channel, side=sender.value, message=message))
    holding = Holding(severities=severities, switched_off=off, least=least, clients=clients)
    run = hold(loaded, observation, holding, sources=", ".join(map(str, sources)))
    try:
        for item, (kind, path) in zip(report or (), wanted, strict=True):
            if kind == "json":
                _write(path, observed.render(run, observation))
            else:
                write(item, run, fail_on=Severity(fail_on.value))
    finally:
        # Rich exits when nobody reads on, as in `accord observe ... | head`.
        with suppress(SystemExit):
            console = console_for(sys.stdout, no_color=no_color)
            observed.tell(run, observation, console, fail_on=Severity(fail_on.value), verbose=verbose)
    worst = run.worst()
    failed = worst is not None and worst.rank <= Severity(fail_on.value).rank
    raise typer.Exit(1 if failed else 2 if run.unchecked() else 0)


def _write(path: Path, content: bytes) -> None:
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(content)
    except OSError as error:
        raise ConfigurationError(
            f"the report cannot be written: {error.strerror}", place=str(path), next_step="Name another path."
        ) from error
