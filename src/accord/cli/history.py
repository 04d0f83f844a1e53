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
    report: Annotated[
        Optional[list[str]],  # noqa: UP045
        typer.Option(
            metavar="FORMAT=PATH",
            help="Write a report: html=PATH draws when facts came and went, json=PATH; repeatable.",
        ),
    ] = None,
) -> None:
    """Tell when each fact of drift came, how it changed, and when it went.

    \b
    accord history                 all that is remembered
    accord history --standing      what stands now
    accord history --report html=drift.html
    """
    from accord.config import read_settings  # noqa: PLC0415 - heavy, and not needed for --help
    from accord.report.alerts.history import lines, parse, render, write  # noqa: PLC0415
    from accord.report.destination import is_stream  # noqa: PLC0415
    from accord.run.drift.history import history as remembered  # noqa: PLC0415
    from accord.run.drift.settings import state_path  # noqa: PLC0415
    from accord.run.duration import seconds  # noqa: PLC0415

    for item in report or ():
        parse(item)
    now = time.time()
    spans = remembered(
        state or state_path(read_settings(Path.cwd())),
        target=target,
        standing=standing,
        since=now - seconds(since, place="--since") if since else None,
    )
    for item in report or ():
        write(item, spans, now=now)
    if as_json:
        sys.stdout.buffer.write(render(spans))
        sys.stdout.buffer.flush()
        return
    for line in lines(spans, now=now):
        # A report on standard output is read by a program: people read the other stream then.
        typer.echo(line, err=any(map(is_stream, report or ())))
