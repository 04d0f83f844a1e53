"""OpenAPI Overlay 1.0: changes laid over a document, so that a generated file is never edited by hand."""

from __future__ import annotations

import copy
from dataclasses import replace
from typing import Any, cast

import jsonpath

from accord.contract import pointer as pointers
from accord.contract.document import Document
from accord.contract.pointer import Json
from accord.errors import ContractError


def apply_overlay(document: Document, overlay: Document) -> Document:
    """Return *document* with the actions of *overlay* applied in order (Overlay 1.0, section 4.4).

    Raises ``ContractError`` at an action whose target is no JSONPath (RFC 9535) or names nothing:
    an overlay that changes nothing is a promise that nobody reads.
    """
    data = copy.deepcopy(document.data)
    actions = overlay.data.get("actions", [])
    for index, action in enumerate(cast("list[dict[str, Any]]", actions)):
        place = overlay.place(pointers.join("/actions", index))
        _apply(data, action, place, document.name)
    return replace(document, data=data)


def _apply(data: dict[str, Json], action: dict[str, Any], place: str, name: str) -> None:
    target = action.get("target", "")
    try:
        matches = list(jsonpath.finditer(target, cast("Any", data)))
    except jsonpath.JSONPathError as error:
        raise ContractError(
            f"target {target!r} is not a JSONPath: {error}", place=place, next_step="Write it as RFC 9535 says."
        ) from error
    if not matches:
        raise ContractError(
            f"target {target!r} names nothing in {name}",
            place=place,
            next_step="Correct the target, or drop the action if the document has moved on.",
        )
    for match in reversed(matches):
        if action.get("remove"):
            _remove(match, place)
        elif "update" in action:
            _merge(cast("Json", match.obj), copy.deepcopy(action["update"]), place)


def _remove(match: Any, place: str) -> None:
    if match.parent is None:
        raise ContractError("an overlay cannot remove the whole document", place=place)
    del match.parent.obj[match.parts[-1]]


def _merge(target: Json, update: Json, place: str) -> None:
    """Merge *update* into *target*: objects by member, arrays by appending."""
    if isinstance(target, list):
        target.extend(update if isinstance(update, list) else [update])
        return
    if not isinstance(target, dict) or not isinstance(update, dict):
        raise ContractError("update and target are not both objects", place=place, next_step="Target an object.")
    for name, value in update.items():
        present = target.get(name)
        if isinstance(present, dict) and isinstance(value, dict):
            _merge(present, value, place)
        elif isinstance(present, list) and isinstance(value, list):
            present.extend(value)
        else:
            target[name] = value
