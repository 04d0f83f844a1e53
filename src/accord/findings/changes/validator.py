"""The validator of the judge: the keywords of ``jsonschema``, made fit for unions of a hundred messages.

The library's own unions collect every error of every branch, join each reference with an address anew, and
put a validator together for each part of a value. Here a schema is read once, a value is taken or not, a
union stops where its answer is known and passes at once over a branch that a required member or a constant
refuses, and a reference, which is a whole address already, is looked up.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field
from typing import Any, Final, TypeAlias, cast

import jsonschema  # type: ignore[import-untyped]
import referencing.exceptions

from accord.contract.pointer import Json
from accord.findings.changes.effort import Effort
from accord.findings.changes.need import NOTHING, Need, both, need

Check: TypeAlias = tuple[Callable[[Any, Json], bool], Any]
"""What tells by one keyword whether a value is taken, and what it is given beside the value."""

_KEYWORDS: Final = jsonschema.Draft202012Validator.VALIDATORS
_TYPES: Final[dict[type, str]] = {
    dict: "object",
    list: "array",
    str: "string",
    bool: "boolean",
    type(None): "null",
}
"""The types of JSON values, but for numbers, of which some are integers."""
# What is soon told comes first.
_FIRST: Final = ("type", "required", "const", "enum")
_DEEPEST: Final = 4
"""Through how many references and unions a branch is passed over at once."""
_MOST: Final = 1_000
"""How many alternatives of a branch may be held against a value to pass over it."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Validator:
    """Tells what schemas (2020-12) take in which every reference is a name that *lookup* knows.

    Each reference and each branch takes a step of *effort*. ``_judged`` are values, and whether a reference takes
    them: witnesses are put together of the same parts, which nobody alters, and where branches overlap, each part
    is met once for each way through them. What is known by its id is kept, so that no other has it.
    """

    lookup: Callable[[str], Json]
    effort: Effort = field(default_factory=Effort)
    formats: Any = None
    _read: dict[int, tuple[Json, tuple[Check, ...]]] = field(default_factory=dict)
    _judged: dict[tuple[int, str], tuple[Json, bool]] = field(default_factory=dict)
    _unions: dict[int, tuple[Json, Sequence[tuple[Json, tuple[Need, ...]]]]] = field(default_factory=dict)
    _needs: dict[tuple[int, int], tuple[Json, tuple[Need, ...]]] = field(default_factory=dict)

    def takes(self, schema: Json, value: Json) -> bool:
        """Tell whether *schema* takes *value*; raises ``TooMuchError``, or what *lookup* raises."""
        if isinstance(schema, bool):
            return schema
        known = self._read.get(id(schema))
        if known is None:
            known = self._read[id(schema)] = schema, tuple(self._checks(schema))
        for check, said in known[1]:  # noqa: SIM110 - a generator is one more frame at each level, and values are deep
            if not check(said, value):
                return False
        return True

    def _checks(self, schema: Any) -> Iterator[Check]:
        for keyword, said in sorted(schema.items(), key=lambda item: item[0] not in _FIRST):
            own = self._own(keyword, said)
            if own is not None:
                yield own
            elif keyword in _KEYWORDS:
                yield self._judges, (keyword, said, schema)

    def _own(self, keyword: str, said: Any) -> Check | None:
        """Return what judges by *keyword* faster than the library; None where that should."""
        check: Callable[[Any, Json], bool] | None = None
        match keyword, said:
            case "type", str() | list():
                check, said = _is_of, (said,) if isinstance(said, str) else tuple(said)
            case "required", list():
                check = _has
            case "enum", list() if all(isinstance(item, str) for item in said):
                check, said = _is_text, frozenset(said)
            case "properties", dict():
                check = self._members
            case (("allOf" | "anyOf" | "oneOf"), list()):
                check = {"allOf": self._all_of, "anyOf": self._any_of, "oneOf": self._one_of}[keyword]
            case "$ref", str():
                check = self.referred
        return None if check is None else (check, said)

    def _judges(self, asked: tuple[str, Json, Json], value: Json) -> bool:
        """Tell whether the library takes *value* by a keyword, what that says, and the schema that says it."""
        keyword, said, schema = asked
        errors = _KEYWORDS[keyword](_Asked(self, schema), said, value, schema)
        return next(iter(errors or ()), None) is None

    def _members(self, members: dict[str, Json], value: Json) -> bool:
        if isinstance(value, dict):
            for name, schema in members.items():
                if name in value and not self.takes(schema, value[name]):
                    return False
        return True

    def _all_of(self, parts: list[Json], value: Json) -> bool:
        for part in parts:  # noqa: SIM110 - as above
            if not self.takes(part, value):
                return False
        return True

    def _any_of(self, branches: list[Json], value: Json) -> bool:
        return self._taking(branches, value, 1) == 1

    def _one_of(self, branches: list[Json], value: Json) -> bool:
        return self._taking(branches, value, 2) == 1

    def _taking(self, branches: list[Json], value: Json, most: int) -> int:
        """Return how many of *branches* take *value*, counted to *most*."""
        taking = 0
        for branch, needs in self._branches(branches):
            self.effort.spend()
            if not (isinstance(value, dict) and _lacks(needs, value)) and self.takes(branch, value):
                taking += 1
                if taking == most:
                    break
        return taking

    def _branches(self, branches: list[Json]) -> Sequence[tuple[Json, tuple[Need, ...]]]:
        """Return *branches* with what each asks of every object."""
        known = self._unions.get(id(branches))
        if known is None:
            asked = [(branch, self._asked(branch, 0)) for branch in branches]
            known = self._unions[id(branches)] = branches, asked
        return known[1]

    def referred(self, name: str, value: Json) -> bool:
        """Tell whether what is called *name* takes *value*; raises as ``takes`` does."""
        key = id(value), name
        known = self._judged.get(key)
        if known is None:
            self.effort.spend()
            known = self._judged[key] = value, self.takes(self.lookup(name), value)
        return known[1]

    def _asked(self, schema: Json, depth: int) -> tuple[Need, ...]:
        """Return what *schema* asks of every object: one of these."""
        if not isinstance(schema, dict) or depth > _DEEPEST:
            return (NOTHING,)
        key = id(schema), depth
        if key not in self._needs:
            self._needs[key] = schema, tuple(self._put_together(schema, depth))
        return self._needs[key][1]

    def _put_together(self, schema: dict[str, Any], depth: int) -> Sequence[Need]:
        found: Sequence[Need] = (need(schema),)
        parts = [self._asked(self.lookup(schema["$ref"]), depth + 1)] if "$ref" in schema else []
        parts.extend(
            tuple(item for branch in schema[keyword] for item in self._asked(branch, depth + 1))
            for keyword in ("anyOf", "oneOf")
            if keyword in schema
        )
        for part in parts:
            if len(found) * len(part) <= _MOST:
                found = [both(one, other) for one in found for other in part]
        return found


@dataclass(frozen=True, slots=True)
class _Asked:
    """What a keyword of the library asks to hold parts of *schema* against parts of a value."""

    validator: Validator
    schema: Json

    @property
    def format_checker(self) -> Any:
        return self.validator.formats

    @property
    def _resolver(self) -> _Asked:
        return self

    @property
    def contents(self) -> Json:
        return self.schema

    @property
    def resolver(self) -> _Asked:
        return self

    def lookup(self, name: str) -> _Asked:
        return _Asked(self.validator, self.validator.lookup(name))

    def is_type(self, value: Json, name: str) -> bool:
        return _is_of((name,), value)

    def is_valid(self, value: Json) -> bool:
        return self.validator.takes(self.schema, value)

    def evolve(self, *, schema: Json, **_: Any) -> _Asked:
        return _Asked(self.validator, schema)

    def descend(self, instance: Json, schema: Json, **_: Any) -> Iterator[Any]:
        if not self.validator.takes(schema, instance):
            yield jsonschema.ValidationError("it is not taken")

    def _validate_reference(self, ref: str, instance: Json) -> Iterator[Any]:
        """Refuse to tell where a dynamic reference leads, which depends on the way to it."""
        del instance
        raise referencing.exceptions.Unresolvable(ref)


def _lacks(needs: tuple[Need, ...], value: dict[str, Json]) -> bool:
    """Tell whether *value* lacks a member or a constant whichever of *needs* it has to meet."""
    for need_ in needs:  # noqa: SIM110 - it is asked so often that a generator is felt
        if not need_.refuses(value):
            return False
    return True


def _is_of(types: tuple[str, ...], value: Json) -> bool:
    name = _TYPES.get(type(value))
    if name is not None:
        return name in types
    return "number" in types or ("integer" in types and cast("float", value) % 1 == 0)


def _has(names: list[str], value: Json) -> bool:
    return not isinstance(value, dict) or all(name in value for name in names)


def _is_text(texts: frozenset[str], value: Json) -> bool:
    return isinstance(value, str) and value in texts
