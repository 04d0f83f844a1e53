"""What JSON can show of a schema: its properties, the members of enumerations, null or not, the branches of unions.

Definitions are told by their names, however many ways lead to them. ``if``, patterns of names and the
first items of tuples are not looked into.
"""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any, TypeAlias, cast

from accord.contract import pointer as pointers
from accord.contract.library import Library, split
from accord.contract.pointer import Json
from accord.contract.traversal import reference

Feature: TypeAlias = tuple[str, str, str, str]
"""Owner, path, kind (``property``, ``member``, ``null`` or ``branch``) and value."""

_DEFINITIONS = ("$defs", "definitions", "schemas")
# What hostile JSON or a contract of enormous size may cost; nothing beyond is told.
MAXIMUM_FEATURES = 20_000
MAXIMUM_VALUES = 5_000
MAXIMUM_DEPTH = 60


@dataclass(slots=True, kw_only=True)
class _Node:
    """A schema with what its own words show, and where the schemas of which it is made stand."""

    owner: str
    path: str
    own: tuple[Feature, ...] = ()
    members: tuple[Json, ...] = ()
    nullable: bool = False
    together: tuple[str, ...] = ()
    branches: tuple[tuple[str, str], ...] = ()
    properties: Mapping[str, str] = field(default_factory=dict)
    items: str = ""
    others: str = ""

    def feature(self, kind: str, value: str = "", name: str = "") -> Feature:
        path = f"{self.path}.{name}" if self.path and name else self.path or name
        return self.owner, path, kind, value

    def below(self) -> Iterator[tuple[str, str]]:
        """Yield where the parts stand, each with its path."""
        for uri in (*self.together, *(uri for _, uri in self.branches)):
            yield uri, self.path
        for name, uri in self.properties.items():
            yield uri, self.feature("", name=name)[1]
        yield from ((uri, self.feature("", name="*")[1]) for uri in (self.items, self.others) if uri)


class Anatomy:
    """The schemas of *library*, taken apart as far as they were asked for; one thread at a time."""

    def __init__(self, library: Library) -> None:
        """Start with no schema."""
        self._library = library
        self._addresses: dict[str, str] = {}
        self._nodes: dict[str, _Node] = {}

    def features(self, uri: str, owner: str, seen: set[str] | None = None) -> tuple[Feature, ...]:
        """Return what JSON of the schema at *uri* can show; *owner* names it where it is no definition.

        Schemas in *seen* are left out, and those that were looked into are added: a thousand operations
        that lead to the same definitions cost no more than one.
        """
        found: dict[Feature, None] = {}
        seen = set[str]() if seen is None else seen
        waiting = [(uri, owner, "")]
        while waiting and len(found) < MAXIMUM_FEATURES:
            at, of, path = waiting.pop()
            node = self._node(at, of, path)
            if self._addresses[at] not in seen:
                seen.add(self._addresses[at])
                found.update(dict.fromkeys(node.own))
                waiting.extend((part, node.owner, below) for part, below in reversed(list(node.below())))
        return tuple(found)[:MAXIMUM_FEATURES]

    def shown(self, uri: str, owner: str, value: Json) -> set[Feature]:
        """Return what *value*, valid by the schema at *uri*, shows; of much the first part."""
        found: set[Feature] = set()
        waiting: list[tuple[str, str, str, Json, int]] = [(uri, owner, "", value, 0)]
        for _ in range(MAXIMUM_VALUES):
            if not waiting:
                break
            at, of, path, item, depth = waiting.pop()
            node = self._node(at, of, path)
            found.update(_of_value(node, item))
            if depth < MAXIMUM_DEPTH:
                for part, below, inner in self._parts(node, item, found):
                    waiting.append((part, node.owner, below, inner, depth + 1))
        return found

    def _parts(self, node: _Node, value: Json, found: set[Feature]) -> Iterator[tuple[str, str, Json]]:
        for uri in node.together:
            yield uri, node.path, value
        if value is not None or not node.nullable:
            for name, uri in self._meant(node, value):
                found.update([node.feature("branch", name)] if len(node.branches) > 1 else [])
                yield uri, node.path, value
        if isinstance(value, dict):
            for name, item in value.items():
                if name in node.properties:
                    yield node.properties[name], node.feature("", name=name)[1], item
                elif node.others:
                    yield node.others, node.feature("", name="*")[1], item
        elif isinstance(value, list) and node.items:
            path = node.feature("", name="*")[1]
            yield from ((node.items, path, item) for item in value[:MAXIMUM_VALUES])

    def _meant(self, node: _Node, value: Json) -> Iterator[tuple[str, str]]:
        """Yield the branches that *value* is valid by; one that is alone beside null needs no proof."""
        if len(node.branches) == 1:
            yield from node.branches
            return
        for name, uri in node.branches:
            if self._library.validator(uri).is_valid(value):
                yield name, uri

    def _node(self, uri: str, owner: str, path: str) -> _Node:
        address = self._addresses.get(uri)
        if address is None:
            address = self._addresses[uri] = self._library.follow(uri)[0]
        node = self._nodes.get(address)
        if node is None:
            tokens = list(pointers.tokens(split(address)[1]))
            if len(tokens) > 1 and tokens[-2] in _DEFINITIONS:
                owner, path = tokens[-1], ""
            schema = self._library.lookup(address)
            node = self._made(address, schema if isinstance(schema, dict) else {}, owner, path)
            self._nodes[address] = node
        return node

    def _made(self, address: str, schema: dict[str, Any], owner: str, path: str) -> _Node:
        nullable, branches = self._branches(address, schema)
        types, members = schema.get("type"), cast("list[Json]", schema.get("enum") or [])
        nullable = (
            nullable
            or (isinstance(types, list) and "null" in types and len(types) > 1)
            or (None in members and len(members) > 1)
        )
        named = schema.get("properties")
        node = _Node(
            owner=owner,
            path=path,
            members=tuple(item for item in members if item is not None),
            nullable=nullable,
            together=tuple(f"{address}/allOf/{index}" for index, _ in enumerate(schema.get("allOf") or [])),
            branches=branches,
            properties={
                name: pointers.join(address, "properties", name)
                for name in (named if isinstance(named, dict) else {})
            },
            items=f"{address}/items" if isinstance(schema.get("items"), dict) else "",
            others=(
                f"{address}/additionalProperties"
                if isinstance(schema.get("additionalProperties"), dict)
                else ""
            ),
        )
        node.own = tuple(_own(node))
        return node

    def _branches(self, address: str, schema: Mapping[str, Any]) -> tuple[bool, tuple[tuple[str, str], ...]]:
        """Return whether null is a branch, and the name and place of each other one."""
        nullable, found = False, list[tuple[str, str]]()
        for keyword in ("anyOf", "oneOf"):
            for index, branch in enumerate(cast("list[Json]", schema.get(keyword) or [])):
                uri = f"{address}/{keyword}/{index}"
                target, followed = self._library.follow(uri)
                members = followed if isinstance(followed, dict) else {}
                if members.get("type") == "null":
                    nullable = True
                else:
                    found.append((_branch_name(branch, target, members, index), uri))
        return nullable, tuple(found)


def _branch_name(branch: Json, target: str, schema: Mapping[str, Json], index: int) -> str:
    if isinstance(branch, dict) and reference(branch) is not None:
        return ([*pointers.tokens(split(target)[1])] or ["root"])[-1]
    told = schema.get("title") or schema.get("type")
    return told if isinstance(told, str) else f"variant {index + 1}"


def _own(node: _Node) -> Iterator[Feature]:
    if node.nullable:
        yield node.feature("null", "null")
        yield node.feature("null", "not null")
    yield from (node.feature("member", _text(member)) for member in node.members)
    if len(node.branches) > 1:
        yield from (node.feature("branch", name) for name, _ in node.branches)
    yield from (node.feature("property", name=name) for name in node.properties)


def _of_value(node: _Node, value: Json) -> Iterator[Feature]:
    if node.nullable:
        yield node.feature("null", "null" if value is None else "not null")
    if node.members and not isinstance(value, dict | list):
        for member in node.members:
            if member == value and type(member) is type(value):
                yield node.feature("member", _text(member))
    if isinstance(value, dict):
        yield from (node.feature("property", name=name) for name in value if name in node.properties)


def _text(member: Json) -> str:
    return member if isinstance(member, str) else json.dumps(member)
