"""Laws: what a contract says of the meaning of its messages, as ``x-accord`` on operations and schemas."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field

from accord.contract import pointer as pointers
from accord.contract.link import Link
from accord.contract.openapi import Operation
from accord.contract.part import ANY
from accord.contract.pointer import Json
from accord.contract.workflow import Criterion

MEMBER = "x-accord"


@dataclass(frozen=True, slots=True, kw_only=True)
class Order:
    """Items stand in the order of ``member``, a JSON pointer, the smallest first."""

    member: str
    descending: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class ListLaw:
    """What a GET that lists promises.

    ``items`` is where the items stand in the answer, ``identity`` where in an item its identity does;
    ``total`` a runtime expression. ``page``, ``offset`` and ``size`` are names of query parameters,
    ``filters`` maps others to the member of an item that has the value, None where none has.
    ``sort`` maps the values of ``sorted_by`` to what they mean. ``place`` is where it stands.
    """

    operation: Operation
    items: str
    identity: str
    total: str | None
    size: str | None
    page: str | None
    first: int
    offset: str | None
    filters: Mapping[str, str | None]
    order: Order | None
    sorted_by: str | None
    sort: Mapping[str, Order]
    place: str


@dataclass(frozen=True, slots=True, kw_only=True)
class ThingLaw:
    """What holds of every thing that the schema at ``schema`` describes; members are JSON pointers.

    Values at the keys of ``refers`` stand among those at its values; ``fetches`` maps addresses to the
    media type of what stands there.
    """

    schema: str
    identity: str
    fixed: tuple[str, ...]
    created: str | None
    updated: str | None
    volatile: tuple[str, ...]
    refers: Mapping[str, str]
    unique: tuple[str, ...]
    fetches: Mapping[str, str]
    place: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Reading:
    """A GET that tells what a write changes; ``parameters`` are constants and runtime expressions by name.

    ``needs_answer``: it can be asked only after the write, since its parameters come from the answer.
    """

    name: str
    operation: Operation
    parameters: Mapping[str, Json]
    needs_answer: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class Told:
    """A member of a reading."""

    reading: str
    member: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Repeat:
    """What becomes of the same request, sent again: refused, perhaps with ``status``, else nothing more.

    ``when`` is a condition over the readings after it, without which nothing is promised.
    """

    refused: bool
    status: int | None = None
    when: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class WriteLaw:
    """What an operation that changes something promises.

    ``keeps`` maps members of the request body to where answer and readings tell them, ``alike`` are those
    that are told under their own names, ``belongs`` maps members to
    where a reading has the values that are taken. ``place`` is where it stands, of which each law is a
    member; without ``declared`` it stands nowhere, and only what holds of every operation is in it.
    """

    operation: Operation
    readings: tuple[Reading, ...] = ()
    links: tuple[Link, ...] = ()
    keeps: Mapping[str, str] = field(default_factory=dict)
    alike: tuple[str, ...] = ()
    tells: tuple[str, ...] = ()
    changes: tuple[Told, ...] = ()
    grows: Mapping[Told, int] = field(default_factory=dict)
    counts: Mapping[str, str] = field(default_factory=dict)
    agrees: tuple[Criterion, ...] = ()
    belongs: Mapping[str, Told] = field(default_factory=dict)
    repeat: Repeat | None = None
    place: str = ""
    declared: bool = False

    def kept(self) -> Iterator[tuple[str, str, str]]:
        """Yield each member of the request that is kept, where it is told, and where the law says so."""
        yield from ((member, member, "") for member in self.alike)
        yield from ((member, at, pointers.join("/keeps", member)) for member, at in self.keeps.items())


@dataclass(frozen=True, slots=True, kw_only=True)
class Laws:
    """All laws of a contract, those of operations by their id."""

    lists: Mapping[str, ListLaw] = field(default_factory=dict)
    writes: Mapping[str, WriteLaw] = field(default_factory=dict)
    things: tuple[ThingLaw, ...] = ()

    def thing(self, schema: str) -> ThingLaw | None:
        """Return the law of the schema at this URI, None without any."""
        return next((law for law in self.things if law.schema == schema), None)


def values_at(value: Json, pointer: str, where: str = "") -> Iterator[tuple[str, Json]]:
    """Yield where in *value* something stands at *pointer*, in which ``*`` is every item, and what stands there."""
    found = [(where, value)]
    for token in pointers.tokens(pointer):
        found = [item for at, outer in found for item in _below(at, outer, token)]
    yield from found


def _below(at: str, value: Json, token: str) -> list[tuple[str, Json]]:
    if token == ANY and isinstance(value, list):
        return [(pointers.join(at, index), item) for index, item in enumerate(value)]
    if token == ANY and isinstance(value, dict):
        return [(pointers.join(at, name), item) for name, item in value.items()]
    try:
        return [(pointers.join(at, token), pointers.lookup(value, pointers.join("", token)))]
    except LookupError:
        return []
