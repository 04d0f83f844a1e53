"""Annotations of a comparison for GitHub Actions: one workflow command for each cause, at its file and line."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from accord.findings.changes.result import Compared, Told
from accord.findings.finding import Severity
from accord.report.changes.words import consequence, groups, reached, shown_witness, title, verdict
from accord.report.text import printable

_MESSAGE = 2_000
_COMMANDS = {Severity.ERROR: "error", Severity.WARNING: "warning", Severity.NOTE: "notice"}
_MAXIMUM = 500
"""More than GitHub shows of one step; a log need not hold more."""


def render(compared: Compared) -> bytes:
    """Return *compared* as workflow commands, one a line: what breaks or may, and what has been approved.

    What is safe has none: a pull request should show what somebody has to decide.
    """
    shown = [same for same in groups(compared.changes) if same[0].change.severity is not Severity.NOTE]
    lines = [_command(same) for same in shown[:_MAXIMUM]]
    lines.append(f"::notice title=accord compare::{_data(verdict(compared))}")
    return ("\n".join(lines) + "\n").encode("utf-8", "backslashreplace")


def _command(same: Sequence[Told]) -> str:
    told = same[0]
    command = "notice" if told.approval else _COMMANDS[told.change.severity]
    path, line = (told.new_path, told.new_line) if told.new_path else (told.old_path, told.old_line)
    # A URL or a revision is no file of the checkout.
    where = f"file={_property(path)},line={line}," if line is not None and path and ":" not in path else ""
    text = _data(printable(". ".join(_words(same)), limit=_MESSAGE))
    return f"::{command} {where}title={_property(f'{told.change.verdict} {told.change.rule}')}::{text}"


def _words(same: Sequence[Told]) -> Iterator[str]:
    told = same[0]
    change = told.change
    yield title(same)
    if change.witness is not None:
        yield f"Witness: {shown_witness(change)}"
    for sentence in (consequence(change), change.reason, told.approval, told.expired):
        if sentence:
            yield sentence[:1].upper() + sentence[1:]
    names = reached(same)
    if names:
        yield f"Reaches {len(names):,}: {', '.join(names[:3])}"
    yield f"Fingerprint {change.fingerprint}"


def _data(text: str) -> str:
    """Return *text* with what a workflow command reads otherwise escaped, as GitHub's own toolkit does."""
    return text.replace("%", "%25").replace("\r", "%0D").replace("\n", "%0A")


def _property(text: str) -> str:
    return _data(printable(text)).replace(":", "%3A").replace(",", "%2C")
