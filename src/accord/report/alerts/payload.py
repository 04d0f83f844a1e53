"""An alert as JSON, the body of a webhook: ``type``, ``timestamp`` and ``data``, as Standard Webhooks has it."""

from __future__ import annotations

import json

from accord.contract.pointer import Json
from accord.report.alerts.alert import Alert, Letter, subject, timestamp


def payload(letter: Letter) -> bytes:
    """Return *letter* as JSON in ASCII: the same letter always gives the same bytes.

    ``type`` is ``drift.`` and the event; for several facts that do not share one, ``drift.several``.
    """
    events = {alert.event for alert in letter.alerts}
    kind = next(iter(events)).value if len(events) == 1 else "several"
    data: Json = {
        "target": letter.target,
        "contract": letter.contract,
        "summary": subject(letter),
        "accept": letter.accept,
        "facts": [_fact(alert) for alert in letter.alerts],
    }
    whole: Json = {"type": f"drift.{kind}", "timestamp": timestamp(letter.written), "data": data}
    return json.dumps(whole, separators=(",", ":")).encode("ascii")


def _fact(alert: Alert) -> Json:
    return {"event": alert.event.value, "since": timestamp(alert.came), **alert.body}
