"""A baseline: what was found before, and may stand until a day, so that what is new is seen."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import replace
from datetime import date, timedelta

from accord.findings.approval import Approval
from accord.findings.finding import Finding
from accord.findings.result import Approved, Run

DAYS = 90
"""How long what is taken into a baseline may stand, unless somebody says otherwise."""
_SOON = timedelta(days=14)


def passing(approvals: Sequence[Approval], today: date) -> dict[str, str]:
    """Return what *approvals* let pass on *today*: why, by the fingerprint of each."""
    return {item.fingerprint: item.said() for item in approvals if item.until >= today}


def baselined(run: Run, approvals: Sequence[Approval], today: date, *, whole: bool = True) -> Run:
    """Return *run* without the findings that *approvals* let pass on *today*.

    An approval counts to its day; then the finding fails again. Of a run that was not *whole*, what it
    did not find is not told to be gone.
    """
    passed = passing(approvals, today)
    return replace(
        run,
        findings=tuple(item for item in run.findings if item.fingerprint not in passed),
        approved=tuple(
            Approved(finding=item, words=passed[item.fingerprint])
            for item in run.findings
            if item.fingerprint in passed
        ),
        remarks=tuple(_remarks(run, approvals, today, whole=whole and not run.interrupted)),
    )


def _remarks(run: Run, approvals: Sequence[Approval], today: date, *, whole: bool) -> Iterator[str]:
    found = {item.fingerprint: item for item in run.findings}
    for approval in approvals:
        finding = found.get(approval.fingerprint)
        if finding is None:
            if whole:
                yield f"{approval.fingerprint} ({approval.owner}) was not found any more: take it out"
        elif approval.until < today:
            yield f"{finding.rule} {approval.fingerprint} counts again: {approval.ended()}"
        elif approval.until < today + _SOON:
            yield f"{finding.rule} {approval.fingerprint} counts again after {approval.until.isoformat()}"


def renewed(
    findings: Sequence[Finding], approvals: Sequence[Approval], *, owner: str, today: date
) -> tuple[tuple[Approval, Finding], ...]:
    """Return an approval for each of *findings*: those of *approvals* that count, and new ones of *owner*."""
    known = {approval.fingerprint: approval for approval in approvals if approval.until >= today}
    new = {"owner": owner, "reason": f"found on {today.isoformat()}", "until": today + timedelta(days=DAYS)}
    return tuple(
        (known.get(item.fingerprint) or Approval(fingerprint=item.fingerprint, **new), item)  # type: ignore[arg-type]
        for item in findings
    )
