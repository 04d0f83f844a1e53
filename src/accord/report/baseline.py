"""A baseline as a file: the approvals of findings, each below a line about what it is."""

from __future__ import annotations

import json
from collections.abc import Iterable

from accord.findings.approval import Approval
from accord.findings.finding import Finding
from accord.report.text import printable

_MESSAGE = 120


def render(approvals: Iterable[tuple[Approval, Finding]]) -> bytes:
    """Return the YAML that ``read_approvals`` reads back."""
    lines = ["# What was found and may stand until a day. After that day it fails again.", "approvals:"]
    for approval, finding in approvals:
        where = finding.operation or finding.channel or finding.pointer
        about = printable(f"{finding.severity} {finding.rule} {where}: {finding.message}", limit=_MESSAGE)
        members = {
            "fingerprint": approval.fingerprint,
            "owner": approval.owner,
            "reason": approval.reason,
            "until": approval.until.isoformat(),
        }
        lines.append(f"  # {about}")
        lines += [
            f"  {'  ' if number else '- '}{name}: {json.dumps(text)}"
            for number, (name, text) in enumerate(members.items())
        ]
    if len(lines) == 2:
        lines[1] = "approvals: []"
    return ("\n".join(lines) + "\n").encode("utf-8", "backslashreplace")
