"""What is changed about a valid case before it leaves, and how."""

from __future__ import annotations

import re
import zlib
from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import Any, cast
from urllib.parse import quote

from accord.cases.credential import Credential
from accord.cases.expression import Absent
from accord.cases.request import Request
from accord.cases.step_request import StepRequest
from accord.cases.wrong import ABSENT, Wrong, put
from accord.contract.pointer import Json

_BOUNDARY = re.compile(rb"--([0-9a-f]{32})\r\n")


@dataclass(frozen=True, slots=True, kw_only=True)
class Changes:
    """What is changed about a valid case.

    ``credential`` replaces the operation's own; ``wrong`` is put at its place; ``body`` and
    ``content_type`` replace what would be sent, as bytes.
    """

    credential: Credential | None = None
    wrong: Wrong | None = None
    body: bytes | None = None
    content_type: str = ""


def put_wrong(case: Any, wrong: Wrong) -> None:
    """Put *wrong* into *case*, in the container of its location."""
    if wrong.location == "body":
        case.body = put(case.body, wrong.path, wrong.value)
        return
    containers = {
        "path": case.path_parameters,
        "query": case.query,
        "header": case.headers,
        "cookie": case.cookies,
    }
    container = containers[wrong.location]
    name = str(wrong.path[0])
    if wrong.value is ABSENT:
        container.pop(name, None)
    else:
        container[name] = in_path(wrong.value) if wrong.location == "path" else wrong.value


def change_step(step: StepRequest, changes: Changes, secured: Sequence[tuple[str, str]]) -> StepRequest:
    """Return *step* with the wrong value and the credential of *changes*; its bytes are for the request.

    *secured* is location and name of everything that shows who calls, which a credential replaces.
    """
    places = {"path": dict(step.path), "query": dict(step.query)}
    places |= {"header": dict(step.headers), "cookie": dict(step.cookies)}
    if changes.credential is not None:
        for location, name in secured:
            _drop(places[location], location, name)
        places["header"].update(changes.credential.headers)
        places["query"].update(changes.credential.query)
    body, wrong = step.body, changes.wrong
    if wrong is not None and wrong.location == "body":
        body = put(None if isinstance(body, Absent) else body, wrong.path, wrong.value)
    elif wrong is not None:
        name = str(wrong.path[0])
        _drop(places[wrong.location], wrong.location, name)
        if wrong.value is not ABSENT:
            places[wrong.location][name] = wrong.value
    return replace(
        step,
        path=places["path"],
        query=places["query"],
        headers=places["header"],
        cookies=places["cookie"],
        body=body,
    )


def _drop(values: dict[str, Json], location: str, name: str) -> None:
    """Take away *name*; names of headers compare without case (RFC 9110, 5.1)."""
    alike = [item for item in values if item.lower() == name.lower()] if location == "header" else [name]
    for item in alike:
        values.pop(item, None)


def in_path(value: Any) -> Any:
    """Return *value* as schemathesis holds path parameters: percent-encoded already."""
    return quote(value, safe="") if isinstance(value, str) else value


def with_body(request: Request, body: bytes, content_type: str) -> Request:
    """Return *request* with another body, and the headers that tell of it; an empty *content_type* is left out."""
    kept = tuple(
        (name, value)
        for name, value in request.headers
        if name.lower() not in ("content-type", "content-length")
    )
    named = (("Content-Type", content_type),) if content_type else ()
    headers = (*kept, *named, ("Content-Length", str(len(body))))
    return replace(request, headers=headers, body=body)


def with_steady_boundary(request: Request) -> Request:
    """Return a multipart request whose boundary follows from its content: urllib3 draws a random one."""
    match = _BOUNDARY.match(request.body)
    if match is None:
        return request
    drawn = match.group(1)
    steady = f"{zlib.crc32(request.body.replace(drawn, b'')):08x}".ljust(len(drawn), "0")
    headers = tuple((name, value.replace(drawn.decode(), steady)) for name, value in request.headers)
    return replace(request, headers=headers, body=request.body.replace(drawn, steady.encode()))


def plain(value: Any) -> Json:
    """Return *value* as JSON can say it: raw bytes become a text of the same role."""
    if isinstance(value, dict):
        return {str(name): plain(item) for name, item in value.items()}
    if isinstance(value, list):
        return [plain(item) for item in value]
    # Exact types: schemathesis has subclasses of str that stand for raw bytes.
    return cast("Json", value) if type(value) in (str, int, float, bool, type(None)) else "binary"
