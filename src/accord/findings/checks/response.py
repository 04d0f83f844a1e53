"""Rules about one answer, whatever was asked: its status, headers, media type and body."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import orjson

from accord.contract.contract import Contract
from accord.contract.library import place
from accord.contract.openapi import Answer, Header, MediaType
from accord.contract.pointer import Json, from_path, join
from accord.exchange.values import Lapse
from accord.findings.evidence import Observation
from accord.findings.finding import Finding
from accord.findings.rule import Rule, Subject

_MAXIMUM_FINDINGS = 20
_BODILESS = frozenset({204, 205, 304})


def unanswered_request(contract: Contract, observed: Observation) -> Iterator[Finding]:  # noqa: ARG001
    """Yield when no whole response comes: time-out, broken connection, oversized or garbled answer."""
    exchange = observed.exchange
    if exchange.lapse is None:
        return
    words = {
        Lapse.TIMEOUT: f"no whole response within {exchange.seconds:.1f} s",
        Lapse.NO_CONNECTION: "the service stopped taking connections",
        Lapse.CLOSED: "the connection ended before the response was whole",
        Lapse.TOO_LARGE: "the response is larger than accord reads",
        Lapse.PROTOCOL: "what came back is not a well-formed HTTP response",
        Lapse.CRASH: "the application raised before it answered",
    }[exchange.lapse]
    yield observed.finding(
        f"{words}{': ' + exchange.detail if exchange.detail else ''}",
        expected="a whole response",
        seen=exchange.lapse.value,
        deviation=exchange.lapse.value,
    )


def undocumented_status(contract: Contract, observed: Observation) -> Iterator[Finding]:  # noqa: ARG001
    """Yield when the status of an answer is not among those that the operation documents."""
    for item in observed.judgements:
        if item.kind == "UndefinedStatusCode":
            yield observed.finding(
                f"status {item.subject} is not documented for this operation",
                pointer=join(observed.operation.place, "responses"),
                expected=item.expected,
                seen=item.subject,
                deviation=item.subject,
            )


def missing_content_type(contract: Contract, observed: Observation) -> Iterator[Finding]:  # noqa: ARG001
    """Yield when a documented body comes without ``Content-Type``."""
    answer, body, content_type = _answer(observed)
    if answer is not None and answer.media_types and body and content_type is None:
        yield observed.finding(
            "the response has a body but no Content-Type",
            pointer=f"{place(answer.uri)}/content",
            expected=", ".join(item.name for item in answer.media_types),
            seen="no Content-Type header",
            deviation=f"{observed.status}",
        )


def undocumented_media_type(contract: Contract, observed: Observation) -> Iterator[Finding]:  # noqa: ARG001
    """Yield when a body comes under a media type that the status does not document."""
    answer, body, content_type = _answer(observed)
    if answer is None or not answer.media_types or not body or content_type is None:
        return
    if answer.media_type(content_type) is None:
        yield observed.finding(
            f"the body is {content_type}, which is not documented for status {observed.status}",
            pointer=f"{place(answer.uri)}/content",
            expected=", ".join(item.name for item in answer.media_types),
            seen=content_type,
            deviation=f"{observed.status} {content_type.partition(';')[0].strip().lower()}",
        )


def missing_response_header(contract: Contract, observed: Observation) -> Iterator[Finding]:  # noqa: ARG001
    """Yield when a response header that the contract requires is absent."""
    answer, _, _ = _answer(observed)
    for header in answer.headers if answer else ():
        if header.required and _header(observed, header) is None:
            yield observed.finding(
                f"the required response header {header.name} is missing from a {observed.status}",
                pointer=place(header.uri),
                expected=header.name,
                seen="no such header",
                deviation=f"{observed.status} {header.name.lower()}",
            )


def response_header_violation(contract: Contract, observed: Observation) -> Iterator[Finding]:
    """Yield when the value of a documented response header breaks its schema."""
    answer, _, _ = _answer(observed)
    for header in answer.headers if answer else ():
        text = _header(observed, header)
        if text is None or header.schema is None:
            continue
        validator = contract.library.validator(header.schema)
        if not any(validator.is_valid(value) for value in _readings(text)):
            yield observed.finding(
                f"the response header {header.name} breaks its schema",
                pointer=place(header.schema),
                expected=f"a value of {place(header.schema)}",
                seen=text[:200],
                deviation=f"{observed.status} {header.name.lower()}",
            )


def response_schema_violation(contract: Contract, observed: Observation) -> Iterator[Finding]:
    """Yield for each keyword that the body breaks, at its place in the contract and in the body."""
    answer, body, content_type = _answer(observed)
    media_type = answer.media_type(content_type) if answer else None
    if media_type is None or media_type.schema is None or not _is_json(media_type, content_type):
        return
    try:
        value = orjson.loads(body)
    except orjson.JSONDecodeError:
        return
    errors = contract.library.validator(media_type.schema).iter_errors(value)
    for error, _ in zip(errors, range(_MAXIMUM_FINDINGS), strict=False):
        yield observed.finding(
            f"the body of a {observed.status} breaks the contract: {short(error.message)}",
            pointer=place(error.absolute_keyword_location or media_type.schema),
            evidence_pointer=from_path(error.instance_path),
            expected=expectation(error),
            seen=short(orjson.dumps(error.instance).decode(errors="replace")),
            deviation=f"{observed.status} {error.kind.name}",
        )


def short(text: str, limit: int = 240) -> str:
    """Return *text* with its middle left out when it is longer than *limit* characters."""
    return text if len(text) <= limit else f"{text[: limit * 2 // 3]} ... {text[-limit // 4 :]}"


def expectation(error: Any) -> str:
    """Return what the broken keyword asks for, in a few words."""
    details = error.kind.as_dict()
    if not details:
        return str(error.kind.name)
    return short(", ".join(f"{name}: {_plain(value)}" for name, value in details.items() if name != "context"))


def _plain(value: Any) -> str:
    if isinstance(value, list):
        return ", ".join(_plain(item) for item in value)
    return value if isinstance(value, str) else orjson.dumps(value, default=str).decode()


def _answer(observed: Observation) -> tuple[Answer | None, bytes, str | None]:
    response = observed.exchange.response
    if observed.status is None or response is None:
        return None, b"", None
    body = b"" if observed.exchange.request.method == "HEAD" or observed.status in _BODILESS else response.body
    return observed.operation.answer(observed.status), body, response.header("content-type")


def _header(observed: Observation, header: Header) -> str | None:
    return observed.exchange.response.header(header.name) if observed.exchange.response else None


def _readings(text: str) -> Iterator[Json]:
    """Yield the values that the text of a header can stand for: itself, and what JSON reads in it."""
    yield text
    try:
        yield orjson.loads(text)
    except orjson.JSONDecodeError:
        return


def _is_json(media_type: MediaType, content_type: str | None) -> bool:
    name = (content_type or media_type.name).partition(";")[0].strip().lower()
    return name in ("application/json", "text/json") or name.endswith("+json")


def _answered(observed: Observation) -> bool:
    return observed.status is not None


def _documented(observed: Observation) -> bool:
    return observed.status is not None and observed.operation.answer(observed.status) is not None


def _with_headers(observed: Observation) -> bool:
    answer, _, _ = _answer(observed)
    return answer is not None and bool(answer.headers)


RULES = (
    Rule(function=unanswered_request, subject=Subject.ANSWER),
    Rule(function=undocumented_status, subject=Subject.ANSWER, when=_answered),
    Rule(function=missing_content_type, subject=Subject.ANSWER, when=_documented),
    Rule(function=undocumented_media_type, subject=Subject.ANSWER, when=_documented),
    Rule(function=missing_response_header, subject=Subject.ANSWER, when=_with_headers),
    Rule(function=response_header_violation, subject=Subject.ANSWER, when=_with_headers),
    Rule(function=response_schema_violation, subject=Subject.ANSWER, when=_documented),
)
