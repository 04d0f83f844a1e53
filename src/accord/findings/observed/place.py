"""A place of the contract, compiled for counting: what values may stand there, and what stands below."""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field, replace
from typing import Any, TypeAlias, cast

from accord.contract.asyncapi import discriminate
from accord.contract.library import Library, split
from accord.contract.part import Part, branches_of, properties_of
from accord.contract.pointer import Json, join, tokens
from accord.contract.traversal import reference

KINDS = frozenset({"null", "boolean", "integer", "number", "string", "array", "object"})
_BOUNDS = ("minimum", "maximum", "exclusiveMinimum", "exclusiveMaximum", "minLength", "maxLength")
_SAMPLED = frozenset({"pattern", "format", "multipleOf", "not"})
_LISTED = ("minItems", "maxItems")
_FIXED = frozenset({"uuid", "date-time", "date", "time"})
_UNIONS = ("anyOf", "oneOf")
_CONDITIONS = ("then", "else")
_MAXIMUM_BRANCHES = 200

Uris: TypeAlias = tuple[str, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Variant:
    """One of the variants of a union of objects: its name, its schema, and the constants that tell it."""

    name: str
    uri: str
    tags: tuple[str, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Place:
    """What the schemas at *uris*, references followed, say together of the values at one place.

    ``kinds`` are the types of JSON that may stand there. ``members`` are the schemas of declared
    members by name, ``others`` those of undeclared ones: None where they are forbidden. ``free``
    tells that any member may come. ``values`` are all that may stand there, None where they are not
    listed; ``listing`` has each as JSON, by whether it is a boolean, and itself. ``variants`` are set
    where a value is one of several kinds of objects, which ``discriminant`` tells apart, if anything.
    ``sampled`` tells that a keyword can only be judged value by value, ``nested`` that something is
    said of what stands below, ``fixed`` that the length of a text says nothing,
    ``nullable`` that null may come, ``whole`` that of numbers only integers may,
    ``textual`` that any text may. ``parts`` are the schemas themselves, ``bounds`` the limits of numbers and lengths.
    """

    uris: Uris
    parts: tuple[Part, ...] = ()
    kinds: frozenset[str] = KINDS
    members: Mapping[str, Uris] = field(default_factory=dict)
    required: frozenset[str] = frozenset()
    others: Uris | None = ()
    free: bool = True
    items: Uris = ()
    values: tuple[Json, ...] | None = None
    listing: Mapping[tuple[bool, Json], str] = field(default_factory=dict)
    bounds: Mapping[str, float] = field(default_factory=dict)
    variants: tuple[Variant, ...] = ()
    discriminant: str | None = None
    sampled: bool = False
    nested: bool = False
    fixed: bool = False
    nullable: bool = False
    whole: bool = False
    textual: bool = False

    def at(self, keyword: str, *steps: str) -> str:
        """Return the URI of *keyword* in the first of the schemas that has it, else of the first schema."""
        for address, schema in self.parts:
            value: Any = schema.get(keyword)
            for step in steps:
                value = value.get(step) if isinstance(value, dict) else None
            if value is not None:
                return join(address, keyword, *steps)
        return self.parts[0][0] if self.parts else next(iter(self.uris), "")


ANYTHING = Place(uris=())
"""A place of which the contract says nothing."""


@dataclass(frozen=True, slots=True)
class Atlas:
    """The places of *library*, each compiled once, when it is first asked for."""

    library: Library
    _places: dict[Uris, Place] = field(default_factory=dict, repr=False)
    _judges: dict[Uris, list[Callable[[Json], bool]]] = field(default_factory=dict, repr=False)

    def place(self, uris: Uris) -> Place:
        """Return the place that the schemas at *uris* describe together."""
        found = self._places.get(uris)
        if found is None:
            # Whoever comes back here while it is compiled goes round in a circle, which says nothing.
            self._places[uris] = Place(uris=uris)
            found = self._places[uris] = self._compiled(uris)
        return found

    def variant(self, variant: Variant) -> Place:
        """Return the place that a value is that is *variant*."""
        return self.place((self.library.alias(variant.uri),))

    def judges(self, uris: Uris) -> list[Callable[[Json], bool]]:
        """Return what tells whether a value is valid by each of the schemas at *uris*, formats included."""
        found = self._judges.get(uris)
        if found is None:
            found = self._judges[uris] = [self.library.validator(uri).is_valid for uri in uris]
        return found

    def is_valid(self, uris: Uris, value: Json) -> bool:
        """Tell whether *value* is valid by each of the schemas at *uris*."""
        return all(is_valid(value) for is_valid in self.judges(uris))

    def _compiled(self, uris: Uris) -> Place:
        parts = self._conjuncts(uris)
        schemas = [schema for _, schema in parts]
        if not schemas:
            return Place(uris=uris, kinds=self._of_booleans(uris))
        place = Place(
            uris=uris,
            parts=tuple(parts),
            kinds=_kinds(schemas),
            members=_members(self.library, parts),
            required=frozenset(name for schema in schemas for name in _texts(schema.get("required"))),
            others=_others(parts),
            free=_is_free(schemas),
            items=tuple(self.library.alias(uri) for uri in _items(parts)),
            values=_values(schemas),
            bounds=_bounds(schemas),
            sampled=any(_SAMPLED & schema.keys() for schema in schemas),
        )
        for address, schema in parts:
            for keyword in _UNIONS:
                branches = branches_of(address, schema, keyword)
                if branches:
                    place = self._united(place, branches[:_MAXIMUM_BRANCHES])
        return replace(
            place,
            listing=_listing(place.values),
            nested=_is_nested(place),
            fixed=_is_fixed(place),
            nullable="null" in place.kinds,
            textual="string" in place.kinds and place.values is None,
            whole="integer" in place.kinds and "number" not in place.kinds,
        )

    def _of_booleans(self, uris: Uris) -> frozenset[str]:
        return frozenset() if any(self.library.lookup(uri) is False for uri in uris) else KINDS

    def _conjuncts(self, uris: Uris) -> list[Part]:
        """Return the schemas that all hold at once of a value of those at *uris*."""
        found: list[Part] = []
        waiting, seen = list(uris), set[str]()
        while waiting:
            address = waiting.pop(0)
            schema = None if address in seen else self.library.lookup(address)
            seen.add(address)
            if isinstance(schema, dict):
                found.append((address, schema))
                target = reference(schema)
                if target is not None:
                    waiting.append(self.library.resolve(address, target))
                waiting.extend(branches_of(address, schema, "allOf"))
        return found

    def _united(self, place: Place, branches: list[str]) -> Place:
        """Return *place* with what the *branches* of one union add to it."""
        known = [(uri, self.place((uri,))) for uri in branches]
        told = [(uri, item) for uri, item in known if item.kinds != {"null"}]
        kinds = place.kinds & frozenset().union(*(item.kinds for _, item in known))
        values = _united_values([item for _, item in known])
        objects = [(uri, item) for uri, item in told if _speaks_of_objects(item)]
        lone = told[0][1] if len(told) == 1 else None
        changed: dict[str, Any] = {
            "kinds": kinds,
            "values": place.values if place.values is not None else values,
            "sampled": place.sampled or any(item.sampled for _, item in told),
            "bounds": {**place.bounds, **lone.bounds} if lone else place.bounds,
        }
        if len(objects) == 1:
            changed |= _with_members(place, objects[0][1])
        elif len(objects) > 1 and not place.variants:
            changed |= self._variants(objects)
        arrays = [item.items for _, item in told if "array" in item.kinds and item.items]
        changed["items"] = place.items or (arrays[0] if len(arrays) == 1 else ())
        return replace(place, **changed)

    def _variants(self, objects: list[tuple[str, Place]]) -> dict[str, Any]:
        found = [(uri, *discriminate(self.library, uri)) for uri, _ in objects]
        names = {name for _, name, _ in found}
        tags = [tag for _, _, listed in found for tag in listed]
        told = len(names) == 1 and len(tags) == len(set(tags)) and None not in names
        return {
            "discriminant": next(iter(names)) if told else None,
            "variants": tuple(
                Variant(name=_name(self.library, uri), uri=uri, tags=listed if told else ())
                for uri, _, listed in found
            ),
        }


def _name(library: Library, uri: str) -> str:
    """Return what the branch at *uri* is called: its definition, its title, or its number."""
    schema = library.lookup(uri)
    if isinstance(schema, dict):
        target = reference(schema)
        if target is not None:
            return (tokens(split(library.resolve(uri, target))[1]) or (split(uri)[0],))[-1]
        if isinstance(schema.get("title"), str):
            return cast("str", schema["title"])
    return f"variant {int(uri.rpartition('/')[2]) + 1}"


def _kinds(schemas: list[dict[str, Any]]) -> frozenset[str]:
    kinds = KINDS
    for schema in schemas:
        told = schema.get("type")
        if told is not None:
            listed = set(told if isinstance(told, list) else [told])
            # JSON Schema, validation 6.1.1: a number may be whole.
            kinds &= listed | ({"integer"} if "number" in listed else set())
    return kinds


def _members(library: Library, parts: list[Part]) -> dict[str, Uris]:
    """Return the schemas of each declared member, also of those that only a condition declares."""
    found: dict[str, list[str]] = {}
    for address, schema in parts:
        for name in properties_of(schema):
            found.setdefault(name, []).append(join(address, "properties", name))
    for _, schema in parts:
        for keyword in _CONDITIONS:
            below = schema.get(keyword)
            for name in properties_of(below) if isinstance(below, dict) else ():
                found.setdefault(name, [])
    return {name: tuple(library.alias(uri) for uri in uris) for name, uris in found.items()}


def _others(parts: list[Part]) -> Uris | None:
    """Return the schemas of undeclared members; None where a schema forbids them."""
    found: list[str] = []
    for address, schema in parts:
        for keyword in ("additionalProperties", "unevaluatedProperties"):
            told = schema.get(keyword)
            if told is False and "patternProperties" not in schema:
                return None
            if isinstance(told, dict) and told:
                found.append(join(address, keyword))
    return tuple(found)


def _is_free(schemas: list[dict[str, Any]]) -> bool:
    """Tell whether any member may come: nothing is declared, or the contract says so in words of its own."""
    if not any("properties" in schema for schema in schemas):
        return True
    return any(
        schema.get("additionalProperties") is True
        or schema.get("additionalProperties") == {}
        or "patternProperties" in schema
        or schema.get("unevaluatedProperties") is True
        for schema in schemas
    )


def _items(parts: list[Part]) -> Uris:
    if any("prefixItems" in schema for _, schema in parts):
        return ()
    return tuple(join(address, "items") for address, schema in parts if isinstance(schema.get("items"), dict))


def _values(schemas: list[dict[str, Any]]) -> tuple[Json, ...] | None:
    for schema in schemas:
        if "const" in schema:
            return (schema["const"],)
        if isinstance(schema.get("enum"), list):
            return tuple(schema["enum"])
    return None


def _listing(values: tuple[Json, ...] | None) -> dict[tuple[bool, Json], str]:
    """Return *values* that are no objects or arrays; numbers that are equal are one (2020-12, core 4.2.2)."""
    return {
        (isinstance(value, bool), value): json.dumps(value, ensure_ascii=False)
        for value in values or ()
        if not isinstance(value, dict | list)
    }


def _is_nested(place: Place) -> bool:
    return bool(place.members or place.others or place.items or place.variants or place.others is None)


def _is_fixed(place: Place) -> bool:
    return any(schema.get("format") in _FIXED for _, schema in place.parts)


def _united_values(places: list[Place]) -> tuple[Json, ...] | None:
    """Return all that may stand there when each of *places* lists its values, null aside."""
    listed: list[Json] = []
    for place in places:
        if place.values is None:
            if place.kinds == {"null"}:
                listed.append(None)
                continue
            return None
        listed.extend(place.values)
    return tuple(listed)


def _bounds(schemas: list[dict[str, Any]]) -> dict[str, float]:
    found: dict[str, float] = {}
    for schema in schemas:
        for keyword in (*_BOUNDS, *_LISTED):
            told = schema.get(keyword)
            if isinstance(told, int | float) and not isinstance(told, bool):
                tighter = max if "inimum" in keyword or keyword.startswith("min") else min
                found[keyword] = tighter(found[keyword], told) if keyword in found else told
    return found


def _speaks_of_objects(place: Place) -> bool:
    return "object" in place.kinds and bool(place.members or place.variants or place.kinds == {"object"})


def _with_members(place: Place, branch: Place) -> dict[str, Any]:
    return {
        "members": {**branch.members, **place.members},
        "required": place.required | branch.required,
        "others": None if branch.others is None or place.others is None else place.others or branch.others,
        "free": place.free and branch.free,
        "variants": place.variants or branch.variants,
        "discriminant": place.discriminant or branch.discriminant,
        "parts": (*place.parts, *branch.parts),
    }


def _texts(value: Any) -> list[str]:
    return [item for item in value if isinstance(item, str)] if isinstance(value, list) else []
