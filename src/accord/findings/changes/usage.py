"""Who is hit: the recorded exchanges and sessions that a change touches, and the clients that made them."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field, replace
from urllib.parse import urlsplit

from accord.contract.contract import Contract
from accord.contract.openapi import Operation
from accord.exchange.values import Exchange, Session
from accord.findings.changes.operation import name_of
from accord.findings.changes.result import Told, Usage

_VARIABLE = re.compile(r"\{[^{}]*\}")
_RESPONSE = re.compile(r" response (?P<status>[1-5](?:XX|\d\d))\b")
NO_AGENT = "no User-Agent"


def with_usage(
    changes: Sequence[Told], recorded: Iterable[Exchange | Session], contract: Contract
) -> tuple[Told, ...]:
    """Return *changes*, each with what of *recorded* it touches; *contract* is the old one.

    An exchange is touched by a change that reaches its operation, and, where the change is about one
    response, has that status. A session is touched by a change that reaches its channel.
    """
    seen = _Seen(contract)
    for said in recorded:
        seen.note(said)
    return tuple(replace(told, usage=seen.usage(told.change.reaches)) for told in changes)


@dataclass(slots=True)
class _Seen:
    """What was recorded, counted by operation and status, or by channel, and by client."""

    contract: Contract
    counts: dict[tuple[str, str], Counter[str]] = field(default_factory=dict)
    names: dict[str, str] = field(init=False)
    paths: tuple[tuple[str, re.Pattern[str], str], ...] = field(init=False)

    def __post_init__(self) -> None:
        operations = self.contract.operations
        self.names = {operation.id: name_of(operation) for operation in operations}
        # Of two templates that fit, the one with more fixed text is meant (OpenAPI 3.1, 4.8.8.2).
        ranked = sorted(operations, key=lambda item: -len(_VARIABLE.sub("", item.path)))
        self.paths = tuple((item.method, _pattern(item), name_of(item)) for item in ranked)

    def note(self, said: Exchange | Session) -> None:
        """Count one exchange or session."""
        if isinstance(said, Session):
            self._count((said.channel, ""), NO_AGENT)
            return
        name = self.names.get(said.operation or "") or self._by_path(said)
        if name:
            status = str(said.response.status) if said.response is not None else ""
            self._count((name, status), said.request.header("user-agent") or NO_AGENT)

    def usage(self, reaches: Iterable[str]) -> Usage:
        """Return what was counted of all that *reaches* names, nothing twice."""
        found: Counter[str] = Counter()
        for (name, status), clients in self.counts.items():
            if any(_touches(reach, name, status) for reach in reaches):
                found.update(clients)
        return Usage(exchanges=found.total(), clients=tuple(found.most_common()))

    def _count(self, key: tuple[str, str], client: str) -> None:
        self.counts.setdefault(key, Counter())[client] += 1

    def _by_path(self, exchange: Exchange) -> str | None:
        try:
            path = urlsplit(exchange.request.url).path
        except ValueError:
            return None
        method = exchange.request.method
        return next(
            (name for known, pattern, name in self.paths if known == method and pattern.search(path)), None
        )


def _pattern(operation: Operation) -> re.Pattern[str]:
    parts = (re.escape(part) for part in _VARIABLE.split(operation.path))
    return re.compile("[^/]+".join(parts) + "$")


def _touches(reach: str, name: str, status: str) -> bool:
    if reach != name and not reach.startswith(f"{name} "):
        return False
    about = _RESPONSE.match(reach, len(name))
    if about is None or not status:
        return True
    wanted = about["status"]
    return wanted == status or (wanted.endswith("XX") and wanted[0] == status[0])
