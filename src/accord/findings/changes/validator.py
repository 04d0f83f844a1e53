"""The validator of the judge: that of ``jsonschema``, made fit for unions of a hundred messages.

The library's own unions collect every error of every branch, and join each reference with an address
anew. Here a union stops where its answer is known, passes at once over a branch that a required member
or a constant refuses, and a reference, which is a whole address already, is looked up.
Patterns are those of ECMA-262 (JSON Schema, core, 6.4), which Python's own expressions are not.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from functools import lru_cache
from itertools import islice
from typing import Any, NoReturn, cast

import jsonschema  # type: ignore[import-untyped]
import jsonschema_rs

from accord.contract.pattern import ASIDE, ASIDE_NAMES
from accord.contract.pointer import Json
from accord.contract.traversal import reference
from accord.findings.changes.effort import Effort

_DEEPEST = 4
"""Through how many references and unions a branch is passed over at once."""


def validator_kind(lookup: Callable[[str], Json], effort: Effort | None = None) -> Any:
    """Return a class of validators (2020-12) of schemas in which every reference is a name that *lookup* knows.

    Each reference and each branch takes a step of *effort*, so that a validator may raise ``TooMuchError``.
    """
    words = _Keywords(lookup=lookup, effort=effort or Effort())
    keywords = {
        "$ref": words.referred,
        "anyOf": words.any_of,
        "oneOf": words.one_of,
        "pattern": _pattern,
        "patternProperties": _pattern_properties,
        "additionalProperties": _additional_properties,
        ASIDE: _unjudged_text,
        ASIDE_NAMES: _unjudged_names,
    }
    return jsonschema.validators.extend(jsonschema.Draft202012Validator, keywords)


@lru_cache(maxsize=4096)
def _finder(pattern: str) -> Callable[[Json], bool]:
    """Return what tells whether *pattern* is found in a text; raises ``ValueError`` where it is none."""
    return jsonschema_rs.Draft202012Validator({"pattern": pattern}).is_valid


def _pattern(_validator: Any, pattern: str, value: Json, _schema: Json) -> Iterator[Any]:
    # Nothing else than a text has to be found.
    if not _finder(pattern)(value):
        yield jsonschema.ValidationError("the pattern is not found")


def _pattern_properties(
    validator: Any, schemas: dict[str, Json], value: Json, _schema: Json
) -> Iterator[Any]:
    for pattern, schema in schemas.items() if isinstance(value, dict) else ():
        finds = _finder(pattern)
        for name in filter(finds, cast("dict[str, Json]", value)):
            yield from validator.descend(cast("dict[str, Json]", value)[name], schema)


def _additional_properties(validator: Any, below: Json, value: Json, schema: dict[str, Any]) -> Iterator[Any]:
    if not isinstance(value, dict):
        return
    finders = [_finder(pattern) for pattern in schema.get("patternProperties", ())]
    for name in value.keys() - schema.get("properties", {}).keys():
        if not any(finds(name) for finds in finders):
            yield from validator.descend(value[name], below)


def _unjudged_text(_validator: Any, _pattern: str, value: Json, _schema: Json) -> Iterator[Any]:
    is_concerned = isinstance(value, str)
    return _unknown() if is_concerned else iter(())


def _unjudged_names(
    _validator: Any, _patterns: dict[str, Json], value: Json, schema: dict[str, Any]
) -> Iterator[Any]:
    is_concerned = isinstance(value, dict) and value.keys() - schema.get("properties", {}).keys()
    return _unknown() if is_concerned else iter(())


def _unknown() -> NoReturn:
    raise ValueError("nobody can say whether the pattern is found")


@dataclass(frozen=True, slots=True)
class _Need:
    """What *schema* asks of every object: members, and for some of them one of a few texts."""

    schema: dict[str, Any]  # kept, so that no other has its id
    members: frozenset[str]
    texts: tuple[tuple[str, frozenset[str]], ...]
    name: str | None  # what it refers to
    unions: tuple[list[Json], ...]

    def refuses(self, value: dict[str, Any]) -> bool:
        """Tell whether a member is missing, or has a text that is none of these."""
        return not self.members <= value.keys() or any(
            isinstance(value.get(name), str) and value[name] not in texts for name, texts in self.texts
        )


def _need(schema: dict[str, Any]) -> _Need:
    texts = [
        (name, frozenset(item for item in listed if isinstance(item, str)))
        for name, member in (schema.get("properties") or {}).items()
        if isinstance(member, dict)
        for listed in (member.get("enum"), [member["const"]] if "const" in member else None)
        if listed is not None
    ]
    return _Need(
        schema,
        frozenset(schema.get("required", ())),
        tuple(texts),
        reference(schema),
        tuple(schema[keyword] for keyword in ("anyOf", "oneOf") if keyword in schema),
    )


@dataclass(frozen=True, slots=True, kw_only=True)
class _Keywords:
    """The keywords that are judged otherwise; ``judged`` are values, and whether a reference takes them.

    Witnesses are put together of the same parts, which nobody alters, and where branches overlap, each part is
    met once for each way through them. Each is kept, so that no other has its id.
    """

    lookup: Callable[[str], Json]
    effort: Effort
    judged: dict[tuple[int, str], tuple[Json, bool]] = field(default_factory=dict)
    needs: dict[int, _Need] = field(default_factory=dict)

    def referred(self, validator: Any, name: str, value: Json, _schema: Json) -> Iterator[Any]:
        key = id(value), name
        if key not in self.judged:
            self.effort.spend()
            error = next(validator.descend(value, self.lookup(name)), None)
            self.judged[key] = value, error is None
        if not self.judged[key][1]:
            yield jsonschema.ValidationError("what it refers to does not take it")

    def any_of(self, validator: Any, branches: list[Json], value: Json, _schema: Json) -> Iterator[Any]:
        if not any(True for _ in self._taking(validator, branches, value)):
            yield jsonschema.ValidationError("no branch takes it")

    def one_of(self, validator: Any, branches: list[Json], value: Json, _schema: Json) -> Iterator[Any]:
        if sum(1 for _ in islice(self._taking(validator, branches, value), 2)) != 1:
            yield jsonschema.ValidationError("no branch takes it, or more than one")

    def _taking(self, validator: Any, branches: list[Json], value: Json) -> Iterator[Json]:
        for branch in branches:
            self.effort.spend()
            if not self._refuses(branch, value, 0) and next(validator.descend(value, branch), None) is None:
                yield branch

    def _refuses(self, schema: Any, value: Json, depth: int) -> bool:
        """Tell whether *value* lacks a member or a constant that *schema*, or all of its branches, need."""
        if not isinstance(schema, dict) or not isinstance(value, dict) or depth > _DEEPEST:
            return False
        need = self.needs.get(id(schema))
        if need is None:
            need = self.needs[id(schema)] = _need(schema)
        if need.refuses(value):
            return True
        if need.name is not None and self._refuses(self.lookup(need.name), value, depth + 1):
            return True
        return any(
            all(self._refuses(branch, value, depth + 1) for branch in branches) for branches in need.unions
        )
