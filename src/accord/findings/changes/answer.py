"""What a server answers tomorrow: the smallest response of an operation, with one part as a change wants it."""

from __future__ import annotations

import json
from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Any

from accord.cases.expression import ABSENT
from accord.cases.step_request import delimited
from accord.contract.contract import Contract
from accord.contract.media_type import is_json
from accord.contract.openapi import Answer, Header, Operation
from accord.contract.pointer import Json
from accord.errors import ContractError
from accord.exchange.values import Response
from accord.findings.changes.change import Answered
from accord.findings.changes.node import Schemas
from accord.findings.changes.sample import Sampler, UnbuildableError
from accord.findings.changes.sequence_text import text_of

_ORDER = (*range(200, 300), *range(400, 600), *range(300, 400), *range(100, 200))


@dataclass(frozen=True, slots=True, kw_only=True)
class Part:
    """How a response differs from the smallest one that is documented for ``status``, a code, range or default.

    ``header`` is given ``value``, or left out where that is ``ABSENT``; ``body`` is the body in ``media_type``,
    the only item of it where it is ``listed``.
    A number is chosen for a range or the default that ``others``, also documented somewhere, do not name.
    """

    status: str
    header: str | None = None
    value: Any = ABSENT
    media_type: str | None = None
    body: Any = ABSENT
    listed: bool = False
    others: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Answerer:
    """Builds responses of one operation of one contract."""

    contract: Contract
    schemas: Schemas
    operation: Operation
    sampler: Sampler = field(init=False)

    def __post_init__(self) -> None:
        """Build values of the schemas as they stand."""
        object.__setattr__(self, "sampler", Sampler(self.schemas))

    def answered(self, part: Part) -> Answered | None:
        """Return the response, None where one of its parts could not be built."""
        answer, status = described(self.operation, part.status), self._number(part)
        if answer is None or status is None:
            return None
        try:
            kind, body = self._body(answer, part)
            headers = (*kind, *self._headers(answer, part))
        except (UnbuildableError, ContractError):
            return None
        response = Response(status=status, headers=headers, body=body)
        return Answered(method=self.operation.method, path=self.operation.path, response=response)

    def _number(self, part: Part) -> int | None:
        """Return a number for which the operation documents the status of *part* and nothing nearer."""
        if part.status.isdigit():
            return int(part.status)
        known = {*self.operation.answers, *part.others}
        near = known if part.status == "default" else {item for item in known if item.isdigit()}
        start = "" if part.status == "default" else part.status[0]
        return next(
            (
                number
                for number in _ORDER
                if str(number).startswith(start) and not near & {str(number), f"{number // 100}XX"}
            ),
            None,
        )

    def _body(self, answer: Answer, part: Part) -> tuple[tuple[tuple[str, str], ...], bytes]:
        if not answer.media_types:
            return (), b""
        chosen = next(
            (item for item in answer.media_types if item.name == part.media_type), answer.media_types[0]
        )
        name = _concrete(chosen.name, alone=len(answer.media_types) == 1)
        value = part.body
        if chosen.sequence:
            return (("Content-Type", name),), text_of(chosen, value, self.sampler, listed=part.listed).encode(
                "utf-8", "surrogatepass"
            )
        if value is ABSENT:
            value = self.sampler.smallest((chosen.schema,) if chosen.schema else ())
        is_text = isinstance(value, str) and not is_json(name)
        text = value if is_text else json.dumps(value)
        return (("Content-Type", name),), text.encode("utf-8", "surrogatepass")

    def _headers(self, answer: Answer, part: Part) -> Iterator[tuple[str, str]]:
        for header in answer.headers:
            if header.name.lower() == "content-type":
                continue
            if part.header is not None and header.name.lower() == part.header.lower():
                if part.value is not ABSENT:
                    yield header.name, self._written(header, part.value)
            elif header.required:
                value = self.sampler.smallest((header.schema,) if header.schema else ())
                yield header.name, self._written(header, value)

    def _written(self, header: Header, value: Json) -> str:
        """Return *value* in the style ``simple``, the only one of headers (OpenAPI 3.1, 4.8.21)."""
        data = self.contract.library.object(header.uri)[1]
        if "content" in data:
            return json.dumps(value, separators=(",", ":"))
        return delimited(value, explode=bool(data.get("explode")))


def described(operation: Operation, status: str) -> Answer | None:
    """Return what *operation* documents for *status*: the code or range itself, its range, or the default."""
    keys = (status, f"{status[0]}XX", "default")
    return next((operation.answers[key] for key in keys if key in operation.answers), None)


def _concrete(name: str, *, alone: bool) -> str:
    """Return a media type that falls under *name*, of a range one that its siblings most likely do not name."""
    word = "json" if alone else "other+json"
    return {"*/*": f"application/{word}", "text/*": "text/plain"}.get(name, name.replace("/*", f"/{word}"))
