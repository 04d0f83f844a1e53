"""The answer of a run, in one sentence."""

from __future__ import annotations

import math
from collections import Counter

from accord.findings.finding import Severity
from accord.findings.result import Run
from accord.report.text import count


def verdict(run: Run, *, fail_on: Severity, least: float | None = None) -> str:
    """Return the verdict on *run* in one sentence of plain words."""
    share = run.coverage.message_share()
    tally = Counter(finding.severity for finding in run.findings)
    words = ", ".join(count(tally[severity], severity) for severity in Severity if tally[severity])
    if any(severity.rank <= fail_on.rank for severity in tally):
        return f"Not in accord{' so far, interrupted' if run.interrupted else ''}: {words}."
    found = f"nothing found at {fail_on} or above{f', but {words}' if tally else ''}"
    if run.interrupted:
        return f"No verdict: interrupted, {found} so far."
    if not tally and run.unchecked():
        return "No verdict: nothing was checked."
    if least is not None and share is not None and share < least:
        return f"Too little seen: {math.floor(share)} % of what messages can show, not {least:g} %; {found}."
    return f"In accord: {found}."
