"""The published JSON Schemas of OpenAPI, AsyncAPI, Arazzo and Overlay, and documents held against them."""

from __future__ import annotations

import json
from functools import cache
from importlib import resources
from typing import Any

import jsonschema_rs

from accord.contract import pointer as pointers
from accord.contract.document import Document
from accord.errors import ContractError

FILES = {
    "openapi-3.0": "openapi-3.0.json",
    "openapi-3.1": "openapi-3.1.json",
    "asyncapi": "asyncapi-3.0.json",
    "arazzo": "arazzo-1.0.json",
    "overlay": "overlay-1.0.json",
    "session": "session.schema.json",
}


@cache
def published(kind: str) -> dict[str, Any]:
    """Return the published schema of *kind*, one of ``FILES``."""
    text = resources.files("accord.contract").joinpath("schemas", FILES[kind]).read_text(encoding="utf-8")
    schema: dict[str, Any] = json.loads(text)
    return schema


@cache
def _validator(kind: str) -> jsonschema_rs.Validator:
    return jsonschema_rs.validator_for(published(kind))


def check_document(document: Document, kind: str, pointer: str = "") -> None:
    """Hold *document*, or the part of it at *pointer*, against the published schema of *kind*.

    Raises ``ContractError`` at the deepest place that is wrong.
    """
    value = pointers.lookup(document.data, pointer)
    errors = list(_validator(kind).iter_errors(value))
    if not errors:
        return
    deepest = max(errors, key=lambda error: len(error.instance_path))
    at = pointer + pointers.from_path(deepest.instance_path)
    raise ContractError(
        f"is not valid {kind.replace('-', ' ')}: {_short(deepest.message)}",
        place=document.place(at),
        next_step="Correct the document at that place.",
    )


def _short(message: str) -> str:
    return message if len(message) <= 300 else f"{message[:200]} ... {message[-80:]}"
