"""Watches traffic go by: exchanges and messages are sorted by what they are, and counted in bounded memory."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from typing import Any
from urllib.parse import urlsplit

import orjson

from accord.cases.request import Request
from accord.contract.asyncapi import Channel, Message
from accord.contract.contract import Contract
from accord.contract.envelope import promised_error
from accord.contract.media_type import essence, is_json
from accord.contract.openapi import Answer, Operation
from accord.exchange.spoken import Spoken, spoken
from accord.exchange.values import Exchange, Lapse, Response, Session
from accord.findings.observed.asked import Asked, place_of_parameters
from accord.findings.observed.fold import SAMPLE, WHOLLY, Fold
from accord.findings.observed.observation import CLIENT, REQUEST, SERVER, Observation, Root
from accord.findings.observed.place import ANYTHING, Atlas, Place
from accord.findings.observed.route import Messages, Routes, template

BATCH = 64
"""So many bodies of one place are counted at once, as many as still fit into a processor's cache."""
_MOST = 512
_CACHED = 160 * 1024
"""Messages wait for others of their kind until there are so many bytes of them."""
_WAITING = 8 * 1024 * 1024
_LARGEST = 64 * 1024
_NOT_SAID = frozenset({Lapse.UNSENT, Lapse.WITHHELD, Lapse.NO_CONNECTION})


@dataclass(slots=True)
class Watcher:
    """Counts what it is shown by the places of *contract*; ``finish`` gives the observation."""

    contract: Contract
    wholly: int = WHOLLY
    sample: int = SAMPLE
    observation: Observation = field(default_factory=Observation)
    atlas: Atlas = field(init=False)
    _fold: Fold = field(init=False)
    _routes: Routes = field(init=False)
    _asked: Asked = field(init=False)
    _sides: dict[tuple[str, str], Messages] = field(init=False, default_factory=dict)
    _places: dict[Root, Place] = field(init=False, default_factory=dict)
    _waiting: dict[Root, list[Any]] = field(init=False, default_factory=dict)
    _bytes: int = field(init=False, default=0)

    def __post_init__(self) -> None:
        self.atlas = Atlas(self.contract.library)
        self._fold = Fold(self.atlas, self.wholly, self.sample)
        self._routes = Routes(self.contract)
        self._asked = Asked(self.contract, self.atlas)

    def take(self, said: Exchange | Session | Spoken) -> None:
        """Count one exchange or session."""
        if isinstance(said, Exchange):
            self._exchange(said)
        else:
            self._session(spoken(said) if isinstance(said, Session) else said)

    def messages(
        self,
        batches: Iterable[Sequence[bytes | str]],
        channel: Channel,
        side: str,
        *,
        name: str | None = None,
    ) -> None:
        """Count messages, each a text in JSON, that *side* sends on *channel*; all are *name* where that is given.

        They come in batches, which ought to be neither small nor larger than a processor's cache.
        """
        known = self._side(channel, side)
        only = channel.message(name) if name is not None else None
        unread = Root(channel.id, side, name or "")
        for lines in batches:
            values = self._parsed(lines, unread)
            enough = min(_MOST, _CACHED * len(lines) // (sum(map(len, lines)) + 1))
            for message, found in [(only, values)] if only else known.sorted(values):
                if message is None:
                    for value in found:
                        self.observation.stranger(channel.id, side, known.name(value))
                elif found:
                    self._bodies(Root(channel.id, side, message.name), message, found, enough)

    def _parsed(self, lines: Sequence[bytes | str], unread: Root) -> list[Any]:
        try:
            return list(map(orjson.loads, lines))
        except ValueError:
            return list(self._readable(lines, unread))

    def _readable(self, lines: Sequence[bytes | str], unread: Root) -> Iterator[Any]:
        """Yield what can be read of *lines*, one by one; empty lines are passed over."""
        for line in lines:
            try:
                yield orjson.loads(line)
            except ValueError:
                if line.strip():
                    self._unreadable(unread)

    def _bodies(self, root: Root, message: Message, values: list[Any], enough: int) -> None:
        """Count *values*, or let them wait for others until there are *enough*."""
        if root not in self._places:
            self._places[root] = self._at(message.schema)
        waiting = self._waiting.get(root)
        if waiting is None:
            waiting = self._waiting[root] = []
        waiting.extend(values)
        if len(waiting) >= enough:
            self._count(root, waiting)
            waiting.clear()

    def skip(self, reason: str) -> None:
        """Count something that could not be read, and why."""
        self.observation.skipped.add(reason)

    def finish(self) -> Observation:
        """Count what still waits, and return the observation."""
        for root, values in self._waiting.items():
            self._count(root, values)
        self._waiting.clear()
        self._bytes = 0
        return self.observation

    def _count(self, root: Root, values: list[Any]) -> None:
        self._fold.take(self._places[root], self.observation.body(root), values)

    def _wait(self, root: Root, value: Any, size: int) -> None:
        """Let *value* wait for others of the same place."""
        values = self._waiting.setdefault(root, [])
        values.append(value)
        self._bytes += size
        if len(values) >= BATCH or size > _LARGEST:
            self._count(root, values)
            values.clear()
        if self._bytes > _WAITING:
            self.finish()

    def _session(self, session: Spoken) -> None:
        channel = self._routes.channel(session)
        if channel is None:
            self.skip("a WebSocket session on a channel that the contract does not know")
            return
        for side, texts in ((SERVER, session.received), (CLIENT, session.sent)):
            self.messages((texts[at : at + BATCH] for at in range(0, len(texts), BATCH)), channel, side)

    def _exchange(self, exchange: Exchange) -> None:
        request, response = exchange.request, exchange.response
        if exchange.lapse in _NOT_SAID:
            self.skip(f"a request that was not answered: {exchange.lapse}")
            return
        try:
            parts = urlsplit(request.url)
        except ValueError:
            self.skip("an exchange whose URL cannot be read")
            return
        origin = f"{parts.scheme}://{parts.netloc.rpartition('@')[2]}"
        operation = self._routes.operation(request.method, parts.path, exchange.operation)
        if operation is None:
            self.observation.unknown.add(f"{origin} {request.method} {template(parts.path)}")
            return
        self.observation.origins.add(origin)
        whole = response if exchange.lapse is None else None
        key = (operation.id, str(whole.status) if whole else "")
        self.observation.exchanges[key] = self.observation.exchanges.get(key, 0) + 1
        if whole is None:
            return
        self._answer(operation, whole)
        if whole.status // 100 == 2:
            self._parameters(operation, request, parts.path, parts.query)
            if request.body:
                self._request(operation, request.header("content-type"), request.body)

    def _answer(self, operation: Operation, response: Response) -> None:
        if not response.body or operation.method == "HEAD":
            return
        promised = promised_answer(self.contract, operation, response.status)
        form, status = response.header("content-type"), str(response.status)
        known = promised.media_type(form) if promised else None
        name = known.name if known else _bare(form)
        if promised is not None and promised.media_types and known is None:
            self.observation.media_type(operation.id, status, name)
        root = Root(operation.id, status, name)
        if root not in self._places and is_json(form):
            self._places[root] = self._at(known.schema if known else None)
        self._body(root, _bare(form), response.body)

    def _parameters(self, operation: Operation, request: Request, path: str, query: str) -> None:
        """Count what *request* says beside its body, as the members of one object for each location."""
        for location, value in self._asked.values(operation, request, path, query):
            root = Root(operation.id, location, "")
            if root not in self._places:
                self._places[root] = place_of_parameters(self.contract.library, operation, location)
            self._wait(root, value, len(path) + len(query))

    def _request(self, operation: Operation, form: str | None, body: bytes) -> None:
        if operation.body is None:
            return
        stated = Answer(status="", media_types=operation.body.media_types, headers=(), uri=operation.body.uri)
        known = stated.media_type(form)
        if known is not None:
            root = Root(operation.id, REQUEST, known.name)
            if root not in self._places:
                self._places[root] = self._at(known.schema)
            self._body(root, _bare(form), body)

    def _body(self, root: Root, form: str, body: bytes) -> None:
        if not is_json(form):
            return
        try:
            value = orjson.loads(body)
        except ValueError:
            self._unreadable(root)
        else:
            self._wait(root, value, len(body))

    def _unreadable(self, root: Root) -> None:
        table = self.observation.unreadable
        table[root] = table.get(root, 0) + 1

    def _side(self, channel: Channel, side: str) -> Messages:
        key = (channel.id, side)
        if key not in self._sides:
            listed = channel.sent_by_server() if side == SERVER else channel.sent_by_client()
            self._sides[key] = Messages(self.contract, listed)
        return self._sides[key]

    def _at(self, uri: str | None) -> Place:
        return ANYTHING if uri is None else self.atlas.place((self.contract.library.alias(uri),))


def promised_answer(contract: Contract, operation: Operation, status: int) -> Answer | None:
    """Return what the contract says of an answer with *status*, for the operation or for any error."""
    return operation.answer(status) or promised_error(contract.errors, status)


def _bare(form: str | None) -> str:
    """Return a media type without its parameters, short enough to be kept."""
    return essence(form)[:100]
