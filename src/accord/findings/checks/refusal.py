"""Rules about how a service refuses: bad credentials, unknown ids, and one wrong place in a request."""

# A rule takes the contract whether it needs it or not.
# ruff: noqa: ARG001

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from typing import Any
from urllib.parse import parse_qsl

import orjson

from accord.cases.aim import Intent
from accord.cases.form import may_keep_contract
from accord.contract.contract import Contract
from accord.contract.media_type import FORM, essence
from accord.contract.pointer import from_path, join
from accord.findings.evidence import Observation
from accord.findings.finding import Finding, Severity
from accord.findings.rule import Rule, Subject

_UNAUTHORIZED = 401
_REFUSING_CREDENTIALS = (401, 403)
_SAYING_UNKNOWN = (404, 410)
_UNPROCESSABLE = 422
_RATE_LIMITED = 429


def unauthenticated_access(contract: Contract, observed: Observation) -> Iterator[Finding]:
    """Yield when a secured operation serves a caller whose credential is missing or bad."""
    for item in observed.judgements:
        if item.kind == "IgnoredAuth":
            yield observed.finding(item.message, expected=str(_UNAUTHORIZED), deviation="ignored")
    if observed.aim.intent is Intent.CREDENTIAL and observed.status is not None and observed.status < 300:
        yield observed.finding(
            f"the operation answers a caller with {_words(observed.aim.variant)}",
            expected=str(_UNAUTHORIZED),
            seen=str(observed.status),
            deviation=observed.aim.variant,
        )


def misstated_authentication_failure(contract: Contract, observed: Observation) -> Iterator[Finding]:
    """Yield when a bad credential is refused with another status than 401 (RFC 9110, 15.5.2).

    403, which is for a credential that is good and not enough, will do where the operation documents no 401.
    """
    if observed.status is None or observed.status < 300 or observed.status >= 500:
        return
    documented = str(_UNAUTHORIZED) in observed.operation.answers
    accepted = (_UNAUTHORIZED,) if documented else _REFUSING_CREDENTIALS
    if observed.status not in (*accepted, _RATE_LIMITED):
        yield observed.finding(
            f"{_words(observed.aim.variant)} is refused with {observed.status}, which no client reads as 401",
            expected=str(_UNAUTHORIZED),
            seen=str(observed.status),
            deviation=f"{observed.aim.variant} {observed.status}",
            settle="security: []  # if nobody needs a credential",
        )


def missing_challenge(contract: Contract, observed: Observation) -> Iterator[Finding]:
    """Yield when a 401 comes without ``WWW-Authenticate``, which RFC 9110, 15.5.2 demands."""
    response = observed.exchange.response
    if response is not None and response.header("www-authenticate") is None:
        yield observed.finding(
            "a 401 has no WWW-Authenticate header",
            pointer=_promised(observed, _UNAUTHORIZED),
            expected="WWW-Authenticate (RFC 9110, 15.5.2)",
            seen="no such header",
            deviation="www-authenticate",
        )


def answered_unknown_id(contract: Contract, observed: Observation) -> Iterator[Finding]:
    """Yield when an operation does not say 404 of something that does not exist."""
    if observed.status is None or observed.status >= 500:
        return
    if observed.status in (*_SAYING_UNKNOWN, _RATE_LIMITED):
        return
    yield observed.finding(
        f"an unknown {observed.aim.path[0]} is answered with {observed.status}",
        expected="404",
        seen=str(observed.status),
        deviation=f"{observed.aim.path[0]} {observed.status}",
    )


def accepted_invalid_field(contract: Contract, observed: Observation) -> Iterator[Finding]:
    """Yield when a request that is wrong at one named place is accepted.

    Some wrong forms have a right reading, and need not be refused.
    """
    aim, request = observed.aim, observed.exchange.request
    if may_keep_contract(contract.library, observed.operation, request.header("content-type"), request.body):
        return
    if observed.status is not None and observed.status < 300:
        yield observed.finding(
            f"{aim.place} breaks {aim.keyword}, and the request is accepted",
            expected=str(_UNPROCESSABLE),
            seen=str(observed.status),
            deviation=_wrong_class(observed),
        )


def misplaced_error_location(contract: Contract, observed: Observation) -> Iterator[Finding]:
    """Yield when the ``detail[].loc`` of a 422 does not name the place that was wrong.

    To many frameworks an empty text of a form is a field that was not filled in: naming one is right too.
    """
    located = _locations(observed)
    wrong = (observed.aim.location, *observed.aim.path)
    if not located or any(_names(location, wrong) for location in located.values()):
        return
    if any(_names(location, ("body", name)) for location in located.values() for name in _empty(observed)):
        return
    named = [_dotted(location) for location in located.values()]
    yield observed.finding(
        f"{observed.aim.place} is wrong, and the 422 names {named[0]} instead",
        pointer=_promised(observed, _UNPROCESSABLE),
        evidence_pointer=join("/detail", next(iter(located)), "loc"),
        expected=_dotted(wrong),
        seen="; ".join(named[:3]),
        deviation=_wrong_place(observed),
    )


def accepted_malformed_body(contract: Contract, observed: Observation) -> Iterator[Finding]:
    """Yield when a body that does not parse as its media type is accepted."""
    if observed.status is not None and observed.status < 300:
        yield observed.finding(
            f"a body that is not {observed.aim.variant} is accepted",
            expected="a client error",
            seen=str(observed.status),
            deviation=observed.aim.variant,
        )


def accepted_foreign_media_type(contract: Contract, observed: Observation) -> Iterator[Finding]:
    """Yield when a body is read under a media type that the operation does not take."""
    if observed.status is not None and observed.status < 300:
        yield observed.finding(
            f"{_sent(observed)} sent as {observed.aim.variant}, which the operation does not take, is accepted",
            pointer=join(observed.operation.place, "requestBody"),
            expected="415, or another client error",
            seen=str(observed.status),
            deviation=" ".join((*map(str, observed.aim.path), observed.aim.variant)),
        )


def _sent(observed: Observation) -> str:
    return f"a file at {observed.aim.place}" if observed.aim.path else "a body"


def _empty(observed: Observation) -> Iterator[str]:
    """Yield the fields of a form that have no text."""
    request = observed.exchange.request
    if essence(request.header("content-type")) == FORM:
        pairs = parse_qsl(request.body.decode(errors="replace"), keep_blank_values=True)
        yield from (name for name, value in pairs if not value)


def _promised(observed: Observation, status: int) -> str:
    """Return where the contract speaks of *status*, else where it describes the operation."""
    answer = observed.operation.answer(status)
    place = observed.operation.place
    return join(place, "responses", answer.status) if answer else place


def _wrong_class(observed: Observation) -> str:
    """Return the one wrong place and the keyword that is broken there."""
    return f"{_wrong_place(observed)} {observed.aim.keyword}"


def _wrong_place(observed: Observation) -> str:
    """Return the one wrong place, with ``*`` for indexes."""
    steps = ("*" if isinstance(step, int) else step for step in observed.aim.path)
    return from_path((observed.aim.location, *steps))


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


def _locations(observed: Observation) -> dict[int, Sequence[Any]]:
    """Return the ``loc`` lists of a 422 whose ``detail`` is a list of located errors, by their index."""
    response = observed.exchange.response
    if response is None:
        return {}
    try:
        body = orjson.loads(response.body)
    except orjson.JSONDecodeError:
        return {}
    detail = body.get("detail") if isinstance(body, dict) else None
    items = enumerate(detail if isinstance(detail, list) else [])
    return {
        at: item["loc"] for at, item in items if isinstance(item, dict) and isinstance(item.get("loc"), list)
    }


def _names(location: Sequence[Any], wrong: Sequence[Any]) -> bool:
    """Tell whether *location* names *wrong*, possibly with the branch of a union between its steps."""
    steps = iter(_plain(step) for step in location)
    return all(any(step == _plain(wanted) for step in steps) for wanted in wrong)


def _plain(step: Any) -> str:
    return str(step).lower().replace("_", "-")


def _dotted(location: Sequence[Any]) -> str:
    return ".".join(str(step) for step in location)[:200]


def _aimed(intent: Intent) -> Callable[[Observation], bool]:
    return lambda observed: observed.aim.intent is intent and observed.status is not None


def _refusable(observed: Observation) -> bool:
    """Tell whether a wrong place must be refused.

    ``format`` is an annotation unless a contract says otherwise (JSON Schema 2020-12, validation, 7.2.1).
    """
    return _aimed(Intent.INVALID_PLACE)(observed) and observed.aim.keyword != "format"


def _located(observed: Observation) -> bool:
    aimed = observed.aim.intent is Intent.INVALID_PLACE and observed.status == _UNPROCESSABLE
    return aimed and bool(_locations(observed))


def _unauthorized(observed: Observation) -> bool:
    return observed.status == _UNAUTHORIZED


def _tries_a_credential(observed: Observation) -> bool:
    if any(item.kind == "IgnoredAuth" for item in observed.judgements):
        return True
    return observed.aim.intent is Intent.CREDENTIAL and observed.status is not None


RULES = (
    Rule(function=unauthenticated_access, subject=Subject.ANSWER, when=_tries_a_credential, fault_code=207),
    Rule(
        function=misstated_authentication_failure,
        subject=Subject.ANSWER,
        severity=Severity.WARNING,
        when=_aimed(Intent.CREDENTIAL),
    ),
    Rule(function=missing_challenge, subject=Subject.ANSWER, severity=Severity.WARNING, when=_unauthorized),
    Rule(function=answered_unknown_id, subject=Subject.ANSWER, when=_aimed(Intent.UNKNOWN_ID)),
    Rule(function=accepted_invalid_field, subject=Subject.ANSWER, when=_refusable, fault_code=102),
    Rule(function=misplaced_error_location, subject=Subject.ANSWER, when=_located),
    Rule(
        function=accepted_malformed_body,
        subject=Subject.ANSWER,
        when=_aimed(Intent.MALFORMED_BODY),
        fault_code=102,
    ),
    Rule(
        function=accepted_foreign_media_type,
        subject=Subject.ANSWER,
        severity=Severity.WARNING,
        when=_aimed(Intent.MEDIA_TYPE),
    ),
)
