"""``accord lint``: hold a contract against itself."""

from __future__ import annotations

import shlex
import sys
from dataclasses import replace
from pathlib import Path
from typing import Annotated

import typer

from accord.cli import option
from accord.cli.option import Threshold
from accord.cli.telling import Telling, told


def lint(
    contract: Annotated[
        Path | None,
        typer.Argument(help="The contract's folder or document. Default: contract in [tool.accord]."),
    ] = None,
    *,
    fail_on: option.FailOn = Threshold.ERROR,
    report: option.Report = None,
    baseline: option.Baseline = None,
    write_baseline: option.WriteBaseline = False,
    quiet: option.Quiet = False,
    verbose: option.Verbose = False,
    no_color: option.NoColor = False,
) -> None:
    """Hold a contract against itself and tell where it contradicts or weakens itself.

    \b
    accord lint                      what [tool.accord] names
    accord lint api/openapi.yaml     one document
    """
    from accord.config import read_settings  # noqa: PLC0415 - heavy, and not needed for --help
    from accord.run.lint import Linter  # noqa: PLC0415
    from accord.run.plan import contract_path  # noqa: PLC0415
    from accord.run.severities import read_severities  # noqa: PLC0415

    settings = read_settings(Path.cwd())
    telling = Telling(
        reports=tuple(report or ()),
        fail_on=fail_on,
        quiet=quiet,
        verbose=verbose,
        no_color=no_color,
        # The baseline of the settings is that of all runs, which find more: to write it anew would lose that.
        baseline=baseline if baseline or write_baseline else settings.baseline,
        renews=write_baseline,
        whole=baseline is not None,
    )
    if contract is not None:
        settings = replace(settings, contract=contract)
    severities, off = read_severities(settings)
    run = Linter(severities=severities, switched_off=off).lint(contract_path(settings))
    raise typer.Exit(told(run, telling, command=shlex.join(["accord", *sys.argv[1:]])))
