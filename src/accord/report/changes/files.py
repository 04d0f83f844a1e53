"""Reports of a comparison as files: ``json=PATH``, ``junit=``, ``markdown=``, ``sarif=``, ``github=`` and ``html=``."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

from accord.findings.changes.result import Compared
from accord.findings.finding import Severity
from accord.report.changes import github, json_report, junit, markdown, sarif
from accord.report.destination import destination, put


def _page(compared: Compared, fail_on: Severity | None) -> bytes:
    from accord.report.changes import html  # noqa: PLC0415 - what makes pages takes long to import

    return html.render(compared, fail_on=fail_on)


FORMATS: dict[str, Callable[[Compared, Severity | None], bytes]] = {
    "json": lambda compared, fail_on: json_report.render(compared, fail_on=fail_on),
    "junit": lambda compared, fail_on: junit.render(compared, fail_on=fail_on),
    "markdown": lambda compared, _: markdown.render(compared),
    "sarif": lambda compared, _: sarif.render(compared),
    "github": lambda compared, _: github.render(compared),
    "html": _page,
}


def parse(item: str) -> tuple[str, Path]:
    """Return format and path of ``FORMAT=PATH``, where ``-`` is standard output; raises ``ConfigurationError``."""
    return destination(item, FORMATS)


def write(item: str, compared: Compared, *, fail_on: Severity | None) -> None:
    """Write the report that *item*, ``FORMAT=PATH``, asks for; raises ``ConfigurationError``."""
    kind, path = parse(item)
    put(FORMATS[kind](compared, fail_on), path)
