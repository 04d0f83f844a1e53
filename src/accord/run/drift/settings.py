"""``[tool.accord.drift]``: what is asked of whom, and who is told."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from accord.config import Settings
from accord.errors import ConfigurationError
from accord.exchange.wire import Headers, encode_headers
from accord.findings.changes.policy import Policy
from accord.findings.finding import Severity
from accord.run.drift.table import Table
from accord.run.duration import seconds

WHERE = "[tool.accord.drift]"
THRESHOLDS = {
    "breaking": Severity.ERROR,
    "unproven": Severity.WARNING,
    "error": Severity.ERROR,
    "warning": Severity.WARNING,
    "note": Severity.NOTE,
    "none": None,
}
_STATE = Path(".accord") / "drift.sqlite3"
KEYS = (
    "documents",
    "headers",
    "partial",
    "policy",
    "fail-on",
    "approvals",
    "state",
    "every",
    "remind",
    "tries",
    "timeout",
    "alerts",
)


@dataclass(frozen=True, slots=True, kw_only=True)
class DriftSettings:
    """What a project says of drift; spans are in seconds, paths as they can be opened."""

    state: Path
    documents: Mapping[str, str] = field(default_factory=dict)
    headers: Headers = field(default=(), repr=False)
    partial: bool = False
    policy: Policy = Policy.OPEN
    fail_on: Severity | None = Severity.ERROR
    approvals: Path | None = None
    every: float = 300.0
    remind: float | None = None
    tries: int = 3
    timeout: float = 30.0
    alerts: Mapping[str, Any] = field(default_factory=dict)


def read_drift(settings: Settings) -> DriftSettings:
    """Return what *settings* say of drift, with ``${ENVIRONMENT}`` values filled in.

    Raises ``ConfigurationError`` for an unknown key, a wrong type, or a variable that is not set.
    """
    table = Table(settings.drift, WHERE, KEYS)
    root = settings.root
    every, remind = table.text("every"), table.text("remind")
    approvals, state = table.text("approvals"), table.text("state")
    return DriftSettings(
        state=root / (state or _STATE),
        documents=table.texts("documents"),
        headers=_headers(table),
        partial=table.flag("partial"),
        policy=Policy(table.choice("policy", tuple(Policy)) or Policy.OPEN),
        fail_on=THRESHOLDS[table.choice("fail-on", tuple(THRESHOLDS)) or "breaking"],
        approvals=root / approvals if approvals else None,
        every=seconds(every, place=f"{WHERE} every") if every else 300.0,
        remind=seconds(remind, place=f"{WHERE} remind") if remind else None,
        tries=table.whole("tries", 1) or 3,
        timeout=seconds(table.text("timeout") or "30s", place=f"{WHERE} timeout"),
        alerts=table.tables("alerts"),
    )


def state_path(settings: Settings) -> Path:
    """Return where the state file is; what else the settings say of drift is not looked at."""
    state = settings.drift.get("state")
    return settings.root / (state if isinstance(state, str) and state else _STATE)


def _headers(table: Table) -> Headers:
    headers = tuple(table.texts("headers").items())
    try:
        encode_headers(headers)
    except ValueError as error:
        raise ConfigurationError(
            str(error), place=f"{WHERE} headers", next_step="Write names and values as HTTP has them."
        ) from None
    return headers
