"""Reports as files: ``json=PATH``, ``junit=PATH`` and ``html=PATH``."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

from accord.errors import ConfigurationError
from accord.findings.finding import Severity
from accord.findings.result import Run
from accord.report import json_report, junit
from accord.report.html import verification

FORMATS: dict[str, Callable[[Run, Severity], bytes]] = {
    "json": lambda run, _: json_report.render(run),
    "junit": lambda run, fail_on: junit.render(run, fail_on=fail_on),
    "html": lambda run, fail_on: verification.render(run, fail_on=fail_on),
}


def parse(item: str) -> tuple[str, Path]:
    """Return format and path of ``FORMAT=PATH``; raises ``ConfigurationError``."""
    kind, _, path = item.partition("=")
    if kind not in FORMATS or not path:
        raise ConfigurationError(
            f"{item!r} is not a report",
            place="--report",
            next_step=f"Give {', '.join(f'{name}=PATH' for name in FORMATS)}.",
        )
    return kind, Path(path)


def write(item: str, run: Run, *, fail_on: Severity) -> None:
    """Write the report that *item*, ``FORMAT=PATH``, asks for; raises ``ConfigurationError``."""
    kind, path = parse(item)
    content = FORMATS[kind](run, fail_on)
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(content)
    except OSError as error:
        raise ConfigurationError(
            f"the report cannot be written: {error.strerror}", place=str(path), next_step="Name another path."
        ) from error
