"""Rules about how a service refuses: bad credentials, unknown ids, and one wrong place in a request."""

# A rule takes the contract whether it needs it or not.
# ruff: noqa: ARG001

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import Any

import orjson

from accord.cases.aim import Intent
from accord.cases.form import may_keep_contract
from accord.contract.contract import Contract
from accord.contract.pointer import from_path, join
from accord.findings.evidence import Observation
from accord.findings.finding import Finding, Severity
from accord.findings.rule import Rule, Subject

_UNAUTHORIZED = 401
_REFUSING_CREDENTIALS = (401, 403)
_UNPROCESSABLE = 422


def unauthenticated_access(contract: Contract, observed: Observation) -> Iterator[Finding]:
    """Yield when a secured operation serves a caller whose credential is missing or bad."""
    if observed.status is not None and observed.status < 300:  # noqa: PLR2004 - any success
        yield observed.finding(
            f"the operation answers a caller with {_words(observed.aim.variant)}",
            pointer=_security(observed),
            expected=str(_UNAUTHORIZED),
            seen=str(observed.status),
            deviation=observed.aim.variant,
        )


def misstated_authentication_failure(contract: Contract, observed: Observation) -> Iterator[Finding]:
    """Yield when a bad credential is refused with another status than 401 (RFC 9110, 15.5.2)."""
    if observed.status is None or observed.status < 300 or observed.status >= 500:  # noqa: PLR2004
        return
    if observed.status not in _REFUSING_CREDENTIALS:
        yield observed.finding(
            f"{_words(observed.aim.variant)} is refused with {observed.status}, which a client cannot read as 401",
            pointer=_security(observed),
            expected=str(_UNAUTHORIZED),
            seen=str(observed.status),
            deviation=f"{observed.aim.variant} {observed.status}",
        )


def missing_challenge(contract: Contract, observed: Observation) -> Iterator[Finding]:
    """Yield when a 401 comes without ``WWW-Authenticate``, which RFC 9110, 15.5.2 demands."""
    response = observed.exchange.response
    if response is not None and response.header("www-authenticate") is None:
        yield observed.finding(
            "a 401 has no WWW-Authenticate header",
            pointer=join(observed.operation.place, "responses", "401"),
            expected="WWW-Authenticate (RFC 9110, 15.5.2)",
            seen="no such header",
            deviation="www-authenticate",
        )


def answered_unknown_id(contract: Contract, observed: Observation) -> Iterator[Finding]:
    """Yield when an operation does not say 404 of something that does not exist."""
    if observed.status is None or observed.status in (404, 410) or observed.status >= 500:  # noqa: PLR2004
        return
    yield observed.finding(
        f"an unknown {observed.aim.path[0]} is answered with {observed.status}",
        expected="404",
        seen=str(observed.status),
        deviation=f"{observed.aim.path[0]} {observed.status}",
    )


def accepted_invalid_field(contract: Contract, observed: Observation) -> Iterator[Finding]:
    """Yield when a request that is wrong at one named place is accepted.

    JSON Schema's ``format`` is an annotation unless a contract says otherwise, and some wrong forms
    have a right reading: neither must be refused.
    """
    aim, request = observed.aim, observed.exchange.request
    if aim.keyword == "format" or may_keep_contract(
        contract.library, observed.operation, request.header("content-type"), request.body
    ):
        return
    if observed.status is not None and observed.status < 300:  # noqa: PLR2004
        yield observed.finding(
            f"{aim.place} breaks {aim.keyword}, and the request is accepted",
            expected=str(_UNPROCESSABLE),
            seen=str(observed.status),
            deviation=f"{from_path((aim.location, *aim.path))} {aim.keyword}",
        )


def misplaced_error_location(contract: Contract, observed: Observation) -> Iterator[Finding]:
    """Yield when the ``detail[].loc`` of a 422 does not name the place that was wrong."""
    locations = _locations(observed)
    wrong = (observed.aim.location, *observed.aim.path)
    if not locations or any(_names(location, wrong) for location in locations):
        return
    yield observed.finding(
        f"{observed.aim.place} is wrong, and the 422 names {_dotted(locations[0])} instead",
        pointer=join(observed.operation.place, "responses", "422"),
        evidence_pointer="/detail/0/loc",
        expected=_dotted(wrong),
        seen="; ".join(_dotted(location) for location in locations[:3]),
        deviation=f"{from_path(wrong)} {observed.aim.keyword}",
    )


def accepted_malformed_body(contract: Contract, observed: Observation) -> Iterator[Finding]:
    """Yield when a body that does not parse as its media type is accepted."""
    if observed.status is not None and observed.status < 300:  # noqa: PLR2004
        yield observed.finding(
            f"a body that is not {observed.aim.variant} is accepted",
            expected="a client error",
            seen=str(observed.status),
            deviation=observed.aim.variant,
        )


def accepted_foreign_media_type(contract: Contract, observed: Observation) -> Iterator[Finding]:
    """Yield when a body is read under a media type that the operation does not take."""
    if observed.status is not None and observed.status < 300:  # noqa: PLR2004
        yield observed.finding(
            f"a body sent as {observed.aim.variant}, which the operation does not take, is accepted",
            pointer=join(observed.operation.place, "requestBody"),
            expected="415, or another client error",
            seen=str(observed.status),
            deviation=observed.aim.variant,
        )


def _security(observed: Observation) -> str:
    return observed.operation.place


def _words(variant: str) -> str:
    return {
        "no-token": "no credential",
        "malformed-header": "a malformed Authorization header",
        "garbage-token": "a garbage token",
        "other-signature": "a token signed with another key",
        "unsigned": "an unsigned token (alg: none)",
        "expired-token": "an expired token",
        "revoked-user": "a revoked user's token",
    }.get(variant, variant)


def _locations(observed: Observation) -> list[Sequence[Any]]:
    """Return the ``loc`` lists of a 422 whose ``detail`` is a list of located errors."""
    response = observed.exchange.response
    if response is None:
        return []
    try:
        body = orjson.loads(response.body)
    except orjson.JSONDecodeError:
        return []
    detail = body.get("detail") if isinstance(body, dict) else None
    items = detail if isinstance(detail, list) else []
    return [item["loc"] for item in items if isinstance(item, dict) and isinstance(item.get("loc"), list)]


def _names(location: Sequence[Any], wrong: Sequence[Any]) -> bool:
    """Tell whether *location* names *wrong*, possibly with the branch of a union between its steps."""
    steps = iter(_plain(step) for step in location)
    return all(any(step == _plain(wanted) for step in steps) for wanted in wrong)


def _plain(step: Any) -> str:
    return str(step).lower().replace("_", "-")


def _dotted(location: Sequence[Any]) -> str:
    return ".".join(str(step) for step in location)


def _aimed(intent: Intent) -> Any:
    return lambda observed: observed.aim.intent is intent and observed.status is not None


def _located(observed: Observation) -> bool:
    aimed = observed.aim.intent is Intent.INVALID_PLACE and observed.status == _UNPROCESSABLE
    return aimed and bool(_locations(observed))


def _unauthorized(observed: Observation) -> bool:
    return observed.status == _UNAUTHORIZED


RULES = (
    Rule(function=unauthenticated_access, subject=Subject.ANSWER, when=_aimed(Intent.CREDENTIAL)),
    Rule(
        function=misstated_authentication_failure,
        subject=Subject.ANSWER,
        severity=Severity.WARNING,
        when=_aimed(Intent.CREDENTIAL),
    ),
    Rule(function=missing_challenge, subject=Subject.ANSWER, severity=Severity.WARNING, when=_unauthorized),
    Rule(function=answered_unknown_id, subject=Subject.ANSWER, when=_aimed(Intent.UNKNOWN_ID)),
    Rule(function=accepted_invalid_field, subject=Subject.ANSWER, when=_aimed(Intent.INVALID_PLACE)),
    Rule(function=misplaced_error_location, subject=Subject.ANSWER, when=_located),
    Rule(function=accepted_malformed_body, subject=Subject.ANSWER, when=_aimed(Intent.MALFORMED_BODY)),
    Rule(
        function=accepted_foreign_media_type,
        subject=Subject.ANSWER,
        severity=Severity.WARNING,
        when=_aimed(Intent.MEDIA_TYPE),
    ),
)
