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


@dataclass(slots=True)
class Asked:
    """Reads the parameters of requests, by the operations of *contract*."""

    contract: Contract
    atlas: Atlas
    _paths: dict[str, re.Pattern[str]] = field(init=False, default_factory=dict)

    def values(
        self, operation: Operation, request: Request, path: str, query: str
    ) -> Iterator[tuple[str, Json]]:
        """Yield each location with the object of what *request* has there, where there is anything to say of it."""
        fields = parse_qsl(query[:_LONGEST], keep_blank_values=True, max_num_fields=None)[:_MOST]
        found = {
            "path": self._in_path(operation, path),
            "query": _joined(fields),
            "header": _joined([(name.lower(), value) for name, value in request.headers]),
        }
        for location in LOCATIONS:
            declared = operation.parameters_in(location)
            told = {item.name: self._value(item, found[location]) for item in declared if _is_open(item)}
            value: dict[str, Json] = {name: item for name, item in told.items() if item is not None}
            if location == "query":
                value |= self._strays(operation, found[location])
            if declared or value:
                yield location, value

    def _in_path(self, operation: Operation, path: str) -> dict[str, list[str]]:
        pattern = self._paths.get(operation.id)
        if pattern is None:
            pattern = self._paths[operation.id] = _pattern(operation)
        match = pattern.search(path)
        names = [
            item.name for item in operation.parameters_in("path") if f"{{{item.name}}}" in operation.path
        ]
        names.sort(key=lambda name: operation.path.index(f"{{{name}}}"))
        if match is None or len(names) != len(match.groups()):
            return {}
        return {name: [unquote(text)] for name, text in zip(names, match.groups(), strict=True)}

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

    def _strays(self, operation: Operation, found: Mapping[str, list[str]]) -> dict[str, Json]:
        """Return what the query has and the operation does not declare, without its values."""
        declared = {item.name for item in operation.parameters_in("query")}
        if any(self._takes_any(item) for item in operation.parameters_in("query")):
            return {}
        keys = {
            str(scheme.definition.get("name"))
            for scheme in self.contract.security_schemes.values()
            if scheme.type == "apiKey"
        }
        return {
            name: MASK
            for name in found
            if name not in declared | keys and name.partition("[")[0] not in declared
        }

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


def _pattern(operation: Operation) -> re.Pattern[str]:
    parts = (re.escape(part) for part in re.split(r"\{[^{}]*\}", operation.path))
    return re.compile("([^/]+)".join(parts) + "$")


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
