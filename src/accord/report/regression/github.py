"""Annotations of a regression for GitHub Actions: one workflow command for each cause, at its place in the contract."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from accord.findings.finding import Severity
from accord.findings.regression.difference import Difference, Standing
from accord.findings.regression.result import Regression
from accord.findings.result import Location
from accord.report.regression.words import causes, headline, meaning, place, verdict
from accord.report.workflow_command import COMMANDS, MAXIMUM, workflow_command

_ALSO = 3


def render(regression: Regression, *, fail_on: Severity | None) -> bytes:
    """Return *regression* as workflow commands, one a line: what nobody allowed, the gravest first, and the verdict.

    What the contract allows has none: a pull request should show what somebody has to decide.
    """
    told = [item for item in regression.differences if item.standing is not Standing.ALLOWED]
    lines = [_command(regression, same) for same in causes(told)[:MAXIMUM]]
    lines.append(workflow_command("notice", verdict(regression, fail_on), title="accord regress"))
    return ("\n".join(lines) + "\n").encode("utf-8", "backslashreplace")


def _command(regression: Regression, same: Sequence[Difference]) -> str:
    difference = same[0]
    where = regression.locations.get(difference.fingerprint, Location(path=""))
    return workflow_command(
        COMMANDS[difference.severity],
        ". ".join(_words(same)),
        title=f"{difference.standing} {place(difference)}",
        path=where.path,
        line=where.line,
        column=where.column,
    )


def _words(same: Sequence[Difference]) -> Iterator[str]:
    difference = same[0]
    yield headline(difference)
    words = meaning(difference)
    yield words[:1].upper() + words[1:]
    if len(same) > 1:
        more = f" and {len(same) - 1 - _ALSO:,} more" if len(same) > 1 + _ALSO else ""
        yield f"Also at {', '.join(place(item) for item in same[1 : 1 + _ALSO])}{more}"
    yield f"Fingerprint {difference.fingerprint}"
