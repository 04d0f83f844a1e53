"""``accord history``: when each fact of drift came and went."""

from __future__ import annotations

import sys
import time
from pathlib import Path
from typing import Annotated, Optional

import typer


def history(
    target: Annotated[
        Optional[str],  # noqa: UP045 - typer reads it at run time
        typer.Argument(help="One service alone. Default: all that were asked."),
    ] = None,
    *,
    standing: Annotated[bool, typer.Option("--standing", help="Tell what stands alone.")] = False,
    since: Annotated[
        Optional[str],  # noqa: UP045
        typer.Option(metavar="TIME", help="Leave out what went longer ago than this, such as 7d."),
    ] = None,
    state: Annotated[
        Optional[Path],  # noqa: UP045
        typer.Option(help="The file of `accord drift`. Default: .accord/drift.sqlite3."),
    ] = None,
    as_json: Annotated[bool, typer.Option("--json", help="Print JSON.")] = False,
) -> None:
    """Tell when each fact of drift came, how it changed, and when it went.

    \b
    accord history                 all that is remembered
    accord history --standing      what stands now
    """
    from accord.config import read_settings  # noqa: PLC0415 - heavy, and not needed for --help
    from accord.report.alerts.history import lines, render  # noqa: PLC0415
    from accord.run.drift.history import history as remembered  # noqa: PLC0415
    from accord.run.drift.settings import state_path  # noqa: PLC0415
    from accord.run.duration import seconds  # noqa: PLC0415

    now = time.time()
    spans = remembered(
        state or state_path(read_settings(Path.cwd())),
        target=target,
        standing=standing,
        since=now - seconds(since, place="--since") if since else None,
    )
    if as_json:
        sys.stdout.buffer.write(render(spans))
        sys.stdout.buffer.flush()
        return
    for line in lines(spans, now=now):
        typer.echo(line)
