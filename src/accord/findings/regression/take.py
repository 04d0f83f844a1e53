"""One play of a case as a value that can be laid beside another: ids by where they came from, no host, no date."""

from __future__ import annotations

import hashlib
import json
import re
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import cast
from urllib.parse import urlsplit

from accord.contract.pointer import Json
from accord.exchange.values import Exchange

IDENTITY = re.compile(r"(?i)[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}")
"""What is an id wherever it stands."""

OTHER = "<another>"
"""What stands for an id of one side alone that came from elsewhere."""

_MAXIMUM_BODY = 2 * 1024 * 1024
_MAXIMUM_TEXT = 64 * 1024
_DEEPEST = 60
# They say how and when an answer travelled, or follow from its body.
_OF_THE_WAY = frozenset(
    {"connection", "content-length", "date", "keep-alive", "server", "transfer-encoding", "via", "age"}
    | {"etag", "last-modified", "expires", "content-encoding", "alt-svc", "set-cookie", "content-type"}
)


@dataclass(frozen=True, slots=True, kw_only=True)
class Take:
    """One play of a case: what was said in each step, the last one being what the case is about."""

    exchanges: tuple[Exchange, ...]

    @property
    def last(self) -> Exchange:
        """Return the exchange that the case is about."""
        return self.exchanges[-1]


@dataclass(frozen=True, slots=True, kw_only=True)
class Sample:
    """What a take answered: ``status`` is a number or why there is none, ``body`` JSON, a text or a digest."""

    status: str
    media_type: str
    headers: Mapping[str, Json]
    body: Json


def identities(exchange: Exchange) -> set[str]:
    """Return the ids in the answer of *exchange*."""
    response = exchange.response
    if response is None or len(response.body) > _MAXIMUM_BODY:
        return set()
    found = IDENTITY.findall(response.body.decode(errors="replace"))
    return {item.lower() for item in found}


def sample(take: Take, shared: Callable[[str], bool]) -> Sample:
    """Return what *take* answered in the end; an id that is *shared* by both sides stays as it is."""
    exchange = take.last
    if exchange.response is None or exchange.lapse is not None:
        return Sample(status=str(exchange.lapse or "no answer"), media_type="", headers={}, body=None)
    spell = speller(take.exchanges, shared)
    response = exchange.response
    headers: dict[str, Json] = {}
    for name, value in response.headers:
        if name.lower() not in _OF_THE_WAY:
            headers[name.lower()] = spell(value)
    media_type = (response.header("content-type") or "").strip().lower().replace(" ", "")
    return Sample(
        status=str(response.status), media_type=media_type, headers=headers, body=_body(response.body, spell)
    )


def speller(exchanges: Sequence[Exchange], shared: Callable[[str], bool]) -> Callable[[str], str]:
    """Return what spells a text so that it is the same on both sides when it means the same.

    An id becomes the number of the step that gave it out first; one that was sent stays as it is.
    """
    known: dict[str, str] = {}
    for number, exchange in enumerate(exchanges):
        request = exchange.request
        sent = f"{request.url} {request.body[:_MAXIMUM_BODY].decode(errors='replace')}"
        for item in IDENTITY.findall(sent):
            known.setdefault(item.lower(), item)
        for item in sorted(identities(exchange)):
            known.setdefault(item, f"<of step {number + 1}>")
    origin = origin_of(exchanges[-1].request.url) if exchanges else ""

    def name(match: re.Match[str]) -> str:
        found = match[0].lower()
        return match[0] if shared(found) else known.get(found, OTHER)

    def spell(text: str) -> str:
        plain = text.replace(origin, "{origin}") if origin else text
        return IDENTITY.sub(name, plain) if len(plain) <= _MAXIMUM_TEXT else plain

    return spell


def spelled(value: Json, spell: Callable[[str], str], depth: int = _DEEPEST) -> Json:
    """Return *value* with every text in it spelled; what is too deep is left out."""
    if isinstance(value, str):
        return spell(value)
    if not depth or not isinstance(value, dict | list):
        return value if not isinstance(value, dict | list) else None
    if isinstance(value, list):
        return [spelled(item, spell, depth - 1) for item in value]
    return {spell(name): spelled(item, spell, depth - 1) for name, item in value.items()}


def origin_of(url: str) -> str:
    """Return scheme, host and port of *url*, empty for none."""
    try:
        parts = urlsplit(url)
    except ValueError:
        return ""
    return f"{parts.scheme}://{parts.netloc}" if parts.netloc else ""


def _body(body: bytes, spell: Callable[[str], str]) -> Json:
    if not body:
        return None
    if len(body) > _MAXIMUM_BODY:
        return f"more than {_MAXIMUM_BODY} bytes"
    try:
        return spelled(cast("Json", json.loads(body)), spell)
    except (ValueError, RecursionError):
        pass
    try:
        text = body.decode()
    except UnicodeDecodeError:
        return f"sha256 {hashlib.sha256(body).hexdigest()}"
    return spell(text)
