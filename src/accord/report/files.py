"""Reports as files: ``json=PATH`` and ``junit=PATH``."""

from __future__ import annotations

from pathlib import Path

from accord.errors import ConfigurationError
from accord.findings.finding import Severity
from accord.findings.result import Run
from accord.report import json_report, junit

FORMATS = ("json", "junit")


def parse(item: str) -> tuple[str, Path]:
    """Return format and path of ``FORMAT=PATH``; raises ``ConfigurationError``."""
    kind, _, path = item.partition("=")
    if kind not in FORMATS or not path:
        raise ConfigurationError(
            f"{item!r} is not a report", place="--report", next_step="Give json=PATH or junit=PATH."
        )
    return kind, Path(path)


def write(item: str, run: Run, *, fail_on: Severity) -> None:
    """Write the report that *item*, ``FORMAT=PATH``, asks for; raises ``ConfigurationError``."""
    kind, path = parse(item)
    content = json_report.render(run) if kind == "json" else junit.render(run, fail_on=fail_on)
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(content)
    except OSError as error:
        raise ConfigurationError(
            f"the report cannot be written: {error.strerror}", place=str(path), next_step="Name another path."
        ) from error
