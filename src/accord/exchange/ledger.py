"""The book of one client: it numbers what is said, keeps open sessions in view and tells an observer."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import suppress
from itertools import count

from accord.exchange.connection import Clock, Pipe, RecordedConnection
from accord.exchange.limits import Limits
from accord.exchange.values import Closed, Exchange, Opened, Session

Observer = Callable[[Exchange | Session], None]


class Ledger:
    """Numbers exchanges ``e1, e2, ...`` and sessions ``s1, s2, ...`` and tells *observe* of each once."""

    def __init__(
        self,
        observe: Observer | None,
        exchanges: Iterator[int] | None = None,
        sessions: Iterator[int] | None = None,
    ) -> None:
        """Count on from *exchanges* and *sessions*, from 1 without them."""
        self._observe = observe
        self._exchanges = exchanges or count(1)
        self._sessions = sessions or count(1)
        self._open: list[RecordedConnection] = []

    def beside(self) -> Ledger:
        """Return the ledger of another client, which numbers on where this one is and keeps its own sessions."""
        return Ledger(self._observe, self._exchanges, self._sessions)

    def number(self) -> str:
        """Return the id of the next exchange."""
        return f"e{next(self._exchanges)}"

    def enter(self, exchange: Exchange) -> Exchange:
        """Tell of *exchange*, and return it."""
        if self._observe is not None:
            self._observe(exchange)
        return exchange

    def connect(
        self,
        open_pipe: Callable[[Clock], tuple[Pipe, Opened | Closed]],
        *,
        url: str,
        channel: str,
        script: str,
        identity: str | None,
        limits: Limits,
    ) -> RecordedConnection:
        """Open a session over the pipe that *open_pipe* gives, and follow it to its end."""
        clock = Clock()
        session = Session(
            id=f"s{next(self._sessions)}",
            channel=channel,
            url=url,
            script=script,
            identity=identity,
            events=(),
            started=clock.started,
        )
        pipe, opening = open_pipe(clock)
        connection = RecordedConnection(
            pipe, opening, session=session, clock=clock, limits=limits, ended=self._ended
        )
        if isinstance(opening, Opened):
            self._open.append(connection)
        return connection

    def close(self) -> None:
        """Close the sessions that are still open."""
        for connection in tuple(self._open):
            connection.leave()

    def _ended(self, connection: RecordedConnection) -> None:
        with suppress(ValueError):
            self._open.remove(connection)
        if self._observe is not None:
            self._observe(connection.session())
