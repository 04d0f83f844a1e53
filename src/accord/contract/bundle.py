"""One self-contained OpenAPI document out of several files, for readers that take only one."""

from __future__ import annotations

import re
from typing import Any, cast
from urllib.parse import unquote

from accord.contract import library as libraries
from accord.contract import pointer as pointers
from accord.contract.library import Library
from accord.contract.pointer import Json
from accord.contract.published import deepest_first
from accord.contract.sequence import is_sequence
from accord.contract.traversal import is_address, reference, rewritten
from accord.errors import ContractError

TAKEN_APART = "x-taken-apart"
# What the library holds is in the terms of these; where it says 3.0, it means what 3.1 does.
_VERSIONS = {"3.0": "3.1.0", "3.1": "3.1.0", "3.2": "3.2.0"}

# The section of the components for what stands under these members of a document.
_SECTIONS = {
    "paths": "pathItems",
    "webhooks": "pathItems",
    "pathItems": "pathItems",
    "parameters": "parameters",
    "responses": "responses",
    "headers": "headers",
    "examples": "examples",
    "links": "links",
    "callbacks": "callbacks",
    "content": "mediaTypes",
    "mediaTypes": "mediaTypes",
    "requestBodies": "requestBodies",
    "securitySchemes": "securitySchemes",
}


def bundle(library: Library, name: str) -> dict[str, Json]:
    """Return the OpenAPI document *name* with every foreign ``$ref`` brought into its components.

    Names are kept where they are free; a name that is taken gets a number. The document says that
    it is OpenAPI 3.1, in whose terms the library holds its schemas, or 3.2, if it is.
    """
    return _Bundler(library, name).bundle()


def spelled_out(data: dict[str, Json]) -> dict[str, Json]:
    """Return the bundle *data* for a reader who knows less of OpenAPI 3.2.

    Media types stand where they are referred to, an example has its ``dataValue`` as its value, and
    where the body of a request is a sequence, its schema is that of the list of its items. A discriminator
    that has a default goes: to who knows of none, it says that other values are wrong. A cookie that is taken
    apart says under ``TAKEN_APART`` whether it is an ``array`` or an ``object``.
    """
    valued = cast("dict[str, Json]", rewritten(data, _valued))

    def changed(value: dict[str, Json], at: str) -> Json:
        content = value.get("content")
        if isinstance(content, dict):
            led = {key: _led_to(valued, item) for key, item in content.items()}
            asked = at.endswith("/requestBody") or at.startswith("/components/requestBodies/")
            value["content"] = {key: _listed(key, item) for key, item in led.items()} if asked else led
        if (value.get("in"), value.get("style")) == ("cookie", "cookie") and value.get(
            "explode"
        ) is not False:
            schema = _led_to(valued, value.get("schema"))
            kind = schema.get("type") if isinstance(schema, dict) else None
            if kind in ("array", "object"):
                value[TAKEN_APART] = kind
        return value

    return cast("dict[str, Json]", rewritten(valued, changed))


def _valued(value: dict[str, Json], _at: str) -> Json:
    if "dataValue" in value:
        value["value"] = value["dataValue"]
    discriminator = value.get("discriminator")
    if isinstance(discriminator, dict) and "defaultMapping" in discriminator:
        del value["discriminator"]
    return value


def _listed(name: str, item: Json) -> Json:
    if not isinstance(item, dict) or "itemSchema" not in item or not is_sequence(name):
        return item
    items: Json = {"type": "array", "items": item["itemSchema"]}
    whole: Json = {"allOf": [item["schema"], items]} if "schema" in item else items
    return {**{key: value for key, value in item.items() if key != "itemSchema"}, "schema": whole}


def _led_to(data: dict[str, Json], item: Json) -> Json:
    """Return where *item* leads through references within *data*, of which none is circular."""
    while isinstance(item, dict) and (target := reference(item)) is not None:
        item = pointers.lookup(data, unquote(target.removeprefix("#")))
    return item


def check_brought(library: Library, name: str) -> None:
    """Hold what the other files give to the OpenAPI document *name* against its published schema.

    Raises ``ContractError`` at the place in that file.
    """
    if len(library.documents) == 1:
        return
    bundler = _Bundler(library, name)
    data = bundler.bundle()
    if not bundler.brought:
        return
    origins = {pointers.join("/components", *key): target for target, key in bundler.names.items()}
    version = str(data["openapi"])[:3]
    for error in deepest_first(data, f"openapi-{version}"):
        origin = origins.get(pointers.from_path(error.path[:3]))
        if origin is not None:
            raise ContractError(
                f"is not valid openapi {version}: {error.message}",
                place=library.place(origin + pointers.from_path(error.path[3:])),
                next_step="Correct the document at that place, or the reference that leads to it.",
            )


class _Bundler:
    """The names given so far, and the values still to bring."""

    def __init__(self, library: Library, name: str) -> None:
        self.library = library
        self.home = name
        components = cast("dict[str, Any]", library.document(name).data.get("components") or {})
        self.taken = {(section, key) for section, items in components.items() for key in items}
        self.names: dict[str, tuple[str, str]] = {}
        self.waiting: list[str] = []
        self.brought: dict[tuple[str, str], Json] = {}

    def bundle(self) -> dict[str, Json]:
        data = cast("dict[str, Json]", self.copy(self.library.document(self.home).data, self.home, ""))
        data["openapi"] = _VERSIONS[str(data["openapi"])[:3]]
        while self.waiting:
            target = self.waiting.pop()
            base = pointers.join("/components", *self.names[target])
            self.brought[self.names[target]] = self.copy(
                self.library.lookup(target), libraries.split(target)[0], base
            )
        if self.brought:
            components = cast("dict[str, Any]", data.setdefault("components", {}))
            for (section, key), value in self.brought.items():
                components.setdefault(section, {})[key] = value
        return data

    def copy(self, value: Json, name: str, base: str) -> Json:
        """Return a copy of *value*, of the document *name*, that will stand at *base* in the bundle."""

        def changed(item: dict[str, Json], at: str) -> Json:
            target = reference(item)
            if target is not None:
                item["$ref"] = self.reference(self.library.resolve(libraries.uri(name), target), base + at)
            mapping = item.get("mapping")
            if isinstance(mapping, dict) and at.endswith("/discriminator"):
                item["mapping"] = {tag: self.mapped(named, name, base + at) for tag, named in mapping.items()}
            if "defaultMapping" in item and at.endswith("/discriminator"):
                item["defaultMapping"] = self.mapped(item["defaultMapping"], name, base + at)
            needed = item.get("security")
            if isinstance(needed, list):
                item["security"] = [self.required(one, name) for one in needed]
            if isinstance(item.get("nullable"), bool):
                # OpenAPI 3.1 has no such keyword, and readers of both versions take it for that of 3.0.
                del item["nullable"]
            return libraries.without_other_names(item)

        return rewritten(value, changed)

    def required(self, needed: Json, name: str) -> Json:
        """Return a security requirement with its schemes by their names in the components."""
        if not isinstance(needed, dict) or not any(map(is_address, needed)):
            return needed
        return {self.scheme(key, name): scopes for key, scopes in needed.items()}

    def scheme(self, key: str, name: str) -> str:
        if not is_address(key):
            return key
        target = self.library.resolve(libraries.uri(name), key)
        document, pointer = libraries.split(target)
        steps = pointers.tokens(pointer)
        if document == self.home and steps[:2] == ("components", "securitySchemes"):
            return steps[-1]
        return pointers.tokens(self.reference(target, "/components/securitySchemes/_")[1:])[-1]

    def mapped(self, named: Json, name: str, at: str) -> Json:
        """Return what a discriminator names: a schema by its name here, or by a reference."""
        if not isinstance(named, str) or ("schemas", named) in self.taken or not re.search("[./#]", named):
            return named
        target = self.library.resolve(libraries.uri(name), named)
        try:
            self.library.lookup(target)
        except ContractError:
            # Nothing but a reader of discriminators follows it, and accord is none.
            return named
        return self.reference(target, at)

    def reference(self, target: str, at: str) -> str:
        name, pointer = libraries.split(target)
        if name == self.home:
            return f"#{libraries.quoted(pointer)}"
        if target not in self.names:
            self.names[target] = self.free_name(name, pointer, at)
            self.waiting.append(target)
        return "#" + libraries.quoted(pointers.join("/components", *self.names[target]))

    def free_name(self, name: str, pointer: str, at: str) -> tuple[str, str]:
        section = _section(at)
        steps = pointers.tokens(pointer)
        stem = steps[-1] if steps else name.rsplit("/", 1)[-1].partition(".")[0]
        stem = re.sub(r"[^A-Za-z0-9._-]", "_", stem) or "_"
        key, number = stem, 1
        while (section, key) in self.taken:
            number += 1
            key = f"{stem}{number}"
        self.taken.add((section, key))
        return section, key


def _section(at: str) -> str:
    """Return the section of the components for what the reference at *at* stands for."""
    steps = pointers.tokens(at)
    if {"schema", "schemas", "itemSchema"} & set(steps):
        return "schemas"
    if steps[-1:] == ("requestBody",):
        return "requestBodies"
    return _SECTIONS.get(steps[-2], "schemas") if len(steps) > 1 else "schemas"
