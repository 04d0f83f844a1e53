"""The body of one answer: what the contract says of it, and each place where it is otherwise."""

from __future__ import annotations

import json
from collections.abc import Iterator, Sequence
from contextlib import suppress
from dataclasses import dataclass
from itertools import islice
from typing import Any

import orjson

from accord.contract.contract import Contract
from accord.contract.library import place
from accord.contract.media_type import is_json
from accord.contract.openapi import Answer
from accord.contract.pointer import from_path, spelled
from accord.contract.sequence import read_sequence
from accord.contract.stream import judges
from accord.findings.evidence import Observation
from accord.findings.finding import Finding

_OF_VALUES = ("enum", "const")
_MAXIMUM_FINDINGS = 20
_MAXIMUM_ERRORS = 200
_BODILESS = frozenset({204, 205, 304})
_APPLICATORS_OF_NAMES = ("additionalProperties", "patternProperties", "unevaluatedProperties")
_APPLICATORS_OF_ITEMS = ("items", "prefixItems", "contains", "unevaluatedItems")
# What follows one of these on a way through schemas is a name or an index, not a keyword.
_NAMED = (
    "properties",
    "patternProperties",
    "prefixItems",
    "allOf",
    "anyOf",
    "oneOf",
    "dependentSchemas",
    "$defs",
)


@dataclass(frozen=True, slots=True)
class Fault:
    """One *error* of jsonschema_rs, and its *path* in the body with each name as it is written there."""

    error: Any
    path: tuple[str | int, ...]


def faults(
    contract: Contract, answer: Answer | None, body: bytes, content_type: str | None
) -> Iterator[Fault]:
    """Yield the first errors of a JSON *body*, or one of items, under the schemas that *answer* has for *content_type*.

    What several branches of an ``allOf`` say alike of one place is one error. A value of another type is no
    member of an enumeration either: that is said once.
    """
    errors: dict[tuple[Any, ...], Fault] = {}
    for judge, value in _held(contract, answer, body, content_type):
        for error in islice(judge.iter_errors(value), _MAXIMUM_ERRORS):
            path = spelled(error.instance_path, value)
            errors.setdefault((path, error.kind.name, expectation(error)), Fault(error, path))
    mistyped = {
        (path, _schema_of(fault.error)) for (path, kind, _), fault in errors.items() if kind == "type"
    }
    told = (
        fault
        for (path, kind, _), fault in errors.items()
        if kind not in _OF_VALUES or (path, _schema_of(fault.error)) not in mistyped
    )
    yield from islice(told, _MAXIMUM_FINDINGS)


def _schema_of(error: Any) -> tuple[Any, ...]:
    """Return the way to the schema whose keyword *error* is about."""
    return tuple(error.evaluation_path)[:-1]


def _held(
    contract: Contract, answer: Answer | None, body: bytes, content_type: str | None
) -> Iterator[tuple[Any, Any]]:
    """Yield each validator that a body is held against, and its value: of a sequence, the list of its items."""
    media_type = answer.media_type(content_type) if answer else None
    if media_type is None:
        return
    if media_type.sequence:
        sequence = read_sequence(body, content_type)
        yield from ((judge, list(sequence.items)) for judge in judges(contract.library, media_type, sequence))
    elif media_type.schema is not None and is_json(content_type):
        with suppress(orjson.JSONDecodeError):
            yield contract.library.validator(media_type.schema), orjson.loads(body)


def violation(observed: Observation, fault: Fault) -> Finding:
    """Return the finding of one fault of a body."""
    error = fault.error
    return observed.finding(
        f"the body of a {observed.status} breaks the contract: {short(error.message)}",
        pointer=place(error.absolute_keyword_location or observed.operation.uri),
        evidence_pointer=from_path(fault.path),
        evidence_pattern=_pattern(error.evaluation_path, fault.path),
        expected=expectation(error),
        seen=short(orjson.dumps(error.instance).decode(errors="replace")),
        deviation=" ".join((str(observed.status), error.kind.name, *missed_member(error))),
    )


def is_valid_answer(contract: Contract, observed: Observation) -> bool:
    """Tell whether the answer has a body that its documented schemas, of which there is one, accept."""
    held = list(_held(contract, *described(observed)))
    return bool(held) and all(judge.is_valid(value) for judge, value in held)


def short(text: str, limit: int = 240) -> str:
    """Return *text* with its middle left out when it is longer than *limit* characters."""
    return text if len(text) <= limit else f"{text[: limit * 2 // 3]} ... {text[-limit // 4 :]}"


def expectation(error: Any) -> str:
    """Return what the broken keyword asks for, in a few words."""
    details = error.kind.as_dict()
    if not details:
        return str(error.kind.name)
    return short(
        ", ".join(f"{name}: {_plain(value)}" for name, value in details.items() if name != "context")
    )


def _plain(value: Any) -> str:
    if isinstance(value, list):
        return ", ".join(_plain(item) for item in value)
    # Numbers of a contract may have more than 64 bits.
    return value if isinstance(value, str) else json.dumps(value, default=str, ensure_ascii=False)


def missed_member(error: Any) -> tuple[str, ...]:
    """Return the member that ``required`` misses: one place may miss several, and each is a defect."""
    return (str(error.kind.as_dict()["property"]),) if error.kind.name == "required" else ()


def _pattern(keywords: Sequence[str | int], instance: Sequence[str | int]) -> str:
    """Return the pointer *instance* with ``*`` for each name that the contract leaves open.

    *keywords* is the way of the same error through the schemas (JSON Schema 2020-12, core, 12.4).
    """
    waiting, told = iter(keywords), iter(instance)
    steps: list[str | int] = []
    for keyword in waiting:
        if keyword in _APPLICATORS_OF_NAMES and next(told, None) is not None:
            steps.append("*")
        elif (keyword == "properties" or keyword in _APPLICATORS_OF_ITEMS) and (
            step := next(told, None)
        ) is not None:
            steps.append(step)
        if keyword in _NAMED:
            next(waiting, None)
    return from_path((*steps, *told))


def described(observed: Observation) -> tuple[Answer | None, bytes, str | None]:
    """Return what the contract says of this answer, its body and its media type.

    A method that the path does not declare is answered for itself, not for the operation.
    """
    response = observed.exchange.response
    if observed.status is None or response is None:
        return None, b"", None
    body = response.body if may_have_body(observed) else b""
    asked = observed.exchange.request.method in (observed.operation.method, "HEAD")
    return (
        observed.operation.answer(observed.status) if asked else None,
        body,
        response.header("content-type"),
    )


def may_have_body(observed: Observation) -> bool:
    """Tell whether HTTP lets the answer have a body."""
    return (
        observed.status is not None
        and observed.status not in _BODILESS
        and observed.exchange.request.method != "HEAD"
    )
