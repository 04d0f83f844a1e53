"""Which rules look at an answer that says little about the service: one for asking too much, or to an oddity."""

from __future__ import annotations

from accord.cases.aim import Intent
from accord.findings.evidence import Observation, StepObservation

_TOO_MANY_REQUESTS = 429

ABOUT_THE_FORM = frozenset(
    {
        "foreign-error-media-type",
        "leaked-internals",
        "leaked-secret",
        "lossy-model",
        "malformed-response-body",
        "missing-content-type",
        "missing-error-header",
        "missing-response-header",
        "misshapen-error",
        "response-header-violation",
        "response-schema-violation",
        "undocumented-media-type",
    }
)
"""The rules about how an answer is made, whatever it answers."""
ABOUT_FAILURE = frozenset({"server-error", "unanswered-request"})
"""The rules about a service that falls over."""


def limited(observed: Observation | StepObservation) -> bool:
    """Tell whether the service refused because it was asked too often (RFC 6585, 4): accord's own doing."""
    response = observed.exchange.response if observed.exchange is not None else None
    return response is not None and response.status == _TOO_MANY_REQUESTS


def scope(observed: Observation) -> frozenset[str] | None:
    """Return the ids of the rules that may look at *observed*, None for all of them."""
    if limited(observed) or observed.aim.intent is Intent.LIMITED:
        return ABOUT_THE_FORM
    return ABOUT_THE_FORM | ABOUT_FAILURE if observed.aim.intent is Intent.ODD else None
