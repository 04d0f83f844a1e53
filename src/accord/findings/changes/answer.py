"""What a server answers tomorrow: the smallest response of an operation, with one part as a change wants it."""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field, replace
from typing import Any

from accord.cases.expression import ABSENT, as_text
from accord.contract.contract import Contract
from accord.contract.media_type import is_json
from accord.contract.openapi import Answer, Operation
from accord.contract.pointer import Json
from accord.errors import ContractError
from accord.exchange.values import Response
from accord.findings.changes.change import Answered
from accord.findings.changes.content import is_form, is_text
from accord.findings.changes.counterpart import Counterpart
from accord.findings.changes.form_text import Detail, FormWriter
from accord.findings.changes.header_text import header_text
from accord.findings.changes.node import Schemas
from accord.findings.changes.sample import Sampler, UnbuildableError
from accord.findings.changes.sequence_text import text_of

_ORDER = (*range(200, 300), *range(400, 600), *range(300, 400), *range(100, 200))


@dataclass(frozen=True, slots=True, kw_only=True)
class Part:
    """How a response differs from the smallest one that is documented for ``status``, a code, range or default.

    ``header`` is given ``value``, or left out where that is ``ABSENT``; ``body`` is the body in ``media_type``,
    the only item of it where it is ``listed``, and ``detail`` is how a field of it differs.
    A number is chosen for a range or the default that ``others``, also documented somewhere, do not name.
    """

    status: str
    header: str | None = None
    value: Any = ABSENT
    media_type: str | None = None
    body: Any = ABSENT
    listed: bool = False
    others: tuple[str, ...] = ()
    detail: Detail | None = None

    def given(self, value: Json) -> Part:
        """Return the same with *value* for what it is about: a header, also of a part, or else the body."""
        if self.detail is not None:
            return replace(self, detail=replace(self.detail, value=value))
        return replace(self, body=value) if self.header is None else replace(self, value=value)


@dataclass(frozen=True, slots=True, kw_only=True)
class Answerer:
    """Builds responses of one operation of one contract, with what ``other`` needs, where this one knows it."""

    contract: Contract
    schemas: Schemas
    operation: Operation
    other: Counterpart | None = None
    sampler: Sampler = field(init=False)

    def __post_init__(self) -> None:
        """Build values of the schemas as they stand."""
        object.__setattr__(self, "sampler", Sampler(self.schemas))

    def answered(self, part: Part) -> Answered:
        """Return the response; raises ``UnbuildableError``, with the reason where one is known."""
        answer, status = described(self.operation, part.status), self._number(part)
        if answer is None or status is None:
            raise UnbuildableError(f"no number is answered that is described as {part.status} alone")
        try:
            kind, body = self._body(answer, part)
            headers = (*kind, *self._headers(answer, part, self._needed(part)))
        except ContractError as error:
            raise UnbuildableError(error.reason) from error
        response = Response(status=status, headers=headers, body=body)
        return Answered(method=self.operation.method, path=self.operation.path, response=response)

    def _needed(self, part: Part) -> frozenset[str]:
        return self.other.headers(described(self.other.operation, part.status)) if self.other else frozenset()

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
        if is_form(name) and isinstance(value, dict):
            writer = FormWriter(
                library=self.contract.library,
                media_type=chosen,
                sampler=self.sampler,
                detail=part.detail,
                needed=self._needed_of_parts(part, name),
            )
            text, name = writer.text(value)
        elif part.detail is not None:
            raise UnbuildableError(f"no judge here reads the parts of {name}")
        elif is_json(name):
            text = json.dumps(value)
        else:
            text = self._plain(name, value, chosen.schema)
        return (("Content-Type", name),), text.encode("utf-8", "surrogatepass")

    def _needed_of_parts(self, part: Part, name: str) -> Mapping[str, frozenset[str]]:
        answer = described(self.other.operation, part.status) if self.other is not None else None
        return self.other.part_headers(answer, name) if self.other is not None and answer is not None else {}

    def _plain(self, name: str, value: Json, schema: str | None) -> str:
        if isinstance(value, str) or is_text(name):
            return as_text(value)
        if schema is None:
            return "a"
        raise UnbuildableError(f"how a value of this shape is written as {name}, no contract says")

    def _headers(self, answer: Answer, part: Part, needed: frozenset[str]) -> Iterator[tuple[str, str]]:
        for header in answer.headers:
            if header.name.lower() == "content-type":
                continue
            if part.header is not None and header.name.lower() == part.header.lower():
                if part.value is not ABSENT:
                    yield header.name, header_text(self.contract.library, header, part.value)
            elif header.required or header.name.lower() in needed:
                value = self.sampler.smallest((header.schema,) if header.schema else ())
                yield header.name, header_text(self.contract.library, header, value)


def described(operation: Operation, status: str) -> Answer | None:
    """Return what *operation* documents for *status*: the code or range itself, its range, or the default."""
    keys = (status, f"{status[0]}XX", "default")
    return next((operation.answers[key] for key in keys if key in operation.answers), None)


def _concrete(name: str, *, alone: bool) -> str:
    """Return a media type that falls under *name*, of a range one that its siblings most likely do not name."""
    word = "json" if alone else "other+json"
    return {"*/*": f"application/{word}", "text/*": "text/plain"}.get(name, name.replace("/*", f"/{word}"))
