"""Rules about errors, documented or not: they look as ``x-errors`` says that every error does."""

from __future__ import annotations

from collections.abc import Iterator

from accord.contract.contract import Contract
from accord.contract.envelope import FIRST_ERROR, promised_error
from accord.contract.library import place
from accord.contract.media_type import essence
from accord.contract.openapi import Answer
from accord.exchange.values import Response
from accord.findings.body import Fault, described, faults, missed_member, short, violation
from accord.findings.evidence import Observation
from accord.findings.finding import Finding
from accord.findings.rule import Rule, Subject


def misshapen_error(contract: Contract, observed: Observation) -> Iterator[Finding]:
    """Yield for each keyword that an error's body breaks, but for what the documented schema tells already."""
    envelope, response = _promised(contract, observed)
    if envelope is None or not response.body:
        return
    content_type = response.header("content-type")
    documented, _, _ = described(observed)
    told = {_identity(fault) for fault in faults(contract, documented, response.body, content_type)}
    for fault in faults(contract, envelope, response.body, content_type):
        if _identity(fault) not in told:
            yield violation(observed, fault)


def foreign_error_media_type(contract: Contract, observed: Observation) -> Iterator[Finding]:
    """Yield when an error's body has another media type than errors have, and no other rule says so."""
    envelope, response = _promised(contract, observed)
    if envelope is None or not response.body:
        return
    content_type = response.header("content-type")
    documented, _, _ = described(observed)
    told = documented is not None and bool(documented.media_types) and not documented.media_type(content_type)
    if told or envelope.media_type(content_type) is not None:
        return
    seen = "no Content-Type header" if content_type is None else short(content_type)
    yield observed.finding(
        f"the body of a {observed.status} has another media type than errors have: {seen}",
        pointer=_place(envelope, "mediaType", contract),
        expected=envelope.media_types[0].name,
        seen=seen,
        deviation=f"{observed.status} {essence(content_type or 'none')[:80]}",
    )


def missing_error_header(contract: Contract, observed: Observation) -> Iterator[Finding]:
    """Yield when an error lacks a header that all such errors have, and its documentation does not ask for it."""
    envelope, response = _promised(contract, observed)
    documented, _, _ = described(observed)
    told = {header.name.lower() for header in (documented.headers if documented else ()) if header.required}
    for header in envelope.headers if envelope else ():
        if header.required and header.name.lower() not in told and response.header(header.name) is None:
            yield observed.finding(
                f"the header {header.name}, which errors with status {observed.status} have, is missing",
                pointer=place(header.uri),
                expected=header.name,
                seen="no such header",
                deviation=f"{observed.status} {header.name.lower()}",
            )


def _promised(contract: Contract, observed: Observation) -> tuple[Answer | None, Response]:
    """Return what ``x-errors`` says of this answer, and the answer.

    An answer to HEAD has no body, and in many servers not the headers of one either.
    """
    response = observed.exchange.response
    if observed.status is None or response is None or observed.exchange.request.method == "HEAD":
        return None, Response(status=0)
    return promised_error(contract.errors, observed.status), response


def _identity(fault: Fault) -> tuple[object, ...]:
    return (fault.path, fault.error.kind.name, *missed_member(fault.error))


def _place(envelope: Answer, member: str, contract: Contract) -> str:
    """Return where *member* of an error stands, else the error."""
    _, data = contract.library.object(envelope.uri)
    return place(f"{envelope.uri}/{member}" if member in data else envelope.uri)


def _error(observed: Observation) -> bool:
    return observed.status is not None and observed.status >= FIRST_ERROR


RULES = (
    Rule(function=misshapen_error, subject=Subject.ANSWER, when=_error, fault_code=101),
    Rule(function=foreign_error_media_type, subject=Subject.ANSWER, when=_error, fault_code=101),
    Rule(function=missing_error_header, subject=Subject.ANSWER, when=_error, fault_code=101),
)
