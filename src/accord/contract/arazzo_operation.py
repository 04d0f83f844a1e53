"""The operation that an Arazzo step calls."""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import Any, NoReturn
from urllib.parse import unquote

from accord.contract import pointer as pointers
from accord.contract.openapi import ADDITIONAL, METHODS
from accord.contract.workflow import OperationReference
from accord.errors import ContractError

_PREFIX = "$sourceDescriptions."
_OPERATION_PATH = re.compile(r"(\{?)\$sourceDescriptions\.([^{}#]+)\.url(\}?)#(/.*)", re.DOTALL)


def read_operation(
    step: Mapping[str, Any], document: Mapping[str, Any], place: str
) -> OperationReference | None:
    """Return the operation that *step*, an object of *document* at *place*, calls; None for a workflow.

    Raises ``ContractError`` for a reference that is ambiguous or names no source description.
    """
    sources = [item["name"] for item in document["sourceDescriptions"] if item.get("type") != "arazzo"]
    if "operationPath" in step:
        return _by_path(step["operationPath"], f"{place}/operationPath", sources)
    if "operationId" in step:
        return _by_id(step["operationId"], f"{place}/operationId", sources)
    return None


def _by_id(text: str, place: str, sources: list[str]) -> OperationReference:
    if text.startswith(_PREFIX):
        rest = text.removeprefix(_PREFIX)
        source = next((name for name in sources if rest.startswith(f"{name}.")), None)
        if source is None:
            _fail(f"{text!r} names no source description", place, f"Name one of: {', '.join(sources)}.")
        return OperationReference(source=source, id=rest.removeprefix(f"{source}."))
    if len(sources) != 1:
        _fail(
            f"{text!r} may be an operation of any of {len(sources)} source descriptions",
            place,
            "Write $sourceDescriptions.<name>.<operationId>.",
        )
    return OperationReference(source=sources[0], id=text)


def _by_path(text: str, place: str, sources: list[str]) -> OperationReference:
    found = _OPERATION_PATH.fullmatch(text)
    tokens = pointers.tokens(unquote(found.group(4))) if found else ()
    method = _method(tokens[2:])
    shaped = len(tokens) > 2 and tokens[0] == "paths" and bool(method)
    if not found or bool(found.group(1)) != bool(found.group(3)) or not shaped:
        _fail(
            f"{text!r} does not lead to an operation",
            place,
            "Write '{$sourceDescriptions.<name>.url}#/paths/~1products~1{id}/get'.",
        )
    if found.group(2) not in sources:
        _fail(f"{found.group(2)!r} is no source description", place, f"Name one of: {', '.join(sources)}.")
    return OperationReference(source=found.group(2), path=tokens[1], method=method)


def _method(tokens: tuple[str, ...]) -> str:
    """Return the method, as it is sent, of the operation at *tokens* below a path; empty for none."""
    match tokens:
        case (method,) if method in METHODS:
            return method.upper()
        case (section, method) if section == ADDITIONAL:
            return method
    return ""


def _fail(reason: str, place: str, next_step: str) -> NoReturn:
    raise ContractError(reason, place=place, next_step=next_step)
