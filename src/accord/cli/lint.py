"""``accord lint``: hold a contract against itself."""

from __future__ import annotations

import shlex
import sys
from contextlib import suppress
from dataclasses import replace
from pathlib import Path
from typing import Annotated, Optional

import typer

from accord.cli.verify import Threshold, exit_code


def lint(
    contract: Annotated[
        Optional[Path],  # noqa: UP045 - typer reads it at run time
        typer.Argument(help="The contract's folder or document. Default: contract in [tool.accord]."),
    ] = None,
    *,
    fail_on: Annotated[
        Threshold, typer.Option(help="The severity from which the exit code is 1.")
    ] = Threshold.ERROR,
    report: Annotated[
        Optional[list[str]],  # noqa: UP045
        typer.Option(help="Write a report: json=PATH or junit=PATH; repeatable."),
    ] = None,
    quiet: Annotated[
        bool, typer.Option("--quiet", "-q", help="Tell the verdict and one line a finding.")
    ] = False,
    verbose: Annotated[
        bool, typer.Option("--verbose", "-v", help="Tell whole witnesses and the tally of each rule.")
    ] = False,
    no_color: Annotated[bool, typer.Option("--no-color", help="Print without colours.")] = False,
) -> None:
    """Hold a contract against itself and tell where it contradicts or weakens itself.

    \b
    accord lint                      what [tool.accord] names
    accord lint api/openapi.yaml     one document
    """
    from accord.config import read_settings  # noqa: PLC0415 - heavy, and not needed for --help
    from accord.findings.finding import Severity  # noqa: PLC0415
    from accord.report.console import console_for  # noqa: PLC0415
    from accord.report.files import parse, write  # noqa: PLC0415
    from accord.report.terminal import Detail, tell  # noqa: PLC0415
    from accord.run.lint import Linter  # noqa: PLC0415
    from accord.run.plan import contract_path  # noqa: PLC0415
    from accord.run.severities import read_severities  # noqa: PLC0415

    for item in report or ():
        parse(item)
    settings = read_settings(Path.cwd())
    if contract is not None:
        settings = replace(settings, contract=contract)
    severities, off = read_severities(settings)
    run = Linter(severities=severities, switched_off=off).lint(contract_path(settings))
    try:
        for item in report or ():
            write(item, run, fail_on=Severity(fail_on.value))
    finally:
        # Rich exits when nobody reads on, as in `accord lint | head`; what was found stays the exit code.
        with suppress(SystemExit):
            tell(
                run,
                console_for(sys.stdout, no_color=no_color),
                command=shlex.join(["accord", *sys.argv[1:]]),
                fail_on=Severity(fail_on.value),
                detail=Detail.QUIET if quiet else Detail.VERBOSE if verbose else Detail.NORMAL,
            )
    raise typer.Exit(exit_code(run, fail_on))
