"""How a run treated the service and its findings, in words: what it removed, how it waited, what may stand."""

from __future__ import annotations

from collections.abc import Iterator

from accord.findings.result import Removal, Run, Throttling
from accord.report.text import count, duration, printable

_REASONS = 3
_REASON = 300


def care(run: Run) -> Iterator[tuple[str, str]]:
    """Yield a label and a sentence for each thing that there is to tell."""
    if run.throttling.limited:
        yield "Throttled", _throttled(run.throttling)
    if run.removal is not None and run.removal.created:
        yield "Removed", _removed(run.removal)
    if run.approved:
        yield "Approved", f"{count(len(run.approved), 'finding')} of the baseline may stand"
    for remark in run.remarks:
        yield "Baseline", printable(remark, limit=_REASON)


def _throttled(throttling: Throttling) -> str:
    waits = count(throttling.waits, "wait")
    times = count(throttling.limited, "answer")
    return f"{times} said that the service is asked too much; {waits}, {duration(throttling.seconds)} in all"


def _removed(removal: Removal) -> str:
    words = [f"{removal.removed:,} of {count(removal.created, 'thing')} that the run created"]
    if removal.gone:
        words.append(f"{removal.gone:,} {'was' if removal.gone == 1 else 'were'} gone already")
    left = sum(removal.problems.values())
    if left:
        reasons = sorted(removal.problems, key=lambda reason: (-removal.problems[reason], reason))
        shown = ", ".join(
            f"{printable(reason, limit=_REASON)} ({removal.problems[reason]:,})"
            for reason in reasons[:_REASONS]
        )
        more = f" and {count(len(reasons) - _REASONS, 'more reason')}" if len(reasons) > _REASONS else ""
        words.append(f"{left:,} {'is' if left == 1 else 'are'} left: {shown}{more}")
    return "; ".join(words)
