"""Schemas in the subset of JSON Schema that datamodel-code-generator turns into types faithfully.

Whatever is not listed here goes: an unknown keyword might mean something to the generator
(``customTypePath`` imports what it names), and a format that JSON Schema does not know would
refuse values that the contract allows. What no type can say goes too: ``not``, ``if``,
``contains``, ``dependentRequired``. So a model takes all that its schema takes, and some more.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any, cast

from accord.contract import pointer as pointers
from accord.contract.asyncapi import discriminate
from accord.contract.library import Library
from accord.contract.pointer import Json
from accord.errors import ContractError

_VALUES = frozenset(
    {
        "const", "description", "enum", "exclusiveMaximum", "exclusiveMinimum", "maxItems", "maxLength",
        "maxProperties", "maximum", "minItems", "minLength", "minProperties", "minimum", "multipleOf",
        "required", "type", "uniqueItems",
    }
)  # fmt: skip
_SCHEMAS = frozenset({"items", "propertyNames"})
_LISTS = frozenset({"allOf", "anyOf", "oneOf", "prefixItems"})
_MAPS = frozenset({"properties", "patternProperties"})
_FORMATS = frozenset({"binary", "date", "date-time", "email", "uri", "uuid"})
_OF_OBJECTS = frozenset(
    {
        "additionalProperties", "maxProperties", "minProperties", "patternProperties", "properties",
        "propertyNames", "required",
    }
)  # fmt: skip


@dataclass(frozen=True, slots=True, kw_only=True)
class Copier:
    """Copies schemas; ``reference`` gives the ``$ref`` that stands for the schema at a URI."""

    library: Library
    reference: Callable[[str], str]

    def copy(self, uri: str) -> dict[str, Json]:
        """Return a copy of the schema at *uri*."""
        return self._schema(self.library.lookup(uri), uri)

    def union(self, uris: Sequence[str]) -> dict[str, Json]:
        """Return a schema that is one of those at *uris*; of a single one, another name."""
        references: list[Json] = [{"$ref": self.reference(uri)} for uri in uris]
        if len(references) == 1:
            return cast("dict[str, Json]", references[0])
        return {"anyOf": references, **self._discriminator(uris)}

    def _schema(self, value: Json, uri: str) -> dict[str, Json]:
        if not isinstance(value, dict):
            return {}
        copied: dict[str, Json] = {}
        for key, item in value.items():
            copied.update(self._member(key, item, uri))
        copied.update(self._openness(value, uri))
        return _by_type(copied)

    def _member(self, key: str, item: Json, uri: str) -> dict[str, Json]:
        at = uri + pointers.join("", key)
        copied: dict[str, Json] = {}
        match item:
            case _ if key in _VALUES:
                copied[key] = item
            case False if key == "items":
                copied[key] = item
            case _ if key in _SCHEMAS:
                copied[key] = self._schema(item, at)
            case list() if key in _LISTS and item:
                copied[key] = [self._schema(part, f"{at}/{index}") for index, part in enumerate(item)]
                copied.update(self._variants(item, uri) if key in ("anyOf", "oneOf") else {})
            case dict() if key in _MAPS:
                copied[key] = {
                    name: self._schema(part, at + pointers.join("", name)) for name, part in item.items()
                }
            case str() if key == "$ref":
                copied[key] = self.reference(self.library.resolve(uri, item))
            case str() if (key == "format" and item in _FORMATS) or (key == "pattern" and _compiles(item)):
                copied[key] = item
            case _ if key == "default" and self._is_valid(item, uri):
                copied[key] = item
        return copied

    def _is_valid(self, default: Json, uri: str) -> bool:
        """Tell whether a default is of its own schema: the models do not look at it again."""
        try:
            return self.library.validator(uri).is_valid(default)
        except ContractError:
            return False

    def _openness(self, schema: dict[str, Json], uri: str) -> dict[str, Json]:
        """Say of an object whether it is open: the models' own habit is to drop what they do not know."""
        for key in ("additionalProperties", "unevaluatedProperties"):
            rule = schema.get(key)
            if rule is not None:
                return {
                    "additionalProperties": rule
                    if isinstance(rule, bool)
                    else self._schema(rule, f"{uri}/{key}")
                }
        parts = schema.get("allOf")
        # Parts that are merged into one class do not bring their openness; a class of its own does.
        merged = isinstance(parts, list) and parts and all(_is_open_object(part) for part in parts)
        return {"additionalProperties": True} if merged or _has_members(schema) else {}

    def _variants(self, branches: Sequence[Json], uri: str) -> dict[str, Json]:
        """Return the discriminator of a union of references, and null, if it has one."""
        uris: list[str] = []
        for branch in branches:
            if isinstance(branch, dict) and isinstance(branch.get("$ref"), str):
                uris.append(self.library.resolve(uri, cast("str", branch["$ref"])))
            elif branch != {"type": "null"}:
                return {}
        return self._discriminator(uris)

    def _discriminator(self, uris: Sequence[str]) -> dict[str, Json]:
        """Return the discriminator of variants whose constants are disjoint: nothing else infers it."""
        names: set[str] = set()
        mapping: dict[str, Json] = {}
        for uri in uris:
            name, tags = discriminate(self.library, uri)
            if name is None or mapping.keys() & set(tags) or not _is_object(self.library.follow(uri)[1]):
                return {}
            names.add(name)
            mapping.update(dict.fromkeys(tags, self.reference(uri)))
        if len(names) != 1 or len(uris) == 1:
            return {}
        return {"discriminator": {"propertyName": names.pop(), "mapping": mapping}}


def _has_members(schema: dict[str, Json]) -> bool:
    kinds = schema.get("type")
    return "properties" in schema or kinds == "object" or (isinstance(kinds, list) and "object" in kinds)


def _is_open_object(part: Json) -> bool:
    if not isinstance(part, dict) or "$ref" in part:
        return False
    return _has_members(part) and part.get("additionalProperties", True) is True


def _is_object(schema: Json) -> bool:
    return isinstance(schema, dict) and schema.get("type", "object") == "object"


def _compiles(pattern: str) -> bool:
    try:
        re.compile(pattern)
    except (re.error, RecursionError):
        return False
    return True


def _by_type(schema: dict[str, Any]) -> dict[str, Json]:
    """Split a type list that has ``object`` and its members: the generator forgets the other types."""
    types = schema.get("type")
    if (
        not isinstance(types, list)
        or "object" not in types
        or len(types) == 1
        or not (_OF_OBJECTS & schema.keys())
    ):
        return schema
    if {"enum", "const"} & schema.keys():
        return schema
    about: dict[str, Json] = {key: schema[key] for key in ("description", "default") if key in schema}
    of_object = {key: value for key, value in schema.items() if key in _OF_OBJECTS}
    others = {key: value for key, value in schema.items() if key not in _OF_OBJECTS | about.keys()}
    others["type"] = [item for item in types if item != "object"]
    return {**about, "anyOf": [{"type": "object", **of_object}, others]}
