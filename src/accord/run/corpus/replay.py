"""The corpus played again: in fixed order, against a service that may know none of the old ids."""

from __future__ import annotations

import re
import time
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import replace
from functools import partial
from typing import cast
from urllib.parse import quote, unquote

import orjson

from accord.cases.aim import Aim, Intent, Judgement
from accord.cases.credential import Credential, forgeries
from accord.cases.request import Request
from accord.contract.contract import Contract
from accord.contract.description import digest
from accord.contract.openapi import Operation
from accord.contract.pointer import Json, lookup
from accord.exchange.values import Exchange
from accord.findings.evidence import Observation
from accord.findings.tally import Tally
from accord.run.context import Context, Trial
from accord.run.corpus.learning import DEFAULT, NOBODY, SAFE
from accord.run.corpus.stored import Corpus, Step, StoredCase, name_of

STAGE = "rest"
PHASE = "corpus"
_RULE = "undocumented-status"
_LONGEST = 1_000
_REFERENCE = re.compile(r"\$\{(?:(\d{1,3})#([^}]*))?\}")
_BUSY = 409
# The statuses with which a request that keeps the contract may be refused all the same.
_REFUSING_VALID = (401, 403, 404, 409, 429)


class LostError(Exception):
    """What a stored case needs is no longer there."""


def plan(contract: Contract, corpus: Corpus, wanted: Callable[[Operation], bool]) -> Iterator[Trial]:
    """Yield a trial for each of the *wanted* operations that has stored cases."""
    for operation in filter(wanted, contract.operations):
        cases = corpus.cases.get(operation.id, ())
        if cases:
            play = partial(_replayed, operation, cases)
            yield Trial(stage=STAGE, id=f"rest/{operation.id}/{PHASE}", play=play, replays=True)


def _replayed(operation: Operation, cases: Sequence[StoredCase], context: Context) -> Tally:
    tally = context.tally()
    operations = {item.id: item for item in context.contract.operations}
    described = digest(context.contract, operation)
    for case in cases:
        asked = case if case.description == described else _outdated(case)
        if asked is None:
            continue
        try:
            exchange = _played(asked, operations, context, tally)
        except LostError as problem:
            tally.miss(_RULE, f"a stored case cannot be played: {problem}", variant=name_of(case))
            continue
        status = exchange.response.status if exchange.response and exchange.lapse is None else None
        tally.take(
            Observation(
                operation=operation,
                aim=asked.aim,
                exchange=exchange,
                judgements=judgements(asked, status),
                secrets=context.identities.secrets(),
            )
        )
        context.watch.note(exchange)
    return tally


def _outdated(case: StoredCase) -> StoredCase | None:
    """Return what is left of *case* when its operation is described otherwise by now, None for nothing.

    A bad credential stays bad. What was valid may be valid no more, but any answer to it has to keep
    the contract; what was wrong may be right.
    """
    match case.aim.intent:
        case Intent.CREDENTIAL:
            return case
        case Intent.VALID:
            return replace(case, aim=Aim(intent=Intent.STEP, phase=PHASE), judgements=())
    return None


def judgements(case: StoredCase, status: int | None) -> tuple[Judgement, ...]:
    """Return what is to be said of *status* where *case* had another: what was judged then, or a change of mind.

    The same status is as good or as bad as it was. One that takes what was refused, or refuses what
    was taken, is judged by what the case was after.
    """
    if status is None or status == case.status:
        return case.judgements
    seen = str(status)
    if case.aim.intent is Intent.VALID and case.status < 300 and _refuses(status):
        message = f"was taken with {case.status} before"
        return (Judgement(kind="RejectedPositiveData", message=message, seen=seen, subject=seen),)
    if case.aim.intent is Intent.INVALID and _refuses(case.status) and status < 300:
        message = f"was refused with {case.status} before"
        return (Judgement(kind="AcceptedNegativeData", message=message, seen=seen, subject=seen),)
    return ()


def _refuses(status: int) -> bool:
    return 400 <= status < 500 and status not in _REFUSING_VALID


def _played(
    case: StoredCase, operations: Mapping[str, Operation], context: Context, tally: Tally
) -> Exchange:
    """Send the requests of *case* and return the exchange of the last; what was only read is read once."""
    known = cast("dict[Step, Exchange]", context.shared.setdefault("corpus-reads", {}))
    answers: list[Exchange] = []
    for at, step in enumerate(case.steps, 1):
        if at < len(case.steps) and step in known:
            answers.append(known[step])
            continue
        answers.append(send_step(step, operations, answers, context))
        tally.cases += 1
        if step.method not in SAFE:
            known.clear()
        elif "${" not in step.target:
            known[step] = answers[-1]
    return answers[-1]


def play_chain(
    case: StoredCase, operations: Mapping[str, Operation], context: Context, *, waits: Sequence[float] = ()
) -> tuple[Exchange, ...]:
    """Send every request of *case* and return the exchanges.

    A service that is still at work on the step before says so with 409: a request that succeeded once is sent again
    then, after each of *waits* in seconds. Raises ``LostError`` when what a step needs is not there.
    """
    answers: list[Exchange] = []
    for at, step in enumerate(case.steps, 1):
        exchange = send_step(step, operations, answers, context)
        for seconds in waits if at < len(case.steps) or case.status < 300 else ():
            if exchange.response is None or exchange.response.status != _BUSY:
                break
            time.sleep(seconds)
            exchange = send_step(step, operations, answers, context)
        answers.append(exchange)
    return tuple(answers)


def send_step(
    step: Step, operations: Mapping[str, Operation], answers: Sequence[Exchange], context: Context
) -> Exchange:
    """Send *step*, with what *answers* say in it; raises ``LostError`` for an operation that is not there."""
    operation = operations.get(step.operation)
    if operation is None:
        raise LostError(f"the contract has no operation {step.operation!r}")
    credential = _credential(step.caller, operation, context)
    request = _request(step, credential, answers, context.client.base_url)
    return context.client.send(request, operation=operation.id)


def _credential(caller: str, operation: Operation, context: Context) -> Credential:
    if caller == NOBODY:
        return Credential()
    good = context.identities.credential(operation)
    if caller == DEFAULT:
        return good
    given = {name: context.identities.token(name) for name in ("expired", "revoked")}
    for forgery in forgeries(good, expired=given["expired"], revoked=given["revoked"]):
        if forgery.name == caller:
            if forgery.credential is None:
                raise LostError(forgery.reason)
            return forgery.credential
    raise LostError(f"no caller is called {caller[:100]!r}")


def _request(step: Step, credential: Credential, answers: Sequence[Exchange], base_url: str) -> Request:
    target = _filled(step.target, answers, quoted=True)
    if credential.query:
        pairs = "&".join(f"{quote(name)}={quote(value)}" for name, value in credential.query.items())
        target += ("&" if "?" in target else "?") + pairs
    body = step.body if isinstance(step.body, bytes) else _filled(step.body, answers, quoted=False).encode()
    return Request(
        method=step.method,
        url=base_url + target,
        headers=(*step.headers, *credential.headers.items()),
        body=body,
    )


def _filled(text: str, answers: Sequence[Exchange], *, quoted: bool) -> str:
    """Return *text* with what the *answers* say in the place of each reference to one."""
    if "${" not in text:
        return text

    def value(match: re.Match[str]) -> str:
        if match[1] is None:
            return "${"
        found = _said(answers, int(match[1]), unquote(match[2]))
        return quote(found, safe="") if quoted else found

    return _REFERENCE.sub(value, text)


def _said(answers: Sequence[Exchange], at: int, pointer: str) -> str:
    response = answers[at].response if at < len(answers) else None
    if response is None or response.status >= 300:
        status = response.status if response else "no answer"
        raise LostError(f"step {at} of it is answered with {status}")
    try:
        found: Json = lookup(orjson.loads(response.body), pointer)
    except (orjson.JSONDecodeError, LookupError):
        found = None
    if isinstance(found, bool) or not isinstance(found, str | int) or len(str(found)) > _LONGEST:
        raise LostError(f"the answer to step {at} of it has no {pointer[:100]}")
    return str(found)
