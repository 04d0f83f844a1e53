"""Which schemas of a contract get a model, in which module and under which class name."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from typing import Any, cast
from urllib.parse import unquote, urldefrag

from accord.codegen.subset import Copier
from accord.contract import library as libraries
from accord.contract import pointer as pointers
from accord.contract.contract import Contract
from accord.contract.library import Library
from accord.contract.media_type import may_be_json
from accord.contract.openapi import MediaType

API, MESSAGES = "api", "messages"

ANNOTATIONS = frozenset(
    {"$ref", "description", "summary", "title", "default", "example", "examples", "deprecated"}
)
_SECTIONS = ("schemas", "$defs", "definitions")
_STRUCTURE = frozenset(
    {*_SECTIONS, "components", "properties", "items", "schema", "content", "payload", "paths"}
    | {"mediaTypes", "additionalOperations"}
)
_SUFFIXES = {"responses": "Response", "requestBodies": "Request", "messages": ""}
# Names that the modules have at their top beside the models.
_TAKEN = frozenset({"CHANNELS", "MESSAGES", "REQUESTS", "RESPONSES", "SCHEMAS"})


@dataclass(frozen=True, slots=True, kw_only=True)
class Definition:
    """One model to write; ``branches`` are the URIs of a union that no document spells out."""

    uri: str
    module: str
    name: str
    branches: tuple[str, ...] = ()


@dataclass(slots=True, kw_only=True)
class Plan:
    """The definitions by URI, and what the tables at the end of the modules say: key to URI."""

    library: Library
    definitions: dict[str, Definition] = field(default_factory=dict)
    responses: dict[tuple[str, str], str] = field(default_factory=dict)
    requests: dict[tuple[str, str], str] = field(default_factory=dict)
    messages: dict[str, str] = field(default_factory=dict)
    channels: dict[tuple[str, str], str] = field(default_factory=dict)
    _names: set[tuple[str, str]] = field(default_factory=set)

    def modules(self) -> tuple[str, ...]:
        """Return the modules that have models, the imported one first."""
        used = {item.module for item in self.definitions.values()}
        return tuple(module for module in (MESSAGES, API) if module in used)

    def target(self, uri: str) -> str:
        """Return where *uri* leads through references that add nothing."""
        seen: set[str] = set()
        while uri not in seen:
            seen.add(uri)
            value = self.library.lookup(uri)
            if not isinstance(value, dict) or not isinstance(value.get("$ref"), str):
                return uri
            if any(key not in ANNOTATIONS and not key.startswith("x-") for key in value):
                return uri
            uri = self.library.resolve(uri, cast("str", value["$ref"]))
        return self.library.follow(uri)[0]

    def add(self, uri: str, module: str, name: str = "", branches: tuple[str, ...] = ()) -> str:
        """Define the schema at *uri*, unless it is defined, and all that it refers to; return its URI.

        *name* is for a schema that stands at *uri* itself, without one of its own; *branches* are
        the URIs of a union, or of the one schema that *uri* is another name of.
        """
        start = uri if branches else self.target(uri)
        self._define(start, module, name if start == uri else "", branches)
        waiting = list(reversed(self._references(start, branches)))
        while waiting:
            uri = self.target(waiting.pop())
            if uri not in self.definitions:
                self._define(uri, module, "", ())
                waiting.extend(reversed(self._references(uri, ())))
        return start

    def _define(self, uri: str, module: str, name: str, branches: tuple[str, ...]) -> None:
        if uri not in self.definitions:
            free = self._free(module, name or _name(uri))
            self.definitions[uri] = Definition(uri=uri, module=module, name=free, branches=branches)

    def _free(self, module: str, name: str) -> str:
        stem = class_name(name)
        stem = f"{stem}Model" if stem in _TAKEN else stem
        free, number = stem, 1
        while (module, free) in self._names:
            number += 1
            free = f"{stem}{'N' if stem[-1].isdigit() else ''}{number}"
        self._names.add((module, free))
        return free

    def _references(self, uri: str, branches: tuple[str, ...]) -> list[str]:
        found: list[str] = []

        def reference(target: str) -> str:
            found.append(target)
            return target

        copier = Copier(library=self.library, reference=reference)
        _ = copier.union(branches) if branches else copier.copy(uri)
        return found


def class_name(text: str) -> str:
    """Return *text* as the name of a class: ``list-pets`` and ``list pets`` are ``ListPets``."""
    words = re.findall(r"[^\W_]+", text)
    name = "".join(word[0].upper() + word[1:] for word in words)
    return name if name.isidentifier() else f"Model{name}"


def plan(contract: Contract) -> Plan:
    """Return the models that *contract* needs.

    What a channel carries, and every definition of the files that these schemas stand in, goes
    into the module ``messages``; the other schemas of the OpenAPI document go into ``api``.
    """
    result = Plan(library=contract.library)
    home = contract.asyncapi or contract.bundle
    if home:
        _plan_messages(contract, home, result)
    if contract.openapi:
        _plan_api(contract, contract.openapi, result)
    return result


def _plan_messages(contract: Contract, home: str, result: Plan) -> None:
    used = Plan(library=contract.library)
    for channel in contract.channels:
        for message in channel.messages:
            used.add(message.schema, MESSAGES)
    names = {_document(uri) for uri in used.definitions} - {contract.openapi} | {home}
    for name in [name for name in contract.library.documents if name in names]:
        for uri in _sections(contract.library, name):
            _define(result, uri, MESSAGES)
    seen: dict[str, str] = {}
    for channel in contract.channels:
        for message in channel.messages:
            uri = result.add(message.schema, MESSAGES, message.name if _inline(message.schema) else "")
            key = (
                message.name if seen.setdefault(message.name, uri) == uri else f"{channel.id}/{message.name}"
            )
            result.messages[key] = uri
        for side, sent in (("client", channel.sent_by_client()), ("server", channel.sent_by_server())):
            branches = tuple(dict.fromkeys(result.target(message.schema) for message in sent))
            if branches:
                union = f"{channel.uri}/{side}"
                name = f"{class_name(channel.id)}From{side.title()}"
                result.channels[channel.id, side] = _union(result, branches, union, MESSAGES, name)


def _plan_api(contract: Contract, openapi: str, result: Plan) -> None:
    for uri in _sections(contract.library, openapi):
        _define(result, uri, API)
    for operation in contract.operations:
        unnamed = operation.id == f"{operation.method} {operation.path}"
        stem = class_name(f"{operation.method.lower()} {operation.path}" if unnamed else operation.id)
        if operation.body:
            for media_type in operation.body.media_types:
                if media_type.schema:
                    uri = _body(result, media_type.schema, f"{stem}Request")
                    result.requests[operation.id, media_type.name] = uri
            _plan_items(result, operation.body.media_types, f"{stem}Request")
        for status, answer in operation.answers.items():
            name = f"{stem}Response{status.capitalize()}"
            schemas = [item.schema for item in answer.media_types if item.schema and may_be_json(item.name)]
            if schemas:
                branches = tuple(dict.fromkeys(_body(result, schema, name) for schema in schemas))
                uri = _union(result, branches, f"{answer.uri}/content", API, f"{name}Any")
                result.responses[operation.id, status] = uri
            _plan_items(result, answer.media_types, name)


def _plan_items(result: Plan, media_types: Iterable[MediaType], name: str) -> None:
    """Define what each item of a sequence is: it is found by its place in the contract."""
    for media_type in media_types:
        if media_type.item:
            _body(result, media_type.item, f"{name}Item")


def _union(result: Plan, branches: tuple[str, ...], uri: str, module: str, name: str) -> str:
    return result.add(uri, module, name, branches) if len(branches) > 1 else branches[0]


def _define(result: Plan, uri: str, module: str) -> None:
    """Define a named schema: one that only refers to another is a name of its own, an alias."""
    target = result.target(uri)
    if target != uri and uri not in result.definitions:
        result.add(uri, module, branches=(target,))
    else:
        result.add(uri, module)


def _body(result: Plan, schema: str, name: str) -> str:
    """Define the schema of a body; one that stands in the operation is called *name*."""
    shared = "#/components/" in schema
    return result.add(schema, API, name if not shared and _inline(schema) else "")


def _document(uri: str) -> str:
    return unquote(urldefrag(uri)[0]).removeprefix(f"{libraries.SCHEME}/")


def _tokens(uri: str) -> tuple[str, ...]:
    return pointers.tokens(unquote(urldefrag(uri)[1]))


def _sections(library: Library, name: str) -> Iterator[str]:
    """Yield the URI of every named schema of a document, and of the document that is one."""
    data = cast("dict[str, Any]", library.document(name).data)
    if (
        not {"openapi", "asyncapi"} & data.keys()
        and {"type", "anyOf", "oneOf", "allOf", "properties"} & data.keys()
    ):
        yield libraries.uri(name)
    for pointer in ("/components/schemas", "/$defs", "/definitions"):
        try:
            section = pointers.lookup(data, pointer)
        except LookupError:
            continue
        for key, schema in section.items() if isinstance(section, dict) else ():
            if isinstance(schema, dict | bool):
                yield libraries.uri(name, pointers.join(pointer, key))


def _inline(uri: str) -> bool:
    return _tokens(uri)[-2:-1] not in [(section,) for section in _SECTIONS]


def _name(uri: str) -> str:
    """Return a name for the schema at *uri*, read off its address."""
    steps = _tokens(uri)
    if not steps:
        return _document(uri).rsplit("/", 1)[-1].partition(".")[0]
    if not _inline(uri):
        return steps[-1]
    if steps[0] == "components" and steps[1] in _SUFFIXES:
        return f"{steps[2]} {_SUFFIXES[steps[1]]}"
    return " ".join(step for step in steps if step not in _STRUCTURE)
