"""OpenAPI Overlay 1.0: changes laid over a document, so that a generated file is never edited by hand."""

from __future__ import annotations

import copy
from collections.abc import Sequence
from dataclasses import replace
from typing import Any, TypeAlias, cast

from accord.contract import pointer as pointers
from accord.contract.document import Document
from accord.contract.pointer import Json
from accord.contract.query import TooCostlyError, locations
from accord.errors import ContractError

Path: TypeAlias = tuple[str | int, ...]


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
        paths = locations(target, data)
    except (ValueError, TooCostlyError) as error:
        raise ContractError(
            f"target is not usable: {error}", place=place, next_step="Write it as RFC 9535 says."
        ) from error
    if not paths:
        raise ContractError(
            f"target {target!r} names nothing in {name}",
            place=place,
            next_step="Correct the target, or drop the action if the document has moved on.",
        )
    if action.get("remove"):
        _remove(data, paths, place)
    elif "update" in action:
        for path in paths:
            _merge(_at(data, path), copy.deepcopy(action["update"]), place)


def _at(data: Json, path: Path) -> Json:
    value: Any = data
    for step in path:
        value = value[step]
    return cast("Json", value)


def _remove(data: Json, paths: tuple[Path, ...], place: str) -> None:
    if () in paths:
        raise ContractError(
            "an overlay cannot remove the whole document", place=place, next_step="Target less."
        )
    # The last items of a list first, and what lies inside before what it lies in: no path moves.
    for path in sorted(paths, key=_order, reverse=True):
        holder: Any = _at(data, path[:-1])
        del holder[path[-1]]


def _order(path: Path) -> list[tuple[int, str]]:
    return [(step, "") if isinstance(step, int) else (-1, step) for step in path]


def _merge(target: Json, update: Json, place: str) -> None:
    """Merge *update* into *target*: objects by member, arrays by appending."""
    if isinstance(target, list):
        target.extend(update if isinstance(update, list) else [update])
        return
    if not isinstance(target, dict) or not isinstance(update, dict):
        raise ContractError(
            "update and target are not both objects", place=place, next_step="Target an object."
        )
    for name, value in update.items():
        present = target.get(name)
        if isinstance(present, dict) and isinstance(value, dict):
            _merge(present, value, place)
        elif isinstance(present, list) and isinstance(value, list):
            present.extend(value)
        else:
            target[name] = value


def written_at(document: Document, overlays: Sequence[Document], pointer: str) -> str:
    """Return where *pointer* of *document* was written: by the last of *overlays* that says something there.

    *document* has the overlays applied. Where nothing wrote all of *pointer*, the furthest part counts.
    """
    steps = pointers.tokens(pointer)
    for overlay in reversed(overlays):
        actions = cast("list[dict[str, Any]]", overlay.data.get("actions", []))
        for index, action in reversed(list(enumerate(actions))):
            written = _written(document, action, steps)
            if written is not None:
                return overlay.place(pointers.join("/actions", index, "update") + written)
    return document.place(pointer)


def _written(document: Document, action: dict[str, Any], steps: tuple[str, ...]) -> str | None:
    """Return what of *steps* the update of *action* wrote, None for nothing."""
    try:
        targets = locations(action.get("target", ""), document.data)
    except (ValueError, TooCostlyError):
        return None
    for target in targets:
        if tuple(map(str, target)) != steps[: len(target)]:
            continue
        value: Any = action.get("update")
        walked: list[str] = []
        for step in steps[len(target) :]:
            if not isinstance(value, dict) or step not in value:
                break
            value = value[step]
            walked.append(step)
        if walked:
            return pointers.from_path(walked)
    return None
