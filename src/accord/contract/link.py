"""Links between operations, as OpenAPI's Link Objects declare them (OpenAPI 3.1, section 4.8.20)."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any, cast

from accord.contract.library import Library
from accord.contract.openapi import Operation
from accord.contract.pointer import Json, join


@dataclass(frozen=True, slots=True, kw_only=True)
class Link:
    """What an answer of ``source`` says of a request of ``target``.

    ``parameters`` are constants and runtime expressions by name, or ``location.name``.
    """

    name: str
    source: Operation
    status: str
    target: Operation
    parameters: Mapping[str, Json]
    uri: str

    def parameter(self, location: str, name: str) -> Json:
        """Return what is said of one parameter of the target, None for nothing."""
        return self.parameters.get(f"{location}.{name}", self.parameters.get(name))


def read_links(library: Library, operations: tuple[Operation, ...]) -> tuple[Link, ...]:
    """Return the links between *operations*, in document order; one that leads elsewhere is left out."""
    return tuple(link for operation in operations for link in _links(library, operations, operation))


def _links(library: Library, operations: tuple[Operation, ...], source: Operation) -> Iterator[Link]:
    for answer in source.answers.values():
        _, data = library.object(answer.uri)
        for name in cast("dict[str, Any]", data.get("links") or {}):
            uri, link = library.object(join(answer.uri, "links", name))
            target = _target(library, operations, uri, link)
            if target is not None:
                yield Link(
                    name=name,
                    source=source,
                    status=answer.status,
                    target=target,
                    parameters=link.get("parameters") or {},
                    uri=uri,
                )


def _target(
    library: Library, operations: tuple[Operation, ...], uri: str, link: dict[str, Any]
) -> Operation | None:
    if isinstance(link.get("operationRef"), str):
        address = library.resolve(uri, link["operationRef"])
        return next((item for item in operations if item.uri == address), None)
    return next((item for item in operations if item.id == link.get("operationId")), None)
