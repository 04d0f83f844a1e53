"""One self-contained AsyncAPI document out of a contract's channels, for readers that take only one.

Schemas are written in draft 7, which is what AsyncAPI means by a schema without a format, but for
those that a format of 2019-09 or 2020-12 is stated of.
"""

from __future__ import annotations

import re
from typing import Any, cast

from accord.contract import library as libraries
from accord.contract import pointer as pointers
from accord.contract.asyncapi import check_asyncapi
from accord.contract.asyncapi_kind import BINDING, SCHEMAS, Situation, situation
from accord.contract.contract import Contract
from accord.contract.dialect import antiquate, beyond_draft_7
from accord.contract.document import Document
from accord.contract.library import Library
from accord.contract.pointer import Json
from accord.contract.traversal import objects, reference, rewritten
from accord.errors import ContractError

MODERN = "application/schema+json;version=draft-2020-12"
VERSION = "3.0.0"

_EXPORTED = "the exported document"


def export_asyncapi(contract: Contract, *, address: str | None = None) -> dict[str, Json]:
    """Return the channels of *contract* as one AsyncAPI document that refers to nothing outside it.

    An AsyncAPI document keeps its version and all that it says; what it refers to in other files comes
    into its components. A bundle becomes AsyncAPI 3.0 with one channel at *address*. Raises
    ``ContractError`` when there are no channels, or what there is cannot be said in AsyncAPI.
    """
    if contract.asyncapi:
        library, name = contract.library, contract.asyncapi
    elif contract.bundle:
        library, name = _described(contract, contract.bundle, address)
    else:
        raise ContractError(
            "holds no channels that could be exported",
            place=str(contract.folder),
            next_step="Name an AsyncAPI document, or a JSON Schema that is the oneOf of all messages.",
        )
    data = _Exporter(library, name).document()
    check_asyncapi(Document(name=_EXPORTED, data=data, text=""))
    return data


def _described(contract: Contract, bundle: str, address: str | None) -> tuple[Library, str]:
    """Return a library with a document that describes *bundle*, and the name of that document."""
    (channel,) = contract.channels
    modern = any(
        beyond_draft_7(value)
        for document in contract.library.documents.values()
        for _, value in objects(document.data)
    )
    names = [message.name for message in channel.messages]
    payloads: dict[str, Any] = {}
    for message in channel.messages:
        file, pointer = libraries.split(message.schema)
        schema = {"$ref": libraries.relative(file, pointer)}
        payload = {"schemaFormat": MODERN, "schema": schema} if modern else schema
        payloads[message.name] = {"name": message.name, "payload": payload}
    described: dict[str, Any] = {
        "address": address,
        "bindings": {"ws": {}},
        "messages": {key: {"$ref": f"#/components/messages/{key}"} for key in names},
    }
    if channel.session is not None:
        described["x-session"] = channel.session
    data: dict[str, Any] = {
        "asyncapi": VERSION,
        "info": {"title": contract.title, "version": contract.version or "0.0.0"},
        "defaultContentType": "application/json",
        "channels": {channel.id: described},
        "components": {"messages": payloads},
    }
    name = f"{bundle}.asyncapi.json"
    document = Document(name=name, data=data, text="")
    return Library(documents={**contract.library.documents, name: document}), name


class _Exporter:
    """The names given so far, and the values still to bring."""

    def __init__(self, library: Library, name: str) -> None:
        self.library = library
        self.home = name
        self.source = library.document(name).data
        components = cast("dict[str, Any]", self.source.get("components") or {})
        self.taken = {
            (section, key): 1
            for section, items in components.items()
            for key in (items if isinstance(items, dict) else ())
        }
        self.pointers: dict[tuple[str, bool], str] = {}
        self.waiting: list[tuple[str, Situation, str]] = []

    def document(self) -> dict[str, Json]:
        # Channels first: what operations name of another file stands in one of them.
        ordered = {key: self.source[key] for key in sorted(self.source, key=lambda key: key != "channels")}
        copied = cast("dict[str, Json]", self.copy(ordered, self.home, Situation()))
        data = {key: copied[key] for key in self.source}
        while self.waiting:
            target, what, key = self.waiting.pop()
            components = cast("dict[str, Any]", data.setdefault("components", {}))
            components.setdefault(what.kind, {})[key] = self.brought(target, what)
        return data

    def brought(self, target: str, what: Situation) -> Json:
        value = self.library.lookup(target)
        if what.kind == SCHEMAS and isinstance(value, bool):
            # The published schemas of AsyncAPI take objects only.
            value = {} if value else {"not": {}}
        if what.kind == SCHEMAS and isinstance(value, dict):
            # What refers to these definitions refers to components of their own now.
            value = {key: item for key, item in value.items() if key not in ("$defs", "definitions")}
        copied = self.copy(value, libraries.split(target)[0], what)
        return {"schemaFormat": MODERN, "schema": copied} if what.modern else copied

    def copy(self, value: Json, name: str, start: Situation) -> Json:
        """Return a copy of *value*, which stands in the document *name* and is what *start* says."""

        def changed(item: dict[str, Json], at: str) -> Json:
            what = situation(value, at, start)
            target = reference(item)
            if target is not None and what.kind:
                item["$ref"] = self.reference(self.library.resolve(libraries.uri(name), target), what)
                if situation(value, at.rpartition("/")[0], start).kind == BINDING:
                    # The published schemas of AsyncAPI take no bare reference there: it is two of a oneOf.
                    return {"allOf": [item]}
            if what.kind != SCHEMAS or "schemaFormat" in item:
                return item
            if "$dynamicRef" in item:
                raise ContractError(
                    "is a $dynamicRef, and in an AsyncAPI document there is nothing that it could find",
                    place=f"{name}#{at}" if name == self.home else name,
                    next_step="Write a $ref to the definition that is meant.",
                )
            item = libraries.without_other_names(item)
            return item if what.modern else antiquate(item)

        return rewritten(value, changed)

    def reference(self, target: str, what: Situation) -> str:
        if what.kind == SCHEMAS and libraries.split(target)[0] != self.home:
            target = self.library.alias(target)
        name, pointer = libraries.split(target)
        if name == self.home:
            modern = situation(self.source, pointer, Situation()).modern
            found = pointer if modern else pointer.replace("/prefixItems/", "/items/")
            return f"#{libraries.quoted(found)}"
        key = (target, what.modern)
        if key not in self.pointers:
            within = None if what.kind == SCHEMAS else self.within(target)
            self.pointers[key] = within or self.bring(target, what)
        return f"#{libraries.quoted(self.pointers[key])}"

    def within(self, target: str) -> str | None:
        """Return where *target* will stand within what is brought already, None when it will not."""
        for (above, _), pointer in self.pointers.items():
            if target.startswith(f"{above}/"):
                return pointer + target.removeprefix(above)
        return None

    def bring(self, target: str, what: Situation) -> str:
        name, pointer = libraries.split(target)
        steps = pointers.tokens(pointer)
        stem = steps[-1] if steps else name.rsplit("/", 1)[-1].partition(".")[0]
        # Keys of the components have these characters only (AsyncAPI 3.0, 4.3.22).
        stem = re.sub(r"[^A-Za-z0-9._-]", "_", stem) or "_"
        key = stem
        while (what.kind, key) in self.taken:
            # Where it went on the last time: thousands may have one name.
            self.taken[what.kind, stem] += 1
            key = f"{stem}{self.taken[what.kind, stem]}"
        self.taken[what.kind, key] = 1
        self.waiting.append((target, what, key))
        return pointers.join("/components", what.kind, key) + ("/schema" if what.modern else "")
