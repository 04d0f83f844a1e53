"""A walk over a document that knows where it describes, where it gives values, and where it names.

Under ``example`` stand values of the service, in which ``$ref`` means nothing; under ``properties``
stand names that the author chose, of which one may be ``example`` or ``$ref``.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import Any

from accord.contract import pointer as pointers
from accord.contract.pointer import Json

_VALUES = frozenset({"example", "default", "enum", "const", "value", "dataValue"})
_NAMED = frozenset(
    {"properties", "patternProperties", "dependentSchemas", "dependencies"}
    | {"$defs", "definitions", "schemas"}
    | {
        "paths",
        "webhooks",
        "pathItems",
        "responses",
        "content",
        "requestBodies",
        "securitySchemes",
        "callbacks",
        "mediaTypes",
        "additionalOperations",
    }
    | {"links", "encoding", "channels", "messages", "operations", "variables", "x-errors"}
    | {"servers", "serverVariables", "operationTraits", "messageTraits", "replies"}
)

_CONTAINERS = (dict, list)


def rewritten(data: Json, change: Callable[[dict[str, Json], str], Json]) -> Json:
    """Return a copy of *data* in which each object that describes is what *change* makes of it.

    *change* is given a copy that it may alter, its members changed already, and its pointer.
    """
    return _rewritten(data, "", change, named=False)


def _rewritten(value: Json, at: str, change: Callable[[dict[str, Json], str], Json], *, named: bool) -> Json:
    if isinstance(value, list):
        return [
            _rewritten(item, f"{at}/{index}", change, named=False) if isinstance(item, _CONTAINERS) else item
            for index, item in enumerate(value)
        ]
    if not isinstance(value, dict):
        return value
    # Most members are neither: of a large document, asking that first takes half the time.
    copied = {
        key: _rewritten(item, pointers.join(at, key), change, named=_names(key, item, named=named))
        if isinstance(item, _CONTAINERS) and (named or not _is_value(key, item))
        else item
        for key, item in value.items()
    }
    return copied if named else change(copied, at)


def reworded(data: Json, change: Callable[[dict[str, Json]], Json]) -> Json:
    """Return the same of a *change* that asks for no pointer: of a large document, those take a third of the time."""
    return _reworded(data, change, named=False)


def _reworded(value: Json, change: Callable[[dict[str, Json]], Json], *, named: bool) -> Json:
    if isinstance(value, list):
        return [
            _reworded(item, change, named=False) if isinstance(item, _CONTAINERS) else item for item in value
        ]
    if not isinstance(value, dict):
        return value
    copied = {
        key: _reworded(item, change, named=_names(key, item, named=named))
        if isinstance(item, _CONTAINERS) and (named or not _is_value(key, item))
        else item
        for key, item in value.items()
    }
    return copied if named else change(copied)


def objects(data: Json) -> Iterator[tuple[str, dict[str, Json]]]:
    """Yield pointer and value of every object of *data* that describes, parents first."""
    waiting: list[tuple[str, Json, bool]] = [("", data, False)]
    while waiting:
        at, value, named = waiting.pop()
        if isinstance(value, list):
            waiting.extend((f"{at}/{index}", value[index], False) for index in range(len(value) - 1, -1, -1))
        elif isinstance(value, dict):
            if not named:
                yield at, value
            waiting.extend(
                (pointers.join(at, key), item, _names(key, item, named=named))
                for key, item in reversed(value.items())
                if named or not _is_value(key, item)
            )


def described(data: Json) -> Iterator[dict[str, Json]]:
    """Yield every object of *data* that describes, in any order: the same without pointers, in half the time."""
    waiting: list[tuple[Json, bool]] = [(data, False)]
    while waiting:
        value, named = waiting.pop()
        if isinstance(value, list):
            waiting.extend([(item, False) for item in value if isinstance(item, _CONTAINERS)])
        elif isinstance(value, dict):
            if not named:
                yield value
            waiting.extend(
                [
                    (item, _names(key, item, named=named))
                    for key, item in value.items()
                    if isinstance(item, _CONTAINERS) and (named or not _is_value(key, item))
                ]
            )


def written_references(data: Json) -> set[str]:
    """Return what every object of *data* refers to, be it described or part of a value: quickly, and never too few."""
    found: set[str] = set()
    waiting: list[Any] = [data]
    while waiting:
        value = waiting.pop()
        if isinstance(value, dict):
            if "$ref" in value or "security" in value:
                found.update(addresses(value))
            waiting.extend([item for item in value.values() if isinstance(item, _CONTAINERS)])
        else:
            waiting.extend([item for item in value if isinstance(item, _CONTAINERS)])
    return found


def _is_value(key: str, item: Json) -> bool:
    # A list of examples belongs to a schema; a map of them holds Example Objects.
    return key in _VALUES or (key == "examples" and isinstance(item, list))


def _names(key: str, item: Json, *, named: bool) -> bool:
    """Tell whether the members of *item* are names; ``parameters`` is a list, but for components."""
    return not named and isinstance(item, dict) and (key in _NAMED or key in ("examples", "parameters"))


def is_address(name: str) -> bool:
    """Tell whether *name*, of a security scheme, is a URI: names of components have neither mark."""
    return "/" in name or "#" in name


def addresses(value: dict[str, Any]) -> Iterator[str]:
    """Yield the references that *value* makes: its ``$ref``, and the URIs of the security schemes that it needs."""
    target = reference(value)
    if target is not None:
        yield target
    needed = value.get("security")
    for alternative in needed if isinstance(needed, list) else ():
        yield from filter(is_address, alternative if isinstance(alternative, dict) else ())


def reference(value: dict[str, Any]) -> str | None:
    """Return the reference that *value* is, None when it is none."""
    found = value.get("$ref")
    return found if isinstance(found, str) else None
