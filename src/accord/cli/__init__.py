"""The command line: one file for each verb.

Exit codes: 0 nothing found at or above ``--fail-on``, 1 something found, 2 accord could not ask,
130 interrupted.
"""

from __future__ import annotations

import os
import sys
from pathlib import Path
from typing import NoReturn

import typer

from accord.cli.accept import accept
from accord.cli.blind_spots import blind_spots
from accord.cli.compare import compare
from accord.cli.config import config
from accord.cli.drift import drift
from accord.cli.export import export
from accord.cli.generate import generate
from accord.cli.history import history
from accord.cli.infer import infer
from accord.cli.init import init
from accord.cli.lint import lint
from accord.cli.observe import observe
from accord.cli.record import record
from accord.cli.regress import regress
from accord.cli.relay import relay
from accord.cli.rules import rules
from accord.cli.verify import verify
from accord.cli.ws import ws
from accord.errors import AccordError

app = typer.Typer(
    name="accord",
    help="Is the service in accord with its contract?",
    no_args_is_help=True,
    rich_markup_mode=None,
    pretty_exceptions_enable=False,
    context_settings={"help_option_names": ["-h", "--help"]},
)
app.command()(init)
app.command()(verify)
app.command()(compare)
app.command()(regress)
app.command()(record)
app.command()(drift)
app.command()(accept)
app.command()(history)
app.command()(generate)
app.command()(rules)
app.command()(lint)
app.command()(blind_spots)
app.command()(observe)
app.command()(infer)
app.add_typer(export, name="export")
app.add_typer(config, name="config")
app.command()(ws)
app.command()(relay)


def _version(*, wanted: bool) -> None:
    if wanted:
        from importlib.metadata import version  # noqa: PLC0415 - only for --version

        typer.echo(f"accord {version('accord')}")
        raise typer.Exit


@app.callback()
def _root(
    *,
    version: bool = typer.Option(
        False,
        "--version",
        callback=lambda value: _version(wanted=value),
        is_eager=True,
        help="Print the version and exit.",
    ),
) -> None:
    """Hold services against their contracts."""


def main() -> None:
    """Run the command line; what stops a run is told in one paragraph, without a traceback.

    A defect of accord's own has the exit code 2 as well: it is no finding.
    """
    for name in ("stdout", "stderr"):
        if getattr(sys, name) is None:  # the caller has closed it
            setattr(sys, name, Path(os.devnull).open("w"))  # noqa: SIM115 - open as long as the process  # noqa: SIM115 - it stays open
    try:
        app()
    except AccordError as error:
        _stop(str(error))
    except Exception as error:
        if sys.flags.dev_mode:
            raise
        from accord.exchange.crash import describe  # noqa: PLC0415 - only for a defect

        advice = "Run it as `python -X dev -m accord` for the traceback, and report it."
        _stop(f"a defect of accord: {describe(error)}\n  {advice}")


def _stop(words: str) -> NoReturn:
    typer.echo(f"accord: {words}", err=True)
    sys.exit(2)
