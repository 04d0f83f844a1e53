"""What a client asks today: the smallest request of an operation, with one part as a change wants it."""

from __future__ import annotations

import json
from collections.abc import Iterator
from dataclasses import dataclass, field, replace
from typing import Any

from accord.cases import querystring
from accord.cases.expression import ABSENT, UnresolvedError
from accord.cases.request import Request
from accord.cases.step_request import StepRequest, build_request
from accord.contract.contract import Contract
from accord.contract.media_type import FORM, essence
from accord.contract.openapi import LOCATIONS, Operation, Parameter
from accord.contract.pointer import Json
from accord.contract.workflow import OperationReference
from accord.errors import ContractError
from accord.findings.changes.content import MULTIPART, is_written, meanings, multipart
from accord.findings.changes.node import Schemas
from accord.findings.changes.sample import Sampler, UnbuildableError
from accord.findings.changes.sequence_text import text_of
from accord.findings.changes.server_url import urls_of

_FIELDS = {"path": "path", "query": "query", "header": "headers", "cookie": "cookies"}
BASE_URL = "https://service.example"
CREDENTIAL = "credential"


@dataclass(frozen=True, slots=True, kw_only=True)
class Ask:
    """How a request differs from the smallest one.

    ``parameter`` (location, name) is given ``value``, or left out where that is ``ABSENT``; ``body``
    is the body in ``media_type``, or the only item of it where it is ``listed``, and ``no_body`` tells to
    send none; ``schemes`` are those that credentials are sent for, None for those of the first alternative;
    ``url`` begins the address.
    """

    parameter: tuple[str, str] | None = None
    value: Any = ABSENT
    body: Any = ABSENT
    media_type: str | None = None
    listed: bool = False
    no_body: bool = False
    accept: str | None = None
    schemes: tuple[str, ...] | None = None
    url: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Asker:
    """Builds requests of one operation of one contract."""

    contract: Contract
    schemas: Schemas
    operation: Operation
    sampler: Sampler = field(init=False)

    def __post_init__(self) -> None:
        """Build values without the members that only the server sends."""
        object.__setattr__(self, "sampler", Sampler(self.schemas))

    def request(self, ask: Ask) -> Request | None:
        """Return the request, None where one of its parts could not be built."""
        try:
            return self._request(ask)
        except (UnbuildableError, UnresolvedError, ContractError):
            return None

    def _request(self, ask: Ask) -> Request:
        values: dict[str, dict[str, Json]] = {location: {} for location in LOCATIONS}
        for parameter in self.operation.parameters:
            if ask.parameter == (parameter.location, parameter.name):
                if ask.value is not ABSENT:
                    values[parameter.location][parameter.name] = self._written(parameter, ask.value)
            elif parameter.required:
                value = self._sample(parameter.schema)
                values[parameter.location][parameter.name] = self._written(parameter, value)
        media_type, body = self._body(ask)
        self._let_in(ask, values)
        if ask.accept:
            values["header"]["Accept"] = ask.accept
        step = StepRequest(
            operation=OperationReference(id=self.operation.id),
            step=self.operation.place,
            body=body,
            content_type=media_type,
            **{field: values[location] for location, field in _FIELDS.items()},  # type: ignore[arg-type]
        )
        request = build_request(
            step,
            method=self.operation.method,
            path=self.operation.path,
            base_url=self._address(ask),
            parameters=self.operation.parameters,
        )
        kind = request.header("content-type") or ""
        if is_written(kind) and meanings(kind, request.body) is None:
            raise UnbuildableError  # no judge could say anything of it
        return replace(request, url=request.url + self._whole_query(request.url, values["querystring"]))

    def _whole_query(self, url: str, values: dict[str, Json]) -> str:
        """Return what is added to *url* for a parameter that is the query."""
        written = [
            querystring.written(self.contract.library, parameter, values[parameter.name])
            for parameter in self.operation.parameters_in("querystring")
            if parameter.name in values
        ]
        return "".join(f"{'&' if '?' in url else '?'}{text}" for text in written)

    def _address(self, ask: Ask) -> str:
        base = ask.url if ask.url is not None else next(iter(urls_of(self.contract, self.operation)), "")
        return base if "://" in base else BASE_URL + base

    def _written(self, parameter: Parameter, value: Json) -> Json:
        """Return *value* as the text that a parameter with a media type is; any other is left to its style."""
        if parameter.location == "querystring":
            return value
        _, data = self.contract.library.object(parameter.uri)
        return json.dumps(value, separators=(",", ":")) if "content" in data else value

    def _sample(self, schema: str | None) -> Json:
        value = self.sampler.smallest((schema,) if schema else ())
        # A text that is empty is a parameter that is not there.
        return value if value not in ("", None, [], {}) else "a"

    def _body(self, ask: Ask) -> tuple[str | None, Any]:
        body = self.operation.body
        if ask.no_body or body is None or not body.media_types:
            return None, ABSENT
        if ask.media_type is None and ask.body is ABSENT and not body.required:
            return None, ABSENT
        chosen = next((item for item in body.media_types if item.name == ask.media_type), body.media_types[0])
        if ask.body is ABSENT and ask.media_type and ask.media_type.endswith("*"):
            return ask.media_type.replace("*/*", "application/*").replace("/*", "/x-other"), "a"
        name = chosen.name.replace("*/*", "application/json").replace("/*", "/json")
        if chosen.sequence:
            return name, text_of(chosen, ask.body, self.sampler, listed=ask.listed)
        value = ask.body
        if value is ABSENT:
            value = self.sampler.smallest((chosen.schema,) if chosen.schema else ())
        if essence(name) in (FORM, MULTIPART) and isinstance(value, dict):
            if chosen.encoding.keys() & value.keys():
                raise UnbuildableError  # a field that is written in a way of its own
            if essence(name) == MULTIPART:
                value, name = multipart(value)
        return name, value

    def _let_in(self, ask: Ask, values: dict[str, dict[str, Json]]) -> None:
        """Add the credentials that one alternative needs."""
        wanted = ask.schemes if ask.schemes is not None else next(iter(self.operation.security), ())
        for name in wanted:
            for location, key, value in credentials(self.contract.security_schemes[name].definition):
                values[location][key] = value


def credentials(definition: Any) -> Iterator[tuple[str, str, str]]:
    """Yield where a credential of a scheme is sent, under what name, and an example of it."""
    kind = definition.get("type")
    if kind == "apiKey":
        yield definition.get("in", "header"), definition.get("name", ""), CREDENTIAL
    elif kind == "http" and str(definition.get("scheme", "")).lower() == "basic":
        yield "header", "Authorization", "Basic dXNlcjpwYXNzd29yZA=="
    elif kind == "http":
        yield "header", "Authorization", f"{str(definition.get('scheme', '')).capitalize()} {CREDENTIAL}"
    elif kind in ("oauth2", "openIdConnect"):
        yield "header", "Authorization", f"Bearer {CREDENTIAL}"
