"""Files that a service must not take, asked for one at a time in an upload that it takes."""

from __future__ import annotations

from dataclasses import replace

from accord.cases.aim import Aim, Intent
from accord.cases.change import with_body
from accord.cases.multipart import part_of, with_part
from accord.cases.request import Request
from accord.cases.upload import GARBAGE, MAXIMUM_UPLOAD, File, files, foreign_type, formed_type
from accord.contract.contract import Contract
from accord.contract.openapi import Operation
from accord.exchange.reproduce import Padding, curl
from accord.findings.tally import Tally
from accord.run.context import Context
from accord.run.rest.probe import Probe, probe_of

RULE = "accepted-invalid-field"


def uploads(contract: Contract, operation: Operation) -> tuple[File, ...]:
    """Return the files that *operation* takes and of which the contract says what they may be."""
    media_types = operation.body.media_types if operation.body else ()
    found = (file for media_type in media_types for file in files(contract.library, media_type))
    return tuple(file for file in found if file.types or file.limit is not None)


def wrong_file(operation: Operation, context: Context) -> Tally:
    """Ask *operation* to take a file of another type, one that is not what it is called, and one too large."""
    tally, probe = probe_of(operation, context, RULE)
    if probe is None:
        return tally
    base = probe.arrival.request()
    for file in uploads(context.contract, operation):
        if part_of(base, file.name) is None:
            tally.miss(RULE, f"the valid request has no file called {file.name!r}")
            continue
        _foreign(probe, base, file)
        if operation.answers.keys() & {"400", "415"}:
            _broken(probe, base, file)
        _oversized(probe, base, file)
    return tally


def _foreign(probe: Probe, base: Request, file: File) -> None:
    media_type = foreign_type(file)
    request = with_part(base, file.name, content=GARBAGE, media_type=media_type) if media_type else None
    if request is not None:
        aim = Aim(intent=Intent.MEDIA_TYPE, location="body", path=(file.name,), variant=media_type or "")
        probe.say(aim, request)


def _broken(probe: Probe, base: Request, file: File) -> None:
    media_type = formed_type(file)
    request = with_part(base, file.name, content=GARBAGE, media_type=media_type) if media_type else None
    if request is not None:
        probe.say(_wrong(file, "contentType"), request)


def _oversized(probe: Probe, base: Request, file: File) -> None:
    """Send a good file that zeros make too large; what proves it is kept without them."""
    place = part_of(base, file.name)
    if file.limit is None or place is None:
        return
    if file.limit >= MAXIMUM_UPLOAD:
        reason = f"the limit of {file.limit:,} bytes is above what accord sends ({MAXIMUM_UPLOAD:,})"
        probe.tally.miss(RULE, reason, variant="too-large")
        return
    begin, end = place
    padding = Padding(at=end, count=max(0, file.limit + 1 - (end - begin)))
    body = base.body[:end] + bytes(padding.count) + base.body[end:]
    request = with_body(base, body, base.header("content-type") or "")
    context = probe.context
    exchange = context.client.send(request, operation=probe.operation.id)
    probe.tally.cases += 1
    if exchange.lapse is not None:
        # Many a server hangs up on what is too large, and a slow network takes its time for it.
        reason = f"no whole answer came to a file of {file.limit + 1:,} bytes ({exchange.lapse})"
        probe.tally.miss(RULE, reason, variant="too-large")
        return
    detail = f"{padding.count:,} zero bytes more stood at byte {padding.at:,} of the body"
    probe.hold(
        _wrong(file, "maxLength"),
        replace(exchange, request=base, detail=detail),
        reproduce=curl(base, secrets=context.secrets, padding=padding),
    )


def _wrong(file: File, keyword: str) -> Aim:
    return Aim(intent=Intent.INVALID_PLACE, location="body", path=(file.name,), keyword=keyword)
