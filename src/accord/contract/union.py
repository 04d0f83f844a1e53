"""Unions: what is one of several, and how a reader tells which.

A union is what travels one way on a channel, a message out of several, or a schema with ``oneOf`` or
``anyOf``. Its variants ought to have no value in common.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from functools import cached_property
from itertools import combinations
from typing import Any, cast

from accord.contract import library as libraries
from accord.contract import pointer as pointers
from accord.contract.algebra import Answer
from accord.contract.asyncapi import Channel, discriminate
from accord.contract.contract import Contract
from accord.contract.library import Library
from accord.contract.pointer import Json
from accord.contract.schema_place import schemas
from accord.contract.traversal import reference
from accord.contract.value_set import Decision, ValueSet

MESSAGES = "messages"
MAXIMUM_PAIRS = 2_500
_DEPTH = 8


@dataclass(frozen=True, kw_only=True)
class Variant:
    """One of the variants; ``uri`` is where the union names it, ``values`` what its schema admits."""

    name: str
    uri: str
    values: ValueSet

    @cached_property
    def constants(self) -> Mapping[str, frozenset[str]]:
        """Return the required members that can only be one of some strings, with those strings."""
        found, tags = discriminate(self.values.library, self.values.uri)
        plain = {found: frozenset(tags)} if found is not None else {}
        return {**plain, **self.values.constants()}

    def apart(self, other: Variant) -> bool:
        """Tell whether a constant alone tells the two apart."""
        return any(
            not tags & other.constants[name]
            for name, tags in self.constants.items()
            if name in other.constants
        )


@dataclass(frozen=True, slots=True, kw_only=True)
class Clash:
    """Two variants that are not known to be disjoint; ``within`` is the one that the other covers, if any."""

    one: Variant
    other: Variant
    decision: Decision
    within: Variant | None = None


@dataclass(frozen=True, kw_only=True)
class Union:
    """Variants of which a value is one.

    ``keyword`` is ``messages``, ``oneOf`` or ``anyOf``. ``name`` is a channel and the side that sends,
    or where the schema stands. ``discriminator`` is the Discriminator Object of OpenAPI, if any.
    """

    name: str
    uri: str
    keyword: str
    variants: tuple[Variant, ...]
    channel: Channel | None = None
    discriminator: Mapping[str, Json] | None = None

    @cached_property
    def clashes(self) -> tuple[Clash, ...]:
        """Return the pairs of variants that have a value in common, or may have one."""
        return tuple(self._clashes())

    @property
    def pairs(self) -> int:
        """Return how many pairs of variants there are."""
        return len(self.variants) * (len(self.variants) - 1) // 2

    def _clashes(self) -> Iterator[Clash]:
        asked = 0
        for one, other in combinations(self.variants, 2):
            if one.apart(other):
                continue
            asked += 1
            if asked > MAXIMUM_PAIRS:
                reason = f"only {MAXIMUM_PAIRS:,} pairs of variants were looked at"
                yield Clash(one=one, other=other, decision=Decision(answer=Answer.UNKNOWN, reason=reason))
                return
            decision = one.values.disjoint(other.values)
            if decision.answer is not Answer.YES:
                yield Clash(one=one, other=other, decision=decision, within=_within(one, other))


def _within(one: Variant, other: Variant) -> Variant | None:
    """Return the variant of the two whose values are all values of the other, None when there is none."""
    for inner, outer in ((other, one), (one, other)):
        if outer.values.covers(inner.values).answer is Answer.YES:
            # Of a set without a value another rule tells.
            return inner if inner.values.inhabited().answer is not Answer.NO else None
    return None


def unions(contract: Contract) -> tuple[Union, ...]:
    """Return the unions of *contract*: those of messages first, then schemas in the order of documents."""
    return (*message_unions(contract), *schema_unions(contract.library))


def message_unions(contract: Contract) -> Iterator[Union]:
    """Yield what each side of each channel may send."""
    for channel in contract.channels:
        sides = {"server": channel.sent_by_server(), "client": channel.sent_by_client()}
        if sides["client"] == sides["server"]:
            # Nothing says who sends what: one union is told once.
            del sides["client"]
        for side, messages in sides.items():
            yield Union(
                name=f"{channel.id}/{side}",
                uri=channel.uri,
                keyword=MESSAGES,
                channel=channel,
                variants=tuple(
                    Variant(
                        name=message.name,
                        uri=message.uri,
                        values=ValueSet(library=contract.library, uri=message.schema),
                    )
                    for message in messages
                ),
            )


def schema_unions(library: Library) -> Iterator[Union]:
    """Yield the schemas with ``oneOf`` or ``anyOf`` of which at least two variants may be meant.

    Null is none of them. Of ``anyOf`` only objects count: what else is in one, such as a string or a
    number, tells itself; and who writes a string with a format beside any string means both.
    """
    for uri, schema in schemas(library):
        for keyword in ("oneOf", "anyOf"):
            if isinstance(schema.get(keyword), list):
                variants = tuple(_variants(library, uri, keyword, schema[keyword]))
                discriminator = schema.get("discriminator")
                if len(variants) > 1:
                    yield Union(
                        name=libraries.place(uri),
                        uri=f"{uri}/{keyword}",
                        keyword=keyword,
                        variants=variants,
                        discriminator=discriminator if isinstance(discriminator, dict) else None,
                    )


def _variants(library: Library, uri: str, keyword: str, branches: list[Json]) -> Iterator[Variant]:
    for index, branch in enumerate(branches):
        at = f"{uri}/{keyword}/{index}"
        if not isinstance(branch, dict) or branch.get("type") == "null":
            continue
        if keyword == "anyOf" and not _takes_objects(library, at):
            continue
        target = reference(branch)
        name = pointers.tokens(libraries.split(library.resolve(at, target))[1])[-1:] if target else ()
        title = branch.get("title")
        told = name[0] if name else title if isinstance(title, str) else f"variant {index + 1}"
        yield Variant(name=told, uri=at, values=ValueSet(library=library, uri=at))


def _takes_objects(library: Library, uri: str, depth: int = _DEPTH) -> bool:
    """Tell whether the schema at *uri* speaks of objects."""
    address, schema = library.follow(uri)
    if not isinstance(schema, dict):
        return False
    types = schema.get("type")
    if types is not None:
        return "object" in (types if isinstance(types, list) else [types])
    return "properties" in schema or (
        depth > 0
        and any(
            _takes_objects(library, f"{address}/{keyword}/{index}", depth - 1)
            for keyword in ("allOf", "anyOf", "oneOf")
            for index, _ in enumerate(cast("list[Any]", schema.get(keyword) or []))
        )
    )
