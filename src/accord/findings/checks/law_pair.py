"""The rule about what must agree: members of one answer, an answer and its question, two operations."""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping
from dataclasses import replace

from accord.cases.criterion import Judgement, judge
from accord.cases.expression import Context, Message, UnresolvedError, as_text, evaluate, read_body
from accord.contract.condition import parse_condition, references
from accord.contract.contract import Contract
from accord.contract.expression import Expression, parse_expression, split_template
from accord.contract.law import WriteLaw, values_at
from accord.contract.media_type import essence, falls_under
from accord.contract.pointer import Json, join
from accord.contract.workflow import Criterion
from accord.findings.finding import Finding
from accord.findings.heard import Heard, LawObservation, Role
from accord.findings.rule import Rule, Subject
from accord.findings.sameness import short


def inconsistent_pair(contract: Contract, observed: LawObservation) -> Iterator[Finding]:  # noqa: ARG001
    """Yield when two things that the contract says agree do not."""
    yield from _references(observed)
    yield from _repetitions(observed)
    yield from _media(observed)
    if isinstance(observed.law, WriteLaw):
        yield from _numbers(observed, observed.law)
        yield from _strangers(observed, observed.law)
        yield from _conditions(observed, observed.law)


def _references(observed: LawObservation) -> Iterator[Finding]:
    for heard in observed.heard:
        for thing in heard.things:
            for member, others in thing.law.refers.items():
                known = [as_text(value) for _, value in values_at(thing.value, others)]
                for at, value in values_at(thing.value, member, thing.where):
                    if value is not None and as_text(value) not in known:
                        yield observed.finding(
                            heard,
                            f"{member} is {short(value)}, which stands nowhere at {others}",
                            pointer=join(thing.law.place, "refers", member),
                            evidence_pointer=at,
                            expected=f"a value of {others}",
                            seen="another value",
                            deviation=f"{member} refers to nothing",
                        )


def _repetitions(observed: LawObservation) -> Iterator[Finding]:
    for heard in observed.heard:
        for thing in heard.things:
            for index, member in enumerate(thing.law.unique):
                seen: set[str] = set()
                for at, value in values_at(thing.value, member, thing.where):
                    if as_text(value) in seen:
                        yield observed.finding(
                            heard,
                            f"{member} has {short(value)} twice",
                            pointer=join(thing.law.place, "unique", index),
                            evidence_pointer=at,
                            expected="each value once",
                            seen="a value twice",
                            deviation=f"{member} twice",
                        )
                        break
                    seen.add(as_text(value))


def _media(observed: LawObservation) -> Iterator[Finding]:
    """Yield when something else stands at an address than the contract says."""
    for heard in observed.of(Role.FETCH):
        response = heard.exchange.response
        if not heard.good or response is None:
            continue
        found = essence(response.header("content-type") or "none")
        if not falls_under(found, heard.name):
            yield observed.finding(
                heard,
                f"at the address that an answer told stands {short(found)}",
                expected=heard.name,
                seen=short(found),
                deviation="other media type",
            )


def _numbers(observed: LawObservation, law: WriteLaw) -> Iterator[Finding]:
    for heard in observed.of(Role.WRITE):
        for member, text in law.counts.items() if heard.good else ():
            found = next((value for _, value in values_at(heard.answer, member)), None)
            try:
                wanted = evaluate(text, Context(message=message_of(heard)))
            except UnresolvedError:
                continue
            number = len(wanted) if isinstance(wanted, list) else wanted
            if isinstance(found, list) and isinstance(number, int) and len(found) != number:
                yield observed.finding(
                    heard,
                    f"{member} has {len(found)} items, and {text} says {number}",
                    pointer=join(law.place, "counts", member),
                    evidence_pointer=member,
                    expected=f"{number} items",
                    seen=f"{len(found)} items",
                    deviation="fewer items" if len(found) < number else "more items",
                )


def _strangers(observed: LawObservation, law: WriteLaw) -> Iterator[Finding]:
    for heard in observed.of(Role.STRANGER):
        if heard.good:
            yield observed.finding(
                heard,
                f"{heard.name} names something that belongs to another thing, and is taken",
                pointer=join(law.place, "belongs", heard.name),
                expected="a refusal",
                seen=str(heard.status),
                deviation=f"{heard.name} of another thing",
            )


def _conditions(observed: LawObservation, law: WriteLaw) -> Iterator[Finding]:
    heard = observed.one(Role.WRITE)
    if heard is None:
        return
    context = context_of(observed, Role.AFTER, heard)
    for index, criterion in enumerate(law.agrees):
        judgement = judged(criterion, context)
        if judgement is not None and not judgement.held:
            yield observed.finding(
                heard,
                f"a condition does not hold: {short(judgement.expected)}",
                pointer=join(law.place, "agrees", index),
                expected=short(judgement.expected),
                seen=short(judgement.seen),
                deviation="condition",
            )


def judged(criterion: Criterion, context: Context) -> Judgement | None:
    """Hold *criterion* against *context*; None when a reading that it speaks of has no answer."""
    spoken = _spoken(criterion)
    if any(item.source == "inputs" and item.name not in context.inputs for item in spoken):
        return None
    if any(item.source == "outputs" and item.name not in context.outputs for item in spoken):
        return None
    if criterion.type != "jsonpath":
        return judge(criterion, context)
    try:
        parts = [
            part if isinstance(part, str) else _quoted(evaluate(part, context))
            for part in split_template(criterion.condition)
        ]
    except UnresolvedError as error:
        return Judgement(held=False, expected=criterion.condition, seen=error.reason)
    try:
        return judge(replace(criterion, condition="".join(parts)), context)
    except ValueError:  # a value too long to stand in a query
        return None


def _spoken(criterion: Criterion) -> list[Expression]:
    if criterion.type == "simple":
        return list(references(parse_condition(criterion.condition)))
    inside = split_template(criterion.condition) if criterion.type == "jsonpath" else ()
    found = [part for part in inside if isinstance(part, Expression)]
    return [*found, parse_expression(criterion.context)] if criterion.context else found


def _quoted(value: Json) -> str:
    """Return *value* as it stands between the quotes of a JSONPath string (RFC 9535, 2.3.1)."""
    text = json.dumps(as_text(value), ensure_ascii=True)[1:-1]
    return text.replace('\\"', '"').replace("'", "\\'")


def context_of(observed: LawObservation, role: Role, heard: Heard) -> Context:
    """Return what expressions read: the exchange of *heard*, readings before it and those in *role* after it."""

    def answers(wanted: Role) -> Mapping[str, Json]:
        return {item.name: item.answer for item in observed.of(wanted) if item.good}

    return Context(inputs=answers(Role.BEFORE), outputs=answers(role), message=message_of(heard))


def message_of(heard: Heard) -> Message:
    """Return what expressions read of *heard*."""
    request, response = heard.exchange.request, heard.exchange.response
    return Message(
        url=request.url,
        method=request.method,
        request_headers=request.headers,
        query=heard.query,
        path=heard.path,
        request_body=read_body(request.headers, request.body) if heard.written is None else heard.written,
        status=heard.status,
        response_headers=response.headers if response else (),
        response_body=read_body(response.headers, response.body) if response else None,
    )


def _pairs(observed: LawObservation) -> bool:
    things = (thing for heard in observed.heard for thing in heard.things)
    if any(thing.law.refers or thing.law.unique for thing in things):
        return True
    law = observed.law
    declared = isinstance(law, WriteLaw) and bool(law.counts or law.agrees or law.belongs)
    written = any(heard.good for heard in observed.of(Role.WRITE, Role.STRANGER, Role.FETCH))
    return (declared and written) or any(heard.good for heard in observed.of(Role.FETCH))


RULES = (Rule(function=inconsistent_pair, subject=Subject.LAW, when=_pairs),)
