"""Changes that somebody answers for."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace
from datetime import date

from accord.findings.approval import Approval
from accord.findings.changes.result import Told


def approved(
    changes: Sequence[Told], approvals: Sequence[Approval], today: date
) -> tuple[tuple[Told, ...], tuple[str, ...]]:
    """Return *changes* with what *approvals* say of them on *today*, and a line for each that says nothing.

    An approval counts for what breaks or may; after its day the change counts again, and says so.
    """
    known = {approval.fingerprint: approval for approval in approvals}
    fingerprints = {told.change.fingerprint for told in changes}
    unused = tuple(
        f"the approval of {item.fingerprint} ({item.owner}) fits no change: take it out"
        for item in approvals
        if item.fingerprint not in fingerprints
    )
    return tuple(_approved(told, known, today) for told in changes), unused


def _approved(told: Told, known: Mapping[str, Approval], today: date) -> Told:
    approval = known.get(told.change.fingerprint)
    if approval is None:
        return told
    if approval.until < today:
        return replace(told, expired=approval.ended())
    return replace(told, approval=approval.said())
