"""The laws of a contract, read from ``x-accord`` on its operations and schemas and held against the rest of it."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, cast

from accord.contract import law_checker as checker
from accord.contract import pointer as pointers
from accord.contract.document import Document
from accord.contract.law import (
    MEMBER,
    Laws,
    ListLaw,
    Order,
    Reading,
    Repeat,
    ThingLaw,
    Told,
    WriteLaw,
)
from accord.contract.library import Library, place, split, uri
from accord.contract.link import Link, read_links
from accord.contract.openapi import Operation
from accord.contract.overlay import written_at
from accord.contract.part import below, parts_of, properties_of
from accord.contract.pointer import Json
from accord.contract.published import deepest_first
from accord.contract.traversal import objects
from accord.contract.workflow import Criterion
from accord.errors import ContractError

WRITING = ("POST", "PUT", "PATCH", "DELETE")


@dataclass(frozen=True, slots=True)
class _Source:
    """What laws are read from, and how their mistakes are told."""

    library: Library
    operations: tuple[Operation, ...]
    overlays: Sequence[Document]
    links: tuple[Link, ...]

    def wrong(
        self, at: str, reason: str, next_step: str = "Correct the name at that place."
    ) -> ContractError:
        name, pointer = split(at)
        where = written_at(self.library.document(name), self.overlays, pointer)
        return ContractError(reason, place=where, next_step=next_step)

    def check(self, at: str, value: Json, kind: str) -> None:
        problems = deepest_first(value, kind)
        if problems:
            raise self.wrong(
                at + pointers.from_path(problems[0].path),
                f"is not valid {MEMBER}: {problems[0].message}",
                "Correct it at that place; docs/laws.md says what may stand there.",
            )


def read_laws(library: Library, operations: tuple[Operation, ...], overlays: Sequence[Document] = ()) -> Laws:
    """Return what ``x-accord`` says on *operations* and on the schemas of *library*.

    A writing operation with links to what it made has a law without saying so, and so has each PUT and
    DELETE on what a GET reads. Raises ``ContractError`` for a law that is malformed or names something
    that does not exist, at the line of the one of *overlays* that laid it on, else at that of its document.
    """
    source = _Source(library, operations, overlays, read_links(library, operations))
    laws = Laws(
        lists={law.operation.id: law for law in map(_list, *_told(source, "list"))},
        writes={law.operation.id: law for law in _writes(source)},
        things=tuple(_things(source)),
    )
    for at, reason in checker.problems(library, laws):
        raise source.wrong(at, reason)
    return laws


def _told(source: _Source, member: str) -> tuple[list[Operation], list[dict[str, Any]]]:
    """Return the operations whose ``x-accord`` has *member*, and what it says."""
    found = [
        (operation, said[member])
        for operation in source.operations
        if member in (said := _said(source, operation))
    ]
    return [operation for operation, _ in found], [said for _, said in found]


def _said(source: _Source, operation: Operation) -> dict[str, Any]:
    _, data = source.library.object(operation.uri)
    if MEMBER not in data:
        return {}
    source.check(pointers.join(operation.uri, MEMBER), data[MEMBER], "accord-operation")
    return cast("dict[str, Any]", data[MEMBER])


def _list(operation: Operation, said: Mapping[str, Any]) -> ListLaw:
    total = said.get("total")
    sort = said.get("sort", {})
    return ListLaw(
        operation=operation,
        items=said["items"],
        identity=said.get("identity", "/id"),
        total=f"$response.body#{total}" if total is not None and not total.startswith("$") else total,
        size=said.get("size"),
        page=said.get("page"),
        first=said.get("first", 1),
        offset=said.get("offset"),
        filters={name: None if at is True else at for name, at in said.get("filters", {}).items()},
        order=_order(said["order"]) if "order" in said else None,
        sorted_by=sort.get("parameter"),
        sort={value: _order(order) for value, order in sort.get("values", {}).items()},
        place=place(pointers.join(operation.uri, MEMBER, "list")),
    )


def _order(said: Any) -> Order:
    return Order(member=said) if isinstance(said, str) else Order(**said)


def _things(source: _Source) -> Iterator[ThingLaw]:
    operations = {operation.uri for operation in source.operations}
    for name, document in source.library.documents.items():
        for at, value in objects(document.data):
            address = uri(name, at)
            if MEMBER in value and address not in operations:
                source.check(pointers.join(address, MEMBER), value[MEMBER], "accord-schema")
                yield _thing(address, cast("dict[str, Any]", value[MEMBER]))


def _thing(schema: str, said: Mapping[str, Any]) -> ThingLaw:
    return ThingLaw(
        schema=schema,
        identity=said.get("identity", "/id"),
        fixed=tuple(said.get("fixed", ())),
        created=said.get("created"),
        updated=said.get("updated"),
        volatile=tuple(said.get("volatile", ())),
        refers=said.get("refers", {}),
        unique=tuple(said.get("unique", ())),
        fetches=said.get("fetches", {}),
        place=place(pointers.join(schema, MEMBER)),
    )


def _writes(source: _Source) -> Iterator[WriteLaw]:
    for operation in source.operations:
        if operation.method not in WRITING:
            continue
        said = _said(source, operation).get("write")
        links = tuple(
            link
            for link in source.links
            if link.source is operation and link.target.method == "GET" and link.status.startswith("2")
        )
        if said is not None:
            yield _write(source, operation, links, said)
        elif links or (operation.method in ("PUT", "DELETE") and _sibling(source, operation)):
            yield _undeclared(source, operation, links)


def _undeclared(source: _Source, operation: Operation, links: tuple[Link, ...]) -> WriteLaw:
    """Return what holds of every operation: its links lead somewhere, and PUT and DELETE are idempotent."""
    sibling = _sibling(source, operation)
    idempotent = operation.method in ("PUT", "DELETE") and sibling is not None
    return WriteLaw(
        operation=operation,
        links=links,
        readings=(sibling,) if idempotent and sibling else (),
        repeat=Repeat(refused=False) if idempotent else None,
        place=operation.place,
    )


def _sibling(source: _Source, operation: Operation) -> Reading | None:
    """Return the GET of the path of *operation* as a reading, None without one."""
    for other in source.operations:
        if other.method == "GET" and other.path == operation.path:
            parameters = {item.name: f"$request.path.{item.name}" for item in other.parameters_in("path")}
            return Reading(name="itself", operation=other, parameters=parameters, needs_answer=False)
    return None


def _write(
    source: _Source, operation: Operation, links: tuple[Link, ...], said: Mapping[str, Any]
) -> WriteLaw:
    at = pointers.join(operation.uri, MEMBER, "write")
    readings = tuple(
        _reading(source, at, links, name, reading) for name, reading in said.get("readings", {}).items()
    )
    repeat = _repeat(operation, said.get("repeat"))
    if repeat and not repeat.refused and not readings and (own := _sibling(source, operation)):
        readings = (own,)
    return WriteLaw(
        operation=operation,
        links=links,
        readings=readings,
        keeps=said.get("keeps", {}),
        alike=_same_named(
            source.library, operation, readings, (*said.get("drops", ()), *said.get("keeps", ()))
        ),
        tells=tuple(said.get("tells", ())),
        changes=tuple(_member(text) for text in said.get("changes", ())),
        grows={_member(text): by for text, by in said.get("grows", {}).items()},
        counts=said.get("counts", {}),
        agrees=tuple(
            _criterion(pointers.join(place(at), "agrees", index), item)
            for index, item in enumerate(said.get("agrees", ()))
        ),
        belongs={member: _member(text) for member, text in said.get("belongs", {}).items()},
        repeat=repeat,
        place=place(at),
        declared=True,
    )


def _repeat(operation: Operation, said: Any) -> Repeat | None:
    """Return what is promised of a second request; PUT and DELETE promise it unsaid (RFC 9110, 9.2.2)."""
    if said is None:
        return Repeat(refused=False) if operation.method in ("PUT", "DELETE") else None
    if isinstance(said, str):
        return Repeat(refused=said == "refused")
    return Repeat(refused=True, status=said["status"], when=said.get("when"))


def _reading(
    source: _Source, at: str, links: tuple[Link, ...], name: str, said: Mapping[str, Any]
) -> Reading:
    here = pointers.join(at, "readings", name)
    if "link" in said:
        link = next((item for item in links if item.name == said["link"]), None)
        if link is None:
            raise source.wrong(f"{here}/link", f"no success answer has a link {said['link']!r} to a GET")
        target, parameters = link.target, dict(link.parameters)
    else:
        wanted = (item for item in source.operations if item.id == said["operationId"])
        found = next((item for item in wanted if item.method == "GET"), None)
        if found is None:
            raise source.wrong(f"{here}/operationId", f"the contract has no GET {said['operationId']!r}")
        target, parameters = found, dict(said.get("parameters", {}))
    late = any("$response" in str(value) or "$statusCode" in str(value) for value in parameters.values())
    return Reading(name=name, operation=target, parameters=parameters, needs_answer=late)


def _member(text: str) -> Told:
    reading, _, member = text.partition("#")
    return Told(reading=reading, member=member)


def _criterion(pointer: str, said: Any) -> Criterion:
    if isinstance(said, str):
        return Criterion(condition=said, pointer=pointer)
    return Criterion(
        condition=said["condition"],
        type=said.get("type", "simple"),
        context=said.get("context"),
        pointer=pointer,
    )


def _same_named(
    library: Library, operation: Operation, readings: Sequence[Reading], dropped: Sequence[str]
) -> tuple[str, ...]:
    """Return the members of the request body that the answer, or a reading, has under the same name."""
    written = {
        name
        for schema in checker.request_schemas(operation)
        for _, part in parts_of(library, (schema,))
        for name, member in properties_of(part).items()
        if not (isinstance(member, dict) and (member.get("writeOnly") or member.get("format") == "binary"))
    }
    answers = checker.success_schemas(operation)
    answers += tuple(schema for item in readings for schema in checker.success_schemas(item.operation))
    pairs = (pointers.join("", name) for name in sorted(written))
    return tuple(
        at for at in pairs if at not in dropped and any(below(library, (item,), at) for item in answers)
    )
