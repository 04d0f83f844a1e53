"""Messages as signed HTTP requests, as Standard Webhooks has them (version 1, symmetric signatures)."""

from __future__ import annotations

import base64
import binascii
import hashlib
import hmac
import math
from dataclasses import dataclass, field

from accord.cases.request import Request
from accord.errors import TargetError
from accord.exchange.client import open_client
from accord.exchange.limits import Limits
from accord.exchange.message import Delivery, Message
from accord.exchange.values import Exchange
from accord.exchange.wire import address

_PREFIX = "whsec_"
_SHORTEST, _LONGEST = 24, 64
_ANSWER_BYTES = 64 * 1024
_LONGEST_WAIT = 24 * 3600.0


@dataclass(frozen=True, slots=True, kw_only=True)
class Webhook:
    """Where messages are posted, and the keys that sign them: two of them while they are exchanged."""

    url: str = field(repr=False)
    keys: tuple[bytes, ...] = field(repr=False)


def read_key(text: str) -> bytes:
    """Return the key that *text*, ``whsec_`` and base64 of 24 to 64 bytes, spells; raises ``ValueError``."""
    try:
        key = base64.b64decode(text.removeprefix(_PREFIX), validate=True)
    except (binascii.Error, ValueError):
        raise ValueError("is not whsec_ and base64") from None
    if not text.startswith(_PREFIX) or not _SHORTEST <= len(key) <= _LONGEST:
        raise ValueError(f"is not whsec_ and base64 of {_SHORTEST} to {_LONGEST} bytes")
    return key


def signature(key: bytes, id_: str, timestamp: int, body: bytes) -> str:
    """Return the signature of *body*: ``v1,`` and base64 of the HMAC-SHA256 of id, timestamp and body."""
    signed = f"{id_}.{timestamp}.".encode() + body
    return f"v1,{base64.b64encode(hmac.new(key, signed, hashlib.sha256).digest()).decode()}"


def post(webhook: Webhook, message: Message, *, now: float, seconds: float) -> Delivery:
    """Post *message*, within *seconds*; a status from 200 to 299 says that it was taken.

    Redirections are not followed. Never raises for what the receiver does.
    """
    timestamp = int(now)
    headers = (
        ("Content-Type", "application/json"),
        ("Webhook-Id", message.id),
        ("Webhook-Timestamp", str(timestamp)),
        (
            "Webhook-Signature",
            " ".join(signature(key, message.id, timestamp, message.data) for key in webhook.keys),
        ),
    )
    limits = Limits(seconds=seconds, connect_seconds=min(seconds, 5.0), bytes=_ANSWER_BYTES)
    try:
        client = open_client(str(address(webhook.url).origin), limits=limits)
    except TargetError as error:
        return Delivery(taken=False, detail=error.reason)
    try:
        request = Request(method="POST", url=webhook.url, headers=headers, body=message.data)
        return _delivery(client.send(request))
    finally:
        client.close()


def _delivery(exchange: Exchange) -> Delivery:
    response = exchange.response
    # The status has arrived: a body that breaks off changes nothing about it.
    if response is None:
        return Delivery(taken=False, detail=exchange.detail or str(exchange.lapse))
    taken = 200 <= response.status < 300
    return Delivery(
        taken=taken,
        detail=f"status {response.status}",
        wait=None if taken else _wait(response.header("retry-after")),
    )


def _wait(value: str | None) -> float | None:
    """Return the seconds of a Retry-After header (RFC 9110, 10.2.3), None for a date or nonsense."""
    try:
        seconds = float(value or "")
    except ValueError:
        return None
    return min(seconds, _LONGEST_WAIT) if math.isfinite(seconds) and seconds >= 0 else None
