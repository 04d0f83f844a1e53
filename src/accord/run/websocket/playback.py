"""A script of WebSocket sessions played against a service, line by line."""

from __future__ import annotations

import time
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from urllib.parse import urlsplit

from accord.errors import TargetError
from accord.exchange.client import Client, Connection
from accord.exchange.script import Came, Line, agrees, message
from accord.exchange.values import Closed, Opened, Received
from accord.exchange.wire import Headers

_SCRIPT = "script"


@dataclass(frozen=True, slots=True, kw_only=True)
class Replayed:
    """One line and what came of it; ``met`` is None where nothing was expected."""

    line: Line
    came: Came = None
    met: bool | None = None


def base_of(url: str) -> str:
    """Return the http(s) origin of a ws(s) URL; raises ``TargetError`` for one that has none."""
    parts = urlsplit(url)
    if parts.scheme not in ("ws", "wss") or not parts.netloc:
        raise TargetError(
            "a script that names a path alone needs a target",
            place=url,
            next_step="Give a URL, or package.module:name of an ASGI application.",
        )
    return f"{'https' if parts.scheme == 'wss' else 'http'}://{parts.netloc}"


def path_of(url: str) -> str:
    """Return path and query of a URL."""
    parts = urlsplit(url)
    return (parts.path or "/") + (f"?{parts.query}" if parts.query else "")


@dataclass(slots=True, kw_only=True)
class Stage:
    """Plays lines over *client*; ``seconds`` is how long what is expected may take.

    ``path`` is where every connection goes, None for where its line says.
    """

    client: Client
    seconds: float
    headers: Headers = ()
    path: str | None = None
    open_: dict[str, Connection] = field(default_factory=dict)
    told: dict[str, bool] = field(default_factory=dict)

    def play(self, lines: Sequence[Line]) -> Iterator[Replayed]:
        """Yield what comes of each line; the sessions that are open in the end are closed."""
        try:
            for line in lines:
                yield self._play(line)
        finally:
            for connection in self.open_.values():
                connection.close()

    def _play(self, line: Line) -> Replayed:
        match line.verb:
            case "connect":
                self._connect(line)
            case "send":
                self.open_[line.on].send(message(line.value))
            case "wait":
                # Silence that is asked for; what comes meanwhile waits to be expected.
                time.sleep(line.value)
            case "close":
                self.open_[line.on].close(line.value.get("code", 1000), line.value.get("reason", ""))
            case "break":
                self.open_[line.on].break_off()
            case _:
                came = self._next(line)
                return Replayed(line=line, came=came, met=agrees(line.value, came))
        return Replayed(line=line)

    def _connect(self, line: Line) -> None:
        before = self.open_.get(line.on)
        if before is not None:
            before.close()
        self.told[line.on] = False
        self.open_[line.on] = self.client.connect(
            self.path if self.path is not None else path_of(line.value),
            channel=_SCRIPT,
            script=_SCRIPT,
            headers=self.headers,
            subprotocols=line.subprotocols,
        )

    def _next(self, line: Line) -> Opened | Received | Closed | None:
        """Return the next event that nobody has been told of."""
        connection = self.open_[line.on]
        if not self.told[line.on]:
            self.told[line.on] = True
            first = connection.session().events[0]
            if isinstance(first, Closed) or (isinstance(first, Opened) and "opened" in line.value):
                return first
        seconds = line.value.get("nothing", self.seconds)
        return connection.receive(seconds)
