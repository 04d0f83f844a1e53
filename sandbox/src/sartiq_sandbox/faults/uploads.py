"""Faults in the upload of images: what is accepted, what is kept, what is served."""

from __future__ import annotations

import re
from dataclasses import replace

from sartiq_sandbox.faults.edit import at
from sartiq_sandbox.faults.exchange import (
    Answer,
    Ask,
    Call,
    answered,
    changed,
    handled,
    refusal,
)
from sartiq_sandbox.faults.fault import Fault, rest
from sartiq_sandbox.images import paint

__all__ = ["FAULTS"]

UPLOAD, PRODUCT = "POST /products/*/images", "GET /products/*"
KIND = re.compile(rb'name="type"\r\n(?:[^\r\n]+\r\n)*\r\n(\w+)\r\n')
WEBP = re.compile(rb"content-type:\s*image/webp", re.IGNORECASE)
FIELD, MEDIA_TYPE = "accepted-invalid-field", "accepted-foreign-media-type"
BOUNDARY = "a-boundary-that-no-picture-has"


def with_good_picture(call: Call) -> Call:
    """Return the upload with a picture in the place of its file, and a kind that there is."""
    found = KIND.search(call.body)
    kind = found[1].decode() if found else "primary"
    kind = kind if kind in {"primary", "secondary", "detail"} else "primary"
    lines = (
        f'--{BOUNDARY}\r\nContent-Disposition: form-data; name="type"\r\n\r\n{kind}\r\n'
        f'--{BOUNDARY}\r\nContent-Disposition: form-data; name="file"; filename="a.png"\r\n'
        "Content-Type: image/png\r\n\r\n"
    )
    body = lines.encode() + paint(1).content + f"\r\n--{BOUNDARY}--\r\n".encode()
    media_type = f"multipart/form-data; boundary={BOUNDARY}"
    return replace(call, body=body).with_header("content-type", media_type)


def taking(name: str, consequence: str, status: int, says: str, rule: str = FIELD) -> Fault:
    """Return a fault that takes files which are refused with a status and certain words."""

    async def handler(call: Call, ask: Ask) -> Answer:
        answer = await ask(call)
        refused = answer.status == status and says.encode() in answer.body
        return await ask(with_good_picture(call)) if refused else answer

    return rest(name, rule, consequence, handled(UPLOAD, lambda: handler))


async def crash_at_webp(call: Call, ask: Ask) -> Answer:
    """Fail at a format that the contract names."""
    return refusal(500, "Internal Server Error") if WEBP.search(call.body) else await ask(call)


FAULTS = (
    taking(
        "text-file-accepted",
        "A product shows a broken image.",
        415,
        "Unsupported media type",
        MEDIA_TYPE,
    ),
    taking("broken-image-accepted", "A product shows a broken image.", 400, "Invalid image"),
    taking(
        "size-limit-ignored",
        "One user fills the disk of all.",
        413,
        "File too large",
    ),
    taking(
        "unknown-image-kind-accepted",
        "A mistyped kind is not noticed, and the image becomes the primary one.",
        422,
        '"type":"enum"',
    ),
    rest(
        "failure-at-webp",
        "server-error",
        "Users of a phone that makes WebP cannot upload.",
        handled(UPLOAD, lambda: crash_at_webp),
    ),
    rest(
        "image-forgotten",
        "lost-write",
        "An image that was uploaded is gone.",
        changed(PRODUCT, at("images", lambda images: images[:1])),
    ),
    rest(
        "image-at-dead-address",
        "unreadable-creation",
        "A client cannot fetch the image that it has just uploaded.",
        changed(UPLOAD, at("url", lambda url: url.replace("/media/", "/media/0"))),
    ),
    rest(
        "image-served-as-text",
        "inconsistent-pair",
        "A browser shows the bytes of an image as letters.",
        answered(
            "GET /media/*", lambda _, answer: answer.with_header("content-type", "text/plain")
        ),
    ),
)
