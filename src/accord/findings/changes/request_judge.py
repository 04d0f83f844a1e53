"""The independent judge of whole requests: server, method, path, parameters as written, media type, body, credentials.

It reads a request from its bytes, as a service would, and shares nothing with what built it.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from functools import cached_property
from itertools import chain
from typing import Any
from urllib.parse import parse_qsl, unquote, urlsplit

from accord.cases import querystring
from accord.cases.request import Request
from accord.contract.contract import Contract
from accord.contract.media_type import falls_under
from accord.contract.openapi import Operation, Parameter
from accord.contract.pointer import Json
from accord.findings.changes.ask import BASE_URL
from accord.findings.changes.change import Sender
from accord.findings.changes.content_judge import body_fault
from accord.findings.changes.judge import Judge, Role
from accord.findings.changes.path_template import variables
from accord.findings.changes.reading import readings
from accord.findings.changes.server_url import holder_of, possible

# Where the members of an object stand under their own names.
_SPREADING = (("query", "form"), ("cookie", "cookie"))


@dataclass(frozen=True, kw_only=True)
class RequestJudge:
    """Says why a request is not one that *contract* takes."""

    contract: Contract
    values: Judge

    @classmethod
    def of(cls, contract: Contract, *, is_open: bool, sender: Sender = Sender.CLIENT) -> RequestJudge:
        """Return the judge of *contract* under a policy, of requests that *sender* sends."""
        role = Role(sender=sender, open=is_open)
        return cls(contract=contract, values=Judge(library=contract.library, role=role))

    def refusal(self, request: Request) -> str:
        """Return why *request* is refused, empty when it is taken."""
        # What follows a # is not sent, but some contracts tell operations of one address apart by it.
        address, _, query = request.url.partition("?")
        reasons: list[str] = []
        for operation, path in _nearest(self._operations(request, address)):
            reason = self.fault(operation, request, path, query)
            if not reason:
                return ""
            reasons.append(reason)
        told = f"{request.method} {urlsplit(request.url).path} is no operation at that address"
        return reasons[0] if reasons else told

    def _operations(self, request: Request, address: str) -> Iterator[tuple[Operation, Mapping[str, str]]]:
        """Yield the operations that the method and address name, those with the fewest variables first."""
        asked = self._operations_by_method.get(request.method, ())
        servers = frozenset(chain.from_iterable(bases for _, bases in asked))
        rests = {base: _below(base, address) for base in servers}
        for operation, bases in asked:
            for rest in sorted({rests[base] or "" for base in bases}):
                found = variables(operation.path, rest)
                if found is not None:
                    yield operation, {name: unquote(text) for name, text in found.items()}

    @cached_property
    def _operations_by_method(self) -> dict[str, list[tuple[Operation, frozenset[str]]]]:
        """Return the operations of each method, each with where its servers are."""
        found: dict[str, list[tuple[Operation, frozenset[str]]]] = {}
        known: dict[str, frozenset[str]] = {}
        for operation in sorted(self.contract.operations, key=lambda item: item.path.count("{")):
            at, servers = holder_of(self.contract.library, operation)
            if at not in known:
                urls = chain.from_iterable(map(possible, servers))
                known[at] = frozenset(url if "://" in url else BASE_URL + url for url in urls)
            found.setdefault(operation.method, []).append((operation, known[at]))
        return found

    def fault(self, operation: Operation, request: Request, path: Mapping[str, str], query: str) -> str:
        """Return why *request* is none of *operation*, empty when it is one; *path* has the path parameters."""
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
            # Of a scheme that is not known, nothing is wanted.
            known = [schemes[name].definition for name in alternative if name in schemes]
            if all(_shows(definition, request, query) for definition in known):
                return ""
        return "no alternative of its security is met" if operation.security else ""

    def _body(self, operation: Operation, request: Request) -> str:
        body = operation.body
        kind = request.header("content-type")
        if kind is None:
            return "its body is missing" if body is not None and body.required else ""
        if body is None:
            return ""
        fault = body_fault(self.values, body.media_types, kind, request.body)
        return f"{kind} is no media type of its body" if fault is None else fault

    @staticmethod
    def _accept(operation: Operation, request: Request) -> str:
        wanted = request.header("accept")
        if wanted is None:
            return ""
        names = {item.name for answer in operation.answers.values() for item in answer.media_types}
        if any(falls_under(name, wanted) or falls_under(wanted, name) for name in names):
            return ""
        return f"nothing is answered as {wanted}"


def _nearest(
    found: Iterator[tuple[Operation, Mapping[str, str]]],
) -> Iterator[tuple[Operation, Mapping[str, str]]]:
    """Yield the first of *found* where it has no variables, else all (OpenAPI 3.1, 4.8.8.2)."""
    for operation, path in found:
        yield operation, path
        if not path:
            return


def _below(server: str, address: str) -> str | None:
    """Return what *address* is below *server*, in which ``{}`` is any text; None where it is elsewhere."""
    number = server.count("/") + 1
    steps = address.split("/")
    begin, rest = "/".join(steps[:number]), steps[number:]
    return "".join(f"/{step}" for step in rest) if variables(server, begin) is not None else None


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
