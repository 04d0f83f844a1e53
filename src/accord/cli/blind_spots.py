"""``accord blind-spots``: what the contract would not see if the service went wrong."""

from __future__ import annotations

import sys
from contextlib import suppress
from dataclasses import replace
from pathlib import Path
from typing import Annotated

import typer

from accord.cli import option
from accord.cli.telling import INTERRUPTED


def blind_spots(
    recording: Annotated[
        Path,
        typer.Argument(help="What was said: a recording of `accord verify --record`.", metavar="RECORDING"),
    ],
    *,
    contract: Annotated[
        Path | None,
        typer.Option(help="The contract's folder or document. Default: contract in [tool.accord]."),
    ] = None,
    min_score: Annotated[
        float | None,
        typer.Option(min=0, max=100, help="Exit with 1 when the contract refuses less, in percent."),
    ] = None,
    report: Annotated[
        list[str] | None, typer.Option(help="Write a report: json=PATH; - is standard output.")
    ] = None,
    verbose: option.Verbose = False,
    no_color: option.NoColor = False,
) -> None:
    """Make good answers wrong, and tell which of them the contract would still accept.

    \b
    accord verify --record said.ndjson                  record what a healthy service says
    accord blind-spots said.ndjson                      where the contract sees too little, and what to add
    """
    from accord.config import read_settings  # noqa: PLC0415 - heavy, and not needed for --help
    from accord.report.blindness import render, tell  # noqa: PLC0415
    from accord.report.console import console_for  # noqa: PLC0415
    from accord.report.destination import destination, is_stream, put  # noqa: PLC0415
    from accord.run.blindness import blindness  # noqa: PLC0415
    from accord.run.plan import contract_path  # noqa: PLC0415

    paths = [destination(item, ("json",))[1] for item in report or ()]
    settings = read_settings(Path.cwd())
    if contract is not None:
        settings = replace(settings, contract=contract)
    try:
        measured = blindness(contract_path(settings), recording)
    except KeyboardInterrupt:
        typer.echo("interrupted before all of it was measured; a shorter recording takes less", err=True)
        raise typer.Exit(INTERRUPTED) from None
    for path in paths:
        put(render(measured), path)
    stream = sys.stderr if any(map(is_stream, report or ())) else sys.stdout
    # Rich exits when nobody reads on, as in `accord blind-spots ... | head`.
    with suppress(SystemExit):
        tell(measured, console_for(stream, no_color=no_color), verbose=verbose)
    if measured.score is None:
        raise typer.Exit(2)
    raise typer.Exit(1 if min_score is not None and measured.score < min_score else 0)
