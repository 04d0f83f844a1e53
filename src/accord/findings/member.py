"""The members of a JSON body, each with what the schemas of the contract say of it."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from functools import partial
from typing import Any

from accord.contract.library import Library
from accord.contract.part import Part, branches_of, of_item, of_member, of_others, parts_of, properties_of
from accord.contract.pointer import Json, join

MAXIMUM_VALUES = 20_000
"""How many values of one body are looked at."""

_ALTERNATIVES = ("anyOf", "oneOf")
_OPENING = ("additionalProperties", "patternProperties", "unevaluatedProperties")


@dataclass(frozen=True, slots=True, kw_only=True)
class Member:
    """One member of an object: where it stands, and the schemas that ``properties`` have for it.

    ``pattern`` is its pointer with ``*`` for each name that the contract leaves open. ``stray`` is
    the URI of the ``properties`` that should have it: set where nothing declares the member, and
    nothing says that there may be others.
    """

    name: str
    value: Json
    pointer: str
    pattern: str
    schemas: tuple[str, ...]
    stray: str = ""


def members(library: Library, uri: str | None, body: Json) -> Iterator[Member]:
    """Yield every member of every object in *body*, a value of the schema at *uri*, the outer ones first."""
    waiting: list[tuple[tuple[str, ...], Json, str, str]] = [((uri,) if uri else (), body, "", "")]
    for uris, value, pointer, pattern in waiting:
        if len(waiting) > MAXIMUM_VALUES:
            return
        if isinstance(value, list):
            parts = _known(library, uris)
            waiting.extend(
                (of_item(parts, index), item, join(pointer, index), join(pattern, index))
                for index, item in enumerate(value)
            )
        elif isinstance(value, dict):
            parts = _known(library, uris)
            stray = library.once(("stray", uris), partial(_stray, library, parts))
            table = library.once(("members", uris), partial(_by_name, parts))
            for name, item in value.items():
                declared = table.get(name, ())
                others = of_others(parts) if not declared else ()
                steps = join(pointer, name), join(pattern, "*" if others else name)
                waiting.append((declared or others, item, *steps))
                yield Member(
                    name=name,
                    value=item,
                    pointer=steps[0],
                    pattern=steps[1],
                    schemas=declared,
                    stray="" if declared else stray,
                )


def parts(library: Library, uri: str) -> Iterator[dict[str, Any]]:
    """Yield the schemas that speak of the same place as the one at *uri*: references and branches followed."""
    for _, schema in _known(library, (uri,)):
        yield schema


def _known(library: Library, uris: tuple[str, ...]) -> list[Part]:
    return library.once(("parts", uris), lambda: list(parts_of(library, uris)))


def _by_name(parts_: list[Part]) -> dict[str, tuple[str, ...]]:
    """Return the schemas that ``properties`` have for each declared name."""
    names = dict.fromkeys(name for _, schema in parts_ for name in properties_of(schema))
    return {name: of_member(parts_, name) for name in names}


def _stray(library: Library, parts_: list[Part]) -> str:
    """Return where another member would have to be declared, empty where one may come undeclared."""
    holder = next((join(address, "properties") for address, schema in parts_ if properties_of(schema)), "")
    for address, schema in parts_:
        if any(keyword in schema for keyword in _OPENING):
            return ""
        for keyword in _ALTERNATIVES:
            if any(_takes_any_object(library, branch) for branch in branches_of(address, schema, keyword)):
                return ""
    return holder


def _takes_any_object(library: Library, uri: str) -> bool:
    """Tell whether one alternative is an object of which nothing is said."""
    every = [schema for _, schema in parts_of(library, (uri,))]
    if any(properties_of(schema) for schema in every):
        return False
    kinds = [schema["type"] for schema in every if "type" in schema]
    named = any("enum" in schema or "const" in schema for schema in every)
    return not named and all(
        kind == "object" or (isinstance(kind, list) and "object" in kind) for kind in kinds
    )
