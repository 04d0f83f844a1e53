"""What of the contract a run reached: statuses by operation, messages by variant."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable
from threading import Lock

import orjson

from accord.contract.asyncapi import Channel
from accord.contract.contract import Contract
from accord.contract.openapi import Operation
from accord.exchange.values import Exchange, Received, Session
from accord.findings.result import Counts, Coverage
from accord.findings.timing import Stopwatch, Timing
from accord.findings.transcript import candidates
from accord.run.feature_reach import FeatureReach
from accord.run.message_reach import MessageReach


class Reach:
    """Counts every exchange and session of a run as they end; safe to call from several threads."""

    def __init__(self, contract: Contract, wanted: Callable[[Operation], bool] = lambda _: True) -> None:
        """Start at nothing for every documented status of the *wanted* operations, and every message."""
        self._contract = contract
        self._operations = {operation.id: operation for operation in contract.operations if wanted(operation)}
        self._statuses: dict[str, Counter[str]] = {name: Counter() for name in self._operations}
        self._undocumented: dict[str, Counter[str]] = {}
        self._messages: Counter[str] = Counter()
        self._features = FeatureReach(contract, self._operations.values())
        self._parts = MessageReach(contract, self._features)
        self._watches: dict[str, Stopwatch] = {}
        self._cases = self._sessions = self._received = 0
        self._lock = Lock()

    def note(self, said: Exchange | Session) -> None:
        """Count *said*."""
        with self._lock:
            if isinstance(said, Exchange):
                self._note_exchange(said)
            else:
                self._note_session(said)

    def _note_exchange(self, exchange: Exchange) -> None:
        self._cases += 1
        operation = self._operations.get(exchange.operation or "")
        if operation is None or exchange.response is None or exchange.request.method != operation.method:
            return
        if exchange.lapse is None:
            self._watches.setdefault(operation.id, Stopwatch()).note(exchange.seconds)
        status = exchange.response.status
        answer = operation.answer(status)
        if answer is not None:
            self._statuses[operation.id][answer.status] += 1
            self._features.note_answer(operation, answer, exchange.response)
        else:
            self._undocumented.setdefault(operation.id, Counter())[str(status)] += 1

    def _note_session(self, session: Session) -> None:
        self._sessions += 1
        channel = next((item for item in self._contract.channels if item.id == session.channel), None)
        if channel is not None:
            self._parts.note(channel, session)
        for event in session.events:
            if isinstance(event, Received):
                self._received += 1
                name = _name(channel, event.data) if channel else None
                if name is not None:
                    self._messages[name] += 1

    def coverage(self) -> Coverage:
        """Return what was reached so far."""
        with self._lock:
            return Coverage(
                statuses={
                    name: {status: self._statuses[name][status] for status in operation.answers}
                    for name, operation in self._operations.items()
                },
                undocumented={name: dict(counts) for name, counts in self._undocumented.items()},
                messages={
                    message.name: self._messages[message.name]
                    for channel in self._contract.channels
                    for message in channel.sent_by_server()
                },
                parts=self._parts.counts(),
                breaches=self._parts.breaches(),
                features=self._features.features(),
            )

    def timings(self) -> dict[str, Timing]:
        """Return how long the whole answers of each operation took so far."""
        with self._lock:
            found = {name: watch.timing() for name, watch in sorted(self._watches.items())}
            return {name: timing for name, timing in found.items() if timing is not None}

    def counts(self) -> Counts:
        """Return how much was said so far."""
        with self._lock:
            return Counts(
                operations=len(self._operations),
                cases=self._cases,
                sessions=self._sessions,
                messages=self._received,
            )


def _name(channel: Channel, data: str | bytes) -> str | None:
    """Return the message of *channel* that *data* says to be by its discriminant, None for none."""
    try:
        value = orjson.loads(data)
    except (orjson.JSONDecodeError, UnicodeEncodeError):
        return None
    found = candidates(channel.sent_by_server(), value)
    return found[0].name if found else None
