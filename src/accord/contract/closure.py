"""A schema without references, as the algebra of schemas takes it: what they lead to stands in their place.

A reference that goes on without end, and whatever is beyond the limits, is cut off. What stands there
then admits more than the schema does, everything, or less, nothing, as the question needs it. Where
nothing may be cut off, what leads back to itself is kept as a definition.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from enum import StrEnum
from typing import Any, TypeAlias

from accord.contract.library import Library, split, uri
from accord.contract.pointer import Json
from accord.contract.traversal import reference

MAXIMUM_NODES = 20_000
MAXIMUM_DEPTH = 60
MAXIMUM_ENUMERATION = 5_000
RECURSIONS = 2
MAXIMUM_INLINED = 2_000
MAXIMUM_DEFINITIONS = 150
"""How many schemas may stand in the place of references, and how many definitions may be kept, uncut."""

# What a schema object, given as a copy, is taken to say.
Meaning: TypeAlias = Callable[[dict[str, Json]], dict[str, Json]]

# What jsonschema-rs judges by; of any other format it says that everything has it.
FORMATS = frozenset(
    {
        "date",
        "date-time",
        "time",
        "duration",
        "email",
        "idn-email",
        "hostname",
        "idn-hostname",
        "ipv4",
        "ipv6",
    }
    | {"uri", "uri-reference", "uri-template", "iri", "iri-reference", "uuid", "regex", "json-pointer"}
    | {"relative-json-pointer"}
)
_PLAIN = frozenset(
    {"type", "enum", "const", "pattern", "minLength", "maxLength", "minimum", "maximum", "multipleOf"}
    | {"exclusiveMinimum", "exclusiveMaximum", "minItems", "maxItems", "uniqueItems", "minContains"}
    | {"maxContains", "required", "minProperties", "maxProperties", "dependentRequired"}
)
_ONE = frozenset(("additionalProperties", "propertyNames", "items", "contains", "not", "if", "then", "else"))
_LISTS = frozenset(("allOf", "anyOf", "oneOf", "prefixItems"))
_MAPS = frozenset(("properties", "patternProperties", "dependentSchemas"))
_UNEVALUATED = frozenset(("unevaluatedProperties", "unevaluatedItems"))
BRANCHING = frozenset({"$ref", "allOf", "anyOf", "oneOf"})
"""Keywords that say nothing themselves, but that others hold: all, one, or exactly one of them."""
# How long a reference to a definition is at most: what stands in its place instead may be shorter.
_REFERENCE = len('{"$ref": "#/$defs/d10000"}')
# Where a schema below one of these admits less, the whole admits more.
_TURNING = _UNEVALUATED | {"if", "then", "else", "not", "oneOf", "maxContains"}


class Bound(StrEnum):
    """What a schema with parts cut off admits: at least what the whole does, or at most."""

    AT_LEAST = "at least"
    AT_MOST = "at most"


@dataclass(frozen=True, slots=True, kw_only=True)
class Closure:
    """A schema that refers to nothing, of ``nodes`` schemas; ``exact`` when nothing was cut off."""

    schema: dict[str, Any] | bool
    exact: bool
    nodes: int


def close(library: Library, uri_: str, bound: Bound = Bound.AT_LEAST) -> Closure:
    """Return the schema at *uri_* without references; raises ``ContractError`` where one leads nowhere."""
    closing = _Closing(library, rest=bound is Bound.AT_LEAST)
    schema = closing.copy(library.lookup(uri_), split(uri_)[0], (uri_,))
    return Closure(schema=schema, exact=not closing.cuts, nodes=closing.nodes)


def whole(
    library: Library, uris: Sequence[str], meaning: Meaning, *, unfolded: bool = False
) -> dict[str, Any] | None:
    """Return a schema of its own that takes what all schemas at *uris* do; None where it were too large.

    *meaning* is what each schema object is taken to say; with *unfolded*, the schemas that those at *uris*
    refer to or choose from are among them as far as they hold. References stand only where one leads back to
    itself, or where too much would stand in their place: of those the algebra knows less. Raises
    ``ContractError`` where one leads nowhere.
    """
    for inlined in (True, False):
        closing = _Closing(library, meaning=meaning, inlined=inlined)
        try:
            parts = [closing.own(item) if unfolded else closing.target(item, (), 0) for item in uris]
            while closing.waiting:
                closing.define(closing.waiting.pop())
        except _TooLargeError:
            continue
        return {"allOf": parts or [True], "$defs": closing.definitions}
    return None


def leads_round(library: Library, address: str) -> bool:
    """Tell whether what stands at *address* leads, by references, to something that leads back to itself."""
    known: dict[str, bool] = library.once(("leads round",), dict)
    path = [] if address in known else [address]
    inside: set[str] = set()
    while path:
        current = path[-1]
        targets = _part(library, current)[1]
        fresh = next((item for item in targets if item not in known and item not in inside | {current}), None)
        inside.add(current)
        if fresh is not None:
            path.append(fresh)
            continue
        known[current] = any(item in inside or known[item] for item in targets)
        inside.discard(current)
        path.pop()
    return known[address]


def is_longer(library: Library, uris: Sequence[str], most: int, *, unfolded: bool = False) -> bool:
    """Tell whether what ``whole`` gives surely has more than *most* characters as JSON, without making it."""
    met: set[str] = set()
    waiting = [(item, unfolded) for item in uris]
    length = 0
    while waiting and length <= most:
        address, own = waiting.pop()
        characters, targets = _part(library, address, own=own)
        length += characters
        fresh = set(targets) - met
        met |= fresh
        waiting.extend((item, False) for item in sorted(fresh))
    return length > most


def _part(library: Library, address: str, *, own: bool = False) -> tuple[int, tuple[str, ...]]:
    """Return how long the schema at *address* is without what it refers to, at the least, and what that is."""
    return library.once(("part", address, own), lambda: _made_part(library, address, own=own))


def _made_part(library: Library, address: str, *, own: bool) -> tuple[int, tuple[str, ...]]:
    closing = _Closing(library, inlined=False, most=MAXIMUM_NODES)
    try:
        schema = closing.own(address) if own else closing.copy(library.lookup(address), split(address)[0], ())
    except _TooLargeError:
        return MAXIMUM_NODES, tuple(closing.names)
    text = json.dumps(schema)
    return max(len(text) - _REFERENCE * text.count('"$ref"'), 0), tuple(closing.names)


class _TooLargeError(Exception):
    """What must not be cut off is beyond the limits."""


class _Closing:
    """How much was copied, and how often something was cut off; ``rest`` stands there, None where nothing may be."""

    def __init__(
        self,
        library: Library,
        *,
        rest: bool | None = None,
        meaning: Meaning = dict,
        inlined: bool = True,
        most: int = MAXIMUM_DEFINITIONS,
    ) -> None:
        self.library = library
        self.rest = rest
        self.meaning = meaning
        self.inlined = inlined
        self.most = most
        self.nodes = self.cuts = 0
        self.names: dict[str, str] = {}
        self.waiting: list[str] = []
        self.definitions: dict[str, dict[str, Any] | bool] = {}

    def copy(self, value: Json, name: str, above: tuple[str, ...], depth: int = 0) -> dict[str, Any] | bool:
        """Return *value*, of the document *name*, without references; *above* are those being followed."""
        self.nodes += 1
        if isinstance(value, bool):
            return value
        limit = MAXIMUM_INLINED if self.rest is None and self.inlined else MAXIMUM_NODES
        if not isinstance(value, dict) or self.nodes > limit or depth > MAXIMUM_DEPTH:
            return self.cut()
        if "$dynamicRef" in value:
            return self.cut()
        before = self.cuts
        value = self.meaning(dict(value))
        members = self.members(value, name, above, depth)
        copied: dict[str, Any] | bool = members
        target = reference(value)
        if target is not None:
            led = self.target(self.library.resolve(uri(name), target), above, depth)
            # As a part of it: what the reference leads to counts as evaluated here.
            copied = {**members, "allOf": [*members.get("allOf", []), led]} if members else led
        if self.cuts == before or isinstance(copied, bool):
            return copied
        return self.bounded(copied)

    def target(self, address: str, above: tuple[str, ...], depth: int) -> dict[str, Any] | bool:
        """Return what stands in the place of a reference to *address*."""
        if self.rest is None and (not self.inlined or address in above or address in self.names):
            return self.named(address)
        if above.count(address) >= RECURSIONS:
            return self.cut()
        copied = self.copy(self.library.lookup(address), split(address)[0], (*above, address), depth + 1)
        return self.named(address) if address in self.names else copied

    def own(self, address: str) -> dict[str, Any] | bool:
        """Return what stands at *address* without what it refers to or chooses from, where that can be told."""
        value = self.library.lookup(address)
        if isinstance(value, dict) and not value.keys() & _UNEVALUATED:
            value = {key: item for key, item in value.items() if key not in BRANCHING}
        return self.copy(value, split(address)[0], (address,))

    def named(self, address: str) -> dict[str, Any]:
        """Return a reference to the definition of what stands at *address*."""
        if address not in self.names:
            if len(self.names) >= self.most:
                raise _TooLargeError
            self.names[address] = f"d{len(self.names)}"
            self.waiting.append(address)
        return {"$ref": f"#/$defs/{self.names[address]}"}

    def define(self, address: str) -> None:
        """Keep what stands at *address* as a definition."""
        copied = self.copy(self.library.lookup(address), split(address)[0], (address,), 1)
        self.definitions[self.names[address]] = copied

    def members(
        self, value: dict[str, Json], name: str, above: tuple[str, ...], depth: int
    ) -> dict[str, Any]:
        copied: dict[str, Any] = {}
        for key, item in value.items():
            if key in _ONE or key in _UNEVALUATED:
                copied[key] = self.copy(item, name, above, depth + 1)
            elif key in _LISTS and isinstance(item, list):
                parts = [self.copy(part, name, above, depth + 1) for part in item]
                copied[key] = [*copied.get(key, ()), *parts]
            elif key in _MAPS and isinstance(item, dict):
                copied[key] = {inner: self.copy(part, name, above, depth + 1) for inner, part in item.items()}
            elif key in _PLAIN and isinstance(item, list | dict) and len(item) > MAXIMUM_ENUMERATION:
                copied.setdefault("allOf", []).append(self.cut())
            elif key in _PLAIN or (key == "format" and item in FORMATS):
                copied[key] = item
        return copied

    def cut(self) -> bool:
        if self.rest is None:
            raise _TooLargeError
        self.cuts += 1
        return self.rest

    def bounded(self, copied: dict[str, Any]) -> dict[str, Any] | bool:
        """Return *copied*, in which something was cut off, with the bound kept: loose or not at all."""
        turning = _TURNING & set(copied)
        if not turning:
            return copied
        if not self.rest:
            return False
        kept = {key: item for key, item in copied.items() if key not in turning}
        if "oneOf" in turning:
            kept["allOf"] = [*kept.get("allOf", []), {"anyOf": copied["oneOf"]}]
        return kept
