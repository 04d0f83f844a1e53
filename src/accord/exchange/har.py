"""HTTP Archives (HAR 1.2), as browsers and proxies write them, read as exchanges and sessions, without secrets."""

from __future__ import annotations

import base64
import json
import re
from collections.abc import Callable, Iterator
from datetime import datetime
from pathlib import Path
from typing import Any, TypeAlias
from urllib.parse import urlencode

import orjson

from accord.cases.request import Request, first_header
from accord.errors import RecordingError
from accord.exchange.body import Body
from accord.exchange.message_lines import unreadable
from accord.exchange.recording import load_events
from accord.exchange.secrets import Secrets
from accord.exchange.values import (
    Closed,
    Event,
    Exchange,
    Lapse,
    Opened,
    Received,
    Response,
    Sent,
    Session,
    Side,
)
from accord.exchange.wire import Headers

LARGEST = 512 * 1024 * 1024
MEMBER = "_accord"
"""Where accord keeps what HAR has no place for."""
_UTF16 = (b"\xff\xfe", b"\xfe\xff")
_URL = re.compile(r"(?:https?|wss?)://[^/?#\s]+", re.IGNORECASE)
_TEXT, _BINARY = 1, 2
_UPGRADED = 101
_SECONDS_OF_A_YEAR_5000 = 95_617_584_000

_Object: TypeAlias = dict[str, Any]
Skip: TypeAlias = Callable[[str], None]


class _EntryError(ValueError):
    """Says why an entry cannot be read."""


def read(
    path: Path, *, skip: Skip, secrets: Secrets | None = None, largest: int = LARGEST
) -> Iterator[Exchange | Session]:
    """Yield what the archive at *path* holds, in its order, masked by *secrets*.

    An entry that cannot be read is passed over, and *skip* is told why. Raises ``RecordingError`` with
    the place where the file is no archive, is cut off, or has more than *largest* bytes.
    """
    secrets = secrets or Secrets()
    for number, entry in enumerate(_entries(path, skip, largest), start=1):
        try:
            said = _read_entry(entry, number, skip)
        except _EntryError as problem:
            skip(f"an entry of an archive: {problem}")
            continue
        yield secrets.mask_session(said) if isinstance(said, Session) else secrets.mask_exchange(said)


def _entries(path: Path, skip: Skip, largest: int) -> list[Any]:
    try:
        if path.stat().st_size > largest:
            raise RecordingError(
                f"the archive has more than {largest} bytes",
                place=str(path),
                next_step="Split it, or record with `accord verify --record`.",
            )
        data = path.read_bytes()
    except OSError as problem:
        raise unreadable(path, problem) from None
    document = _parsed(data, path, skip)
    log = document.get("log") if isinstance(document, dict) else None
    entries = log.get("entries") if isinstance(log, dict) else None
    if not isinstance(entries, list):
        raise RecordingError(
            "is no HTTP Archive: it has no list at /log/entries",
            place=str(path),
            next_step="Save the network log of the browser as HAR again.",
        )
    return entries


def _parsed(data: bytes, path: Path, skip: Skip) -> Any:
    if data.startswith(_UTF16):
        data = data.decode("utf-16", errors="replace").encode(errors="replace")
    data = data.removeprefix(b"\xef\xbb\xbf")
    try:
        return orjson.loads(data)
    except ValueError:
        # Lone surrogates, bytes that are no UTF-8, or no JSON at all.
        text = data.decode(errors="replace")
    if "\ufffd".encode() not in data and "\ufffd" in text:
        skip("bytes of an archive that are no UTF-8 were replaced")
    try:
        return json.loads(text, parse_constant=lambda _: None)
    except json.JSONDecodeError as problem:
        ended = problem.pos >= len(text.rstrip()) or problem.msg.startswith("Unterminated")
        cut = " and seems to be cut off" if ended else ""
        raise RecordingError(
            f"is not JSON{cut}: {problem.msg}",
            place=f"{path}:{problem.lineno}",
            next_step="Save the archive again, whole.",
        ) from None
    except (ValueError, RecursionError):
        raise RecordingError(
            "is nested too deep, or has a number of too many digits",
            place=str(path),
            next_step="Save the archive again.",
        ) from None


def _read_entry(entry: Any, number: int, skip: Skip) -> Exchange | Session:
    request = _member(entry, "request", dict, "has no request")
    url = request.get("url")
    if not isinstance(url, str) or not _URL.match(url):
        raise _EntryError("its request has no http or ws URL")
    own = entry.get(MEMBER)
    own = own if isinstance(own, dict) else {}
    messages = entry.get("_webSocketMessages")
    if isinstance(messages, list):
        return _session(entry, url, messages, own, number)
    if url.lower().startswith("ws"):
        raise _EntryError("a WebSocket without _webSocketMessages")
    return _exchange(entry, request, url, own, number, skip)


def _exchange(entry: _Object, request: _Object, url: str, own: _Object, number: int, skip: Skip) -> Exchange:
    response = _response(entry.get("response"), skip)
    lapse = Lapse(own["lapse"]) if own.get("lapse") in set(Lapse) else None if response else Lapse.CLOSED
    return Exchange(
        id=_text(own.get("id")) or f"e{number}",
        operation=_text(own.get("operation")) or None,
        request=Request(
            method=_text(request.get("method")).upper() or "GET",
            url=url,
            headers=_headers(request.get("headers")),
            body=_posted(request.get("postData")),
        ),
        response=response,
        lapse=lapse,
        detail=_text(own.get("detail")),
        started=_started(entry, own),
        seconds=_number(own.get("seconds"), _number(entry.get("time")) / 1000),
    )


def _response(value: Any, skip: Skip) -> Response | None:
    status = value.get("status") if isinstance(value, dict) else None
    # A browser writes 0 for a request that was not answered.
    if isinstance(status, bool) or not isinstance(status, int) or not 100 <= status <= 999:
        return None
    headers, content = _headers(value.get("headers")), value.get("content")
    content = content if isinstance(content, dict) else {}
    form = content.get("mimeType")
    if isinstance(form, str) and form and not any(name.lower() == "content-type" for name, _ in headers):
        headers = (*headers, ("Content-Type", form))
    body = _decoded(content.get("text"), content.get("encoding"))
    if content.get("encoding") == "base64":
        body = _plain(body, headers, skip)
    return Response(status=status, headers=headers, body=body)


def _decoded(text: Any, encoding: Any) -> bytes:
    if not isinstance(text, str):
        return b""
    if encoding == "base64":
        try:
            return base64.b64decode(text, validate=False)
        except ValueError:
            raise _EntryError("a body that is said to be base64 is not") from None
    return text.encode(errors="surrogatepass")


def _plain(body: bytes, headers: Headers, skip: Skip) -> bytes:
    """Return *body* without its content encoding, which some tools leave in place; most take it off."""
    encoding = first_header(headers, "content-encoding") or ""
    form = first_header(headers, "content-type") or ""
    if not encoding or "json" not in form or _is_utf8(body):
        return body
    coded = Body(LARGEST, encoding)
    coded.feed(body)
    plain = coded.finish()
    if coded.lapse is None:
        return plain
    skip(f"the body of an answer in the encoding {encoding[:20]!r}, which cannot be undone")
    return b""


def _is_utf8(data: bytes) -> bool:
    try:
        data.decode()
    except UnicodeDecodeError:
        return False
    return True


def _posted(value: Any) -> bytes:
    if not isinstance(value, dict):
        return b""
    if isinstance(value.get("text"), str):
        return _decoded(value["text"], value.get("encoding") or value.get("_encoding"))
    fields = value.get("params")
    pairs = [
        (_text(item.get("name")), _text(item.get("value")))
        for item in (fields if isinstance(fields, list) else ())
        if isinstance(item, dict)
    ]
    return urlencode(pairs, errors="replace").encode()


def _session(entry: _Object, url: str, messages: list[Any], own: _Object, number: int) -> Session:
    started = _started(entry, own)
    status = entry["response"].get("status") if isinstance(entry.get("response"), dict) else _UPGRADED
    if isinstance(own.get("events"), list):
        events: tuple[Event, ...] = _own_events(own["events"])
    elif status == _UPGRADED or messages:
        events = (Opened(at=0.0), *(_event(item, started) for item in messages if _is_data(item)))
    else:
        refusal = status if isinstance(status, int) and status else None
        events = (Closed(at=0.0, code=1006, by=Side.SERVER, status=refusal),)
    return Session(
        id=_text(own.get("id")) or f"s{number}",
        channel=_text(own.get("channel")),
        url=re.sub("^http", "ws", url, count=1, flags=re.IGNORECASE),
        script=_text(own.get("script")) or "archive",
        identity=_text(own.get("identity")) or None,
        events=events,
        started=started,
        crash=_text(own.get("crash")),
    )


def _own_events(items: list[Any]) -> tuple[Event, ...]:
    try:
        return load_events(items)
    except (ValueError, OverflowError):
        raise _EntryError(f"its {MEMBER} is not what accord writes") from None


def _is_data(item: Any) -> bool:
    return (
        isinstance(item, dict)
        and isinstance(item.get("data"), str)
        and item.get("opcode", _TEXT) in (_TEXT, _BINARY)
    )


def _event(item: _Object, started: float) -> Event:
    at = max(0.0, _number(item.get("time"), started) - started)
    data: str | bytes = item["data"]
    if item.get("opcode") == _BINARY:
        # Browsers write binary messages in base64.
        data = _decoded(data, "base64")
    return Sent(at=at, data=data) if item.get("type") == "send" else Received(at=at, data=data)


def _member(entry: Any, name: str, kind: type, words: str) -> Any:
    found = entry.get(name) if isinstance(entry, dict) else None
    if not isinstance(found, kind):
        raise _EntryError(words)
    return found


def _headers(value: Any) -> Headers:
    return tuple(
        (_text(item.get("name")), _text(item.get("value")))
        for item in (value if isinstance(value, list) else ())
        # HTTP/2 has its request line among the headers (RFC 9113, 8.3).
        if isinstance(item, dict) and _text(item.get("name")) and not _text(item.get("name")).startswith(":")
    )


def _started(entry: _Object, own: _Object) -> float:
    known = own.get("started")
    if isinstance(known, int | float) and 0 <= known < _SECONDS_OF_A_YEAR_5000:
        return float(known)
    try:
        return datetime.fromisoformat(_text(entry.get("startedDateTime"))).timestamp()
    except (ValueError, OverflowError, OSError):
        return 0.0


def _number(value: Any, otherwise: float = 0.0) -> float:
    if isinstance(value, bool) or not isinstance(value, int | float):
        return otherwise
    return float(value) if 0 <= value < _SECONDS_OF_A_YEAR_5000 * 1000 else otherwise


def _text(value: Any) -> str:
    return value if isinstance(value, str) else ""
