"""What a run created at the service, as far as the contract says how it could be deleted."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from dataclasses import dataclass
from threading import Lock
from typing import cast
from urllib.parse import quote, urljoin, urlsplit

from accord.contract.contract import Contract
from accord.contract.link import Link, read_links
from accord.contract.openapi import Operation
from accord.contract.pointer import Json
from accord.exchange.values import Exchange, Session
from accord.run.rest.things import in_order, linked

MAXIMUM_THINGS = 10_000
"""How many things a run remembers."""
_CREATED = 201
_PARAMETER = re.compile(r"\\\{[^/]*?\\\}")
_LONGEST_ID = 1_000


@dataclass(frozen=True, slots=True, kw_only=True)
class Creation:
    """One thing: the URL at which ``operation`` deletes it, and the headers with which it was made."""

    operation: Operation
    url: str
    headers: tuple[tuple[str, str], ...]


class Creations:
    """Notes what exchanges create and delete; safe to use from several threads.

    Only 201 says that something was created (RFC 9110, 15.3.2), and a link of the contract from the
    answer to the operation that deletes: what was there before must not be taken for the run's own.
    """

    def __init__(self, contract: Contract) -> None:
        self._operations = {operation.id: operation for operation in contract.operations}
        self._deleting = {
            operation.path.rstrip("/"): operation
            for operation in contract.operations
            if operation.method == "DELETE"
        }
        links = read_links(contract.library, contract.operations) if self._deleting else ()
        self._links = [link for link in links if link.target.path.rstrip("/") in self._deleting]
        self._things: dict[str, Creation] = {}
        self._lock = Lock()
        self.forgotten = 0

    def note(self, exchange: Exchange | Session) -> None:
        """Take note of *exchange*; a session creates nothing that could be deleted."""
        if isinstance(exchange, Session):
            return
        operation = self._operations.get(exchange.operation or "")
        response = exchange.response
        if operation is None or not self._deleting or response is None or exchange.lapse is not None:
            return
        if exchange.request.method != operation.method or not 200 <= response.status < 300:
            return
        if operation.method == "DELETE":
            with self._lock:
                self._things.pop(_plain(exchange.request.url), None)
        elif operation.method in ("POST", "PUT"):
            found = next(self._found(operation, exchange), None)
            if found is not None:
                self._keep(found)

    def newest_first(self) -> list[Creation]:
        """Return what was created and not deleted again, the newest first."""
        with self._lock:
            return list(reversed(self._things.values()))

    def _keep(self, creation: Creation) -> None:
        with self._lock:
            if len(self._things) < MAXIMUM_THINGS:
                self._things.setdefault(creation.url, creation)
            else:
                self.forgotten += creation.url not in self._things

    def _found(self, operation: Operation, exchange: Exchange) -> Iterator[Creation]:
        """Yield the ways to delete what *exchange* created, the surest first."""
        for target, url in (*self._by_link(operation, exchange), *self._by_answer(operation, exchange)):
            yield Creation(operation=target, url=url, headers=exchange.request.headers)

    def _by_link(self, operation: Operation, exchange: Exchange) -> Iterator[tuple[Operation, str]]:
        status = exchange.response.status if exchange.response else 0
        answer = operation.answer(status)
        for link in self._links:
            sure = status == _CREATED or link.target.method == "DELETE"
            if link.source.id == operation.id and answer and link.status == answer.status and sure:
                target = self._deleting[link.target.path.rstrip("/")]
                path = _linked_path(link, target, exchange)
                prefix = _prefix(operation, exchange)
                if path is not None and prefix is not None:
                    yield target, prefix + path

    def _by_answer(self, operation: Operation, exchange: Exchange) -> Iterator[tuple[Operation, str]]:
        response = exchange.response
        if response is None or response.status != _CREATED:
            return
        here, own = _plain(exchange.request.url), operation.path.rstrip("/")
        if operation.method == "PUT":
            if own in self._deleting:
                yield self._deleting[own], here
            return
        yield from self._by_location(operation, exchange)
        for path, target in self._deleting.items():
            collection, _, last = path.rpartition("/")
            if collection == own and re.fullmatch(r"\{[^/{}]+\}", last):
                identity = _identity(response.body, last[1:-1])
                if identity is not None:
                    yield target, f"{here.rstrip('/')}/{quote(identity, safe='')}"

    def _by_location(self, operation: Operation, exchange: Exchange) -> Iterator[tuple[Operation, str]]:
        location = exchange.response.header("location") if exchange.response else None
        prefix = _prefix(operation, exchange)
        if location is None or prefix is None:
            return
        try:
            url = _plain(urljoin(exchange.request.url, location))
        except ValueError:
            return
        for path, target in self._deleting.items():
            if url.startswith(prefix) and _template(path).fullmatch(url[len(prefix) :]):
                yield target, url


def _plain(url: str) -> str:
    """Return *url* without its query."""
    return url.partition("#")[0].partition("?")[0]


def _template(path: str) -> re.Pattern[str]:
    return re.compile(_PARAMETER.sub(r"[^/]+", re.escape(path.rstrip("/"))) + "/?")


def _prefix(operation: Operation, exchange: Exchange) -> str | None:
    """Return what stands before the path of *operation* in the URL that was asked, None for another path."""
    url = _plain(exchange.request.url)
    start = url.find("/", len(urlsplit(url).scheme) + 3)
    steps = operation.path.rstrip("/").count("/")
    head = url.rstrip("/")
    for _ in range(steps):
        head = head.rpartition("/")[0]
    return head if start > 0 and _template(operation.path).fullmatch(url[len(head) :]) else None


def _linked_path(link: Link, target: Operation, exchange: Exchange) -> str | None:
    path = target.path
    for parameter in in_order(target):
        said = link.parameter("path", parameter.name)
        value = linked(said, exchange, {}) if said is not None else None
        if isinstance(value, bool) or not isinstance(value, str | int) or value == "":
            return None
        path = path.replace(f"{{{parameter.name}}}", quote(str(value), safe=""))
    return path


def _identity(body: bytes, name: str) -> str | None:
    """Return the id of the one thing in *body*: its member *name*, or ``id``."""
    try:
        value = cast("Json", json.loads(body))
    except (ValueError, RecursionError):
        return None
    inner = [item for item in value.values() if isinstance(item, dict)] if isinstance(value, dict) else []
    for thing in (value, *(inner if len(inner) == 1 else ())):
        for key in (name, "id") if isinstance(thing, dict) else ():
            found = cast("dict[str, Json]", thing).get(key)
            if (
                isinstance(found, str | int)
                and not isinstance(found, bool)
                and 0 < len(str(found)) <= _LONGEST_ID
            ):
                return str(found)
    return None
