"""What an error looks like, whichever operation gives it: ``x-errors`` at the root of an OpenAPI document."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence
from typing import Any, cast

from accord.contract import library as libraries
from accord.contract import pointer as pointers
from accord.contract.document import Document
from accord.contract.library import Library
from accord.contract.media_type import JSON
from accord.contract.openapi import Answer, Header, MediaType
from accord.contract.overlay import written_at
from accord.contract.pointer import Json
from accord.contract.published import deepest_first
from accord.errors import ContractError

MEMBER = "x-errors"
FIRST_ERROR = 400

_STATUS = re.compile(r"(?i)\d(\d\d|xx)(?!\d)|default$")
_SAID = frozenset({"mediaType", "schema", "headers"})


def read_errors(library: Library, name: str, overlays: Sequence[Document] = ()) -> Mapping[str, Answer]:
    """Return the errors that the OpenAPI document called *name* describes, by status, range or ``default``.

    Raises ``ContractError`` for what is wrong with them, at the line of the one of *overlays* that
    laid it on, else at that of the document. Others have an extension of this name too: that is left alone.
    """
    document = library.document(name)
    errors = document.data.get(MEMBER)
    if errors is None or _is_of_others(errors):
        return {}
    problems = deepest_first(errors, "errors")
    if problems:
        raise ContractError(
            f"is not valid {MEMBER}: {problems[0].message}",
            place=written_at(document, overlays, pointers.from_path((MEMBER, *problems[0].path))),
            next_step="Correct it at that place; docs/configuration.md says what may stand there.",
        )
    described = cast("dict[str, dict[str, Any]]", errors)
    return {status: _error(library, name, overlays, status, item) for status, item in described.items()}


def _is_of_others(errors: Json) -> bool:
    """Tell whether nothing in *errors* looks like a status or like what is said of an error here."""
    if not isinstance(errors, dict):
        return isinstance(errors, list) and bool(errors)
    inner = [key for item in errors.values() if isinstance(item, dict) for key in item]
    return bool(errors) and not any(map(_STATUS.match, errors)) and _SAID.isdisjoint((*errors, *inner))


def promised_error(errors: Mapping[str, Answer], status: int) -> Answer | None:
    """Return what *errors* say of *status*: the code, its range, or the default of all errors."""
    if status < FIRST_ERROR:
        return None
    found = named_error(errors, status)
    return errors.get("default") if found is None else found


def named_error(errors: Mapping[str, Answer], status: int) -> Answer | None:
    """Return what *errors* say of *status* by its code or its range."""
    return next((errors[key] for key in (str(status), f"{status // 100}XX") if key in errors), None)


def _error(
    library: Library, name: str, overlays: Sequence[Document], status: str, item: dict[str, Any]
) -> Answer:
    at = pointers.join("", MEMBER, status)
    address = libraries.uri(name, at)
    for pointer in _schemas(item):
        try:
            library.validator(address + pointer)
        except ContractError as fault:
            place = written_at(library.document(name), overlays, at + pointer)
            raise ContractError(fault.reason, place=place, next_step=fault.next_step) from None
    media_type = MediaType(
        name=item.get("mediaType", JSON),
        schema=f"{address}/schema" if "schema" in item else None,
        uri=address,
        encoding={},
    )
    return Answer(
        status=status,
        media_types=(media_type,),
        headers=tuple(_headers(item, address)),
        uri=address,
    )


def _headers(item: dict[str, Any], address: str) -> Iterator[Header]:
    for name, header in item.get("headers", {}).items():
        uri = pointers.join(address, "headers", name)
        schema = f"{uri}/schema" if "schema" in header else None
        yield Header(name=name, required=header.get("required", False), schema=schema, uri=uri)


def _schemas(item: dict[str, Any]) -> Iterator[str]:
    """Yield the pointer of each schema below one error."""
    if "schema" in item:
        yield "/schema"
    for name, header in item.get("headers", {}).items():
        if "schema" in header:
            yield pointers.join("/headers", name, "schema")
