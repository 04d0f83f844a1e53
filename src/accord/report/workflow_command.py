"""Workflow commands of GitHub Actions: one line of a log that becomes an annotation."""

from __future__ import annotations

from accord.findings.finding import Severity
from accord.report.text import printable

COMMANDS = {Severity.ERROR: "error", Severity.WARNING: "warning", Severity.NOTE: "notice"}
MAXIMUM = 500
"""More than GitHub shows of one step; a log need not hold more."""
_MESSAGE = 2_000


def workflow_command(
    name: str, text: str, *, title: str, path: str = "", line: int | None = None, column: int | None = None
) -> str:
    """Return the command *name* (``error``, ``warning``, ``notice``) with *text*, at its file where that is known.

    Nothing in a value makes a command, or a line, of its own.
    """
    where = {"file": path, "line": line, "col": column} if path and line is not None else {}
    shown = {key: value for key, value in (*where.items(), ("title", title)) if value is not None}
    given = ",".join(f"{key}={_property(str(value))}" for key, value in shown.items())
    return f"::{name} {given}::{_data(printable(text, limit=_MESSAGE))}"


def _data(text: str) -> str:
    """Return *text* with what a workflow command reads otherwise escaped, as GitHub's own toolkit does."""
    return text.replace("%", "%25").replace("\r", "%0D").replace("\n", "%0A")


def _property(text: str) -> str:
    return _data(printable(text)).replace(":", "%3A").replace(",", "%2C")
