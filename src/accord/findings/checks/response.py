"""Rules about one answer, whatever was asked: its status, headers, media type and body."""

from __future__ import annotations

from collections.abc import Iterator
from typing import cast

import orjson

from accord.cases.aim import Intent
from accord.contract.contract import Contract
from accord.contract.envelope import FIRST_ERROR, named_error, promised_error
from accord.contract.library import place
from accord.contract.media_type import is_json
from accord.contract.openapi import Header
from accord.contract.pointer import Json, join
from accord.contract.sequence import read_sequence
from accord.exchange.values import Lapse
from accord.findings.body import described, faults, may_have_body, short, violation
from accord.findings.crash import crash_class
from accord.findings.evidence import Observation
from accord.findings.finding import Finding
from accord.findings.rule import Rule, Subject
from accord.findings.settlement import response_lines

_FIRST_SERVER_ERROR = 500
_MALFORMED_ON_PURPOSE = (Intent.SHAPE, Intent.MEDIA_TYPE, Intent.ODD)


def unanswered_request(contract: Contract, observed: Observation) -> Iterator[Finding]:  # noqa: ARG001
    """Yield when no whole response comes: time-out, broken connection, oversized or garbled answer."""
    exchange = observed.exchange
    if exchange.lapse in (None, Lapse.UNSENT, Lapse.WITHHELD):
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
        deviation=f"{exchange.lapse.value} {crash_class(exchange.detail)}".strip(),
    )


def undocumented_status(contract: Contract, observed: Observation) -> Iterator[Finding]:
    """Yield when the status of an answer is not among those that the operation documents.

    Nor is it one that ``x-errors`` names for every operation. A server error is another rule's: to
    document it would not mend it.
    """
    operation, status = observed.operation, observed.status
    if status is None or status >= _FIRST_SERVER_ERROR or operation.answer(status) is not None:
        return
    if named_error(contract.errors, status) is not None:
        return
    yield observed.finding(
        f"status {status} is not documented for this operation",
        pointer=join(operation.place, "responses") if operation.answers else operation.place,
        expected=", ".join(operation.answers),
        seen=str(status),
        deviation=str(status),
        settle=response_lines(observed.exchange.response) if observed.exchange.response else "",
    )


def missing_content_type(contract: Contract, observed: Observation) -> Iterator[Finding]:  # noqa: ARG001
    """Yield when a documented body comes without ``Content-Type``."""
    answer, body, content_type = described(observed)
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
    answer, body, content_type = described(observed)
    if answer is None or not answer.media_types or not body or content_type is None:
        return
    if answer.media_type(content_type) is None:
        yield observed.finding(
            f"the body is {short(content_type)}, which is not documented for status {observed.status}",
            pointer=f"{place(answer.uri)}/content",
            expected=", ".join(item.name for item in answer.media_types),
            seen=short(content_type),
            deviation=f"{observed.status} {content_type.partition(';')[0].strip().lower()[:80]}",
        )


def malformed_response_body(contract: Contract, observed: Observation) -> Iterator[Finding]:  # noqa: ARG001
    """Yield when a body does not parse as the media type that it is sent under.

    What answers a method that the path does not declare, as OPTIONS, may come without a body.
    """
    answer, body, content_type = described(observed)
    media_type = answer.media_type(content_type) if answer else None
    expected = bool(body) or observed.exchange.request.method == observed.operation.method
    fault = ""
    if expected and may_have_body(observed) and is_json(content_type):
        fault = _json_fault(body)
    elif media_type is not None and media_type.sequence:
        fault = read_sequence(body, content_type).fault
    others = [item.message for item in observed.judgements if item.kind == "ContentDeserializationError"]
    if fault or others:
        yield observed.finding(
            f"the body of a {observed.status} is not {'JSON' if is_json(content_type) else 'its media type'}: {fault}"
            if fault
            else others[0],
            pointer=join(observed.operation.place, "responses", answer.status)
            if answer
            else observed.operation.place,
            expected=f"a body that parses as {short(content_type or '')}",
            seen=short(body.decode(errors="replace")),
            deviation=f"{observed.status} {'json' if fault else 'deserialization'}",
        )


def missing_response_header(contract: Contract, observed: Observation) -> Iterator[Finding]:  # noqa: ARG001
    """Yield when a response header that the contract requires is absent."""
    answer, _, _ = described(observed)
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
    for header in _headers(contract, observed):
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
    answer, body, content_type = described(observed)
    for fault in faults(contract, answer, body, content_type):
        yield violation(observed, fault)


def _headers(contract: Contract, observed: Observation) -> Iterator[Header]:
    """Yield the headers that the contract describes: those of the answer, then those of every such error."""
    answer, _, _ = described(observed)
    own = answer.headers if answer else ()
    yield from own
    envelope = promised_error(contract.errors, observed.status or 0)
    known = {header.name.lower() for header in own}
    yield from (item for item in (envelope.headers if envelope else ()) if item.name.lower() not in known)


def _header(observed: Observation, header: Header) -> str | None:
    return observed.exchange.response.header(header.name) if observed.exchange.response else None


def _readings(text: str) -> Iterator[Json]:
    """Yield the values that the text of a header can stand for: itself, JSON, an array or an object.

    Arrays and objects are written in the style ``simple`` (OpenAPI 3.1, 4.8.12.3).
    """
    yield text
    yield _scalar(text)
    items = [item.strip() for item in text.split(",")]
    yield cast("Json", items)
    yield [_scalar(item) for item in items]
    pairs = [item.partition("=")[::2] for item in items]
    if "=" not in text:
        pairs = list(zip(items[::2], items[1::2], strict=False))
    yield cast("Json", dict(pairs))
    yield {name: _scalar(value) for name, value in pairs}


def _scalar(text: str) -> Json:
    try:
        return cast("Json", orjson.loads(text))
    except orjson.JSONDecodeError:
        return text


def _json_fault(body: bytes) -> str:
    try:
        orjson.loads(body)
    except orjson.JSONDecodeError as error:
        return str(error)
    return ""


def _answered(observed: Observation) -> bool:
    return observed.status is not None


def _in_form(observed: Observation) -> bool:
    return _answered(observed) and observed.aim.intent not in _MALFORMED_ON_PURPOSE


def _documented(observed: Observation) -> bool:
    return described(observed)[0] is not None


def _with_headers(observed: Observation) -> bool:
    answer, _, _ = described(observed)
    return answer is not None and bool(answer.headers)


def _with_described_headers(observed: Observation) -> bool:
    return _with_headers(observed) or (observed.status or 0) >= FIRST_ERROR


def _sent(observed: Observation) -> bool:
    return observed.exchange.lapse is not Lapse.UNSENT


RULES = (
    Rule(function=unanswered_request, subject=Subject.ANSWER, when=_sent),
    Rule(function=undocumented_status, subject=Subject.ANSWER, when=_in_form, fault_code=101),
    Rule(function=missing_content_type, subject=Subject.ANSWER, when=_documented, fault_code=101),
    Rule(function=undocumented_media_type, subject=Subject.ANSWER, when=_documented, fault_code=101),
    Rule(function=malformed_response_body, subject=Subject.ANSWER, when=_answered, fault_code=101),
    Rule(function=missing_response_header, subject=Subject.ANSWER, when=_with_headers, fault_code=101),
    Rule(
        function=response_header_violation,
        subject=Subject.ANSWER,
        when=_with_described_headers,
        fault_code=101,
    ),
    Rule(function=response_schema_violation, subject=Subject.ANSWER, when=_documented, fault_code=101),
)
