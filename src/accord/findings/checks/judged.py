"""Rules whose verdict is schemathesis': one for each kind of failure that it knows.

Where accord can name the place more exactly, the rule stands in ``response`` instead.
"""

# A rule takes the contract whether it needs it or not.
# ruff: noqa: ARG001

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from dataclasses import replace

from accord.cases import querystring
from accord.cases.aim import Intent, Judgement
from accord.cases.form import may_keep_contract
from accord.cases.parameter import says_null
from accord.contract.contract import Contract
from accord.contract.library import Library
from accord.contract.media_type import FORM, MULTIPART
from accord.contract.openapi import Operation
from accord.contract.pointer import join
from accord.findings.body import short
from accord.findings.crash import crash_class
from accord.findings.evidence import Observation
from accord.findings.finding import Finding, Severity
from accord.findings.rule import Rule, Subject

_READS = ("GET", "HEAD")
_UNPROCESSABLE = 422
_FIRST_SERVER_ERROR = 500
_NOT_IMPLEMENTED = 501
_METHOD_NOT_ALLOWED = 405
_FIRST_REFUSAL = 400
# Refusals for the state of things, whatever the form of the request: payment, gone, precondition, locked,
# failed dependency, too early, precondition required, legal reasons.
_OF_STATE = frozenset({402, 410, 412, 423, 424, 425, 428, 451})
_REFUSING_A_LOGIN = (400, 401, 403)
# What schemathesis calls the failures that a rule of accord tells, here or in ``response`` and ``refusal``.
_WITH_A_RULE = frozenset(
    {
        "AcceptedNegativeData",
        "AllowHeaderMismatch",
        "ContentDeserializationError",
        "ContentTypeServerError",
        "DiscriminatorMismatch",
        "EnsureResourceAvailability",
        "IgnoredAuth",
        "JsonSchemaError",
        "MalformedJson",
        "MalformedMediaType",
        "MissingContentType",
        "MissingHeaderNotRejected",
        "MissingHeaders",
        "RejectedPositiveData",
        "ResponseTimeExceeded",
        "ServerError",
        "Unanswered",
        "UndefinedContentType",
        "UndefinedStatusCode",
        "UnsupportedMethodResponse",
        "UseAfterFree",
    }
)
_SAID = 1_000
_FORMS = (MULTIPART, FORM)
_TEXT_IN_A_FORM = re.compile(r"violates `type` at \S+ \(was string, became \w+\)$")
_CUSTOM = re.compile(r"Custom check failed: `(?P<name>[^`]+)`")


def server_error(contract: Contract, observed: Observation) -> Iterator[Finding]:
    """Yield when the service answers 5xx: it failed, whatever it was asked.

    But for 501 to a method that it does not know, as RFC 9110, 15.6.2 has it, and for one that the
    operation documents: that something is not supported is then a promise that was kept.
    """
    if observed.status is None or observed.status < _FIRST_SERVER_ERROR:
        return
    documented = str(_NOT_IMPLEMENTED) in observed.operation.answers
    if observed.status == _NOT_IMPLEMENTED and (documented or _odd_method(observed)):
        return
    detail = observed.exchange.detail
    yield observed.finding(
        f"the service failed{': ' + detail if detail else ''}",
        expected="an answer that is not a server error",
        seen=f"{observed.status} {'' if detail else _said(observed)}".strip(),
        deviation=f"{observed.status} {crash_class(detail)}".strip(),
    )


def discriminator_mismatch(contract: Contract, observed: Observation) -> Iterator[Finding]:
    """Yield when a body's discriminator names another schema than the one that it satisfies."""
    yield from _judged(observed, ("DiscriminatorMismatch",), _own_words)


def rejected_valid_request(contract: Contract, observed: Observation) -> Iterator[Finding]:
    """Yield when the service refuses a request that keeps the contract.

    Files have rules that no schema can state: of those, a documented refusal is no defect. Nor is one
    for the state of things, or of a ``null`` that became a text on its way into a URL or a header, or of
    a password: which one is right no schema can state, and whether the refusal is documented is another rule's.
    """
    if observed.status in _OF_STATE:
        return
    if observed.status in _REFUSING_A_LOGIN and _is_login(contract, observed.operation):
        return
    if says_null(contract.library, observed.operation, observed.exchange.request):
        return
    if (
        _has_file(observed)
        and str(observed.status) in observed.operation.answers
        and observed.status != _UNPROCESSABLE
    ):
        return
    for finding in _judged(
        observed,
        ("RejectedPositiveData",),
        lambda item: f"a request that keeps the contract is refused with {item.subject}",
    ):
        yield replace(finding, seen=f"{finding.seen} {_said(observed)}".strip())


def accepted_invalid_request(contract: Contract, observed: Observation) -> Iterator[Finding]:
    """Yield when the service takes a request that breaks the contract, in every way that it can be read."""
    place = observed.aim.place
    request = observed.exchange.request
    if observed.status is not None and observed.status >= _FIRST_REFUSAL:
        return
    if _is_text_in_a_form(observed) or may_keep_contract(
        contract.library, observed.operation, request.header("content-type"), request.body
    ):
        return
    if observed.aim.location == "query" and querystring.may_keep_contract(
        contract.library, observed.operation, request
    ):
        return
    yield from _judged(
        observed,
        ("AcceptedNegativeData",),
        lambda _: (
            f"a request that breaks the contract{' at ' + place if place else ''} is accepted"
            + (f": {observed.aim.variant}" if observed.aim.variant else "")
        ),
        deviation=_declared(contract, observed),
    )


def accepted_missing_header(contract: Contract, observed: Observation) -> Iterator[Finding]:
    """Yield when a request without a required header is not refused.

    One that carries the credential is judged by the rules about credentials.
    """
    shown = {name.lower() for name in _credential_headers(contract, observed.operation)}
    for finding in _judged(
        observed,
        ("MissingHeaderNotRejected",),
        lambda item: f"a request without the required header {item.subject} is not refused",
    ):
        if finding.deviation.lower() not in shown:
            yield finding


def unsupported_method(contract: Contract, observed: Observation) -> Iterator[Finding]:
    """Yield when a method that the path does not declare is not refused with 405 and ``Allow``.

    A server error is another rule's.
    """
    if observed.status is not None and observed.status >= _FIRST_SERVER_ERROR:
        return
    refused = observed.status == _METHOD_NOT_ALLOWED
    words = "is refused without an Allow header" if refused else "is not refused with 405"
    for finding in _judged(
        observed,
        ("UnsupportedMethodResponse",),
        lambda item: f"{item.subject}, which the path does not declare, {words}",
        deviation="allow" if refused else "status",
    ):
        expected = "405 with an Allow header (RFC 9110, 15.5.6)"
        yield replace(finding, expected=finding.expected or expected)


def allow_header_mismatch(contract: Contract, observed: Observation) -> Iterator[Finding]:
    """Yield when ``Allow`` names other methods than the contract declares for the path."""
    if not _allows_declared(contract, observed):
        yield from _judged(observed, ("AllowHeaderMismatch",), _own_words, deviation="allow")


def _allows_declared(contract: Contract, observed: Observation) -> bool:
    """Tell whether ``Allow`` names the methods of the path, also those that schemathesis does not know."""
    response, path = observed.exchange.response, observed.operation.path
    allowed = (response.header("allow") or "" if response else "").split(",")
    declared = {item.method for item in contract.operations if item.path == path}
    return not ({item.strip() for item in allowed} ^ declared) - {"HEAD", "OPTIONS"}


def use_after_free(contract: Contract, observed: Observation) -> Iterator[Finding]:
    """Yield when something that was deleted can still be used."""
    yield from _judged(observed, ("UseAfterFree",), _own_words, deviation="use-after-free")


def unavailable_created_resource(contract: Contract, observed: Observation) -> Iterator[Finding]:
    """Yield when something that was just created cannot be read.

    Only of reads: the 404 of a request with a body may be about something that the body names.
    """
    if observed.operation.method not in _READS:
        return
    yield from _judged(observed, ("EnsureResourceAvailability",), _own_words, deviation="unavailable")


def slow_response(contract: Contract, observed: Observation) -> Iterator[Finding]:
    """Yield when an answer takes longer than the configured limit."""
    yield from _judged(observed, ("ResponseTimeExceeded",), _own_words, deviation="time")


def failed_custom_check(contract: Contract, observed: Observation) -> Iterator[Finding]:
    """Yield when a check fails for which accord has no rule: one that the team registered with schemathesis."""
    for item in observed.judgements:
        if item.kind not in _WITH_A_RULE:
            name = _CUSTOM.match(item.message)
            yield observed.finding(item.message, deviation=name["name"] if name else item.kind)


def _judged(
    observed: Observation, kinds: tuple[str, ...], tell: Callable[[Judgement], str], *, deviation: str = ""
) -> Iterator[Finding]:
    for item in observed.judgements:
        if item.kind in kinds:
            yield observed.finding(
                tell(item),
                expected=item.expected,
                seen=item.seen or str(observed.status or ""),
                deviation=deviation or item.subject or item.kind,
            )


def _declared(contract: Contract, observed: Observation) -> str:
    """Return where the request was wrong, as far as the contract names the place: other names are drawn."""
    aim, operation = observed.aim, observed.operation
    names = {item.name for item in operation.parameters_in(aim.location)}
    if aim.location == "body" and operation.body is not None:
        schemas = [item.schema for item in operation.body.media_types if item.schema]
        names = {name for schema in schemas for name in _property_names(contract.library, schema)}
    known = aim.location and all(str(step) in names for step in aim.path)
    return aim.place if known else aim.location or "request"


def _credential_headers(contract: Contract, operation: Operation) -> Iterator[str]:
    """Yield the names of the headers that the security schemes of *operation* read."""
    for name in {name for alternative in operation.security for name in alternative}:
        definition = contract.security_schemes[name].definition
        if definition.get("type") != "apiKey":
            yield "Authorization"
        elif definition.get("in") == "header":
            yield str(definition.get("name"))


def _is_text_in_a_form(observed: Observation) -> bool:
    """Tell whether nothing is wrong but that another type stands for a text, which no form can say."""
    content_type = (observed.exchange.request.header("content-type") or "").lower()
    changed = observed.aim.variant.splitlines()
    return content_type.startswith(_FORMS) and bool(changed) and all(map(_TEXT_IN_A_FORM.search, changed))


def _is_login(contract: Contract, operation: Operation) -> bool:
    """Tell whether *operation* takes a password and gives a token or a session for it."""
    taken = [item.schema for item in (operation.body.media_types if operation.body else ()) if item.schema]
    given = [
        item.schema
        for status, answer in operation.answers.items()
        if status.startswith("2")
        for item in answer.media_types
        if item.schema
    ]
    takes = {name.lower() for schema in taken for name in _property_names(contract.library, schema)}
    gives = {name.lower() for schema in given for name in _property_names(contract.library, schema)}
    return "password" in takes and any(word in name for name in gives for word in ("token", "session"))


def _property_names(library: Library, uri: str) -> Iterator[str]:
    """Yield the name of every property below the schema at *uri*."""
    waiting, seen = [uri], set[str]()
    while waiting:
        address, schema = library.follow(waiting.pop())
        if address in seen or not isinstance(schema, dict):
            continue
        seen.add(address)
        properties = schema.get("properties")
        if isinstance(properties, dict):
            yield from properties
            waiting.extend(join(address, "properties", name) for name in properties)
        waiting.extend(
            join(address, keyword) for keyword in ("items", "additionalProperties") if keyword in schema
        )
        for keyword in ("allOf", "anyOf", "oneOf", "prefixItems"):
            branches = schema.get(keyword)
            if isinstance(branches, list):
                waiting.extend(join(address, keyword, at) for at, _ in enumerate(branches))


def _said(observed: Observation) -> str:
    """Return what the service says, in the beginning of its body."""
    response = observed.exchange.response
    return short(" ".join(response.body[:_SAID].decode(errors="replace").split())) if response else ""


def _own_words(item: Judgement) -> str:
    return item.message


def _has_file(observed: Observation) -> bool:
    content_type = (observed.exchange.request.header("content-type") or "").lower()
    return content_type.startswith(("multipart/", "application/octet-stream", "image/", "audio/", "video/"))


def _answered(observed: Observation) -> bool:
    return observed.status is not None


def _valid(observed: Observation) -> bool:
    return observed.aim.intent is Intent.VALID and _answered(observed)


def _invalid(observed: Observation) -> bool:
    return observed.aim.intent is Intent.INVALID and _answered(observed)


def _odd_method(observed: Observation) -> bool:
    return observed.aim.variant == "unspecified_http_method" and _answered(observed)


def _missing_header(observed: Observation) -> bool:
    return _invalid(observed) and observed.aim.location == "header"


def _chained(observed: Observation) -> bool:
    return observed.aim.phase == "stateful" and _answered(observed)


def _judged_as(kind: str) -> Callable[[Observation], bool]:
    return lambda observed: any(item.kind == kind for item in observed.judgements)


def _judged_otherwise(observed: Observation) -> bool:
    return any(item.kind not in _WITH_A_RULE for item in observed.judgements)


RULES = (
    Rule(function=server_error, subject=Subject.ANSWER, when=_answered, fault_code=100),
    Rule(
        function=discriminator_mismatch,
        subject=Subject.ANSWER,
        when=_judged_as("DiscriminatorMismatch"),
        fault_code=101,
    ),
    Rule(function=rejected_valid_request, subject=Subject.ANSWER, when=_valid),
    Rule(function=accepted_invalid_request, subject=Subject.ANSWER, when=_invalid, fault_code=102),
    Rule(function=accepted_missing_header, subject=Subject.ANSWER, when=_missing_header, fault_code=102),
    Rule(function=unsupported_method, subject=Subject.ANSWER, severity=Severity.WARNING, when=_odd_method),
    Rule(function=allow_header_mismatch, subject=Subject.ANSWER, severity=Severity.WARNING, when=_odd_method),
    Rule(function=use_after_free, subject=Subject.ANSWER, when=_chained, fault_code=103),
    Rule(function=unavailable_created_resource, subject=Subject.ANSWER, when=_chained),
    Rule(
        function=slow_response,
        subject=Subject.ANSWER,
        severity=Severity.WARNING,
        when=_judged_as("ResponseTimeExceeded"),
    ),
    Rule(function=failed_custom_check, subject=Subject.ANSWER, when=_judged_otherwise),
)
