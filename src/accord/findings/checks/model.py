"""Rules that use the generated models: a client that loads what the service says must lose nothing."""

from __future__ import annotations

from collections.abc import Iterator

from accord.contract.contract import Contract
from accord.contract.library import place
from accord.contract.models import loss
from accord.exchange.values import Received
from accord.findings.body import is_valid_answer
from accord.findings.evidence import Observation, SessionObservation
from accord.findings.finding import Finding
from accord.findings.rule import Rule, Subject
from accord.findings.transcript import transcript


def lossy_model(contract: Contract, observed: Observation) -> Iterator[Finding]:
    """Yield when a body that keeps the contract does not survive its generated model."""
    response = observed.exchange.response
    if contract.models is None or response is None or observed.status is None:
        return
    model = contract.models.response(observed.operation.id, observed.status)
    answer = observed.operation.answer(observed.status)
    if model is None or answer is None or not is_valid_answer(contract, observed):
        return
    lost = loss(model, response.body)
    if lost is not None:
        yield observed.finding(
            f"the generated model does not keep the body of a {observed.status}: {lost.reason}",
            pointer=place(answer.uri),
            evidence_pointer=lost.pointer,
            expected="the same JSON after loading and dumping",
            seen=lost.reason,
            deviation=f"{observed.status}",
        )


def lossy_message_model(contract: Contract, observed: SessionObservation) -> Iterator[Finding]:
    """Yield when a message that keeps the contract does not survive its generated model."""
    if contract.models is None:
        return
    for line in transcript(contract, observed.channel, observed.session):
        if not isinstance(line.event, Received) or line.message is None or not line.valid:
            continue
        model = contract.models.messages.get(line.message.name)
        data = line.event.data
        lost = loss(model, data.encode() if isinstance(data, str) else data) if model is not None else None
        if lost is not None:
            yield observed.finding(
                f"the generated model does not keep {line.message.name}: {lost.reason}",
                pointer=line.message.place,
                evidence_pointer=lost.pointer,
                expected="the same JSON after loading and dumping",
                seen=lost.reason,
                deviation=line.message.name,
            )


def _received(observed: SessionObservation) -> bool:
    return any(isinstance(event, Received) for event in observed.session.events)


def _with_body(observed: Observation) -> bool:
    response = observed.exchange.response
    return observed.status is not None and response is not None and bool(response.body)


RULES = (
    Rule(function=lossy_model, subject=Subject.ANSWER, when=_with_body),
    Rule(function=lossy_message_model, subject=Subject.SESSION, when=_received),
)
