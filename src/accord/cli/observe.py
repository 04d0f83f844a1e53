"""``accord observe``: what traffic shows of a contract, and what it does not."""

from __future__ import annotations

import sys
from contextlib import suppress
from enum import StrEnum
from pathlib import Path
from typing import Annotated

import typer

from accord.cli import option
from accord.cli.option import Threshold


class Sender(StrEnum):
    """Who sends the messages of a file, as ``--sender`` takes it."""

    SERVER = "server"
    CLIENT = "client"


Sources = Annotated[
    list[Path],
    typer.Argument(help="HAR files, recordings of `accord verify --record`, or files of one message a line."),
]
Contract = Annotated[
    Path | None,
    typer.Option(
        metavar="PLACE", help="The contract's folder or document. Default: contract in [tool.accord]."
    ),
]
Channel = Annotated[
    str | None,
    typer.Option(
        metavar="NAME", help="The channel of messages that stand alone; not needed where there is one."
    ),
]
Kind = Annotated[
    str | None,
    typer.Option(metavar="NAME", help="What all messages of a file are, where nothing in them tells."),
]
Sends = Annotated[Sender, typer.Option(help="Who sends messages that stand alone.")]
Least = Annotated[
    int,
    typer.Option(
        "--at-least",
        min=1,
        metavar="NUMBER",
        help="How many values must have come before it is told what never did.",
    ),
]
Clients = Annotated[
    bool, typer.Option("--clients", help="Hold what clients say against the contract as well.")
]


def observe(  # noqa: PLR0913 - one argument for each option
    sources: Sources,
    *,
    contract: Contract = None,
    channel: Channel = None,
    message: Kind = None,
    sender: Sends = Sender.SERVER,
    least: Least = 59,
    clients: Clients = False,
    fail_on: option.FailOn = Threshold.ERROR,
    report: option.Report = None,
    verbose: option.Verbose = False,
    no_color: option.NoColor = False,
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
    from accord.report.destination import put  # noqa: PLC0415
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
                put(observed.render(run, observation), path)
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
