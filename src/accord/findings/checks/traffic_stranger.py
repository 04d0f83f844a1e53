"""Rules about traffic that nobody declared: operations, statuses, media types, messages, and what is no JSON."""

from __future__ import annotations

from collections.abc import Iterator

from accord.contract.asyncapi import Channel
from accord.contract.contract import Contract
from accord.contract.openapi import Operation
from accord.findings.finding import Finding, Severity
from accord.findings.observed.observation import CLIENT, SERVER
from accord.findings.observed.sight import TrafficObservation, share
from accord.findings.observed.watcher import promised_answer
from accord.findings.rule import Rule, Subject

_LONGEST = 100


def undeclared_operation(contract: Contract, observed: TrafficObservation) -> Iterator[Finding]:
    """Yield for each request to the service that no operation of the contract takes."""
    origins = observed.whole.origins.counts
    for request, number in observed.whole.unknown:
        origin, _, words = request.partition(" ")
        if origin in origins:
            yield observed.finding(
                f"no operation takes {words[:_LONGEST]}",
                uri=_root(contract),
                expected=f"one of {len(contract.operations)} operations",
                seen=share(number, observed.whole.answers() + observed.whole.unknown.total()),
                deviation=words[:_LONGEST],
                advice="Describe it in the contract, or leave it out of what is observed.",
            )


def undeclared_status(contract: Contract, observed: TrafficObservation) -> Iterator[Finding]:
    """Yield for each status that an operation answered and the contract does not document."""
    operation = _operation(observed)
    every = observed.whole.answers(operation.id)
    for (name, status), number in sorted(observed.whole.exchanges.items()):
        if name == operation.id and status and not promised_answer(contract, operation, int(status)):
            yield observed.finding(
                f"{operation.id} answered {status}",
                uri=operation.uri,
                expected=", ".join(operation.answers),
                seen=share(number, every),
                deviation=status,
                advice="Document the status, as `accord infer` proposes, or correct the service.",
            )


def undeclared_media_type(_: Contract, observed: TrafficObservation) -> Iterator[Finding]:
    """Yield for each media type of an answer that the contract does not have for its status."""
    operation = _operation(observed)
    for (name, status), few in sorted(observed.whole.media_types.items()):
        for form, number in few if name == operation.id else ():
            yield observed.finding(
                f"{operation.id} answered {status} as {form or 'no media type at all'}",
                uri=operation.uri,
                expected="a declared media type",
                seen=share(number, observed.whole.exchanges.get((name, status), number)),
                deviation=f"{status} {form}",
                advice="Declare the media type, or correct the service.",
            )


def unknown_message(_: Contract, observed: TrafficObservation) -> Iterator[Finding]:
    """Yield for each kind of message that its side may not send."""
    channel, side = _side(observed)
    few = observed.whole.strangers.get((channel.id, side))
    every = observed.whole.messages(channel.id, side)
    for name, number in few or ():
        yield observed.finding(
            f"the {side} sent {name[:_LONGEST]!r}, which the contract does not know",
            uri=channel.uri,
            expected="a message of the channel",
            seen=share(number, every),
            deviation=f"{side} {name[:_LONGEST]}",
            advice="Describe the message, or correct who sends it.",
        )


def unreadable_body(_: Contract, observed: TrafficObservation) -> Iterator[Finding]:
    """Yield when bodies or messages are no JSON where JSON is promised."""
    part = observed.part
    owner = part[0].id if isinstance(part, tuple) else _operation(observed).id
    for root, number in sorted(observed.whole.unreadable.items()):
        if root.owner != owner or (isinstance(part, tuple) and root.part != part[1]):
            continue
        count = observed.whole.bodies.get(root)
        named = root.part in (SERVER, CLIENT)
        every = observed.whole.messages(owner, root.part) if named else count.seen if count else 0
        yield observed.finding(
            f"{'a message of the' if named else 'the body of a'} {root.part} is no JSON",
            uri=part[0].uri if isinstance(part, tuple) else _operation(observed).uri,
            expected="JSON",
            seen=share(number, every + number),
            deviation=f"{root.part} {root.form}",
            advice="Correct who sends it.",
        )


def _root(contract: Contract) -> str:
    return contract.operations[0].uri.partition("#")[0] + "#/paths"


def _operation(observed: TrafficObservation) -> Operation:
    assert isinstance(observed.part, Operation)  # noqa: S101 - the rows below say so
    return observed.part


def _side(observed: TrafficObservation) -> tuple[Channel, str]:
    assert isinstance(observed.part, tuple)  # noqa: S101 - the rows below say so
    return observed.part


def _whole(observed: TrafficObservation) -> bool:
    return observed.part is None and bool(observed.whole.exchanges)


def _answered(observed: TrafficObservation) -> bool:
    return isinstance(observed.part, Operation) and observed.whole.answers(observed.part.id) > 0


def _spoken(observed: TrafficObservation) -> bool:
    return isinstance(observed.part, tuple) and observed.whole.messages(*_names(observed.part)) > 0


def _names(part: tuple[Channel, str]) -> tuple[str, str]:
    return part[0].id, part[1]


def _either(observed: TrafficObservation) -> bool:
    unread = {(root.owner, root.part) for root in observed.whole.unreadable}
    spoken = isinstance(observed.part, tuple) and _names(observed.part) in unread
    return _answered(observed) or _spoken(observed) or spoken


RULES = (
    Rule(function=undeclared_operation, subject=Subject.TRAFFIC, severity=Severity.WARNING, when=_whole),
    Rule(function=undeclared_status, subject=Subject.TRAFFIC, when=_answered),
    Rule(function=undeclared_media_type, subject=Subject.TRAFFIC, when=_answered),
    Rule(function=unknown_message, subject=Subject.TRAFFIC, when=_spoken),
    Rule(function=unreadable_body, subject=Subject.TRAFFIC, when=_either),
)
