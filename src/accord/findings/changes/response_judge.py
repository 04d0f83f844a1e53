"""The independent judge of whole responses: status, media type, headers as written, body.

It reads a response from its bytes, as a client would, and shares nothing with what built it.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property

from accord.contract.contract import Contract
from accord.contract.media_type import falls_under
from accord.contract.openapi import Answer, Header, Operation, Parameter
from accord.contract.sequence import read_sequence
from accord.exchange.values import Response
from accord.findings.changes.change import Answered, Sender
from accord.findings.changes.content import meanings
from accord.findings.changes.judge import Judge, Role
from accord.findings.changes.operation import key_of
from accord.findings.changes.reading import readings
from accord.findings.changes.sequence_text import judged


@dataclass(frozen=True, kw_only=True)
class ResponseJudge:
    """Says why a response is not one that *contract* lets a server give."""

    contract: Contract
    values: Judge

    @classmethod
    def of(cls, contract: Contract, *, is_open: bool) -> ResponseJudge:
        """Return the judge of *contract* under a policy."""
        role = Role(sender=Sender.SERVER, open=is_open)
        return cls(contract=contract, values=Judge(library=contract.library, role=role))

    @cached_property
    def _operations(self) -> dict[tuple[str, str], Operation]:
        return {key_of(item.method, item.path): item for item in self.contract.operations}

    def refusal(self, answered: Answered) -> str:
        """Return why the response is none that the operation gives, empty when it is one."""
        operation = self._operations.get(key_of(answered.method, answered.path))
        if operation is None:
            return f"{answered.method} {answered.path} is no operation"
        response = answered.response
        answer = _described(operation, response.status)
        if answer is None:
            return f"{response.status} is no status of its answers"
        for header in answer.headers:
            reason = self._header(header, response)
            if reason:
                return reason
        return self._body(answer, response)

    def _header(self, header: Header, response: Response) -> str:
        said = response.header(header.name)
        if said is None:
            return f"the header {header.name} is missing" if header.required else ""
        data = self.contract.library.object(header.uri)[1]
        if header.schema is None:
            return ""
        written = Parameter(
            name=header.name,
            location="header",
            required=header.required,
            schema=header.schema,
            style="simple",
            explode=bool(data.get("explode")),
            uri=header.uri,
        )
        for value in readings(written, said, is_json="content" in data):
            if self.values.accepts((header.schema,), value) is not False:
                return ""
        return f"the header {header.name} is not valid"

    def _body(self, answer: Answer, response: Response) -> str:
        kind = response.header("content-type")
        if not answer.media_types:
            # Where nothing is said of a body, any may come.
            return ""
        if kind is None:
            return "its body is missing"
        media = [item for item in answer.media_types if falls_under(kind, item.name)]
        if not media:
            return f"{kind} is no media type of the answer {answer.status}"
        nearest = min(media, key=lambda item: item.name.count("*"))
        if nearest.sequence:
            return judged(self.values, nearest, read_sequence(response.body, kind))
        return self._content(nearest.schema, kind, response.body)

    def _content(self, schema: str | None, kind: str, body: bytes) -> str:
        found = None if schema is None else meanings(kind, body)
        if schema is None or found is None:
            return ""
        if not found:
            return "its body cannot be read"
        taken = any(self.values.accepts((schema,), value) is not False for value in found)
        return "" if taken else "its body is not valid"


def _described(operation: Operation, status: int) -> Answer | None:
    """Return what *operation* documents for *status*: the code, its range, or the default (OpenAPI 3.1, 4.8.16)."""
    keys = (str(status), f"{status // 100}XX", "default")
    return next((operation.answers[key] for key in keys if key in operation.answers), None)
