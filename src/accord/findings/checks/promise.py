"""Rules about operations: which answers the contract ought to describe."""

from __future__ import annotations

from collections.abc import Iterator

from accord.contract.contract import Contract
from accord.contract.envelope import FIRST_ERROR, promised_error
from accord.contract.media_type import may_be_json
from accord.contract.openapi import MediaType, Operation
from accord.findings.finding import Finding, Severity
from accord.findings.inspection import ContractObservation, of_operations
from accord.findings.rule import Rule, Subject

_WITHOUT_BODY = frozenset({"204", "205", "304"})


def schemaless_response(contract: Contract, observed: ContractObservation) -> Iterator[Finding]:
    """Yield for each answer with a body of which the contract does not say how it looks."""
    operation = observed.operation
    for status, answer in operation.answers.items():
        if _is_bodiless(operation, status) or _is_promised(contract, status):
            continue
        bare = [
            item
            for item in answer.media_types
            if (may_be_json(item.name) or item.sequence) and not _describes(contract, item)
        ]
        places = [(item.uri, f" as {item.name}") for item in bare]
        # Other answers need no body; a 200 without one is a 204.
        if status == "200" and not answer.media_types:
            places.append((answer.uri, ""))
        for uri, words in places:
            yield observed.finding(
                f"nothing says what the body of a {status}{words} looks like",
                uri=uri,
                expected="a schema",
                deviation=f"{status}{words}",
                advice="Give it a schema, or answer 204 when there is no body.",
            )


def unpromised_authentication_failure(contract: Contract, observed: ContractObservation) -> Iterator[Finding]:
    """Yield when an operation needs a credential and does not say what it answers to a bad one."""
    if observed.operation.secured:
        yield from _unpromised(contract, observed, (401,), "who has no good credential")


def unpromised_unknown_id(contract: Contract, observed: ContractObservation) -> Iterator[Finding]:
    """Yield when a path names a thing and the operation does not say what it answers when there is none."""
    if observed.operation.parameters_in("path"):
        yield from _unpromised(contract, observed, (404,), "who names what does not exist")


def unpromised_invalid_input(contract: Contract, observed: ContractObservation) -> Iterator[Finding]:
    """Yield when an operation takes input and does not say what it answers to an invalid one."""
    operation = observed.operation
    if operation.parameters or operation.body:
        yield from _unpromised(contract, observed, (422, 400), "whose input is not valid")


def _unpromised(
    contract: Contract, observed: ContractObservation, statuses: tuple[int, ...], caller: str
) -> Iterator[Finding]:
    operation = observed.operation
    if any(operation.answer(status) or promised_error(contract.errors, status) for status in statuses):
        return
    words = " or ".join(map(str, statuses))
    yield observed.finding(
        f"nothing says what a caller is answered {caller}",
        uri=operation.uri,
        expected=f"an answer for {words}",
        seen=", ".join(operation.answers),
        deviation=words,
        advice=f"Document {words}, or promise it for every operation with `x-errors`.",
    )


def _is_bodiless(operation: Operation, status: str) -> bool:
    return operation.method == "HEAD" or status in _WITHOUT_BODY or status[:1] in ("1", "3")


def _is_promised(contract: Contract, status: str) -> bool:
    """Tell whether ``x-errors`` says how the body of *status* looks."""
    code = int(status[0]) * 100 if status[1:] == "XX" else int(status) if status.isdecimal() else FIRST_ERROR
    return promised_error(contract.errors, code) is not None


def _describes(contract: Contract, item: MediaType) -> bool:
    return any(_says_something(contract, uri) for uri in (item.schema, item.item) if uri is not None)


def _says_something(contract: Contract, uri: str) -> bool:
    _, schema = contract.library.follow(uri)
    return schema is not True and (
        not isinstance(schema, dict) or bool(set(schema) - {"title", "description"})
    )


RULES = tuple(
    Rule(function=function, subject=Subject.CONTRACT, severity=Severity.WARNING, when=of_operations)
    for function in (
        schemaless_response,
        unpromised_authentication_failure,
        unpromised_unknown_id,
        unpromised_invalid_input,
    )
)
