"""The independent judge of whole responses: status, media type, headers as written, body.

It reads a response from its bytes, as a client would, and shares nothing with what built it.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from functools import cached_property

from accord.contract.contract import Contract
from accord.contract.openapi import Answer, Operation
from accord.exchange.values import Response
from accord.findings.changes.change import Answered, Sender
from accord.findings.changes.content_judge import body_fault
from accord.findings.changes.header_judge import header_fault
from accord.findings.changes.inverted import Inverted
from accord.findings.changes.judge import Judge, Role
from accord.findings.changes.operation import key_of


@dataclass(frozen=True, kw_only=True)
class ResponseJudge:
    """Says why a response is not one that *contract* lets a server give."""

    contract: Contract
    values: Judge

    @classmethod
    def of(cls, contract: Contract, *, is_open: bool, sender: Sender = Sender.SERVER) -> ResponseJudge:
        """Return the judge of *contract* under a policy, of responses that *sender* gives."""
        role = Role(sender=sender, open=is_open)
        return cls(contract=contract, values=Judge(library=contract.library, role=role))

    @cached_property
    def _operations(self) -> dict[tuple[str, str], Operation]:
        templates = {key_of(item.method, item.path): item for item in self.contract.operations}
        return templates | {(item.method, item.path): item for item in self.contract.operations}

    def refusal(self, answered: Answered) -> str:
        """Return why the response is none of the operation, empty when it is one."""
        faults = [self._fault(operation, answered.response) for operation in self._meant(answered)]
        if not faults:
            return f"{answered.method} {answered.path} is no {answered.kind or 'operation'}"
        return "" if "" in faults else faults[0]

    def _meant(self, answered: Answered) -> Sequence[Operation]:
        if answered.kind:
            return self._inverted.named(answered.kind, answered.owner, answered.method, answered.path)
        asked = answered.method, answered.path
        known = self._operations.get(asked) or self._operations.get(key_of(*asked))
        return [known] if known is not None else []

    @cached_property
    def _inverted(self) -> Inverted:
        return Inverted(contract=self.contract)

    def _fault(self, operation: Operation, response: Response) -> str:
        answer = _described(operation, response.status)
        if answer is None:
            return f"{response.status} is no status of its answers"
        for header in answer.headers:
            reason = header_fault(self.values, header, response.header(header.name))
            if reason:
                return reason
        return self._body(answer, response)

    def _body(self, answer: Answer, response: Response) -> str:
        kind = response.header("content-type")
        if not answer.media_types:
            # Where nothing is said of a body, any may come.
            return ""
        if kind is None:
            return "its body is missing"
        fault = body_fault(self.values, answer.media_types, kind, response.body)
        return f"{kind} is no media type of the answer {answer.status}" if fault is None else fault


def _described(operation: Operation, status: int) -> Answer | None:
    """Return what *operation* documents for *status*: the code, its range, or the default (OpenAPI 3.1, 4.8.16)."""
    keys = (str(status), f"{status // 100}XX", "default")
    return next((operation.answers[key] for key in keys if key in operation.answers), None)
