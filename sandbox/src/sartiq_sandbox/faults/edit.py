"""Edits of JSON documents; each returns a new document and leaves what does not fit as it is."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import TypeAlias

from sartiq_sandbox.faults.fault import Json

__all__ = ["GONE", "Edit", "at", "both", "plus", "put", "when", "without"]

Edit: TypeAlias = Callable[[Json], Json]
GONE = object()
"""What an edit returns to take away the member or the item that it was called with."""


def at(path: str, change: Edit) -> Edit:
    """Change what stands at a path such as ``items/*/name``; ``*`` is every item of a list."""
    steps = tuple(path.split("/")) if path else ()
    return lambda document: _edited(document, steps, change)


def put(path: str, value: Json) -> Edit:
    """Put a value in the place of another one."""
    return at(path, lambda _: value)


def without(path: str) -> Edit:
    """Take a member or an item away."""
    return put(path, GONE)


def plus(path: str, **members: Json) -> Edit:
    """Add members to an object."""
    return at(path, lambda value: {**value, **members} if isinstance(value, dict) else value)


def both(*edits: Edit) -> Edit:
    """Make several edits, one after the other."""

    def edit(document: Json) -> Json:
        for single in edits:
            document = single(document)
        return document

    return edit


def when(members: Mapping[str, Json], edit: Edit) -> Edit:
    """Edit only objects with these members."""

    def fits(document: Json) -> bool:
        return isinstance(document, dict) and members.items() <= document.items()

    return lambda document: edit(document) if fits(document) else document


def _edited(value: Json, steps: tuple[str, ...], change: Edit) -> Json:
    if not steps:
        return change(value)
    first, rest = steps[0], steps[1:]
    if first == "*" and isinstance(value, list):
        items = (_edited(item, rest, change) for item in value)
        return [item for item in items if item is not GONE]
    if isinstance(value, dict) and first in value:
        changed = _edited(value[first], rest, change)
        kept = {key: item for key, item in value.items() if key != first or changed is not GONE}
        return kept | ({} if changed is GONE else {first: changed})
    return value
