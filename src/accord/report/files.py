"""Reports of a run as files: ``json=PATH``, ``junit=``, ``html=``, ``sarif=``, ``github=`` and others."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

from accord.findings.finding import Severity
from accord.findings.result import Run
from accord.report import code_quality, github, json_report, junit, markdown, sarif
from accord.report.destination import destination, put
from accord.report.html import verification

FORMATS: dict[str, Callable[[Run, Severity], bytes]] = {
    "json": lambda run, _: json_report.render(run),
    "junit": lambda run, fail_on: junit.render(run, fail_on=fail_on),
    "html": lambda run, fail_on: verification.render(run, fail_on=fail_on),
    "sarif": lambda run, _: sarif.render(run),
    "github": lambda run, fail_on: github.render(run, fail_on=fail_on),
    "gitlab": lambda run, _: code_quality.render(run),
    "markdown": lambda run, fail_on: markdown.render(run, fail_on=fail_on),
}


def parse(item: str) -> tuple[str, Path]:
    """Return format and path of ``FORMAT=PATH``, where ``-`` is standard output; raises ``ConfigurationError``."""
    return destination(item, FORMATS)


def write(item: str, run: Run, *, fail_on: Severity) -> None:
    """Write the report that *item*, ``FORMAT=PATH``, asks for; raises ``ConfigurationError``."""
    kind, path = parse(item)
    put(FORMATS[kind](run, fail_on), path)
