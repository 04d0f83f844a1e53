"""The documents of one contract, and what their references lead to.

Documents are known by the URI ``contract:/<name>``; relative references between files of the
folder resolve against it. Nothing outside the folder is ever read.
"""

from __future__ import annotations

import json
import posixpath
import re
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field
from functools import cached_property, lru_cache, partial
from pathlib import Path
from types import MappingProxyType
from typing import Any, TypeVar, cast
from urllib.parse import quote, unquote

import jsonschema_rs

from accord.contract import pointer as pointers
from accord.contract.document import Document, parse_document, read_document
from accord.contract.pointer import Json
from accord.contract.remote import Fetch, url_of, with_names
from accord.contract.traversal import addresses, objects, reference, reworded, written_references
from accord.errors import ContractError

T = TypeVar("T")

SCHEME = "contract:"
DIALECT = "https://json-schema.org/draft/2020-12/schema"

_ABSOLUTE = re.compile(r"[A-Za-z][A-Za-z0-9+.-]*:|/|\\")
# References are read as files and pointers, so what else names a schema must not lead elsewhere.
_OTHER_NAMES = ("$id", "$anchor", "$schema")


def uri(name: str, pointer: str = "") -> str:
    """Return the URI of *pointer* in the document called *name*; the pointer stays as it is, unquoted."""
    return f"{_address(name)}#{pointer}"


# A contract has few documents, and each step on a way through them asks for the name of one.
@lru_cache(maxsize=1024)
def _address(name: str) -> str:
    return f"{SCHEME}/{quote(name)}"


@lru_cache(maxsize=1024)
def _name(address: str) -> str:
    return unquote(address.removeprefix(f"{SCHEME}/"))


def place(uri_: str) -> str:
    """Return *uri_* as people read it: ``openapi.yaml#/paths/...``."""
    return unquote(uri_.removeprefix(f"{SCHEME}/"))


def split(uri_: str) -> tuple[str, str]:
    """Return the document's name and the pointer that make up *uri_*."""
    address, _, pointer = uri_.partition("#")
    return _name(address), pointer


@dataclass(frozen=True, kw_only=True)
class Library:
    """Documents by name, each already normalised to OpenAPI 3.1 or 3.2 and JSON Schema 2020-12 terms."""

    documents: Mapping[str, Document]
    _validators: dict[tuple[str, bool], jsonschema_rs.Validator] = field(
        default_factory=dict, repr=False, compare=False
    )
    _made: dict[object, Any] = field(default_factory=dict, repr=False, compare=False)
    _led: dict[tuple[str, str], str] = field(default_factory=dict, repr=False, compare=False)
    _found: dict[str, Json] = field(default_factory=dict, repr=False, compare=False)

    def document(self, name: str) -> Document:
        """Return the document called *name*; raises ``KeyError``."""
        return self.documents[name]

    def once(self, key: object, make: Callable[[], T]) -> T:
        """Return what *make* makes of these documents, made once for each *key*: they never change."""
        if key not in self._made:
            self._made[key] = make()
        return cast("T", self._made[key])

    def place(self, uri_: str) -> str:
        """Return ``file:line#/pointer`` of *uri_* for an error message."""
        name, pointer = split(uri_)
        return self.documents[name].place(pointer) if name in self.documents else place(uri_)

    def resolve(self, base: str, reference_: str) -> str:
        """Return the absolute URI that *reference_* in the document of URI *base* means."""
        key = base.partition("#")[0], reference_
        if key not in self._led:
            self._led[key] = self._resolved_reference(base, reference_)
        return self._led[key]

    def _resolved_reference(self, base: str, reference_: str) -> str:
        address, _, fragment = reference_.partition("#")
        if _ABSOLUTE.match(address):
            return reference_
        name = split(base)[0]
        if address:
            name = _joined(name, address)
        fragment = unquote(fragment)
        if fragment and not fragment.startswith("/"):
            fragment = self._anchors.get((name, fragment), fragment)
        return uri(name, fragment)

    def lookup(self, uri_: str, *, referrer: str = "") -> Json:
        """Return what *uri_* names; raises ``ContractError``, at *referrer*, when it names nothing."""
        if uri_ not in self._found:
            self._found[uri_] = self._looked_up(uri_, referrer)
        return self._found[uri_]

    def _looked_up(self, uri_: str, referrer: str) -> Json:
        name, pointer = split(uri_)
        if not uri_.startswith(f"{SCHEME}/") or name not in self.documents:
            raise ContractError(
                f"reference to {place(uri_)} leads out of the contract",
                place=self.place(referrer) if referrer else "",
                next_step="Put the document into the contract folder and refer to it by a relative path.",
            )
        try:
            return pointers.lookup(self.documents[name].data, pointer)
        except LookupError as error:
            raise ContractError(
                f"reference to {place(uri_)} leads nowhere",
                place=self.place(referrer) if referrer else "",
                next_step="Correct the reference or add its target.",
            ) from error

    def follow(self, uri_: str) -> tuple[str, Json]:
        """Return address and value of *uri_* after following ``$ref`` from object to object."""
        seen: set[str] = set()
        referrer = ""
        while True:
            value = self.lookup(uri_, referrer=referrer)
            target = reference(value) if isinstance(value, dict) else None
            if target is None:
                return uri_, value
            if uri_ in seen:
                raise ContractError(
                    f"reference to {place(uri_)} leads back to itself",
                    place=self.place(uri_),
                    next_step="Let one of the references lead to a definition.",
                )
            seen.add(uri_)
            referrer, uri_ = uri_, self.resolve(uri_, target)

    def alias(self, uri_: str) -> str:
        """Return where *uri_* leads through references that stand alone."""
        seen: set[str] = set()
        while uri_ not in seen:
            seen.add(uri_)
            value = self.lookup(uri_)
            if not isinstance(value, dict) or len(value) != 1 or reference(value) is None:
                return uri_
            uri_ = self.resolve(uri_, cast("str", value["$ref"]))
        return self.follow(uri_)[0]

    def object(self, uri_: str) -> tuple[str, dict[str, Any]]:
        """Return address and members of the object that *uri_* leads to; raises when it is none."""
        address, value = self.follow(uri_)
        if not isinstance(value, dict):
            raise ContractError(
                "is not an object",
                place=self.place(address),
                next_step="Describe it as the specification says.",
            )
        return address, value

    def check(self) -> None:
        """Raise ``ContractError`` at a reference that leads nowhere or in a circle."""
        for name, document in self.documents.items():
            if self._are_sound(name, written_references(document.data)):
                continue
            for at, value in objects(document.data):
                # What an extension means by a reference, only its reader knows.
                if reference(value) is not None and "/x-" not in at:
                    self.follow(uri(name, at))

    def _are_sound(self, name: str, targets: Iterable[str]) -> bool:
        """Tell whether each of *targets*, as the document called *name* writes them, leads somewhere."""
        try:
            for target in targets:
                self.follow(self.resolve(uri(name), target))
        except ContractError:
            return False
        return True

    @cached_property
    def _anchors(self) -> dict[tuple[str, str], str]:
        return {
            (name, anchor): at
            for name, document in self.documents.items()
            for at, value in objects(document.data)
            for keyword in ("$anchor", "$dynamicAnchor")
            if isinstance(anchor := value.get(keyword), str)
        }

    @cached_property
    def registry(self) -> jsonschema_rs.Registry:
        """Return the documents as a registry for validators."""
        resources = [(_quoted(uri(name))[:-1], data) for name, data in self.absolute.items()]
        return jsonschema_rs.Registry(resources, draft=jsonschema_rs.Draft202012)

    @cached_property
    def absolute(self) -> Mapping[str, Json]:
        """Return the documents by name, their references absolute, as ``registry`` leads on from them."""
        return {name: self._resolved(name) for name in self.documents}

    def _resolved(self, name: str) -> Json:
        """Return the document with absolute references, as RFC 3986 spells them."""

        def resolved(value: dict[str, Json]) -> Json:
            target = reference(value)
            if target is not None:
                value["$ref"] = _quoted(self.resolve(uri(name), target))
            return without_other_names(value)

        return reworded(self.documents[name].data, resolved)

    def takes(self, uri_: str, value: Json) -> bool:
        """Tell whether the schema at *uri_* takes *value*; raises as ``validator`` does, or ``ValueError``.

        Documents are made a registry only where it refers to something: of large ones that takes long.
        """
        text = self.once(("alone", uri_), partial(self._alone, uri_))
        return (_compiled(text) if text else self.validator(uri_)).is_valid(value)

    def _alone(self, uri_: str) -> str:
        """Return the schema at *uri_* as JSON, empty where it refers to anything."""
        schema = self.lookup(uri_)
        if not isinstance(schema, dict) or written_references(schema):
            return ""
        text = json.dumps(reworded(schema, without_other_names))
        return "" if "$dynamicRef" in text else text

    def validator(self, uri_: str, *, each: bool = False) -> jsonschema_rs.Validator:
        """Return the validator, formats on, of the schema at *uri_*, or of arrays of such values; compiled once."""
        uri_ = self.once(("target", uri_), partial(self.alias, uri_))
        key = (uri_, each)
        if key not in self._validators:
            schema = {"$ref": _quoted(uri_)}
            try:
                self._validators[key] = jsonschema_rs.validator_for(
                    {"$schema": DIALECT, **({"items": schema} if each else schema)},
                    registry=self.registry,
                    validate_formats=True,
                )
            except (jsonschema_rs.ValidationError, jsonschema_rs.ReferencingError, ValueError) as error:
                raise ContractError(
                    f"is not a usable JSON Schema: {str(error).splitlines()[0]}",
                    place=self.place(uri_),
                    next_step="Correct the schema at that place.",
                ) from error
        return self._validators[key]


@lru_cache(maxsize=4096)
def _compiled(text: str) -> jsonschema_rs.Validator:
    return jsonschema_rs.Draft202012Validator(json.loads(text), validate_formats=True)


def without_other_names(value: dict[str, Json]) -> dict[str, Json]:
    """Take from a schema, a copy, the names of its own that references of this library never use."""
    for key in _OTHER_NAMES:
        if key in value and isinstance(value[key], str):
            del value[key]
    return value


def _quoted(uri_: str) -> str:
    """Return *uri_* with its fragment percent-encoded (RFC 3986, 3.5): pointers hold braces."""
    address, _, pointer = uri_.partition("#")
    return f"{address}#{quoted(pointer)}"


def quoted(pointer: str) -> str:
    """Return *pointer* as the fragment of a URI (RFC 6901, section 6)."""
    return quote(pointer, safe="/~")


def relative(name: str, pointer: str) -> str:
    """Return a reference to *pointer* in the document called *name*, for one at the root of the folder."""
    return f"{quote(name)}#{quoted(pointer)}"


def read_library(
    folder: Path,
    names: list[str],
    given: Mapping[str, Document] = MappingProxyType({}),
    fetch: Fetch | None = None,
    *,
    lenient: bool = False,
) -> dict[str, Document]:
    """Read *names* in *folder* and every document that they refer to, directly or not.

    *given* are documents of the folder that have been read already; *fetch* gives the text of remote
    ones. Raises ``ContractError`` for a reference that leaves the folder, or leads to no file, or is
    remote without it; *lenient* passes it over.
    """
    documents: dict[str, Document] = {}
    waiting = [(name, "") for name in names]
    while waiting:
        name, place_ = waiting.pop(0)
        if name in documents:
            continue
        document = given[name] if name in given else _read(folder, name, place_, fetch)
        targets = written_references(document.data)
        if fetch is not None and any(map(_ABSOLUTE.match, targets)):
            document = with_names(document)
        documents[name] = document
        # Most documents refer to themselves alone, which is seen at once.
        if not all(item.startswith("#") for item in targets):
            waiting.extend(_references(document, folder, remote=fetch is not None, lenient=lenient))
    return documents


def _read(folder: Path, name: str, place_: str, fetch: Fetch | None) -> Document:
    url = url_of(name)
    if url is None or fetch is None:
        return read_document(folder / name, name=name)
    return parse_document(fetch(url, place_), name=name)


def _references(document: Document, folder: Path, *, remote: bool, lenient: bool) -> list[tuple[str, str]]:
    """Return the names of the documents that *document* refers to, each with the place of the reference."""
    names: dict[str, str] = {}
    for at, value in objects(document.data):
        for address in {written.partition("#")[0] for written in addresses(value)} - {""}:
            name = _joined(document.name, address)
            if remote and not _ABSOLUTE.match(address) and url_of(name) is not None:
                names.setdefault(name, at)
            else:
                try:
                    names.setdefault(_file_of(address, document, at, folder), at)
                except ContractError:
                    if not lenient:
                        raise
    return [(name, document.place(at) if url_of(name) else "") for name, at in names.items()]


def _joined(name: str, address: str) -> str:
    """Return the name of the document at *address*, relative to the one called *name*."""
    return posixpath.normpath(posixpath.join(posixpath.dirname(name), unquote(address)))


def _file_of(address: str, document: Document, at: str, folder: Path) -> str:
    where = document.place(at)
    if _ABSOLUTE.match(address):
        raise ContractError(
            f"refers to {address}, which is not in the contract folder",
            place=where,
            next_step="Copy that document into the folder and refer to it by a relative path.",
        )
    name = _joined(document.name, address)
    try:
        inside = not name.startswith("../") and (folder / name).resolve().is_relative_to(folder.resolve())
        present = inside and (folder / name).is_file()
    except (OSError, ValueError, RuntimeError) as error:  # a name too long, a null byte, a circle of links
        raise ContractError(
            f"refers to {address[:100]}, which cannot be a file", place=where, next_step="Correct the path."
        ) from error
    if not inside:
        raise ContractError(
            f"refers to {address}, which lies outside the contract folder",
            place=where,
            next_step="Move the document into the folder.",
        )
    if not present:
        raise ContractError(
            f"refers to {address}, which does not exist",
            place=where,
            next_step="Correct the path or add the file.",
        )
    return name
