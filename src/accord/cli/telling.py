"""Telling a run: its reports written, its findings on the terminal, its exit code."""

from __future__ import annotations

import getpass
import sys
from collections.abc import Callable, Sequence
from contextlib import suppress
from dataclasses import dataclass
from datetime import UTC, datetime
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING

from accord.cli.option import Threshold
from accord.errors import ConfigurationError

if TYPE_CHECKING:
    from rich.console import Console

    from accord.findings.approval import Approval
    from accord.findings.finding import Severity
    from accord.findings.result import Run

INTERRUPTED = 130


@dataclass(frozen=True, slots=True, kw_only=True)
class Telling:
    """How a run is told: the reports to write, from which severity on it fails, how much, and in which colours.

    What the file ``baseline`` approves does not fail; with ``renews`` it is written anew. Of a run that is not
    ``whole``, the baseline may know more than can be found.
    """

    reports: tuple[str, ...]
    fail_on: Threshold
    quiet: bool
    verbose: bool
    no_color: bool
    baseline: Path | None = None
    renews: bool = False
    whole: bool = True

    def __post_init__(self) -> None:
        """Refuse a report that could not be written before anything is asked; raises ``ConfigurationError``."""
        from accord.report.files import parse  # noqa: PLC0415 - heavy, and not needed for --help

        for item in self.reports:
            parse(item)
        if self.renews and self.baseline is None:
            raise ConfigurationError(
                "names no file", place="--write-baseline", next_step="Name it with --baseline FILE."
            )
        self.approvals()

    def approvals(self) -> tuple[Approval, ...]:
        """Return what the baseline approves; raises an ``AccordError`` for a file that is none."""
        from accord.findings.approval import read_approvals  # noqa: PLC0415

        if self.baseline is None or (self.renews and not self.baseline.exists()):
            return ()
        return read_approvals(self.baseline)


def told(
    run: Run, telling: Telling, *, command: str, least: float | None = None, root: Path | None = None
) -> int:
    """Write the reports, tell *run* on the terminal, and return the exit code.

    Of what messages can show, *least* percent are to be seen; *command* is what runs the same again.
    Below *root*, what failed is kept for the next run.
    """
    from accord.findings.finding import Severity  # noqa: PLC0415 - heavy, and not needed for --help
    from accord.report.files import write  # noqa: PLC0415
    from accord.report.terminal import Detail, tell  # noqa: PLC0415
    from accord.run.last_failed import keep_failed  # noqa: PLC0415

    fail_on = Severity(telling.fail_on.value)
    run = _with_baseline(run, telling, fail_on)
    if root is not None:
        keep_failed(root, run, fail_on)
    detail = Detail.QUIET if telling.quiet else Detail.VERBOSE if telling.verbose else Detail.NORMAL
    write_and_tell(
        telling.reports,
        partial(write, run=run, fail_on=fail_on),
        partial(tell, run, command=command, fail_on=fail_on, detail=detail, least=least),
        no_color=telling.no_color,
    )
    return exit_code(run, telling.fail_on, least=least)


def write_and_tell(
    reports: Sequence[str],
    write: Callable[[str], None],
    tell: Callable[[Console], None],
    *,
    no_color: bool,
) -> None:
    """Write each of the *reports*, and tell people, on the stream that no report takes."""
    from accord.report.console import console_for  # noqa: PLC0415 - heavy, and not needed for --help
    from accord.report.destination import is_stream  # noqa: PLC0415

    stream = sys.stderr if any(map(is_stream, reports)) else sys.stdout
    try:
        for item in reports:
            write(item)
    finally:
        # Rich exits when nobody reads on, as in `accord verify | head`; what was found stays the exit code.
        with suppress(SystemExit):
            tell(console_for(stream, no_color=no_color))


def _with_baseline(run: Run, telling: Telling, fail_on: Severity) -> Run:
    """Return *run* without what the baseline lets pass, which is written first where that is asked for."""
    from accord.findings.baseline import baselined, renewed  # noqa: PLC0415
    from accord.report.baseline import render  # noqa: PLC0415
    from accord.report.destination import put  # noqa: PLC0415

    if telling.baseline is None:
        return run
    today = datetime.now(UTC).date()
    approvals = telling.approvals()
    if telling.renews:
        grave = [item for item in run.findings if item.severity.rank <= fail_on.rank]
        entries = renewed(grave, approvals, owner=_owner(), today=today)
        put(render(entries), telling.baseline)
        approvals = tuple(approval for approval, _ in entries)
    return baselined(run, approvals, today, whole=telling.whole)


def _owner() -> str:
    try:
        return getpass.getuser() or "nobody yet"
    except (OSError, KeyError):  # no such user, as in a container
        return "nobody yet"


def exit_code(run: Run, fail_on: Threshold, *, least: float | None = None) -> int:
    """Return 0, 1 or 2 as the command line promises, 130 for a run that was interrupted."""
    from accord.findings.finding import Severity  # noqa: PLC0415 - heavy, and not needed for --help

    if run.interrupted:
        return INTERRUPTED
    worst = run.worst()
    if worst is not None and worst.rank <= Severity(fail_on.value).rank:
        return 1
    if run.unchecked():
        return 2
    share = run.coverage.message_share()
    return 1 if least is not None and share is not None and share < least else 0
