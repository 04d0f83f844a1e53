"""The documents of one contract, and what their references lead to.

Documents are known by the URI ``contract:/<name>``; relative references between files of the
folder resolve against it. Nothing outside the folder is ever read.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from functools import cached_property
from pathlib import Path, PurePosixPath
from typing import Any, cast
from urllib.parse import quote, unquote, urldefrag, urljoin

import jsonschema_rs

from accord.contract import pointer as pointers
from accord.contract.document import Document, read_document
from accord.contract.pointer import Json
from accord.errors import ContractError

SCHEME = "contract:"

# Under these members stand values of the service, in which "$ref" means nothing.
_VALUES = frozenset({"example", "default", "enum", "const"})
# Members of these are named by the author: a property called "default" is a schema.
_MAPS = ("/properties", "/patternProperties", "/$defs", "/definitions", "/schemas")


def uri(name: str, pointer: str = "") -> str:
    """Return the URI of *pointer* in the document called *name*."""
    return f"{SCHEME}/{name}#{pointer}"


def place(uri_: str) -> str:
    """Return *uri_* as people read it: ``openapi.yaml#/paths/...``."""
    return unquote(uri_.removeprefix(f"{SCHEME}/"))


@dataclass(frozen=True, slots=True, kw_only=True)
class Schema:
    """A schema of the contract: its address and what stands there."""

    uri: str
    content: dict[str, Json] | bool

    @property
    def place(self) -> str:
        """Return the address as people read it."""
        return place(self.uri)


@dataclass(frozen=True, kw_only=True)
class Library:
    """Documents by name, each already normalised to OpenAPI 3.1 and JSON Schema 2020-12 terms."""

    documents: Mapping[str, Document]
    _validators: dict[str, jsonschema_rs.Validator] = field(default_factory=dict, repr=False, compare=False)

    def document(self, name: str) -> Document:
        """Return the document called *name*; raises ``KeyError``."""
        return self.documents[name]

    def resolve(self, base: str, reference: str) -> str:
        """Return the absolute URI that *reference* in the document of URI *base* means."""
        # urljoin joins known schemes only; the path alone, it joins for every one.
        joined = urljoin(base.removeprefix(SCHEME), reference)
        return f"{SCHEME}{joined}" if joined.startswith("/") else joined

    def lookup(self, uri_: str) -> Json:
        """Return what *uri_* names; raises ``ContractError`` when it names nothing."""
        address, fragment = urldefrag(uri_)
        name = unquote(address.removeprefix(f"{SCHEME}/"))
        if not address.startswith(f"{SCHEME}/") or name not in self.documents:
            raise ContractError(
                f"reference to {place(uri_)} leads out of the contract",
                next_step="Put the document into the contract folder and refer to it by a relative path.",
            )
        try:
            return pointers.lookup(self.documents[name].data, unquote(fragment))
        except (LookupError, ValueError) as error:
            raise ContractError(
                f"reference to {place(uri_)} leads nowhere", next_step="Correct the reference or add its target."
            ) from error

    def follow(self, uri_: str) -> tuple[str, Json]:
        """Return address and value of *uri_* after following ``$ref`` from object to object."""
        seen: set[str] = set()
        while True:
            value = self.lookup(uri_)
            if not isinstance(value, dict) or not isinstance(value.get("$ref"), str):
                return uri_, value
            if uri_ in seen:
                raise ContractError(f"reference to {place(uri_)} leads back to itself", place=place(uri_))
            seen.add(uri_)
            uri_ = self.resolve(uri_, cast("str", value["$ref"]))

    @cached_property
    def registry(self) -> jsonschema_rs.Registry:
        """Return the documents as a registry for validators."""
        resources = [(f"{SCHEME}/{quote(name)}", document.data) for name, document in self.documents.items()]
        return jsonschema_rs.Registry(resources, draft=jsonschema_rs.Draft202012)

    def validator(self, uri_: str) -> jsonschema_rs.Validator:
        """Return the validator, formats on, of the schema at *uri_*; compiled once."""
        if uri_ not in self._validators:
            try:
                self._validators[uri_] = jsonschema_rs.validator_for(
                    {"$schema": "https://json-schema.org/draft/2020-12/schema", "$ref": _quoted(uri_)},
                    registry=self.registry,
                    validate_formats=True,
                )
            except (jsonschema_rs.ValidationError, jsonschema_rs.ReferencingError, ValueError) as error:
                raise ContractError(
                    f"is not a usable JSON Schema: {str(error).splitlines()[0]}",
                    place=place(uri_),
                    next_step="Correct the schema at that place.",
                ) from error
        return self._validators[uri_]


def _quoted(uri_: str) -> str:
    """Return *uri_* with its fragment percent-encoded (RFC 3986, 3.5): pointers hold braces."""
    address, fragment = urldefrag(uri_)
    return f"{quote(address, safe=':/%')}#{quote(unquote(fragment), safe='/~')}"


def read_library(folder: Path, names: list[str]) -> dict[str, Document]:
    """Read *names* in *folder* and every document that they refer to, directly or not.

    Raises ``ContractError`` for a reference that is remote or leaves the folder.
    """
    documents: dict[str, Document] = {}
    waiting = list(names)
    while waiting:
        name = waiting.pop(0)
        if name in documents:
            continue
        documents[name] = read_document(folder / name, name=name)
        waiting.extend(_references(documents[name], folder))
    return documents


def _references(document: Document, folder: Path) -> list[str]:
    names: dict[str, None] = {}
    stack: list[tuple[str, Json]] = [("", document.data)]
    while stack:
        at, value = stack.pop()
        if isinstance(value, dict):
            reference = value.get("$ref")
            if isinstance(reference, str):
                target = _file_of(reference, document, at, folder)
                if target:
                    names.setdefault(target)
            names_of_schemas = at.endswith(_MAPS)
            stack.extend(
                (pointers.join(at, key), item)
                for key, item in value.items()
                if names_of_schemas or key not in _VALUES
            )
        elif isinstance(value, list):
            stack.extend((pointers.join(at, index), item) for index, item in enumerate(value))
    return list(names)


def _file_of(reference: str, document: Document, at: str, folder: Path) -> str | None:
    address = unquote(urldefrag(reference)[0])
    if not address:
        return None
    where = document.place(at)
    if "://" in address or address.startswith(("//", "data:", "urn:")):
        raise ContractError(
            f"refers to {address}, which is not in the contract folder",
            place=where,
            next_step="Copy that document into the folder and refer to it by a relative path.",
        )
    target = (folder / PurePosixPath(document.name).parent / address).resolve()
    if not target.is_relative_to(folder.resolve()):
        raise ContractError(
            f"refers to {address}, which lies outside the contract folder",
            place=where,
            next_step="Move the document into the folder.",
        )
    if not target.is_file():
        raise ContractError(
            f"refers to {address}, which does not exist", place=where, next_step="Correct the path or add the file."
        )
    return target.relative_to(folder.resolve()).as_posix()
