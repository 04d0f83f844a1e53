"""Operations as OpenAPI 3.0 to 3.2 describe them, read into frozen values."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, cast

from accord.contract import library as libraries
from accord.contract import pointer as pointers
from accord.contract.library import Library
from accord.contract.media_type import falls_under
from accord.contract.requirement import definitions, named
from accord.contract.sequence import is_sequence
from accord.errors import ContractError

METHODS = ("get", "put", "post", "delete", "options", "head", "patch", "trace", "query")
LOCATIONS = ("path", "query", "querystring", "header", "cookie")
ADDITIONAL = "additionalOperations"


@dataclass(frozen=True, slots=True, kw_only=True)
class MediaType:
    """One media type of a body; ``schema`` is the URI of its schema, None without one.

    ``sequence`` tells that its content is an array to the schema, and each item of it one to the schema
    at ``item`` (OpenAPI 3.2, 4.14.3).
    """

    name: str
    schema: str | None
    uri: str
    encoding: Mapping[str, Any]
    item: str | None = None
    sequence: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class Parameter:
    """One parameter; ``location`` is one of ``LOCATIONS``, ``querystring`` the query as one value."""

    name: str
    location: str
    required: bool
    schema: str | None
    style: str
    explode: bool
    uri: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Header:
    """One response header."""

    name: str
    required: bool
    schema: str | None
    uri: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Body:
    """A request body."""

    required: bool
    media_types: tuple[MediaType, ...]
    uri: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Answer:
    """One documented response; ``status`` is a code, a range such as ``4XX``, or ``default``."""

    status: str
    media_types: tuple[MediaType, ...]
    headers: tuple[Header, ...]
    uri: str

    def media_type(self, content_type: str | None) -> MediaType | None:
        """Return the declared media type that *content_type* falls under, the most exact first."""
        return None if content_type is None else nearest(content_type, self.media_types)


def nearest(name: str, among: Sequence[MediaType]) -> MediaType | None:
    """Return the media type *among* these that *name* falls under, the most exact one."""
    found = (item for item in among if falls_under(name, item.name))
    return min(found, key=lambda item: item.name.count("*"), default=None)


@dataclass(frozen=True, slots=True, kw_only=True)
class SecurityScheme:
    """One Security Scheme Object; ``definition`` is the object itself."""

    name: str
    type: str
    definition: Mapping[str, Any]
    uri: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Operation:
    """One operation.

    ``id`` is its operationId, else ``GET /path``. ``security`` lists the alternatives, each the
    names of the schemes that it needs together; an empty alternative means anybody.
    """

    id: str
    method: str
    path: str
    tags: tuple[str, ...]
    parameters: tuple[Parameter, ...]
    body: Body | None
    answers: Mapping[str, Answer]
    security: tuple[tuple[str, ...], ...]
    uri: str

    @property
    def secured(self) -> bool:
        """Tell whether every way to call it needs a credential."""
        return bool(self.security) and all(self.security)

    @property
    def place(self) -> str:
        """Return where the contract describes it, as people read it."""
        return libraries.place(self.uri)

    def answer(self, status: int) -> Answer | None:
        """Return what is documented for *status*: the code, its range, or the default."""
        for key in (str(status), f"{status // 100}XX", "default"):
            if key in self.answers:
                return self.answers[key]
        return None

    def parameters_in(self, location: str) -> tuple[Parameter, ...]:
        """Return the parameters of one location."""
        return tuple(item for item in self.parameters if item.location == location)


def read_operations(library: Library, name: str) -> tuple[Operation, ...]:
    """Return the operations of the OpenAPI document called *name*, in document order.

    Raises ``ContractError`` for a reference that leads nowhere and for an operationId used twice.
    """
    root = library.document(name).data
    operations: list[Operation] = []
    seen: dict[str, str] = {}
    for path in cast("dict[str, Any]", root.get("paths") or {}):
        if not path.startswith("/"):
            continue
        at = libraries.uri(name, pointers.join("/paths", path))
        for operation in _below(library, name, path, at):
            if operation.id in seen:
                raise ContractError(
                    f"operationId {operation.id!r} is already used at {seen[operation.id]}",
                    place=library.place(operation.uri),
                    next_step="Give every operation an operationId of its own.",
                )
            seen[operation.id] = operation.place
            operations.append(operation)
    return tuple(operations)


def methods_of(item: Mapping[str, Any]) -> Iterator[tuple[str, str]]:
    """Yield the method of each operation of a Path Item Object, as it is sent, and the pointer to it there."""
    for method in METHODS:
        if method in item:
            yield method.upper(), f"/{method}"
    more = item.get(ADDITIONAL)
    for method in more if isinstance(more, dict) else ():
        yield method, pointers.join("", ADDITIONAL, method)


def read_webhooks(library: Library, name: str) -> tuple[Operation, ...]:
    """Return what the service sends of its own accord, each with the webhook's name for a path (3.1, 4.8.1)."""
    webhooks = library.document(name).data.get("webhooks") or {}
    return tuple(
        operation
        for webhook in cast("dict[str, Any]", webhooks)
        for operation in _below(
            library, name, webhook, libraries.uri(name, pointers.join("/webhooks", webhook))
        )
    )


def read_callbacks(library: Library, name: str, operation: Operation) -> tuple[Operation, ...]:
    """Return what the service sends because of *operation* of document *name*: the path is ``name expression``."""
    _, data = library.object(operation.uri)
    found: list[Operation] = []
    for callback in data.get("callbacks") or {}:
        uri, expressions = library.object(operation.uri + pointers.join("/callbacks", callback))
        for expression in expressions:
            if not expression.startswith("x-"):
                at = uri + pointers.join("", expression)
                found.extend(_below(library, name, f"{callback} {expression}", at))
    return tuple(found)


def _below(library: Library, name: str, path: str, uri: str) -> Iterator[Operation]:
    item_uri, item = _path_item(library, uri)
    for method, pointer in methods_of(item):
        yield _operation(library, name, (method, path), item_uri, item_uri + pointer)


def _path_item(library: Library, uri: str) -> tuple[str, dict[str, Any]]:
    address, item = library.object(uri)
    present = cast("dict[str, Any]", library.lookup(uri))
    if address != uri and any(key in present for key in (*METHODS, ADDITIONAL, "parameters")):
        # OpenAPI 3.1, 4.8.9.1: what a $ref and its siblings mean together is not defined.
        raise ContractError(
            "has operations or parameters beside a $ref",
            place=library.place(uri),
            next_step="Move them into the path item that the $ref leads to.",
        )
    return address, item


def _operation(library: Library, name: str, called: tuple[str, str], item_uri: str, uri: str) -> Operation:
    method, path = called
    item = cast("dict[str, Any]", library.lookup(item_uri))
    _, data = library.object(uri)
    shared = _parameters(library, item.get("parameters", []), f"{item_uri}/parameters")
    own = _parameters(library, data.get("parameters", []), f"{uri}/parameters")
    merged = {_identity(item): item for item in (*shared, *own) if not _ignored(item)}
    locations = [item.location for item in merged.values()]
    if "querystring" in locations and sum(item in ("query", "querystring") for item in locations) > 1:
        raise ContractError(
            "has a parameter in querystring, which is the whole query, beside another one of the query",
            place=library.place(uri),
            next_step="Describe the query as one parameter, or as its parts (OpenAPI 3.2, 4.12.1).",
        )
    return Operation(
        id=data.get("operationId") or f"{method} {path}",
        method=method,
        path=path,
        tags=tuple(data.get("tags", ())),
        parameters=tuple(merged.values()),
        body=_body(library, name, f"{uri}/requestBody") if "requestBody" in data else None,
        answers={
            str(status).upper() if str(status) != "default" else "default": _answer(
                library, name, status, uri
            )
            for status in data.get("responses") or {}
            if not str(status).startswith("x-")
        },
        security=tuple(map(tuple, requirements(library, name, uri))),
        uri=uri,
    )


def requirements(
    library: Library, openapi: str, uri: str, *, inherits: bool = True
) -> tuple[dict[str, list[str]], ...]:
    """Return the alternatives of the security of the operation at *uri*, each the scopes by the name of a scheme.

    One that says nothing of its own *inherits* what the document *openapi* says.
    """
    address, data = library.object(uri)
    if "security" not in data and inherits:
        address, data = libraries.uri(openapi), library.document(openapi).data
    security = cast("list[dict[str, list[str]]]", data.get("security") or [])
    return tuple(named(library, openapi, address, alternative) for alternative in security)


def _parameters(library: Library, items: list[Any], base: str) -> Iterator[Parameter]:
    for index, _ in enumerate(items):
        uri, parameter = library.object(f"{base}/{index}")
        if not isinstance(parameter.get("name"), str) or parameter.get("in") not in LOCATIONS:
            raise ContractError(
                f"is not a parameter: it needs a name, and `in` as one of {', '.join(LOCATIONS)}",
                place=library.place(uri),
                next_step="Correct it, or the reference that leads here.",
            )
        location = parameter["in"]
        style = parameter.get("style", "form" if location in ("query", "querystring", "cookie") else "simple")
        yield Parameter(
            name=parameter["name"],
            location=location,
            required=bool(parameter.get("required", location == "path")),
            schema=_schema_of(library, parameter, uri),
            style=style,
            explode=bool(parameter.get("explode", style in ("form", "cookie"))),
            uri=uri,
        )


def _identity(parameter: Parameter) -> tuple[str, str]:
    """Return what an operation's own parameter overrides by: header names compare without case."""
    name = parameter.name.lower() if parameter.location == "header" else parameter.name
    return name, parameter.location


def _ignored(parameter: Parameter) -> bool:
    """Tell whether OpenAPI 3.1, 4.8.12.2.1, has the definition ignored: content and security say it."""
    return _identity(parameter) in {
        ("accept", "header"),
        ("content-type", "header"),
        ("authorization", "header"),
    }


def _schema_of(library: Library, data: dict[str, Any], uri: str) -> str | None:
    if "schema" in data:
        return f"{uri}/schema"
    for media_type in data.get("content") or {}:
        at, definition = library.object(f"{uri}{pointers.join('/content', media_type)}")
        if "schema" in definition:
            return f"{at}/schema"
    return None


def _body(library: Library, name: str, uri: str) -> Body:
    uri, body = library.object(uri)
    return Body(
        required=bool(body.get("required")), media_types=_media_types(library, name, body, uri), uri=uri
    )


def _media_types(library: Library, name: str, data: dict[str, Any], uri: str) -> tuple[MediaType, ...]:
    found: list[MediaType] = []
    for media_type in data.get("content") or {}:
        at, definition = library.object(f"{uri}{pointers.join('/content', media_type)}")
        found.append(
            MediaType(
                name=media_type,
                schema=f"{at}/schema" if "schema" in definition else None,
                uri=at,
                encoding=definition.get("encoding", {}),
                item=f"{at}/itemSchema" if "itemSchema" in definition else None,
                sequence=is_sequence(media_type) and has_sequences(library, name),
            )
        )
    return tuple(found)


def has_sequences(library: Library, name: str) -> bool:
    """Tell whether the document called *name* says what a sequence of items is, as OpenAPI does since 3.2."""
    return str(library.document(name).data.get("openapi", "")).startswith("3.2")


def _answer(library: Library, name: str, status: str, operation_uri: str) -> Answer:
    uri, answer = library.object(f"{operation_uri}{pointers.join('/responses', status)}")
    headers: list[Header] = []
    for header in answer.get("headers") or {}:
        at, value = library.object(f"{uri}{pointers.join('/headers', header)}")
        # OpenAPI 3.1, 4.8.17.1: a response header called Content-Type is ignored.
        if header.lower() != "content-type":
            headers.append(
                Header(
                    name=header,
                    required=bool(value.get("required")),
                    schema=_schema_of(library, value, at),
                    uri=at,
                )
            )
    return Answer(
        status=str(status),
        media_types=_media_types(library, name, answer, uri),
        headers=tuple(headers),
        uri=uri,
    )


def read_security_schemes(
    library: Library, name: str, operations: Iterable[Operation] = ()
) -> Mapping[str, SecurityScheme]:
    """Return the security schemes that the document called *name* declares, and those that *operations* name by URI."""
    needed = {key for operation in operations for alternative in operation.security for key in alternative}
    return {
        key: SecurityScheme(name=key, type=str(definition.get("type", "")), definition=definition, uri=uri)
        for key, (uri, definition) in definitions(library, name, sorted(needed)).items()
    }
