"""Which operation a request is meant for, and which message a value is meant to be."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from operator import itemgetter
from typing import Any

from accord.contract.asyncapi import Channel, Message
from accord.contract.contract import Contract
from accord.contract.openapi import Operation
from accord.exchange.spoken import Spoken
from accord.findings.transcript import choose

KNOWN = 10_000
"""How many paths are kept with the operation that they were found to be of."""
_LONGEST = 500
_VARIABLE = re.compile(r"\{[^{}]*\}")
_ID = re.compile(r"/(?:\d+|[0-9a-fA-F-]{8,}|[^/]{25,})(?=/|$)")


@dataclass(slots=True)
class Routes:
    """The operations of *contract* by the paths that are theirs, as a service under any prefix has them."""

    contract: Contract
    _ids: dict[str, Operation] = field(init=False)
    _patterns: tuple[tuple[str, re.Pattern[str], Operation], ...] = field(init=False)
    _known: dict[tuple[str, str], Operation | None] = field(init=False, default_factory=dict)

    def __post_init__(self) -> None:
        operations = self.contract.operations
        self._ids = {operation.id: operation for operation in operations}
        # Of two templates that fit, the one with more fixed text is meant (OpenAPI 3.1, 4.8.8.2).
        ranked = sorted(operations, key=lambda item: -len(_VARIABLE.sub("", item.path)))
        self._patterns = tuple((item.method, _pattern(item.path), item) for item in ranked)

    def operation(self, method: str, path: str, id_: str | None = None) -> Operation | None:
        """Return the operation called *id_*, else that of *method* and *path*; None when there is none."""
        if id_ in self._ids:
            return self._ids[id_]
        key = (method, path)
        if key in self._known:
            return self._known[key]
        found = next(
            (item for known, pattern, item in self._patterns if known == method and pattern.search(path)),
            None,
        )
        if len(self._known) >= KNOWN:
            self._known.clear()
        if len(path) <= _LONGEST:
            self._known[key] = found
        return found

    def channel(self, session: Spoken) -> Channel | None:
        """Return the channel of *session*: by its name, or by the path of its URL.

        The only one there is counts for any path when the contract does not know its address.
        """
        channels = self.contract.channels
        named = next((item for item in channels if item.id == session.channel), None)
        path = re.sub(r"^\w+://[^/?#]*|[?#].*$", "", session.url)
        by_path = (item for item in channels if item.address and _pattern(item.address).search(path))
        only = channels[0] if len(channels) == 1 and not channels[0].address else None
        return named or next(by_path, only)


def _pattern(path: str) -> re.Pattern[str]:
    parts = (re.escape(part) for part in _VARIABLE.split(path))
    return re.compile("[^/]+".join(parts) + "$")


def template(path: str) -> str:
    """Return *path* with ``{}`` for each of its parts that looks like an id."""
    return _ID.sub("/{}", path)


@dataclass(slots=True)
class Messages:
    """The *messages* that one side of a channel may send, by what tells them apart."""

    contract: Contract
    messages: tuple[Message, ...]
    discriminant: str | None = field(init=False)
    tags: Mapping[str, Message] = field(init=False)

    def __post_init__(self) -> None:
        names = {item.discriminant for item in self.messages}
        tags = [(tag, item) for item in self.messages for tag in item.tags]
        alone = len(names) == 1 and len(tags) == len(dict(tags))
        self.discriminant = next(iter(names)) if alone else None
        self.tags = dict(tags) if self.discriminant is not None else {}

    def message(self, value: Any) -> Message | None:
        """Return the message that *value* is meant to be, None when it is none of them."""
        if self.discriminant is not None:
            tag = value.get(self.discriminant) if isinstance(value, dict) else None
            return self.tags.get(tag) if isinstance(tag, str) else None
        if len(self.messages) == 1:
            return self.messages[0]
        return choose(self.contract.library, self.messages, value)[0]

    def sorted(self, values: list[Any]) -> Iterator[tuple[Message | None, list[Any]]]:
        """Yield *values* by the message that they are meant to be; those that are none come with None."""
        tags = self._tags(values)
        if tags is None:
            found: dict[str, tuple[Message | None, list[Any]]] = {}
            for value in values:
                message = self.message(value)
                found.setdefault(message.name if message else "", (message, []))[1].append(value)
            yield from found.values()
            return
        if tags.count(tags[0]) == len(tags):
            yield self.tags.get(tags[0]), values
            return
        for kind in set(tags):
            alike = [item for item, tag in zip(values, tags, strict=True) if tag == kind]
            yield self.tags.get(kind), alike

    def _tags(self, values: list[Any]) -> list[str] | None:
        """Return the tags of *values* where each is an object that has one, else None."""
        if self.discriminant is None or not values:
            return None
        try:
            tags = list(map(itemgetter(self.discriminant), values))
        except (TypeError, KeyError, IndexError):
            return None
        try:
            "".join(tags)
        except TypeError:
            return None
        return tags

    def name(self, value: Any) -> str:
        """Return what a *value* that is no message is called: by its tag, else by its type."""
        if not isinstance(value, dict):
            return f"no object: {type(value).__name__}"
        key = self.discriminant or next(
            (item.discriminant for item in self.messages if item.discriminant), None
        )
        tag = value.get(key or "type")
        return tag if isinstance(tag, str) else f"without {key or 'type'}"
