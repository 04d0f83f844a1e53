"""The validator of the judge: that of ``jsonschema``, made fit for unions of a hundred messages.

The library's own unions collect every error of every branch, and join each reference with an address
anew. Here a union stops where its answer is known, passes at once over a branch that a required member
or a constant refuses, and a reference, which is a whole address already, is looked up.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from itertools import islice
from typing import Any

import jsonschema  # type: ignore[import-untyped]

from accord.contract.pointer import Json

_DEEPEST = 4
"""Through how many references and unions a branch is passed over at once."""


def validator_kind(lookup: Callable[[str], Json]) -> Any:
    """Return a class of validators (2020-12) of schemas in which every reference is a name that *lookup* knows."""
    words = _Keywords(lookup=lookup)
    keywords = {"$ref": words.referred, "anyOf": words.any_of, "oneOf": words.one_of}
    return jsonschema.validators.extend(jsonschema.Draft202012Validator, keywords)


@dataclass(frozen=True, slots=True, kw_only=True)
class _Keywords:
    """The keywords that are judged otherwise; ``taken`` are the values that a reference was found to take.

    Witnesses are put together of the same parts, which nobody alters. Each is kept, so that no other has its id.
    """

    lookup: Callable[[str], Json]
    taken: dict[tuple[int, str], Json] = field(default_factory=dict)

    def referred(self, validator: Any, name: str, value: Json, _schema: Json) -> Iterator[Any]:
        key = id(value), name
        if key in self.taken:
            return
        errors = validator.descend(value, self.lookup(name))
        first = next(errors, None)
        if first is None:
            self.taken[key] = value
            return
        yield first
        yield from errors

    def any_of(self, validator: Any, branches: list[Json], value: Json, _schema: Json) -> Iterator[Any]:
        if not any(True for _ in self._taking(validator, branches, value)):
            yield jsonschema.ValidationError("no branch takes it")

    def one_of(self, validator: Any, branches: list[Json], value: Json, _schema: Json) -> Iterator[Any]:
        if sum(1 for _ in islice(self._taking(validator, branches, value), 2)) != 1:
            yield jsonschema.ValidationError("no branch takes it, or more than one")

    def _taking(self, validator: Any, branches: list[Json], value: Json) -> Iterator[Json]:
        for branch in branches:
            if not self._refuses(branch, value, 0) and next(validator.descend(value, branch), None) is None:
                yield branch

    def _refuses(self, schema: Any, value: Json, depth: int) -> bool:
        """Tell whether *value* lacks a member or a constant that *schema*, or all of its branches, need."""
        if not isinstance(schema, dict) or not isinstance(value, dict) or depth > _DEEPEST:
            return False
        name = schema.get("$ref")
        if _is_lacking(schema, value) or (
            isinstance(name, str) and self._refuses(self.lookup(name), value, depth + 1)
        ):
            return True
        unions = (schema[keyword] for keyword in ("anyOf", "oneOf") if keyword in schema)
        return any(all(self._refuses(branch, value, depth + 1) for branch in union) for union in unions)


def _is_lacking(schema: dict[str, Any], value: dict[str, Any]) -> bool:
    """Tell whether a member is missing, or one with a list of values has a text that is not in it."""
    if any(name not in value for name in schema.get("required", ())):
        return True
    members = schema.get("properties") or {}
    return any(
        isinstance(item := value[name], str)
        and isinstance(said := members[name], dict)
        and _lacks(said, item)
        for name in value.keys() & members.keys()
    )


def _lacks(schema: dict[str, Any], text: str) -> bool:
    return schema.get("const", text) != text or ("enum" in schema and text not in schema["enum"])
