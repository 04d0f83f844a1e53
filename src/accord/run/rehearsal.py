"""Witness requests sent to a running service: they tell a changed contract from a changed service."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field, replace
from urllib.parse import urlsplit

from accord.cases.request import Request
from accord.exchange.client import Client, Limits, open_client
from accord.exchange.values import Exchange
from accord.exchange.wire import Headers
from accord.findings.changes.change import Sender, Verdict, Witness
from accord.findings.changes.result import Told

MAXIMUM_REQUESTS = 500
_REFUSALS = frozenset({400, 405, 406, 410, 411, 413, 414, 415, 422, 501})
_GONE = frozenset({404, 405, 410, 501})


def rehearsed(changes: Sequence[Told], url: str, *, seconds: float, headers: Headers) -> tuple[Told, ...]:
    """Return *changes*, each break that a client's request shows with what the service at *url* made of it.

    *headers*, such as credentials, go with every request. Raises ``TargetError`` where nothing answers.
    """
    client = open_client(url, limits=Limits(seconds=seconds), headers=headers)
    try:
        stage = _Stage(client=client)
        return tuple(replace(told, replayed=stage.play(told)) for told in changes)
    finally:
        client.close()


@dataclass(slots=True, kw_only=True)
class _Stage:
    """The service, and what it has answered so far; the same request is sent once."""

    client: Client
    answers: dict[Request, Exchange] = field(default_factory=dict)

    def play(self, told: Told) -> str:
        change = told.change
        if change.verdict is not Verdict.BREAKING:
            return ""
        request = change.witness.request if change.witness is not None else None
        if change.sender is not Sender.CLIENT or request is None:
            return f"not replayed: {_unasked(change.witness)}"
        placed = self._placed(request)
        if placed not in self.answers:
            if len(self.answers) >= MAXIMUM_REQUESTS:
                return f"not replayed: {MAXIMUM_REQUESTS} requests were sent"
            self.answers[placed] = self.client.send(placed)
        return _said(self.answers[placed], removed=change.rule == "removed-operation")

    def _placed(self, request: Request) -> Request:
        parts = urlsplit(request.url)
        query = f"?{parts.query}" if parts.query else ""
        return replace(request, url=f"{self.client.base_url}{parts.path}{query}")


def _unasked(witness: Witness | None) -> str:
    """Return why no request can be sent for *witness*."""
    if witness is not None and witness.delivered is not None:
        return f"the service sends it to an address that a client gave ({witness.delivered.name})"
    if witness is not None and witness.answered is not None and witness.answered.kind:
        return f"a client answers it to what the service sends ({witness.answered.name})"
    return "no request of a client shows it"


def _said(exchange: Exchange, *, removed: bool) -> str:
    if exchange.response is None or exchange.lapse is not None:
        return f"undecided: {exchange.detail or exchange.lapse}"
    status = exchange.response.status
    if status < 400:
        return f"answered {status}: the contract changed, the service still takes it"
    if status in (_GONE if removed else _REFUSALS):
        return f"answered {status}: the service changed with the contract"
    return f"undecided: answered {status}, which says nothing of the change"
