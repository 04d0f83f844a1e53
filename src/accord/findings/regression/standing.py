"""What the contract says of a difference: that it breaks it, that it leaves both open, or nothing at all."""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, cast

from accord.contract.asyncapi import Channel
from accord.contract.contract import Contract
from accord.contract.library import Library, place
from accord.contract.openapi import Answer, Operation
from accord.contract.part import ANY, below, parts_of
from accord.contract.pointer import Json, spelled, tokens
from accord.contract.session import read_session
from accord.exchange.values import Closed, Exchange, Received, Session
from accord.findings.regression.difference import Kind, Mark, Part, Standing
from accord.findings.strict import read_json
from accord.findings.transcript import choose

_MAXIMUM_ERRORS = 200
_BRANCHES = frozenset({"anyOf", "oneOf", "oneOfMultipleValid", "oneOfNotValid", "not", "if"})
_PRESENCE = (Kind.GONE, Kind.NEW, Kind.TYPE)


@dataclass(frozen=True, slots=True, kw_only=True)
class Judged:
    """How a difference stands, why, and where the contract speaks of it."""

    standing: Standing
    reason: str
    contract: str = ""


def judge_exchange(  # noqa: PLR0911 - one return for each part of an answer
    contract: Contract, operation: Operation, mark: Mark, baseline: Exchange, candidate: Exchange
) -> Judged:
    """Return what *contract* says of *mark*, seen in the two exchanges."""
    if candidate.response is None or candidate.lapse is not None:
        return Judged(standing=Standing.BREAKS, reason="no whole answer came", contract=operation.place)
    status = candidate.response.status
    answer = operation.answer(status)
    if answer is None:
        reason = f"the contract documents no {status}"
        return Judged(standing=Standing.BREAKS, reason=reason, contract=operation.place)
    if mark.kind is Kind.STATUS:
        return _status(operation, baseline, status)
    if mark.kind is Kind.MEDIA_TYPE:
        return _media_type(answer, candidate)
    if mark.part is Part.HEADER:
        return _header(contract.library, answer, mark, candidate)
    declared = answer.media_type(candidate.response.header("content-type"))
    if declared is None or declared.schema is None:
        reason = f"the contract says nothing of the body of {status}"
        return Judged(standing=Standing.UNCOVERED, reason=reason, contract=place(answer.uri))
    values = [_read(item.response.body) if item.response else None for item in (baseline, candidate)]
    return _value(contract.library, declared.schema, mark, values[:1], values[1:])


def judge_session(contract: Contract, channel: Channel, mark: Mark, sessions: Sequence[Session]) -> Judged:
    """Return what *contract* says of *mark*, seen in the sessions of the baseline and of the candidate."""
    steps = tokens(mark.pointer)
    kind = steps[1] if len(steps) > 1 else ""
    before, after = (_messages(session) for session in sessions)
    if steps[:1] == ("messages",):
        for message in channel.sent_by_server():
            if kind in message.tags or not message.tags:
                inner = _moved(mark, len(steps[:2]))
                picked = [
                    [item for item in said if _is_of(item, message.discriminant, kind)]
                    for said in (before, after)
                ]
                return _value(contract.library, message.schema, inner, *picked)
    if steps[:1] == ("counts",) and mark.kind in (Kind.NEW, Kind.GONE):
        return _kinds(contract, channel, mark, after, kind)
    if steps[:1] == ("closed",):
        return _closed(channel, sessions[1])
    return Judged(
        standing=Standing.UNCOVERED,
        reason="the contract does not say how many messages come, nor in which order"
        if steps[:1] in (("counts",), ("order",))
        else "the contract says nothing of it",
        contract=channel.place,
    )


def _status(operation: Operation, baseline: Exchange, status: int) -> Judged:
    before = baseline.response.status if baseline.response else 0
    if before // 100 == status // 100:
        reason = f"the contract documents {before} and {status}"
        return Judged(standing=Standing.ALLOWED, reason=reason, contract=operation.place)
    reason = f"the contract documents {before} and {status}, and does not say which of them this request gets"
    return Judged(standing=Standing.UNCOVERED, reason=reason, contract=operation.place)


def _media_type(answer: Answer, candidate: Exchange) -> Judged:
    given = candidate.response.header("content-type") if candidate.response else None
    where = place(answer.uri)
    if answer.media_types and answer.media_type(given) is None:
        return Judged(standing=Standing.BREAKS, reason=f"the contract documents no {given}", contract=where)
    return Judged(
        standing=Standing.UNCOVERED, reason="the contract leaves its parameters open", contract=where
    )


def _header(library: Library, answer: Answer, mark: Mark, candidate: Exchange) -> Judged:
    name = tokens(mark.pointer)[0]
    where = place(answer.uri)
    declared = next((item for item in answer.headers if item.name.lower() == name), None)
    if declared is None:
        reason = f"the contract says nothing of the header {name}"
        return Judged(standing=Standing.UNCOVERED, reason=reason, contract=where)
    value = candidate.response.header(name) if candidate.response else None
    if value is None:
        reason = f"the contract {'demands' if declared.required else 'does not demand'} the header {name}"
        standing = Standing.BREAKS if declared.required else Standing.ALLOWED
        return Judged(standing=standing, reason=reason, contract=where)
    if declared.schema is not None and not any(
        library.validator(declared.schema).is_valid(item) for item in _header_values(value)
    ):
        reason = f"the header {name} breaks its schema"
        return Judged(standing=Standing.BREAKS, reason=reason, contract=where)
    return Judged(standing=Standing.UNCOVERED, reason=_OPEN, contract=where)


_OPEN = "the contract says what it looks like, not what it is"


def _header_values(value: str) -> Iterator[Json]:
    yield value
    try:
        yield json.loads(value)
    except (ValueError, RecursionError):
        return


def _value(
    library: Library, schema: str, mark: Mark, before: Sequence[Json], after: Sequence[Json]
) -> Judged:
    """Return what the schema at that URI says of *mark*, by what it finds wrong with the values of each side."""
    known = {name for value in before for name, _ in _errors(library, schema, mark, value)}
    for name, words in (item for value in after for item in _errors(library, schema, mark, value)):
        if name not in known:
            return Judged(standing=Standing.BREAKS, reason=words, contract=library.place(schema))
    spoken = below(library, [schema], mark.pointer)
    if not spoken:
        reason = "the contract does not name it"
        return Judged(standing=Standing.UNCOVERED, reason=reason, contract=library.place(schema))
    where = library.place(spoken[0])
    if mark.kind in _PRESENCE and any(_says(part) for _, part in parts_of(library, spoken)):
        return Judged(standing=Standing.ALLOWED, reason="the contract allows both", contract=where)
    reason = {
        Kind.ORDER: "the contract names no order",
        Kind.ITEMS: "the contract does not say which items come",
        Kind.COUNT: "the contract does not say how many come",
    }.get(mark.kind, _OPEN)
    return Judged(standing=Standing.UNCOVERED, reason=reason, contract=where)


def _says(schema: dict[str, Any]) -> bool:
    return bool({"type", "enum", "const", "properties", "items"} & set(schema))


def _errors(library: Library, schema: str, mark: Mark, value: Json) -> Iterator[tuple[tuple[str, ...], str]]:
    """Yield what is wrong with *value* at the place of *mark*: a name for it that both sides share, and words."""
    wanted = tokens(mark.pointer)
    for count, error in enumerate(library.validator(schema).iter_errors(value)):
        if count >= _MAXIMUM_ERRORS:
            return
        at = tuple(
            ANY if isinstance(step, int) else str(step) for step in spelled(error.instance_path, value)
        )
        keyword = str(error.kind.name)
        if _concerns(at, keyword, wanted, error.kind.as_dict()):
            yield (*at, "#", keyword), error.message[:200]


def _concerns(at: tuple[str, ...], keyword: str, wanted: tuple[str, ...], details: Mapping[str, Any]) -> bool:
    """Tell whether an error at *at* is about the place that is *wanted*, or about what stands below it."""
    if at[: len(wanted)] == wanted:
        return True
    if wanted[: len(at)] != at:
        return False
    if keyword == "required":
        return wanted[len(at) :] == (details.get("property"),)
    if keyword in ("additionalProperties", "unevaluatedProperties"):
        return wanted[len(at)] in details.get("unexpected", ())
    return keyword in _BRANCHES


def _kinds(contract: Contract, channel: Channel, mark: Mark, after: Sequence[Json], kind: str) -> Judged:
    messages = channel.sent_by_server()
    if mark.kind is Kind.NEW:
        tag = next((item.discriminant for item in messages if item.discriminant), "type")
        said = next((item for item in after if _is_of(item, tag, kind)), None)
        if not choose(contract.library, messages, said)[1]:
            unknown = "the contract has no such message"
            return Judged(standing=Standing.BREAKS, reason=unknown, contract=channel.place)
    reason = "the contract does not say when such a message comes"
    return Judged(standing=Standing.UNCOVERED, reason=reason, contract=channel.place)


def _closed(channel: Channel, after: Session) -> Judged:
    rules = read_session(channel)
    closed = next((event for event in after.events if isinstance(event, Closed)), None)
    if rules is not None and rules.closes and closed is not None and closed.code not in rules.documented():
        reason = f"the contract names no close code {closed.code}"
        return Judged(standing=Standing.BREAKS, reason=reason, contract=channel.place)
    reason = "the contract does not say that it is this one"
    return Judged(standing=Standing.UNCOVERED, reason=reason, contract=channel.place)


def _moved(mark: Mark, steps: int) -> Mark:
    """Return *mark* as it stands below the first *steps* of its pointer."""
    rest = mark.pointer.split("/")[1 + steps :]
    return Mark(
        part=mark.part,
        kind=mark.kind,
        pointer="".join(f"/{step}" for step in rest),
        baseline=mark.baseline,
        candidate=mark.candidate,
    )


def _is_of(value: Json, tag: str | None, kind: str) -> bool:
    return isinstance(value, dict) and (tag is None or value.get(tag) == kind)


def _messages(session: Session) -> list[Json]:
    readings = [read_json(event.data) for event in session.events if isinstance(event, Received)]
    return [reading.value for reading in readings if not reading.fault]


def _read(body: bytes) -> Json:
    try:
        return cast("Json", json.loads(body))
    except (ValueError, RecursionError):
        return None
