"""A workflow step with its expressions resolved, and what expressions read of its exchange."""

from __future__ import annotations

import copy
import json

from accord.cases.expression import ABSENT, Absent, Context, Message, UnresolvedError, read_body, resolve
from accord.cases.step_request import StepReply, StepRequest
from accord.contract import pointer as pointers
from accord.contract.expression import is_expression
from accord.contract.pointer import Json
from accord.contract.workflow import OperationReference, Replacement, Step, StepBody


def compose(step: Step, context: Context) -> StepRequest:
    """Return what *step*, which calls an operation, says in *context*; raises ``UnresolvedError``."""
    values: dict[str, dict[str, Json]] = {"path": {}, "query": {}, "header": {}, "cookie": {}}
    for parameter in step.parameters:
        values[parameter.location or "query"][parameter.name] = resolve(parameter.value, context)
    body: Json | Absent = ABSENT
    verbatim = False
    if step.body is not None:
        body, verbatim = resolve_payload(step.body, context)
    return StepRequest(
        operation=step.operation or OperationReference(),
        step=step.pointer,
        path=values["path"],
        query=values["query"],
        headers=values["header"],
        cookies=values["cookie"],
        body=body,
        content_type=step.body.content_type if step.body else None,
        verbatim=verbatim,
    )


def message_of(request: StepRequest, reply: StepReply) -> Message:
    """Return what runtime expressions read of a step's request and its answer."""
    sent = reply.request
    return Message(
        url=sent.url,
        method=sent.method,
        request_headers=sent.headers,
        query=request.query,
        path=request.path,
        request_body=read_body(sent.headers, sent.body) if request.verbatim else request.body,
        status=reply.status,
        response_headers=reply.headers,
        response_body=read_body(reply.headers, reply.body),
    )


def resolve_payload(body: StepBody, context: Context) -> tuple[Json, bool]:
    """Return the payload, and whether it is text to be sent as it stands.

    A string payload is such text, unless it is one expression, which stands for its value, or has
    replacements, for which it is read as JSON. Raises ``UnresolvedError``.
    """
    payload = body.payload
    value = resolve(payload, context, media_type=body.content_type or "")
    verbatim = isinstance(payload, str) and not is_expression(payload)
    if not body.replacements:
        return value, verbatim
    if verbatim:
        try:
            value = json.loads(str(value))
        except (ValueError, RecursionError) as error:
            raise UnresolvedError("the payload is no JSON, so that nothing in it can be replaced") from error
    value = copy.deepcopy(value)
    for replacement in body.replacements:
        value = _replaced(value, replacement, resolve(replacement.value, context))
    return value, False


def _replaced(payload: Json, replacement: Replacement, value: Json) -> Json:
    """Set *value* in *payload*; a member may be new, an item of an array must exist."""
    if not replacement.target:
        return value
    before, _, last = replacement.target.rpartition("/")
    token = pointers.unescape(last)
    try:
        parent = pointers.lookup(payload, before)
        if isinstance(parent, dict):
            parent[token] = value
        elif isinstance(parent, list):
            pointers.lookup(parent, f"/{last}")
            parent[int(token)] = value
        else:
            raise LookupError(token)  # noqa: TRY004, TRY301
    except LookupError as error:
        raise UnresolvedError(f"the payload has no place {replacement.target}") from error
    return payload
