"""The REST stage: what schemathesis draws, and accord's own cases of refusal, one trial each."""

from __future__ import annotations

import random
import uuid
import zlib
from collections.abc import Callable, Iterator, Sequence
from functools import partial
from typing import Any

from accord.cases.aim import Aim, Intent, Judgement
from accord.cases.change import Changes
from accord.cases.credential import Credential, forgeries
from accord.cases.expression import Absent
from accord.cases.odd import odd_bodies
from accord.cases.wrong import Wrong, wrong_bodies, wrong_parameters
from accord.contract.contract import Contract
from accord.contract.media_type import JSON, essence
from accord.contract.openapi import METHODS, Operation, Parameter
from accord.exchange.values import Lapse
from accord.findings.evidence import Observation
from accord.findings.tally import Tally
from accord.run.context import Context, Trial
from accord.run.outage import Gone
from accord.run.rest.permission import forbidden_caller, restricted
from accord.run.rest.probe import probe_of
from accord.run.rest.repetition import repeatable, repetition
from accord.run.rest.upload import uploads, wrong_file
from accord.run.rest.wire import Wire, engine, label, secured_by

STAGE = "rest"
_EXPLORING = ("fuzzing", "stateful")
_UNMADE = "schemathesis cannot make cases for this operation"
_UNDRAWN = (
    "schemathesis makes no cases for the methods of additionalOperations; a workflow or a recording may ask"
)
_DRAWN = frozenset(map(str.upper, METHODS))
# RFC 8259: 2, the grammar, and 8.1, the encoding.
_MALFORMED = (("JSON", b'{"unfinished": '), ("UTF-8", b'{"text": "\xff\xfe"}'))
# A chain that breaks off does not count as one, so hypothesis would begin hundreds of them.
_CHAIN_LAPSES = 20


def plan(contract: Contract, wanted: Callable[[Operation], bool]) -> Iterator[Trial]:
    """Yield the trials of the REST stage for the operations that are *wanted*."""
    operations = [operation for operation in contract.operations if wanted(operation)]
    for operation in operations:
        for phase in ("examples", "coverage", "fuzzing"):
            play = partial(_drawn, operation, phase)
            explores = phase == "fuzzing"
            yield Trial(stage=STAGE, id=f"rest/{operation.id}/{phase}", play=play, explores=explores)
        for name, refusal in REFUSALS:
            if _applies(name, contract, operation):
                yield Trial(stage=STAGE, id=f"rest/{operation.id}/{name}", play=partial(refusal, operation))
    if len(operations) > 1:
        chains = partial(_chains, {item.id for item in operations})
        yield Trial(stage=STAGE, id="rest/chains", play=chains, explores=True)


def _applies(name: str, contract: Contract, operation: Operation) -> bool:
    media_types = operation.body.media_types if operation.body else ()
    of_json = any(item.name == JSON for item in media_types)
    applicable = {
        "bad-credential": operation.secured,
        "unknown-id": bool(operation.parameters_in("path")),
        "invalid-field": operation.body is not None or bool(operation.parameters),
        "malformed-body": of_json,
        "foreign-media-type": of_json,
        "odd-body": of_json,
        "wrong-file": bool(uploads(contract, operation)),
        "forbidden-caller": restricted(contract, operation),
        "repetition": repeatable(operation),
    }
    return applicable[name]


def _observer(
    context: Context, tally: Tally, wire: Wire
) -> Callable[[str, Aim, Sequence[Judgement]], list[str]]:
    def observe(name: str, aim: Aim, judgements: Sequence[Judgement]) -> list[str]:
        tally.cases += len(wire.waiting)
        observed = Observation(
            operation=wire.operations[name],
            aim=aim,
            exchange=wire.take(),
            judgements=tuple(judgements),
            secrets=context.identities.secrets(),
        )
        found = tally.take(observed)
        context.watch.note(observed.exchange)
        if (aim.phase in _EXPLORING or context.deadline.whole) and context.deadline.over():
            raise Gone
        return found

    return observe


def _drawn(operation: Operation, phase: str, context: Context) -> Tally:
    tally = context.tally()
    made, wire = engine(context)
    if label(operation) not in made.labels():
        tally.miss("response-schema-violation", _UNDRAWN if operation.method not in _DRAWN else _UNMADE)
        return tally
    observe = _observer(context, tally, wire)
    match phase:
        case "examples":
            made.examples(label(operation), observe)
        case "coverage":
            reason = made.coverage(label(operation), observe)
            if reason:
                tally.miss("accepted-invalid-request", reason, variant="boundaries")
        case _:
            reason = made.fuzzing(label(operation), observe)
            if reason:
                tally.miss("rejected-valid-request", reason)
    return tally


def _chains(wanted: set[str], context: Context) -> Tally:
    tally = context.tally()
    made, wire = engine(context)
    observe = _observer(context, tally, wire)
    lapses = 0

    def observe_wanted(name: str, aim: Aim, judgements: Sequence[Judgement]) -> list[str]:
        nonlocal lapses
        lapses += wire.waiting[0].lapse not in (None, Lapse.WITHHELD)
        found: list[str] = []
        if wire.operations[name].id in wanted:
            found = observe(name, aim, judgements)
        wire.waiting.clear()
        if lapses >= _CHAIN_LAPSES:
            tally.miss("use-after-free", f"no whole answer came {lapses} times")
            raise Gone
        return found

    reason = made.stateful(observe_wanted)
    if reason:
        tally.miss("use-after-free", reason)
    return tally


def _bad_credential(operation: Operation, context: Context) -> Tally:
    tally, probe = probe_of(operation, context, "unauthenticated-access")
    if probe is None:
        return tally
    good = context.identities.credential(operation)
    if not good.headers and not good.query:
        probe.ask(Aim(intent=Intent.CREDENTIAL, variant="no-token"), Changes(credential=Credential()))
        tally.miss("unauthenticated-access", "no identity is configured", variant="other-credentials")
        return tally
    given = {name: context.identities.token(name) for name in ("expired", "revoked")}
    for forgery in forgeries(good, expired=given["expired"], revoked=given["revoked"]):
        if forgery.credential is None:
            tally.miss("unauthenticated-access", forgery.reason, variant=forgery.name)
            continue
        aim = Aim(intent=Intent.CREDENTIAL, variant=forgery.name)
        probe.ask(aim, Changes(credential=forgery.credential))
    return tally


def _unknown_id(operation: Operation, context: Context) -> Tally:
    tally, probe = probe_of(operation, context, "answered-unknown-id")
    if probe is None:
        return tally
    for parameter in operation.parameters_in("path"):
        value = _unknown(context, operation, parameter)
        if value is None or operation.answer(404) is None or "404" not in operation.answers:
            reason = "the contract documents no 404" if value is not None else "the parameter is not an id"
            tally.miss("answered-unknown-id", reason, variant=parameter.name)
            continue
        wrong = Wrong(location="path", path=(parameter.name,), keyword="unknown", value=value)
        probe.ask(
            Aim(intent=Intent.UNKNOWN_ID, location="path", path=(parameter.name,)), Changes(wrong=wrong)
        )
    return tally


def _unknown(context: Context, operation: Operation, parameter: Parameter) -> Any:
    """Return an id of the right form that nobody has given out; None where the schema lists the values."""
    if parameter.schema is None:
        return None
    _, schema = context.contract.library.follow(parameter.schema)
    draw = random.Random(zlib.crc32(f"{context.seed}/{operation.id}/{parameter.name}".encode()))  # noqa: S311
    validator = context.contract.library.validator(parameter.schema)
    candidates: tuple[Any, ...] = (
        str(uuid.UUID(int=draw.getrandbits(128), version=4)),
        draw.randrange(10**8, 2 * 10**9),
        "".join(draw.choices("abcdefghijklmnopqrstuvwxyz", k=12)),
    )
    if not isinstance(schema, dict) or "enum" in schema or "const" in schema:
        return None
    return next((item for item in candidates if validator.is_valid(item)), None)


def _invalid_field(operation: Operation, context: Context) -> Tally:
    tally, probe = probe_of(operation, context, "accepted-invalid-field")
    if probe is None:
        return tally
    shown = {(location, name.lower()) for location, name in secured_by(context.contract, operation)}
    wrongs = [
        wrong
        for wrong in wrong_parameters(context.contract.library, operation)
        # A parameter that carries the credential is judged by the rules about credentials.
        if (wrong.location, str(wrong.path[0]).lower()) not in shown
    ]
    media_type = essence(probe.arrival.media_type)
    declared = next(
        (
            item
            for item in (operation.body.media_types if operation.body else ())
            if essence(item.name) == media_type
        ),
        None,
    )
    body = probe.arrival.body
    if declared is not None and declared.schema is not None and not isinstance(body, Absent):
        found = wrong_bodies(context.contract.library, declared.schema, body)
        wrongs.extend(wrong for wrong in found if media_type == JSON or _fits_a_form(wrong))
    for wrong in wrongs:
        aim = Aim(
            intent=Intent.INVALID_PLACE, location=wrong.location, path=wrong.path, keyword=wrong.keyword
        )
        probe.ask(aim, Changes(wrong=wrong))
    if not wrongs:
        tally.miss("accepted-invalid-field", "nothing about a request can be wrong")
    return tally


def _fits_a_form(wrong: Wrong) -> bool:
    """Tell whether a form can carry *wrong*: it knows texts and absence, not types."""
    return wrong.keyword not in ("type", "null")


def _malformed_body(operation: Operation, context: Context) -> Tally:
    tally, probe = probe_of(operation, context, "accepted-malformed-body")
    if probe is not None:
        for variant, body in _MALFORMED:
            aim = Aim(intent=Intent.MALFORMED_BODY, location="body", variant=variant)
            probe.ask(aim, Changes(body=body, content_type=JSON))
    return tally


def _foreign_media_type(operation: Operation, context: Context) -> Tally:
    tally, probe = probe_of(operation, context, "accepted-foreign-media-type")
    if probe is None:
        return tally
    if operation.body is not None and any(
        item.name in ("*/*", "text/*") for item in operation.body.media_types
    ):
        tally.miss("accepted-foreign-media-type", "the operation takes every media type")
        return tally
    body = probe.arrival.request().body
    changes = Changes(body=body, content_type="text/plain")
    probe.ask(Aim(intent=Intent.MEDIA_TYPE, location="body", variant="text/plain"), changes)
    return tally


def _odd_body(operation: Operation, context: Context) -> Tally:
    tally, probe = probe_of(operation, context, "server-error")
    body = probe.arrival.body if probe is not None else None
    if probe is not None and probe.arrival.media_type == JSON and not isinstance(body, Absent):
        for odd in odd_bodies(body):
            aim = Aim(intent=Intent.ODD, location="body", variant=odd.name)
            probe.ask(aim, Changes(body=odd.body, content_type=odd.content_type))
    elif probe is not None:
        tally.miss("server-error", "the first body of the operation is not JSON")
    return tally


REFUSALS: tuple[tuple[str, Callable[[Operation, Context], Tally]], ...] = (
    ("bad-credential", _bad_credential),
    ("unknown-id", _unknown_id),
    ("invalid-field", _invalid_field),
    ("malformed-body", _malformed_body),
    ("foreign-media-type", _foreign_media_type),
    ("wrong-file", wrong_file),
    ("odd-body", _odd_body),
    ("forbidden-caller", forbidden_caller),
    ("repetition", repetition),
)
