"""What a request says beside its body: the values of its parameters, as the objects that traffic is counted by."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from typing import Final
from urllib.parse import parse_qsl, unquote

from accord.cases.request import Request
from accord.contract.contract import Contract
from accord.contract.library import Library
from accord.contract.openapi import Operation, Parameter
from accord.contract.pointer import Json
from accord.exchange.secrets import MASK, is_secret_header
from accord.findings.observed.place import Atlas, Place

LOCATIONS: Final = ("path", "query", "header")
_MOST = 256
"""Of more fields in one query, those behind are not looked at."""
_LONGEST = 8192
_NUMBER = re.compile(r"-?(?:0|[1-9]\d{0,17})(\.\d{1,17})?(?:[eE][+-]?\d{1,2})?")
_BOOLEANS = {"true": True, "false": False}
_DELIMITERS = {"spaceDelimited": " ", "pipeDelimited": "|"}


@dataclass(frozen=True, slots=True)
class _Declared:
    """The parameters of an operation, and the pattern of its paths with a group for each of ``names``."""

    names: tuple[str, ...]
    pattern: re.Pattern[str]
    path: tuple[Parameter, ...]
    query: tuple[Parameter, ...]
    header: tuple[Parameter, ...]

    def in_path(self, path: str) -> dict[str, list[str]]:
        match = self.pattern.search(path)
        texts = match.groups() if match else ()
        return {name: [unquote(text)] for name, text in zip(self.names, texts, strict=False)}


@dataclass(slots=True)
class Asked:
    """Reads the parameters of requests, by the operations of *contract*."""

    contract: Contract
    atlas: Atlas
    _known: dict[str, _Declared] = field(init=False, default_factory=dict)
    _keys: frozenset[str] = field(init=False)

    def __post_init__(self) -> None:
        schemes = self.contract.security_schemes.values()
        self._keys = frozenset(str(item.definition.get("name")) for item in schemes if item.type == "apiKey")

    def values(
        self, operation: Operation, request: Request, path: str, query: str
    ) -> Iterator[tuple[str, dict[str, Json]]]:
        """Yield each location with the object of what *request* has there, where there is anything to say of it."""
        known = self._known.get(operation.id)
        if known is None:
            known = self._known[operation.id] = _declared(operation)
        if known.path:
            yield "path", self._told(known.path, known.in_path(path))
        if known.query or query:
            found = _joined(parse_qsl(query[:_LONGEST], keep_blank_values=True)[:_MOST])
            value = self._told(known.query, found) | self._strays(known.query, found)
            if known.query or value:
                yield "query", value
        if known.header:
            found = _joined([(name.lower(), value) for name, value in request.headers])
            yield "header", self._told(known.header, found)

    def _told(self, declared: tuple[Parameter, ...], found: Mapping[str, list[str]]) -> dict[str, Json]:
        told = {item.name: self._value(item, found) for item in declared if _is_open(item)}
        return {name: value for name, value in told.items() if value is not None}

    def _value(self, parameter: Parameter, found: Mapping[str, list[str]]) -> Json:
        name = parameter.name.lower() if parameter.location == "header" else parameter.name
        texts = found.get(name, [])
        if not texts:
            return None
        kinds = self._kinds(parameter.schema)
        if "array" in kinds and "string" not in kinds:
            whole = parameter.explode and parameter.location == "query"
            by = _DELIMITERS.get(parameter.style, ",")
            parts = texts if whole or len(texts) > 1 else texts[0].split(by)
            items = self.atlas.place((self.contract.library.alias(str(parameter.schema)),)).items
            below = self.atlas.place(items).kinds if items else frozenset({"string"})
            return [_read(text, below) for text in parts]
        return _read(texts[0], kinds)

    def _kinds(self, schema: str | None) -> frozenset[str]:
        if schema is None:
            return frozenset({"string"})
        return self.atlas.place((self.contract.library.alias(schema),)).kinds

    def _strays(self, query: tuple[Parameter, ...], found: Mapping[str, list[str]]) -> dict[str, Json]:
        """Return what the query has and the operation does not declare, without its values."""
        if not found or any(self._takes_any(item) for item in query):
            return {}
        known = {item.name for item in query} | self._keys
        return {name: MASK for name in found if name not in known and name.partition("[")[0] not in known}

    def _takes_any(self, parameter: Parameter) -> bool:
        """Tell whether the members of an object are fields of the query themselves (``form``, exploded)."""
        return "object" in self._kinds(parameter.schema) and parameter.style == "form" and parameter.explode


def place_of_parameters(library: Library, operation: Operation, location: str) -> Place:
    """Return the place of the object that the parameters at *location* make up."""
    declared = [item for item in operation.parameters_in(location) if _is_open(item)]
    return Place(
        uris=(operation.uri,),
        kinds=frozenset({"object"}),
        members={
            item.name: (library.alias(item.schema),) if item.schema is not None else () for item in declared
        },
        required=frozenset(item.name for item in declared if item.required),
        free=False,
        nested=True,
    )


def _is_open(parameter: Parameter) -> bool:
    """Tell whether the values of *parameter* are no secret, and no object written in several fields."""
    return not is_secret_header(parameter.name) and parameter.style != "deepObject"


def _joined(fields: list[tuple[str, str]]) -> dict[str, list[str]]:
    found: dict[str, list[str]] = {}
    for name, value in fields:
        found.setdefault(name, []).append(value)
    return found


def _declared(operation: Operation) -> _Declared:
    names = tuple(re.findall(r"\{([^{}]*)\}", operation.path))
    parts = (re.escape(part) for part in re.split(r"\{[^{}]*\}", operation.path))
    path, query, header = (operation.parameters_in(location) for location in LOCATIONS)
    return _Declared(names, re.compile("([^/]+)".join(parts) + "$"), path, query, header)


def _read(text: str, kinds: frozenset[str]) -> Json:
    """Return what *text* means where values of *kinds* are promised; a text where it is none of them."""
    if "string" in kinds or MASK in text:
        return text
    if "boolean" in kinds and text in _BOOLEANS:
        return _BOOLEANS[text]
    number = _NUMBER.fullmatch(text)
    if number and kinds & {"integer", "number"}:
        return int(text) if text.lstrip("-").isdecimal() else float(text)
    return None if text in ("", "null") and "null" in kinds else text
