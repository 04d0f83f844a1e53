"""Telling a run: its reports written, its findings on the terminal, its exit code."""

from __future__ import annotations

import sys
from contextlib import suppress
from dataclasses import dataclass
from typing import TYPE_CHECKING

from accord.cli.option import Threshold

if TYPE_CHECKING:
    from accord.findings.result import Run

_INTERRUPTED = 130


@dataclass(frozen=True, slots=True, kw_only=True)
class Telling:
    """How a run is told: the reports to write, from which severity on it fails, how much, and in which colours."""

    reports: tuple[str, ...]
    fail_on: Threshold
    quiet: bool
    verbose: bool
    no_color: bool

    def __post_init__(self) -> None:
        """Refuse a report that could not be written before anything is asked; raises ``ConfigurationError``."""
        from accord.report.files import parse  # noqa: PLC0415 - heavy, and not needed for --help

        for item in self.reports:
            parse(item)


def told(run: Run, telling: Telling, *, command: str, least: float | None = None) -> int:
    """Write the reports, tell *run* on the terminal, and return the exit code.

    Of what messages can show, *least* percent are to be seen; *command* is what runs the same again.
    """
    from accord.findings.finding import Severity  # noqa: PLC0415 - heavy, and not needed for --help
    from accord.report.console import console_for  # noqa: PLC0415
    from accord.report.destination import is_stream  # noqa: PLC0415
    from accord.report.files import write  # noqa: PLC0415
    from accord.report.terminal import Detail, tell  # noqa: PLC0415

    fail_on = Severity(telling.fail_on.value)
    stream = sys.stderr if any(map(is_stream, telling.reports)) else sys.stdout
    try:
        for item in telling.reports:
            write(item, run, fail_on=fail_on)
    finally:
        # Rich exits when nobody reads on, as in `accord verify | head`; what was found stays the exit code.
        with suppress(SystemExit):
            tell(
                run,
                console_for(stream, no_color=telling.no_color),
                command=command,
                fail_on=fail_on,
                detail=Detail.QUIET
                if telling.quiet
                else Detail.VERBOSE
                if telling.verbose
                else Detail.NORMAL,
                least=least,
            )
    return exit_code(run, telling.fail_on, least=least)


def exit_code(run: Run, fail_on: Threshold, *, least: float | None = None) -> int:
    """Return 0, 1 or 2 as the command line promises, 130 for a run that was interrupted."""
    from accord.findings.finding import Severity  # noqa: PLC0415 - heavy, and not needed for --help

    if run.interrupted:
        return _INTERRUPTED
    worst = run.worst()
    if worst is not None and worst.rank <= Severity(fail_on.value).rank:
        return 1
    if run.unchecked():
        return 2
    share = run.coverage.message_share()
    return 1 if least is not None and share is not None and share < least else 0
