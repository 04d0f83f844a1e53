"""The independent judge of whole requests: server, method, path, parameters as written, media type, body, credentials.

It reads a request from its bytes, as a service would, and shares nothing with what built it.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from functools import cached_property, lru_cache
from typing import Any
from urllib.parse import parse_qsl, unquote, urlsplit

from accord.cases import querystring
from accord.cases.request import Request
from accord.contract.contract import Contract
from accord.contract.media_type import falls_under
from accord.contract.openapi import Operation, Parameter
from accord.contract.pointer import Json
from accord.contract.sequence import read_sequence
from accord.findings.changes.ask import BASE_URL
from accord.findings.changes.change import Sender
from accord.findings.changes.content import meanings
from accord.findings.changes.judge import Judge, Role
from accord.findings.changes.reading import readings
from accord.findings.changes.sequence_text import judged
from accord.findings.changes.server_url import holder_of, possible

# Where the members of an object stand under their own names.
_SPREADING = (("query", "form"), ("cookie", "cookie"))
_VARIABLE = re.compile(r"\\\{[^{}]*\\\}")


@dataclass(frozen=True, kw_only=True)
class RequestJudge:
    """Says why a request is not one that *contract* takes."""

    contract: Contract
    values: Judge

    @classmethod
    def of(cls, contract: Contract, *, is_open: bool) -> RequestJudge:
        """Return the judge of *contract* under a policy."""
        role = Role(sender=Sender.CLIENT, open=is_open)
        return cls(contract=contract, values=Judge(library=contract.library, role=role))

    def refusal(self, request: Request) -> str:
        """Return why *request* is refused, empty when it is taken."""
        parts = urlsplit(request.url)
        reasons: list[str] = []
        whole = f"{parts.scheme}://{parts.netloc}{parts.path}"
        for operation, path in self._operations(request, whole):
            reason = self._refused(operation, request, path, parts.query)
            if not reason:
                return ""
            reasons.append(reason)
        return reasons[0] if reasons else f"{request.method} {parts.path} is no operation at that address"

    def _operations(self, request: Request, whole: str) -> Iterator[tuple[Operation, Mapping[str, str]]]:
        """Yield the operations that the method and address name, those with the fewest variables first."""
        for operation, server in self._addresses.get((request.method, whole.count("/")), ()):
            found = _expression(server, operation.path).fullmatch(whole)
            if found is not None:
                names = re.findall(r"\{([^{}]*)\}", operation.path)
                yield operation, dict(zip(names, map(unquote, found.groups()), strict=True))

    @cached_property
    def _addresses(self) -> dict[tuple[str, int], list[tuple[Operation, str]]]:
        """Return each operation with its servers, by its method and how many slashes its address has."""
        found: dict[tuple[str, int], list[tuple[Operation, str]]] = {}
        for operation in sorted(self.contract.operations, key=lambda item: item.path.count("{")):
            for server in holder_of(self.contract.library, operation)[1]:
                for url in possible(server):
                    base = url if "://" in url else BASE_URL + url
                    slashes = base.count("/") + operation.path.count("/")
                    found.setdefault((operation.method, slashes), []).append((operation, base))
        return found

    def _refused(self, operation: Operation, request: Request, path: Mapping[str, str], query: str) -> str:
        for parameter in operation.parameters:
            reason = self._parameter(parameter, request, path, query)
            if reason:
                return reason
        return (
            self._credential(operation, request, query)
            or self._body(operation, request)
            or self._accept(operation, request)
        )

    def _parameter(self, parameter: Parameter, request: Request, path: Mapping[str, str], query: str) -> str:
        said = _written(parameter, request, path, query)
        if said is None and self._is_spread(parameter):
            # Its members stand in the query under their own names, which others may have too.
            return ""
        if said is None:
            return f"{parameter.location} parameter {parameter.name} is missing" if parameter.required else ""
        if parameter.schema is None:
            return ""
        _, data = self.contract.library.object(parameter.uri)
        if data.get("allowEmptyValue") is True and said in ("", [(parameter.name, "")]):
            return ""
        # As a service reads it: a text is whatever the schema can make of it.
        for value in self._readings(parameter, said, is_json="content" in data):
            if self.values.accepts((parameter.schema,), value) is not False:
                return ""
        return f"{parameter.location} parameter {parameter.name} is not valid"

    def _readings(
        self, parameter: Parameter, said: str | list[tuple[str, str]], *, is_json: bool
    ) -> Iterator[Json]:
        if parameter.location == "querystring":
            return querystring.readings(self.contract.library, parameter, str(said))
        return readings(parameter, said, is_json=is_json)

    def _is_spread(self, parameter: Parameter) -> bool:
        form = (parameter.location, parameter.style)
        if form not in _SPREADING or not parameter.explode or parameter.schema is None:
            return False
        _, data = self.contract.library.object(parameter.uri)
        _, schema = self.contract.library.follow(parameter.schema)
        return "content" not in data and isinstance(schema, dict) and schema.get("type") == "object"

    def _credential(self, operation: Operation, request: Request, query: str) -> str:
        schemes = self.contract.security_schemes
        for alternative in operation.security:
            if all(_shows(schemes[name].definition, request, query) for name in alternative):
                return ""
        return "no alternative of its security is met" if operation.security else ""

    def _body(self, operation: Operation, request: Request) -> str:
        body = operation.body
        kind = request.header("content-type")
        if kind is None:
            return "its body is missing" if body is not None and body.required else ""
        if body is None:
            return ""
        media = [item for item in body.media_types if falls_under(kind, item.name)]
        if not media:
            return f"{kind} is no media type of its body"
        nearest = min(media, key=lambda item: item.name.count("*"))
        if nearest.sequence:
            return judged(self.values, nearest, read_sequence(request.body, kind))
        return self._content(nearest.schema, kind, request.body)

    def _content(self, schema: str | None, kind: str, body: bytes) -> str:
        found = None if schema is None else meanings(kind, body)
        if schema is None or found is None:
            return ""
        if not found:
            return "its body cannot be read"
        taken = any(self.values.accepts((schema,), value) is not False for value in found)
        return "" if taken else "its body is not valid"

    @staticmethod
    def _accept(operation: Operation, request: Request) -> str:
        wanted = request.header("accept")
        if wanted is None:
            return ""
        names = {item.name for answer in operation.answers.values() for item in answer.media_types}
        if any(falls_under(name, wanted) or falls_under(wanted, name) for name in names):
            return ""
        return f"nothing is answered as {wanted}"


@lru_cache(maxsize=4096)
def _expression(server: str, path: str) -> re.Pattern[str]:
    """Return what matches the addresses of *path*, its variables as groups, below *server*; ``{}`` is any text."""
    base = "[^/]+".join(map(re.escape, server.split("{}")))
    return re.compile(base + _VARIABLE.sub("([^/]+)", re.escape(path)))


def _written(
    parameter: Parameter, request: Request, path: Mapping[str, str], query: str
) -> str | list[tuple[str, str]] | None:
    """Return how *parameter* is written: a text, or those pairs of the query that are its; None without."""
    match parameter.location:
        case "path":
            return path.get(parameter.name)
        case "header":
            return request.header(parameter.name)
        case "cookie" if parameter.style == "cookie":
            # OpenAPI 3.2, 4.12.3: nothing is escaped in it, and each item is a cookie of that name.
            crumbs = (crumb.partition("=") for crumb in (request.header("cookie") or "").split("; "))
            return [(name, text) for name, _, text in crumbs if name == parameter.name] or None
        case "cookie":
            return dict(_crumbs(request)).get(parameter.name)
        case "querystring":
            return query or None
        case _:
            own = [pair for pair in parse_qsl(query, keep_blank_values=True) if _is_of(parameter, pair[0])]
            return own or None


def _is_of(parameter: Parameter, name: str) -> bool:
    return name == parameter.name or name.startswith(f"{parameter.name}[")


def _crumbs(request: Request) -> Iterator[tuple[str, str]]:
    for crumb in (request.header("cookie") or "").split("; "):
        name, _, value = crumb.partition("=")
        yield name, unquote(value)


def _shows(definition: Mapping[str, Any], request: Request, query: str) -> bool:
    """Tell whether the request shows a credential of the kind that a scheme wants."""
    kind = definition.get("type")
    name = str(definition.get("name", ""))
    if kind == "apiKey":
        match definition.get("in"):
            case "query":
                return any(key == name for key, _ in parse_qsl(query, keep_blank_values=True))
            case "cookie":
                return any(key == name for key, _ in _crumbs(request))
            case _:
                return request.header(name) is not None
    if kind == "mutualTLS":
        return True
    word = str(definition.get("scheme", "")) if kind == "http" else "bearer"
    return (request.header("authorization") or "").lower().startswith(word.lower() + " ")
