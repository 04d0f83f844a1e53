"""Which action follows a workflow step, and how long a retry waits."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from datetime import UTC, datetime
from email.utils import parsedate_to_datetime

from accord.cases.criterion import judge
from accord.cases.expression import Context
from accord.cases.request import first_header
from accord.cases.step_request import StepReply
from accord.contract.workflow import Action

_SECONDS = re.compile(r"[0-9]{1,9}")


def choose(actions: Iterable[Action], context: Context, retried: Mapping[str, int]) -> Action | None:
    """Return the first action whose criteria all hold, past retries whose limit is reached.

    *retried* maps the names of retries to how often they were taken.
    """
    for action in actions:
        exhausted = action.type == "retry" and retried.get(action.name, 0) >= action.retry_limit
        if not exhausted and all(judge(criterion, context).held for criterion in action.criteria):
            return action
    return None


def delay(action: Action, reply: StepReply | None) -> float:
    """Return the seconds before a retry; the answer's ``Retry-After`` overrules the action's (4.6.8)."""
    asked = first_header(reply.headers, "retry-after") if reply else None
    if asked is None:
        return action.retry_after
    if _SECONDS.fullmatch(asked.strip()):
        return float(asked)
    try:
        moment = parsedate_to_datetime(asked)
    except (ValueError, OverflowError):
        return action.retry_after
    if moment.tzinfo is None:
        moment = moment.replace(tzinfo=UTC)
    return max(0.0, (moment - datetime.now(UTC)).total_seconds())
