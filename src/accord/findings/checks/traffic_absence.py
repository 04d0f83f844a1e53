"""Rules about what the contract promises and traffic never showed, each saying how sure that is."""

from __future__ import annotations

import json
from collections.abc import Iterator

from accord.contract.asyncapi import Channel
from accord.contract.contract import Contract
from accord.contract.openapi import Operation
from accord.contract.pointer import join
from accord.findings.finding import Finding, Severity
from accord.findings.observed.observation import SERVER
from accord.findings.observed.place import KINDS
from accord.findings.observed.sight import Sight, TrafficObservation, none_of
from accord.findings.rule import Rule, Subject

_KEEP = "Keep it if it is rare, or take it out of the contract."


def never_seen_field(_: Contract, observed: TrafficObservation) -> Iterator[Finding]:
    """Yield for each declared member that no object had."""
    sight = _sight(observed)
    objects = sight.count.of("object")
    for name in sight.place.members:
        if (
            not sight.count.presence.get(name)
            and objects >= observed.least
            and name not in sight.place.required
        ):
            yield observed.finding(
                f"{join(sight.pointer, name)} never came in {sight.words}",
                uri=sight.place.at("properties", name),
                expected=f"member {name}",
                seen=none_of(objects),
                deviation=name,
                advice=_KEEP,
            )


def never_null(_: Contract, observed: TrafficObservation) -> Iterator[Finding]:
    """Yield when a value may be null and never was."""
    sight = _sight(observed)
    told = "null" in sight.place.kinds and sight.place.kinds not in (KINDS, {"null"})
    if told and not sight.count.of("null") and sight.count.seen >= observed.least:
        yield observed.finding(
            f"{sight.pointer or 'the whole'} was never null in {sight.words}",
            uri=sight.place.at("type"),
            expected="null now and then",
            seen=none_of(sight.count.seen),
            deviation="null",
            advice=_KEEP,
        )


def unseen_enum_member(_: Contract, observed: TrafficObservation) -> Iterator[Finding]:
    """Yield for each listed value that never came."""
    sight = _sight(observed)
    seen = sight.count.seen - sight.count.of("null")
    if len(sight.place.values or ()) < 2 or seen < observed.least:
        return
    for value, text in sight.place.listing.items():
        if value[1] is not None and not sight.count.values.get(text):
            yield observed.finding(
                f"{sight.pointer or 'the whole'} was never {text} in {sight.words}",
                uri=sight.place.at("enum"),
                expected=", ".join(json.dumps(item, ensure_ascii=False) for item in sight.place.values or ()),
                seen=none_of(seen),
                deviation=text,
                advice=_KEEP,
            )


def unseen_variant(_: Contract, observed: TrafficObservation) -> Iterator[Finding]:
    """Yield for each variant of a union that never came."""
    sight = _sight(observed)
    objects = sight.count.of("object")
    for variant in sight.place.variants:
        if objects >= observed.least and variant.name not in sight.count.variants:
            yield observed.finding(
                f"{sight.pointer or 'the whole'} was never {variant.name} in {sight.words}",
                uri=variant.uri,
                expected=variant.name,
                seen=none_of(objects),
                deviation=variant.name,
                advice=_KEEP,
            )


def unused_operation(_: Contract, observed: TrafficObservation) -> Iterator[Finding]:
    """Yield when an operation was never asked."""
    operation, every = _operation(observed), observed.whole.answers()
    asked = any(name == operation.id for name, _ in observed.whole.exchanges)
    if not asked and every >= observed.least:
        yield observed.finding(
            f"{operation.id} was never asked",
            uri=operation.uri,
            expected=f"{operation.method} {operation.path}",
            seen=f"{none_of(every)} answers",
            deviation="unused",
            advice=_KEEP,
        )


def unseen_status(_: Contract, observed: TrafficObservation) -> Iterator[Finding]:
    """Yield for each documented status that no answer of the operation had."""
    operation = _operation(observed)
    every = observed.whole.answers(operation.id)
    came = {status for name, status in observed.whole.exchanges if name == operation.id and status}
    known = {answer.status for status in came if (answer := operation.answer(int(status)))}
    for status, answer in operation.answers.items():
        if status != "default" and status not in known and every >= observed.least:
            yield observed.finding(
                f"{operation.id} never answered {status}",
                uri=answer.uri,
                expected=status,
                seen=f"{none_of(every)} answers",
                deviation=status,
                advice=_KEEP,
            )


def unseen_message(_: Contract, observed: TrafficObservation) -> Iterator[Finding]:
    """Yield for each message that its side never sent."""
    channel, side = _side(observed)
    every = observed.whole.messages(channel.id, side)
    listed = channel.sent_by_server() if side == SERVER else channel.sent_by_client()
    came = {root.form for root in observed.whole.bodies if (root.owner, root.part) == (channel.id, side)}
    for message in listed:
        if message.name not in came and every >= observed.least:
            yield observed.finding(
                f"the {side} never sent {message.name}",
                uri=message.uri,
                expected=message.name,
                seen=f"{none_of(every)} messages",
                deviation=message.name,
                advice=_KEEP,
            )


def _sight(observed: TrafficObservation) -> Sight:
    assert isinstance(observed.part, Sight)  # noqa: S101 - the rows below say so
    return observed.part


def _operation(observed: TrafficObservation) -> Operation:
    assert isinstance(observed.part, Operation)  # noqa: S101 - the rows below say so
    return observed.part


def _side(observed: TrafficObservation) -> tuple[Channel, str]:
    assert isinstance(observed.part, tuple)  # noqa: S101 - the rows below say so
    return observed.part


def _enough(observed: TrafficObservation) -> bool:
    return isinstance(observed.part, Sight) and observed.part.count.seen >= observed.least


def _enough_answers(observed: TrafficObservation) -> bool:
    part = observed.part
    return isinstance(part, Operation) and observed.whole.answers() >= observed.least


def _enough_of_operation(observed: TrafficObservation) -> bool:
    part = observed.part
    return isinstance(part, Operation) and observed.whole.answers(part.id) >= observed.least


def _enough_messages(observed: TrafficObservation) -> bool:
    part = observed.part
    return isinstance(part, tuple) and observed.whole.messages(part[0].id, part[1]) >= observed.least


_WHEN = {
    never_seen_field: _enough,
    never_null: _enough,
    unseen_enum_member: _enough,
    unseen_variant: _enough,
    unused_operation: _enough_answers,
    unseen_status: _enough_of_operation,
    unseen_message: _enough_messages,
}
RULES = tuple(
    Rule(function=function, subject=Subject.TRAFFIC, severity=Severity.NOTE, when=when)
    for function, when in _WHEN.items()
)
