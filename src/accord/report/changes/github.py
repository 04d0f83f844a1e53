"""Annotations of a comparison for GitHub Actions: one workflow command for each cause, at its file and line."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from accord.findings.changes.result import Compared, Told
from accord.findings.finding import Severity
from accord.report.changes.words import consequence, groups, reached, shown_witness, title, verdict
from accord.report.workflow_command import COMMANDS, MAXIMUM, workflow_command


def render(compared: Compared) -> bytes:
    """Return *compared* as workflow commands, one a line: what breaks or may, and what has been approved.

    What is safe has none: a pull request should show what somebody has to decide.
    """
    shown = [same for same in groups(compared.changes) if same[0].change.severity is not Severity.NOTE]
    lines = [_command(same) for same in shown[:MAXIMUM]]
    lines.append(workflow_command("notice", verdict(compared), title="accord compare"))
    return ("\n".join(lines) + "\n").encode("utf-8", "backslashreplace")


def _command(same: Sequence[Told]) -> str:
    told = same[0]
    path, line = (told.new_path, told.new_line) if told.new_path else (told.old_path, told.old_line)
    return workflow_command(
        "notice" if told.approval else COMMANDS[told.change.severity],
        ". ".join(_words(same)),
        title=f"{told.change.verdict} {told.change.rule}",
        # A URL or a revision is no file of the checkout.
        path="" if ":" in path else path,
        line=line,
    )


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
