"""Reports of a regression as files: ``json=PATH``, ``junit=`` and ``markdown=``."""

from __future__ import annotations

import sys
from collections.abc import Callable
from pathlib import Path

from accord.errors import ConfigurationError
from accord.findings.finding import Severity
from accord.findings.regression.result import Regression
from accord.report.regression import json_report, junit, markdown

FORMATS: dict[str, Callable[[Regression, Severity | None], bytes]] = {
    "json": lambda regression, fail_on: json_report.render(regression, fail_on=fail_on),
    "junit": lambda regression, fail_on: junit.render(regression, fail_on=fail_on),
    "markdown": lambda regression, fail_on: markdown.render(regression, fail_on=fail_on),
}


def parse(item: str) -> tuple[str, Path]:
    """Return format and path of ``FORMAT=PATH``, where ``-`` is standard output; raises ``ConfigurationError``."""
    kind, _, path = item.partition("=")
    if kind not in FORMATS or not path:
        raise ConfigurationError(
            f"{item[:200]!r} is not a report",
            place="--report",
            next_step=f"Give {', '.join(f'{name}=PATH' for name in FORMATS)}.",
        )
    return kind, Path(path)


def write(item: str, regression: Regression, *, fail_on: Severity | None) -> None:
    """Write the report that *item*, ``FORMAT=PATH``, asks for; raises ``ConfigurationError``."""
    kind, path = parse(item)
    content = FORMATS[kind](regression, fail_on)
    if path == Path("-"):
        sys.stdout.buffer.write(content)
        sys.stdout.buffer.flush()
        return
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(content)
    except OSError as error:
        raise ConfigurationError(
            f"the report cannot be written: {error.strerror}", place=str(path), next_step="Name another path."
        ) from error
