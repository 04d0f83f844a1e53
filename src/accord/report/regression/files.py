"""Reports of a regression as files: ``json=PATH``, ``junit=``, ``markdown=`` and ``github=``."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

from accord.findings.finding import Severity
from accord.findings.regression.result import Regression
from accord.report.destination import destination, put
from accord.report.regression import github, json_report, junit, markdown

FORMATS: dict[str, Callable[[Regression, Severity | None], bytes]] = {
    "json": lambda regression, fail_on: json_report.render(regression, fail_on=fail_on),
    "junit": lambda regression, fail_on: junit.render(regression, fail_on=fail_on),
    "markdown": lambda regression, fail_on: markdown.render(regression, fail_on=fail_on),
    "github": lambda regression, fail_on: github.render(regression, fail_on=fail_on),
}


def parse(item: str) -> tuple[str, Path]:
    """Return format and path of ``FORMAT=PATH``, where ``-`` is standard output; raises ``ConfigurationError``."""
    return destination(item, FORMATS)


def write(item: str, regression: Regression, *, fail_on: Severity | None) -> None:
    """Write the report that *item*, ``FORMAT=PATH``, asks for; raises ``ConfigurationError``."""
    kind, path = parse(item)
    put(FORMATS[kind](regression, fail_on), path)
