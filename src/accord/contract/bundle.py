"""One self-contained OpenAPI document out of several files, for readers that take only one."""

from __future__ import annotations

import re
from typing import Any, cast
from urllib.parse import unquote, urldefrag

from accord.contract import library as libraries
from accord.contract import pointer as pointers
from accord.contract.library import Library
from accord.contract.pointer import Json

_SECTIONS = ("responses", "parameters", "examples", "requestBodies", "headers", "links", "pathItems", "securitySchemes")


def bundle(library: Library, name: str) -> dict[str, Json]:
    """Return the OpenAPI document *name* with every foreign ``$ref`` brought into its components.

    Names are kept where they are free; a name that is taken gets a number.
    """
    bundler = _Bundler(library, name)
    data = cast("dict[str, Json]", bundler.copy(library.document(name).data, libraries.uri(name)))
    bundler.finish()
    components = cast("dict[str, Any]", data.setdefault("components", {}))
    for (section, key), value in bundler.brought.items():
        components.setdefault(section, {})[key] = value
    return data


class _Bundler:
    """The names given so far, and the values still to bring."""

    def __init__(self, library: Library, name: str) -> None:
        self.library = library
        self.home = libraries.uri(name).removesuffix("#")
        components = cast("dict[str, Any]", library.document(name).data.get("components") or {})
        self.taken = {(section, key) for section, items in components.items() for key in items}
        self.names: dict[str, tuple[str, str]] = {}
        self.waiting: list[str] = []
        self.brought: dict[tuple[str, str], Json] = {}

    def copy(self, value: Json, base: str) -> Json:
        if isinstance(value, list):
            return [self.copy(item, base) for item in value]
        if not isinstance(value, dict):
            return value
        copied = {key: self.copy(item, base) for key, item in value.items()}
        reference = value.get("$ref")
        if isinstance(reference, str):
            copied["$ref"] = self.reference(self.library.resolve(base, reference))
        return copied

    def reference(self, target: str) -> str:
        address, fragment = urldefrag(target)
        if address == self.home:
            return f"#{fragment}"
        if target not in self.names:
            self.names[target] = self.free_name(target)
            self.waiting.append(target)
        section, key = self.names[target]
        return "#" + pointers.join("/components", section, key)

    def free_name(self, target: str) -> tuple[str, str]:
        address, fragment = urldefrag(target)
        steps = pointers.tokens(unquote(fragment))
        section = next((step for step in steps[-2:-1] if step in _SECTIONS), "schemas")
        stem = steps[-1] if steps else address.rsplit("/", 1)[-1].partition(".")[0]
        stem = re.sub(r"[^A-Za-z0-9._-]", "_", stem)
        key, number = stem, 1
        while (section, key) in self.taken:
            number += 1
            key = f"{stem}{number}"
        self.taken.add((section, key))
        return section, key

    def finish(self) -> None:
        while self.waiting:
            target = self.waiting.pop()
            self.brought[self.names[target]] = self.copy(self.library.lookup(target), target)
