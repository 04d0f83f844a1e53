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
from accord.findings.changes.pattern_keyword import KEYWORDS

Check: TypeAlias = tuple[Callable[[Any, Json], bool], Any]
"""What tells by one keyword whether a value is taken, and what it is given beside the value."""

_KEYWORDS: Final = {**jsonschema.Draft202012Validator.VALIDATORS, **KEYWORDS}
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
    """Tells what schemas (2020-12) take, in which every reference is a name that *lookup* knows.

    *meaning* is given a schema when it is first met, and the address of its document, and returns what it is
    taken to say, its own reference such a name. Each reference and each branch takes a step of *effort*.
    ``_judged`` are values, and whether a reference takes them: witnesses are put together of the same parts, which
    nobody alters, and where branches overlap, each part is met once for each way through them. What is known by
    its id is kept, so that no other has it.
    """

    lookup: Callable[[str], Json]
    meaning: Callable[[dict[str, Json], str], dict[str, Json]] = lambda schema, base: schema  # noqa: ARG005
    effort: Effort = field(default_factory=Effort)
    formats: Any = None
    _read: dict[int, tuple[Json, tuple[Check, ...]]] = field(default_factory=dict)
    _judged: dict[tuple[int, str], tuple[Json, bool]] = field(default_factory=dict)
    _unions: dict[int, tuple[Json, Sequence[tuple[Json, tuple[Need, ...]]]]] = field(default_factory=dict)
    _needs: dict[tuple[int, int], tuple[Json, tuple[Need, ...]]] = field(default_factory=dict)

    def takes(self, schema: Json, value: Json, base: str = "") -> bool:
        """Tell whether *schema*, of the document at *base*, takes *value*.

        Raises ``TooMuchError``, or what *lookup* raises.
        """
        if isinstance(schema, bool):
            return schema
        known = self._read.get(id(schema))
        if known is None:
            known = self._read[id(schema)] = schema, tuple(self._checks(cast("Any", schema), base))
        for check, said in known[1]:  # noqa: SIM110 - a generator is one more frame at each level, and values are deep
            if not check(said, value):
                return False
        return True

    def _checks(self, written: dict[str, Json], base: str) -> Iterator[Check]:
        schema = self.meaning(written, base)
        for keyword, said in sorted(schema.items(), key=lambda item: item[0] not in _FIRST):
            own = self._own(keyword, said, base)
            if own is not None:
                yield own
            elif keyword in _KEYWORDS:
                yield self._judges, (keyword, said, _Asked(self, schema, base))

    def _own(self, keyword: str, said: Any, base: str) -> Check | None:
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
                check, said = self._members, (said, base)
            case (("allOf" | "anyOf" | "oneOf"), list()):
                check = {"allOf": self._all_of, "anyOf": self._any_of, "oneOf": self._one_of}[keyword]
                said = said, base
            case "$ref", str():
                check = self.referred
        return None if check is None else (check, said)

    def _judges(self, asked: tuple[str, Json, _Asked], value: Json) -> bool:
        """Tell whether the library takes *value* by a keyword, what that says, and the schema that says it."""
        keyword, said, asking = asked
        errors = _KEYWORDS[keyword](asking, said, value, asking.schema)
        return next(iter(errors or ()), None) is None

    def _members(self, said: tuple[dict[str, Json], str], value: Json) -> bool:
        members, base = said
        if isinstance(value, dict):
            for name, schema in members.items():
                if name in value and not self.takes(schema, value[name], base):
                    return False
        return True

    def _all_of(self, said: tuple[list[Json], str], value: Json) -> bool:
        parts, base = said
        for part in parts:  # noqa: SIM110 - as above
            if not self.takes(part, value, base):
                return False
        return True

    def _any_of(self, said: tuple[list[Json], str], value: Json) -> bool:
        return self._taking(said, value, 1) == 1

    def _one_of(self, said: tuple[list[Json], str], value: Json) -> bool:
        return self._taking(said, value, 2) == 1

    def _taking(self, said: tuple[list[Json], str], value: Json, most: int) -> int:
        """Return how many branches take *value*, counted to *most*."""
        branches, base = said
        taking = 0
        for branch, needs in self._branches(branches, base):
            self.effort.spend()
            if not (isinstance(value, dict) and _lacks(needs, value)) and self.takes(branch, value, base):
                taking += 1
                if taking == most:
                    break
        return taking

    def _branches(self, branches: list[Json], base: str) -> Sequence[tuple[Json, tuple[Need, ...]]]:
        """Return *branches* with what each asks of every object."""
        known = self._unions.get(id(branches))
        if known is None:
            asked = [(branch, self._asked(branch, base, 0)) for branch in branches]
            known = self._unions[id(branches)] = branches, asked
        return known[1]

    def referred(self, name: str, value: Json) -> bool:
        """Tell whether what is called *name* takes *value*; raises as ``takes`` does."""
        key = id(value), name
        known = self._judged.get(key)
        if known is None:
            self.effort.spend()
            known = self._judged[key] = value, self.takes(self.lookup(name), value, name)
        return known[1]

    def _asked(self, schema: Json, base: str, depth: int) -> tuple[Need, ...]:
        """Return what *schema* asks of every object: one of these."""
        if not isinstance(schema, dict) or depth > _DEEPEST:
            return (NOTHING,)
        key = id(schema), depth
        if key not in self._needs:
            self._needs[key] = schema, tuple(self._put_together(self.meaning(schema, base), base, depth))
        return self._needs[key][1]

    def _put_together(self, schema: dict[str, Any], base: str, depth: int) -> Sequence[Need]:
        found: Sequence[Need] = (need(schema),)
        name = schema.get("$ref")
        parts = [] if name is None else [self._asked(self.lookup(name), name, depth + 1)]
        parts.extend(
            tuple(item for branch in schema[keyword] for item in self._asked(branch, base, depth + 1))
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
    base: str

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

    def lookup(self, written: str) -> _Asked:
        name = str(self.validator.meaning({"$ref": written}, self.base)["$ref"])
        return _Asked(self.validator, self.validator.lookup(name), name)

    def is_type(self, value: Json, name: str) -> bool:
        return _is_of((name,), value)

    def is_valid(self, value: Json) -> bool:
        return self.validator.takes(self.schema, value, self.base)

    def evolve(self, *, schema: Json, _resolver: _Asked | None = None) -> _Asked:
        return _Asked(self.validator, schema, (_resolver or self).base)

    def descend(self, instance: Json, schema: Json, **_: Any) -> Iterator[Any]:
        if not self.validator.takes(schema, instance, self.base):
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
