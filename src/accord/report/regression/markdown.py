"""The differences in Markdown, for release notes and the comment of a pull request."""

from __future__ import annotations

import re
from collections.abc import Iterator

from accord.findings.finding import Severity
from accord.findings.regression.difference import Standing
from accord.findings.regression.result import Regression
from accord.report.regression.words import headline, place, verdict
from accord.report.text import printable

_VALUE = 500
_SPECIAL = re.compile(r"([\\`*_{}\[\]<>()#+!|~&])")
_TITLES = {
    Standing.BREAKS: "Breaks the contract",
    Standing.UNCOVERED: "Not covered by the contract",
    Standing.ALLOWED: "Allowed by the contract",
}


def render(regression: Regression, *, fail_on: Severity | None) -> bytes:
    """Return *regression* as Markdown (CommonMark) in UTF-8; nothing that a service says is read as markup."""
    return ("\n".join(_lines(regression, fail_on)).rstrip("\n") + "\n").encode("utf-8", "backslashreplace")


def _lines(regression: Regression, fail_on: Severity | None) -> Iterator[str]:
    yield f"# {_text(regression.baseline)} → {_text(regression.candidate)}"
    yield ""
    yield _text(verdict(regression, fail_on))
    for standing, title in _TITLES.items():
        found = regression.of(standing)
        if found:
            yield from ("", f"## {title}", "", "| where | what | cases | fingerprint |", "|---|---|---|---|")
            for item in found:
                what = _text(headline(item))
                yield f"| {_text(place(item))} | {what} | {item.cases} | {item.fingerprint} |"
    for notice in regression.notices:
        yield from ("", _text(notice))


def _text(text: str) -> str:
    return _SPECIAL.sub(r"\\\1", printable(text, limit=_VALUE))
