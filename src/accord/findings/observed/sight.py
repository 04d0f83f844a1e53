"""What a rule about traffic looks at: one place with its count, an operation or a channel, or all of it."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

from accord.contract import library as libraries
from accord.contract.asyncapi import Channel
from accord.contract.contract import Contract
from accord.contract.openapi import Operation
from accord.contract.pointer import join
from accord.findings.finding import Finding
from accord.findings.observed.asked import LOCATIONS, place_of_parameters
from accord.findings.observed.count import Count
from accord.findings.observed.interval import interval, never
from accord.findings.observed.observation import CLIENT, REQUEST, SERVER, Observation, Root
from accord.findings.observed.place import ANYTHING, Atlas, Place
from accord.findings.observed.watcher import promised_answer

ASKED = frozenset({REQUEST, CLIENT, *LOCATIONS})
"""What clients say, not the service."""
_LOCATED = {"path": "path", "query": "query", "header": "headers"}
LEAST = 59
"""From so many values on, what never came comes in at most 5 % of them, at 95 %."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Sight:
    """One place of what comes at ``root``: ``pointer`` leads to it, with ``*`` for any item or name.

    ``site`` is the URI of the schema that speaks of this place alone, be it a reference to another.
    """

    root: Root
    site: str
    pointer: str
    place: Place
    count: Count

    @property
    def words(self) -> str:
        """Return what comes there, in words."""
        owner, part, form = self.root
        if part in (SERVER, CLIENT):
            return f"{form} of the {part}"
        if part in LOCATIONS:
            return f"the {_LOCATED[part]} of a request to {owner}"
        return f"a request to {owner}" if part == REQUEST else f"a {part} of {owner}"


@dataclass(frozen=True, slots=True, kw_only=True)
class TrafficObservation:
    """One part of some traffic: a place, an operation, a channel and a side of it, or the whole.

    ``least`` is how many values must have come before it is told that something never did.
    """

    whole: Observation
    part: Sight | Operation | tuple[Channel, str] | None
    least: int = LEAST

    def finding(self, message: str, *, uri: str, **details: Any) -> Finding:
        """Return a finding about this part, which stands at *uri* in the contract."""
        part = self.part
        owner: dict[str, Any] = {}
        if isinstance(part, Operation):
            owner["operation"] = part.id
        elif isinstance(part, tuple):
            owner["channel"] = part[0].id
        elif isinstance(part, Sight):
            kind = "channel" if part.root.part in (SERVER, CLIENT) else "operation"
            owner[kind] = part.root.owner
            details.setdefault("evidence_pattern", part.pointer)
            details.setdefault("evidence_pointer", part.pointer)
        return Finding(message=message, pointer=libraries.place(uri), **owner, **details)


def share(found: int, seen: int) -> str:
    """Return how often something came, and between which shares that is at 95 %."""
    low, high = interval(found, seen)
    return f"{found:,} of {seen:,} ({_percent(low)} to {_percent(high)} at 95 %)"


def none_of(seen: int) -> str:
    """Return that none of so many showed something, and how often that may be all the same."""
    return f"0 of {seen:,} (at most {_percent(never(seen))} at 95 %)"


def _percent(part: float) -> str:
    return f"{part * 100:.2g} %" if part < 0.9995 else "100 %"


def sights(contract: Contract, atlas: Atlas, observation: Observation) -> Iterator[Sight]:
    """Yield every place where something came, in the order of the roots and of the contract."""
    for root, count in sorted(observation.bodies.items(), key=lambda item: item[0]):
        site, place = schema_of(contract, root) or "", place_of(contract, atlas, root)
        sight = Sight(root=root, site=site, pointer="", place=place, count=count)
        yield from _of_parameters(contract, atlas, sight) if root.part in LOCATIONS else _below(atlas, sight)


def place_of(contract: Contract, atlas: Atlas, root: Root) -> Place:
    """Return the place in the contract of what comes at *root*."""
    if root.part in LOCATIONS:
        return place_of_parameters(contract.library, contract.operation(root.owner), root.part)
    uri = schema_of(contract, root)
    return ANYTHING if uri is None else atlas.place((contract.library.alias(uri),))


def schema_of(contract: Contract, root: Root) -> str | None:
    """Return the URI of the schema of what comes at *root*, None where there is none."""
    if root.part in (SERVER, CLIENT):
        channel = next(item for item in contract.channels if item.id == root.owner)
        return channel.message(root.form).schema
    operation = contract.operation(root.owner)
    if root.part in LOCATIONS:
        return operation.uri
    if root.part == REQUEST:
        listed = operation.body.media_types if operation.body else ()
    else:
        answer = promised_answer(contract, operation, int(root.part))
        listed = answer.media_types if answer else ()
    return next((item.schema for item in listed if item.name == root.form), None)


def _of_parameters(contract: Contract, atlas: Atlas, sight: Sight) -> Iterator[Sight]:
    """Yield the parameters of a location, and each by itself: they have schemas, and together they have none."""
    yield sight
    for parameter in contract.operation(sight.root.owner).parameters_in(sight.root.part):
        uris, count = sight.place.members.get(parameter.name), sight.count.members.get(parameter.name)
        if uris and count is not None:
            at, site = join("", parameter.name), parameter.schema or parameter.uri
            yield from _below(
                atlas, Sight(root=sight.root, site=site, pointer=at, place=atlas.place(uris), count=count)
            )


def _below(atlas: Atlas, sight: Sight) -> Iterator[Sight]:
    yield sight
    place, count, at = sight.place, sight.count, sight.pointer

    def deeper(below: Place, found: Count | None, pointer: str, site: str) -> Iterator[Sight]:
        if found is not None:
            yield from _below(
                atlas, Sight(root=sight.root, site=site, pointer=pointer, place=below, count=found)
            )

    for name, uris in place.members.items():
        site = place.at("properties", name)
        yield from deeper(atlas.place(uris), count.members.get(name), join(at, name), site)
    if place.items:
        yield from deeper(atlas.place(place.items), count.items, f"{at}/*", place.at("items"))
    if place.others:
        site = place.at("additionalProperties")
        yield from deeper(atlas.place(place.others), count.others, f"{at}/*", site)
    for variant in place.variants:
        yield from deeper(atlas.variant(variant), count.variants.get(variant.name), at, variant.uri)
