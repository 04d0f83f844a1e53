"""What the trial of a law heard: exchanges in their order, each with its role, and the things they tell of."""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from enum import StrEnum
from typing import Any, cast

from accord.cases.expression import MAXIMUM_DEPTH as DEEPEST
from accord.contract.contract import Contract
from accord.contract.law import Laws, ListLaw, ThingLaw, WriteLaw, values_at
from accord.contract.library import Library
from accord.contract.openapi import Operation
from accord.contract.part import of_item, of_member, of_others, parts_of
from accord.contract.pointer import Json, join
from accord.exchange.values import Exchange
from accord.findings.finding import Finding

MAXIMUM_VALUES = 20_000
"""How many values of one answer are looked at."""


class Role(StrEnum):
    """Why something was asked in the trial of a law."""

    PAGE = "page"
    """One page of a list, as it comes."""
    ALL = "all"
    """A list without a filter, before and after others with one."""
    FILTERED = "filtered"
    """A list with a filter; ``name`` is its parameter."""
    UNMATCHED = "unmatched"
    """A list with a filter that lets nothing through; ``name`` is its parameter."""
    SORTED = "sorted"
    """A list in an order that was asked for; ``name`` is the value that asks for it."""
    READ = "read"
    """A thing, read for its own sake."""
    BEFORE = "before"
    """The reading ``name`` before a write."""
    STRANGER = "stranger"
    """A write with something at ``name`` that belongs to another thing."""
    WRITE = "write"
    """A write."""
    LINK = "link"
    """What the link ``name`` of a write's answer leads to."""
    AFTER = "after"
    """The reading ``name`` after a write."""
    REPEAT = "repeat"
    """The same write again."""
    AGAIN = "again"
    """The reading ``name`` after the repeat."""
    FETCH = "fetch"
    """An address that an answer told; ``name`` is the media type that should stand there."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Thing:
    """Something that a law speaks of: where in an answer it stands, and its identity, None without one."""

    law: ThingLaw
    where: str
    value: Json
    key: str | None


@dataclass(frozen=True, slots=True, kw_only=True)
class Heard:
    """One exchange of a law's trial.

    ``path``, ``query`` and ``written`` are what was asked with; ``answer`` is the JSON of a success,
    None for all else; ``things`` are those that it tells of.
    """

    role: Role
    name: str = ""
    operation: Operation | None
    exchange: Exchange
    path: Mapping[str, Json] = field(default_factory=dict)
    query: Mapping[str, Json] = field(default_factory=dict)
    written: Json = None
    answer: Json = None
    things: tuple[Thing, ...] = ()

    @property
    def status(self) -> int | None:
        """Return the status of the answer, None when no whole answer came."""
        response = self.exchange.response
        return None if response is None or self.exchange.lapse is not None else response.status

    @property
    def good(self) -> bool:
        """Tell whether it was answered with success."""
        return self.status is not None and 200 <= self.status < 300

    @property
    def subject(self) -> Thing | None:
        """Return the thing that the whole answer is, None when it is none."""
        return next((thing for thing in self.things if not thing.where), None)


@dataclass(frozen=True, slots=True, kw_only=True)
class LawObservation:
    """What one trial of a law heard; ``law`` is None where only the laws of things are held."""

    operation: Operation
    law: ListLaw | WriteLaw | None
    heard: tuple[Heard, ...]

    def of(self, *roles: Role) -> Iterator[Heard]:
        """Yield what was heard in these roles, in order."""
        return (heard for heard in self.heard if heard.role in roles)

    def one(self, role: Role, name: str = "") -> Heard | None:
        """Return what was first heard in this role, under this name, as a success; None without one."""
        return next((item for item in self.of(role) if item.name == name and item.good), None)

    def finding(self, heard: Heard, message: str, **details: Any) -> Finding:
        """Return a finding that *heard* proves."""
        details.setdefault("pointer", self.operation.place)
        asked = heard.operation or self.operation
        return Finding(operation=asked.id, evidence=heard.exchange, message=message, **details)


def hear(
    contract: Contract, role: Role, operation: Operation | None, exchange: Exchange, **asked: Any
) -> Heard:
    """Return *exchange* as heard, its answer read once; *asked* are the other members of ``Heard``."""
    heard = Heard(role=role, operation=operation, exchange=exchange, **asked)
    response = exchange.response
    if not heard.good or response is None or operation is None:
        return heard
    answer = read(response.body)
    documented = operation.answer(response.status)
    declared = documented.media_type(response.header("content-type")) if documented else None
    found: tuple[Thing, ...] = ()
    if declared is not None and declared.schema is not None and contract.laws.things:
        found = tuple(things(contract.library, contract.laws, declared.schema, answer))
    return Heard(role=role, operation=operation, exchange=exchange, answer=answer, things=found, **asked)


def read(body: bytes) -> Json:
    """Return the JSON that *body* is, None when it is none or too deep to look into."""
    try:
        value = cast("Json", json.loads(body))
    except (ValueError, RecursionError):
        return None
    level: list[Json] = [value]
    for _ in range(DEEPEST):
        level = [item for outer in level for item in _inside(outer)]
    return None if level else value


def _inside(value: Json) -> list[Json]:
    if isinstance(value, dict):
        return list(value.values())
    return value if isinstance(value, list) else []


def things(library: Library, laws: Laws, schema: str, answer: Json) -> Iterator[Thing]:
    """Yield the things in *answer*, a value of the schema at that URI, the outer ones first."""
    known: dict[tuple[str, ...], list[tuple[str, dict[str, Any]]]] = {}
    waiting: list[tuple[tuple[str, ...], Json, str]] = [((schema,), answer, "")]
    for uris, value, at in waiting:
        if len(waiting) > MAXIMUM_VALUES:
            return
        if not uris or not isinstance(value, dict | list):
            continue
        if uris not in known:
            known[uris] = list(parts_of(library, uris))
        parts = known[uris]
        if isinstance(value, list):
            waiting.extend((of_item(parts, index), item, join(at, index)) for index, item in enumerate(value))
            continue
        for address, _ in parts:
            law = laws.thing(address)
            if law is not None:
                yield Thing(law=law, where=at, value=value, key=key_of(value, law.identity))
        waiting.extend(
            (of_member(parts, name) or of_others(parts), item, join(at, name)) for name, item in value.items()
        )


def key_of(value: Json, identity: str) -> str | None:
    """Return the identity that stands at a pointer into *value*, as text; None without one."""
    found = next((item for _, item in values_at(value, identity)), None)
    return str(found) if isinstance(found, str | int) and not isinstance(found, bool) else None
