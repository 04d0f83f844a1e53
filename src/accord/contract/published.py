"""The published JSON Schemas of OpenAPI, AsyncAPI, Arazzo and Overlay, and documents held against them."""

from __future__ import annotations

import json
from dataclasses import dataclass
from functools import cache
from importlib import resources
from itertools import islice
from typing import Any

import jsonschema_rs

from accord.contract import pointer as pointers
from accord.contract.document import Document
from accord.contract.pattern import is_usable
from accord.contract.pointer import Json
from accord.errors import ContractError

FILES = {
    "openapi-3.0": "openapi-3.0.json",
    "openapi-3.1": "openapi-3.1.json",
    "openapi-3.2": "openapi-3.2.json",
    "asyncapi-3.0": "asyncapi-3.0.json",
    "asyncapi-3.1": "asyncapi-3.1.json",
    "arazzo": "arazzo-1.0.json",
    "overlay": "overlay-1.0.json",
    "session": "session.schema.json",
    "errors": "errors.schema.json",
    "accord-operation": "accord-operation.schema.json",
    "accord-schema": "accord-schema.schema.json",
}
MAXIMUM_ERRORS = 100


@cache
def published(kind: str) -> dict[str, Any]:
    """Return the published schema of *kind*, one of ``FILES``."""
    text = resources.files("accord.contract").joinpath("schemas", FILES[kind]).read_text(encoding="utf-8")
    schema: dict[str, Any] = json.loads(text)
    return schema


@cache
def _validator(kind: str) -> jsonschema_rs.Validator:
    # What can be used is no mistake here; a pattern of another language is told by a rule.
    return jsonschema_rs.validator_for(published(kind), formats={"regex": is_usable})


@dataclass(frozen=True, slots=True, kw_only=True)
class Problem:
    """One thing wrong with a document: the path to it, and what."""

    path: tuple[str | int, ...]
    message: str


def check_document(document: Document, kind: str, pointer: str = "") -> None:
    """Hold *document*, or the part of it at *pointer*, against the published schema of *kind*.

    Raises ``ContractError`` at the deepest place that is wrong.
    """
    problems = deepest_first(pointers.lookup(document.data, pointer), kind)
    if problems:
        raise ContractError(
            f"is not valid {kind.replace('-', ' ')}: {problems[0].message}",
            place=document.place(pointer + pointers.from_path(problems[0].path)),
            next_step="Correct the document at that place.",
        )


def deepest_first(value: Json, kind: str) -> list[Problem]:
    """Return what is wrong with *value* by the published schema of *kind*, the deepest place first."""
    errors = [_meant(error) for error in islice(_validator(kind).iter_errors(value), MAXIMUM_ERRORS)]
    errors.sort(key=lambda error: -len(error.instance_path))
    return [Problem(path=tuple(error.instance_path), message=_short(error.message)) for error in errors]


def _meant(error: Any) -> Any:
    """Return what is wrong in the alternative that the author meant, *error* itself when that is not clear.

    It is not one that another constant would make, nor a reference, and of the rest it goes furthest.
    """
    while error.kind.name in ("anyOf", "oneOf"):
        here = len(error.instance_path)
        every = getattr(error.kind, "context", None) or ()
        branches = [
            branch for branch in every if branch and not any(_elsewhere(item, here) for item in branch)
        ]
        if not branches:
            return error
        deepest = max(max(branches, key=lambda branch: max(map(_reach, branch))), key=_reach)
        if len(branches) > 1 and _reach(deepest) <= here:
            return error
        error = deepest
    return error


def _elsewhere(error: Any, here: int) -> bool:
    """Tell whether *error* says that another alternative than this one was meant."""
    if error.kind.name == "required":
        return bool(error.kind.property == "$ref")
    return error.kind.name in ("enum", "const") and len(error.instance_path) == here + 1


def _reach(error: Any) -> int:
    """Return the depth of the deepest place that *error* speaks of."""
    branches = getattr(error.kind, "context", None) or ()
    return max([len(error.instance_path), *(_reach(item) for branch in branches for item in branch)])


def _short(message: str) -> str:
    return message if len(message) <= 300 else f"{message[:200]} ... {message[-80:]}"
