"""Recordings written as HTTP Archives (HAR 1.2), entry by entry, the same bytes for the same recording."""

from __future__ import annotations

import base64
from collections.abc import Iterable, Iterator
from datetime import UTC, datetime
from http import HTTPStatus
from importlib.metadata import version
from typing import Any, TypeAlias
from urllib.parse import parse_qsl, urlsplit

import orjson

from accord.exchange.har import MEMBER
from accord.exchange.recording import dump_events
from accord.exchange.secrets import Secrets
from accord.exchange.values import Closed, Exchange, Opened, Received, Sent, Session
from accord.exchange.wire import Headers

_Object: TypeAlias = dict[str, Any]
_TEXT, _BINARY = 1, 2
_FIELDS = 1_000


def render(recorded: Iterable[Exchange | Session], secrets: Secrets | None = None) -> Iterator[bytes]:
    """Yield the parts of the archive of *recorded*, masked by *secrets*: the head, each entry, the end."""
    secrets = secrets or Secrets()
    creator = orjson.dumps({"name": "accord", "version": version("accord")})
    yield b'{"log":{"version":"1.2","creator":' + creator + b',"entries":['
    between = b"\n"
    for said in recorded:
        entry = (
            _session(secrets.mask_session(said))
            if isinstance(said, Session)
            else _exchange(secrets.mask_exchange(said))
        )
        yield between + orjson.dumps(_clean(entry))
        between = b",\n"
    yield b"\n]}}\n"


def _exchange(exchange: Exchange) -> _Object:
    response = exchange.response
    return {
        "startedDateTime": _moment(exchange.started),
        "time": exchange.seconds * 1000,
        "request": _request(exchange.request.method, exchange.request.url, exchange.request.headers)
        | {"bodySize": len(exchange.request.body), **_posted(exchange)},
        "response": _response(
            response.status if response else 0,
            response.headers if response else (),
            response.body if response else b"",
        ),
        "cache": {},
        "timings": {"send": 0, "wait": exchange.seconds * 1000, "receive": 0},
        MEMBER: {
            "id": exchange.id,
            "operation": exchange.operation,
            "lapse": exchange.lapse,
            "detail": exchange.detail,
            "started": exchange.started,
            "seconds": exchange.seconds,
        },
    }


def _session(session: Session) -> _Object:
    opened = any(isinstance(event, Opened) for event in session.events)
    refusal = next((event.status for event in session.events if isinstance(event, Closed)), None)
    length = max((event.at for event in session.events), default=0.0) * 1000
    headers = (("Upgrade", "websocket"), ("Connection", "Upgrade"))
    return {
        "startedDateTime": _moment(session.started),
        "time": length,
        "_resourceType": "websocket",
        "request": _request("GET", session.url, headers) | {"bodySize": 0},
        "response": _response(101 if opened else refusal or 0, headers if opened else (), b""),
        "cache": {},
        "timings": {"send": 0, "wait": length, "receive": 0},
        "_webSocketMessages": [
            _message(event, session.started) for event in session.events if isinstance(event, Sent | Received)
        ],
        MEMBER: {
            "id": session.id,
            "channel": session.channel,
            "script": session.script,
            "identity": session.identity,
            "crash": session.crash,
            "started": session.started,
            # What is said stands among the messages; the rest, in its order, only here.
            "events": dump_events(session.events),
        },
    }


def _message(event: Sent | Received, started: float) -> _Object:
    binary = isinstance(event.data, bytes)
    data = base64.b64encode(event.data).decode() if isinstance(event.data, bytes) else event.data
    return {
        "type": "send" if isinstance(event, Sent) else "receive",
        "time": started + event.at,
        "opcode": _BINARY if binary else _TEXT,
        "data": data,
    }


def _request(method: str, url: str, headers: Headers) -> _Object:
    return {
        "method": method,
        "url": url,
        "httpVersion": "HTTP/1.1",
        "cookies": [],
        "headers": _pairs(headers),
        "queryString": _query(url),
        "headersSize": -1,
    }


def _query(url: str) -> list[_Object]:
    try:
        found = parse_qsl(urlsplit(url).query, keep_blank_values=True, max_num_fields=_FIELDS)
    except ValueError:
        return []
    return [{"name": name, "value": value} for name, value in found]


def _posted(exchange: Exchange) -> _Object:
    body = exchange.request.body
    if not body:
        return {}
    form = exchange.request.header("content-type") or "application/octet-stream"
    text, encoding = _told(body)
    return {"postData": {"mimeType": form, "text": text, **({"_encoding": encoding} if encoding else {})}}


def _response(status: int, headers: Headers, body: bytes) -> _Object:
    named = {name.lower(): value for name, value in reversed(headers)}
    text, encoding = _told(body)
    return {
        "status": status,
        "statusText": _phrase(status),
        "httpVersion": "HTTP/1.1",
        "cookies": [],
        "headers": _pairs(headers),
        "content": {
            "size": len(body),
            "mimeType": named.get("content-type", ""),
            "text": text,
            **({"encoding": encoding} if encoding else {}),
        },
        "redirectURL": named.get("location", ""),
        "headersSize": -1,
        "bodySize": len(body),
    }


def _told(body: bytes) -> tuple[str, str]:
    """Return *body* as text, and its encoding where it is none."""
    try:
        return body.decode(), ""
    except UnicodeDecodeError:
        return base64.b64encode(body).decode(), "base64"


def _phrase(status: int) -> str:
    return HTTPStatus(status).phrase if status in set(HTTPStatus) else ""


def _pairs(headers: Headers) -> list[_Object]:
    return [{"name": name, "value": value} for name, value in headers]


def _moment(started: float) -> str:
    """Return a time as HAR has it, with microseconds; one that no calendar has is the first there is."""
    try:
        moment = datetime.fromtimestamp(started, UTC)
    except (ValueError, OverflowError, OSError):
        moment = datetime.fromtimestamp(0, UTC)
    return moment.isoformat(timespec="microseconds").replace("+00:00", "Z")


def _clean(value: Any) -> Any:
    """Return *value* with a question mark for each half of a surrogate pair, which UTF-8 cannot hold."""
    if isinstance(value, str):
        return value.encode(errors="replace").decode()
    if isinstance(value, dict):
        return {name: _clean(item) for name, item in value.items()}
    return [_clean(item) for item in value] if isinstance(value, list) else value
