"""One part of a multipart body (RFC 7578), replaced in a request that is ready for the wire."""

from __future__ import annotations

import re

from accord.cases.change import with_body
from accord.cases.request import Request

_BOUNDARY = re.compile(r'boundary="?([^";]{1,200})"?', re.IGNORECASE)
_TYPE = re.compile(rb"(?i)\r\ncontent-type:[^\r\n]*")


def part_of(request: Request, name: str) -> tuple[int, int] | None:
    """Return where the content of the part called *name* begins and ends in the body, None without one."""
    found = _BOUNDARY.search(request.header("content-type") or "")
    if found is None:
        return None
    line = b"\r\n--" + found[1].encode()
    wanted = f'name="{name}"'.encode()
    at = request.body.find(line[2:])
    while at >= 0:
        begin, end = request.body.find(b"\r\n\r\n", at), request.body.find(line, at + 1)
        if begin < 0 or end < begin:
            return None
        if wanted in re.split(rb"[;\s]+", request.body[at:begin]):
            return begin + 4, end
        at = end
    return None


def with_part(
    request: Request, name: str, *, content: bytes | None = None, media_type: str | None = None
) -> Request | None:
    """Return *request* with other *content*, or another *media_type*, of the part called *name*."""
    place = part_of(request, name)
    if place is None:
        return None
    begin, end = place
    head, kept, tail = request.body[: begin - 4], request.body[begin:end], request.body[end:]
    if media_type is not None:
        start = head.rfind(b"\r\n--") + 1
        lines = _TYPE.sub(b"", head[start:]) + b"\r\nContent-Type: " + media_type.encode()
        head = head[:start] + lines
    body = head + b"\r\n\r\n" + (kept if content is None else content) + tail
    return with_body(request, body, request.header("content-type") or "")
