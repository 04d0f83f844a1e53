"""The independent judge of values: what ``jsonschema`` knows, over one contract, rewritten by direction and policy.

The walk reads schemas in its own way; what it takes for a proof holds only when this judge, which
shares nothing with it, says the same.
"""

from __future__ import annotations

import json
from collections.abc import Callable
from dataclasses import dataclass, field
from functools import cached_property
from typing import Any, cast

import jsonschema  # type: ignore[import-untyped]
import jsonschema_rs
import referencing.exceptions

from accord.contract.closure import FORMATS, MAXIMUM_DEFINITIONS, whole
from accord.contract.library import Library, without_other_names
from accord.contract.pointer import Json
from accord.contract.traversal import described, reference, reworded
from accord.errors import ContractError
from accord.findings.changes.change import Sender
from accord.findings.changes.effort import Effort, TooMuchError
from accord.findings.changes.node import Node, is_of_scalars
from accord.findings.changes.sample import BOUNDS
from accord.findings.changes.validator import Validator


@dataclass(frozen=True, slots=True, kw_only=True)
class Role:
    """How schemas are meant: who sends the values, and whether undeclared members are ignored."""

    sender: Sender
    open: bool
    """Undeclared members are ignored, and so ``additionalProperties: false`` refuses none."""


@dataclass(frozen=True, kw_only=True)
class Judge:
    """Says whether a value is valid under a schema of *library* in a role, as far as its *effort* goes."""

    library: Library
    role: Role
    effort: Effort = field(default_factory=Effort, repr=False, compare=False)
    _sizes: dict[str, tuple[int, frozenset[str]]] = field(default_factory=dict, repr=False, compare=False)
    _wholes: dict[Node, dict[str, Json] | None] = field(default_factory=dict, repr=False, compare=False)

    def accepts(self, node: Node, value: Json) -> bool | None:
        """Tell whether every schema of *node* takes *value*; None when one cannot be judged."""
        try:
            return all(self._validator.referred(item, value) for item in node)
        except (referencing.exceptions.Unresolvable, ContractError, TooMuchError):
            return None
        except (RecursionError, ValueError, TypeError, OverflowError):
            return None

    @cached_property
    def _validator(self) -> Validator:
        return Validator(
            lookup=self.library.lookup, meaning=self._meant, effort=self.effort, formats=_FORMATS
        )

    def _meant(self, schema: dict[str, Json], base: str) -> dict[str, Json]:
        """Return *schema*, of the document at *base*, as it is meant, its reference a whole address."""
        copied = dict(schema)
        target = reference(copied)
        if target is not None:
            copied["$ref"] = self.library.resolve(base, target)
        return meant(without_other_names(copied), self.role, self._is_hidden)

    def _is_hidden(self, schema: Json) -> bool:
        word = "readOnly" if self.role.sender is Sender.CLIENT else "writeOnly"
        return isinstance(schema, dict) and schema.get(word) is True

    def weight(self, node: Node) -> int | None:
        """Return how many characters its schemas have together; None when it reaches too many definitions."""
        waiting = list(node)
        met = set(waiting)
        total = 0
        while waiting:
            characters, targets = self._measured(waiting.pop())
            total += characters
            fresh = targets - met
            met |= fresh
            if len(met) > MAXIMUM_DEFINITIONS:
                return None
            waiting.extend(fresh)
        return total

    def _measured(self, at: str) -> tuple[int, frozenset[str]]:
        """Return the length of a schema without its references, and these."""
        if at not in self._sizes:
            value = reworded(self.library.lookup(at), lambda value: self._meant(value, at))
            found = [target for item in described(value) if (target := reference(item)) is not None]
            characters = len(json.dumps(value)) - sum(len(json.dumps(target)) for target in found)
            self._sizes[at] = characters, frozenset(found)
        return self._sizes[at]

    def whole(self, node: Node, kinds: tuple[str, ...] = ()) -> dict[str, Json] | None:
        """Return one self-contained schema of *node*, of values of the types *kinds* where some are named.

        None when it were too large to be held against another as a whole.
        """
        if node not in self._wholes:
            self._wholes[node] = self._whole(node)
        schema = self._wholes[node]
        return {**schema, "type": list(kinds)} if schema is not None and kinds else schema

    def _whole(self, node: Node) -> dict[str, Json] | None:
        try:
            return whole(self.library, node, lambda value: meant(value, self.role, self._is_hidden))
        except ContractError:
            return None


def _formats() -> Any:
    """Return what knows the formats: what ``jsonschema`` has, and another validator for what it lacks."""
    checker = jsonschema.FormatChecker(())
    for name in FORMATS:
        known = jsonschema.FormatChecker.checkers.get(name)
        if known is not None:
            checker.checkers[name] = known
            continue
        judged = jsonschema_rs.Draft202012Validator({"format": name}, validate_formats=True)
        checker.checkers = {**checker.checkers, name: (judged.is_valid, ())}
    return checker


_FORMATS = _formats()


def meant(schema: dict[str, Json], role: Role, hidden: Callable[[Json], bool]) -> dict[str, Json]:
    """Return *schema*, a copy, as it is meant in *role*.

    Members that are not sent this way are not required; ``int32`` and ``int64`` are bounds; in an open
    world ``additionalProperties: false`` and ``unevaluatedProperties: false`` refuse nothing, and of a
    ``oneOf`` of objects, whose branches then overlap, one is enough.
    """
    properties = schema.get("properties")
    if isinstance(properties, dict) and isinstance(schema.get("required"), list):
        unsent = {name for name, value in properties.items() if hidden(value)}
        schema["required"] = [item for item in cast("list[Json]", schema["required"]) if item not in unsent]
    name = schema.get("format")
    if isinstance(name, str) and name in BOUNDS:
        low, high = BOUNDS[name]
        own = cast("list[Json]", schema.get("allOf") or [])
        # Of a text, a bound says nothing.
        schema["allOf"] = [*own, {"minimum": low, "maximum": high}]
    if role.open:
        for keyword in ("additionalProperties", "unevaluatedProperties"):
            if schema.get(keyword) is False:
                del schema[keyword]
        if "oneOf" in schema and not is_of_scalars(cast("list[Any]", schema["oneOf"])):
            branches = schema.pop("oneOf")
            if "anyOf" in schema:
                schema["allOf"] = [*cast("list[Json]", schema.get("allOf") or []), {"anyOf": branches}]
            else:
                schema["anyOf"] = branches
    return schema
