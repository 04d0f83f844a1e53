"""What a message can show of its contract: a variant, a type, a member of an enumeration, null or not.

Each is a part with a name, made of where the contract defines it; what a run has seen is counted by it.
"""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from enum import StrEnum
from functools import cached_property
from typing import Any, cast

from accord.contract import pointer as pointers
from accord.contract.asyncapi import Channel, Message
from accord.contract.library import Library, place, split
from accord.contract.pointer import Json

_DEFINITIONS = ("$defs", "definitions", "schemas")
_BRANCHES = ("anyOf", "oneOf", "allOf")
_CHOICES = ("anyOf", "oneOf")
# Values are walked through as deep as this; deeper ones show no more than is seen above.
MAXIMUM_DEPTH = 60


class Kind(StrEnum):
    """The kinds of parts."""

    VARIANTS = "variants"
    TYPES = "types"
    MEMBERS = "members"
    NULLABLES = "nullables"
    EDGES = "edges"


@dataclass(frozen=True, slots=True)
class Part:
    """One thing that messages can show; ``name`` is one among those of its ``kind``."""

    kind: Kind
    name: str


def parts(library: Library, channel: Channel) -> tuple[Part, ...]:
    """Return everything that the messages of *channel* can show, each once, in the order of the contract."""
    found: dict[Part, None] = {}
    for message in channel.messages:
        found.update(dict.fromkeys(_of_message(channel, message)))
    for message in channel.messages:
        walk = _Walk(library, message)
        walk.schema(message.schema)
        found.update(walk.found)
    return tuple(found)


def shown(library: Library, channel: Channel, message: Message, value: Json) -> tuple[Part, ...]:
    """Return what *value*, valid as *message* of *channel*, shows."""
    walk = _Walk(library, message)
    walk.value(message.schema, value)
    return (*meant(channel, message, value), *walk.found)


def meant(channel: Channel, message: Message, value: Json) -> tuple[Part, ...]:
    """Return the variant and the type that *value* says to be as *message* of *channel*."""
    tag = value.get(message.discriminant) if isinstance(value, dict) and message.discriminant else None
    variant, *types = _of_message(channel, message)
    named = _type(channel, message, tag) if isinstance(tag, str) else None
    return (variant, *(item for item in types if item == named))


def _of_message(channel: Channel, message: Message) -> Iterator[Part]:
    yield Part(Kind.VARIANTS, f"{channel.id}/{message.name}")
    yield from (_type(channel, message, tag) for tag in message.tags)


def _type(channel: Channel, message: Message, tag: str) -> Part:
    return Part(Kind.TYPES, f"{channel.id}/{message.name} {message.discriminant}={tag}")


@dataclass
class _Walk:
    """A walk through a message's schema, with a value or without, and the parts on the way."""

    library: Library
    message: Message
    found: dict[Part, None] = field(default_factory=dict)
    _seen: set[str] = field(default_factory=set)

    def schema(self, uri: str) -> None:
        """Find all parts of the schema at *uri*."""
        waiting = [uri]
        while waiting:
            uri = waiting.pop()
            if uri in self._seen:
                continue
            self._seen.add(uri)
            address, schema = self._follow(uri)
            self._note_null(uri, (True, False))
            if address != self._discriminant:
                self._note_members(address, schema.get("enum") or [])
            waiting.append(address)
            waiting.extend(reversed(list(_below(address, schema))))

    def value(self, uri: str, value: Json, depth: int = 0, above: frozenset[str] = frozenset()) -> None:
        """Find the parts of the schema at *uri* that *value* shows; *above* are schemas of the same value."""
        if depth > MAXIMUM_DEPTH or uri in above:
            return
        address, schema = self._follow(uri)
        self._note_null(uri, (value is None,))
        members = [item for item in schema.get("enum") or [] if item == value and type(item) is type(value)]
        if address != self._discriminant:
            self._note_members(address, members)
        for branch in self._branches(address, schema, value):
            self.value(branch, value, depth + 1, above | {uri, address})
        for below, item in _values_below(address, schema, value):
            self.value(below, item, depth + 1)

    def _follow(self, uri: str) -> tuple[str, dict[str, Any]]:
        address, schema = self.library.follow(uri)
        return address, schema if isinstance(schema, dict) else {}

    @cached_property
    def _discriminant(self) -> str:
        """Return where the enumeration of the message's discriminant stands: its members are types."""
        if self.message.discriminant is None:
            return ""
        address, _ = self.library.follow(self.message.schema)
        return self.library.follow(address + pointers.join("/properties", self.message.discriminant))[0]

    def _note_null(self, uri: str, nulls: tuple[bool, ...]) -> None:
        if "/properties/" not in uri and not uri.endswith(("/items", "/additionalProperties")):
            return
        if self._is_nullable(uri):
            for null in nulls:
                words = "null" if null else "not null"
                self.found[Part(Kind.NULLABLES, f"{label(uri)} {words}")] = None

    def _is_nullable(self, uri: str) -> bool:
        """Tell whether the schema at *uri* says by its own words that null is one of several values."""
        address, schema = self._follow(uri)
        types = schema.get("type")
        if isinstance(types, list):
            return "null" in types and len(types) > 1
        members = schema.get("enum")
        if isinstance(members, list):
            return None in members and len(members) > 1
        return any(
            len(branches) > 1
            and any(
                self._follow(f"{address}/{keyword}/{index}")[1].get("type") == "null"
                for index, _ in enumerate(branches)
            )
            for keyword in _CHOICES
            if isinstance(branches := schema.get(keyword), list)
        )

    def _note_members(self, address: str, members: list[Json]) -> None:
        for member in members:
            if member is not None or not self._is_nullable(address):
                text = member if isinstance(member, str) else json.dumps(member)
                self.found[Part(Kind.MEMBERS, f"{label(address)}={text}")] = None

    def _branches(self, address: str, schema: Mapping[str, Any], value: Json) -> Iterator[str]:
        """Yield the parts of a combined schema that *value* is meant for."""
        for keyword in _BRANCHES:
            for index, _ in enumerate(cast("list[Json]", schema.get(keyword) or [])):
                branch = f"{address}/{keyword}/{index}"
                if keyword == "allOf" or self.library.validator(branch).is_valid(value):
                    yield branch


def _below(address: str, schema: Mapping[str, Any]) -> Iterator[str]:
    """Yield where the schemas stand of which the one at *address* is made."""
    for keyword in _BRANCHES:
        yield from (f"{address}/{keyword}/{index}" for index, _ in enumerate(schema.get(keyword) or []))
    yield from (pointers.join(address, "properties", name) for name in schema.get("properties") or {})
    for keyword in ("items", "additionalProperties"):
        if isinstance(schema.get(keyword), dict):
            yield f"{address}/{keyword}"


def _values_below(address: str, schema: Mapping[str, Any], value: Json) -> Iterator[tuple[str, Json]]:
    """Yield the schemas of the members and items of *value*, each with what stands there."""
    if isinstance(value, dict):
        named = schema.get("properties") or {}
        for name, item in value.items():
            if name in named:
                yield pointers.join(address, "properties", name), item
            elif isinstance(schema.get("additionalProperties"), dict):
                yield f"{address}/additionalProperties", item
    elif isinstance(value, list) and isinstance(schema.get("items"), dict):
        yield from ((f"{address}/items", item) for item in value)


def label(uri: str) -> str:
    """Return *uri* as people call it: ``GenerationPublic.status`` for a property of a definition."""
    tokens = list(pointers.tokens(split(uri)[1]))
    starts = [index for index, token in enumerate(tokens[:-1]) if token in _DEFINITIONS]
    if not starts:
        return place(uri)
    named = tokens[starts[0] + 1 :]
    return ".".join(
        [named[0], *("*" if item == "items" else item for item in named[1:] if item != "properties")]
    )
