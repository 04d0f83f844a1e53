"""Where the ids in a request come from: which answer of the service gave each out first."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field, replace
from urllib.parse import quote, unquote

import orjson

from accord.contract.pointer import Json, join
from accord.exchange.values import Exchange

MAXIMUM_ORIGINS = 50_000
_MAXIMUM_VALUES = 2_000
_MAXIMUM_BODY = 1024 * 1024

_NAME = re.compile(r"(?:.*[_-])?(?:id|uuid|guid|slug|ref)|[a-z]\w*(?:Id|Uuid|Ref)", re.ASCII)
_UUID = re.compile(r"(?i)[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}")
_TEXT = re.compile(r"[A-Za-z0-9][\w.:-]{5,127}", re.ASCII)
_WORD = re.compile(r"[\w.:%-]+", re.ASCII)
_SEGMENT = re.compile(r"(?<=/)(?P<before>[^/?]*)/(?P<number>\d{1,18})(?=[/?]|$)", re.ASCII)


@dataclass(frozen=True, slots=True, kw_only=True)
class Origin:
    """The answer that gave an id out, and where it stood there."""

    exchange: Exchange
    pointer: str


@dataclass(slots=True)
class Origins:
    """Listens to exchanges; an id that a request named before any answer did is not the service's own."""

    _made: dict[str, Origin] = field(default_factory=dict)
    _asked: set[str] = field(default_factory=set)

    def hear(self, exchange: Exchange) -> None:
        """Learn the ids that *exchange* gives out."""
        request, response = exchange.request, exchange.response
        self._asked.update(word for word in _words(request.url, request.body) if word not in self._made)
        if response is None or response.status >= 300 or len(response.body) > _MAXIMUM_BODY:
            return
        if len(self._made) + len(self._asked) > MAXIMUM_ORIGINS:
            return
        try:
            body = orjson.loads(response.body)
        except orjson.JSONDecodeError:
            return
        # What was answered is not needed again, and a night has many answers.
        bare = replace(exchange, response=None)
        collection = request.url.partition("?")[0].rstrip("/").rpartition("/")[2]
        for pointer, value in _ids(body):
            name = f"{collection}/{value}" if isinstance(value, int) else value
            if name not in self._asked:
                self._made.setdefault(name, Origin(exchange=bare, pointer=pointer))

    def of(self, exchange: Exchange) -> dict[str, Origin]:
        """Return the origins of the ids that the request of *exchange* names."""
        request = exchange.request
        names = [*_words(request.url, request.body), *_numbered(request.url)]
        found = {name: self._made[name] for name in names if name in self._made}
        return {name: origin for name, origin in found.items() if origin.exchange.id != exchange.id}


def with_references(text: str, refer: Callable[[str], str | None], *, target: bool) -> str:
    """Return *text* with what *refer* has for each id in it, and every other ``${`` as ``${}``."""

    def word(match: re.Match[str]) -> str:
        return refer(unquote(match[0])) or match[0]

    def numbered(match: re.Match[str]) -> str:
        reference = refer(f"{match['before']}/{match['number']}")
        return f"{match['before']}/{reference}" if reference else match[0]

    pieces = text.split("${")
    if target:
        pieces = [_SEGMENT.sub(numbered, piece) for piece in pieces]
    references = re.compile(r"(\$\{[^}]*\})")
    parts = [
        part if references.fullmatch(part) else _WORD.sub(word, part)
        for part in references.split("${}".join(pieces))
    ]
    return "".join(parts)


def reference_to(step: int, pointer: str) -> str:
    """Return what stands for the value at *pointer* of the answer to *step*."""
    return f"${{{step}#{quote(pointer, safe='/~')}}}"


def _words(url: str, body: bytes) -> Iterator[str]:
    for text in (url, body[:_MAXIMUM_BODY].decode(errors="replace")):
        yield from (unquote(word) for word in _WORD.findall(text))


def _numbered(url: str) -> Iterator[str]:
    yield from (f"{match['before']}/{match['number']}" for match in _SEGMENT.finditer(url))


def _ids(body: Json) -> Iterator[tuple[str, str | int]]:
    """Yield pointer and value of whatever in *body* looks like an id, the outer ones first."""
    waiting: list[tuple[str, str, Json]] = [("", "", body)]
    for pointer, name, value in waiting:
        if len(waiting) > _MAXIMUM_VALUES:
            return
        if isinstance(value, dict):
            waiting.extend((join(pointer, key), key, item) for key, item in value.items())
        elif isinstance(value, list):
            waiting.extend((join(pointer, at), name, item) for at, item in enumerate(value))
        elif isinstance(value, str):
            if _UUID.fullmatch(value) or (_NAME.fullmatch(name) and _TEXT.fullmatch(value)):
                yield pointer, value
        elif isinstance(value, int) and not isinstance(value, bool) and _NAME.fullmatch(name) and value > 0:
            yield pointer, value
