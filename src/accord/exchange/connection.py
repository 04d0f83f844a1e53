"""A WebSocket session under way: what is sent and received over a pipe, noted as it happens."""

from __future__ import annotations

from bisect import bisect_right
from collections import deque
from collections.abc import Callable
from itertools import accumulate
from time import perf_counter, time
from typing import Protocol

from accord.exchange.limits import Limits
from accord.exchange.values import Closed, Event, Opened, Received, Sent, Session, Side

_AHEAD = 64
_TOTAL = 10
_LONGEST_REASON = 123
_GOING_AWAY, _POLICY, _TOO_BIG = 1001, 1008, 1009


class Pipe(Protocol):
    """What carries the messages of one session; every time is given by ``Clock``."""

    crash: str

    def put(self, data: str | bytes) -> None:
        """Send one message; an ended pipe swallows it."""

    def take(self, timeout: float) -> list[Received] | Closed:
        """Return what messages have come, in order; none in *timeout* seconds, or how the session ended."""

    def end(self, code: int, reason: str) -> Closed:
        """Close, within a bounded time, and return how the session ended."""

    def narrow(self) -> None:
        """Take in as little as can be of what nobody has asked for yet."""

    def cut(self) -> Closed:
        """Break off without a closing handshake, and return how the session ended."""


class Clock:
    """The time of one session: ``started`` in seconds since the epoch, calls in seconds since then."""

    def __init__(self) -> None:
        self.started = time()
        self._zero = perf_counter()

    def __call__(self) -> float:
        """Return the seconds since the start."""
        return perf_counter() - self._zero


class RecordedConnection:
    """A ``Connection`` over any pipe.

    What the server said is noted before what the client says next, also when nobody has asked for
    it yet: a rule about the order of messages must not depend on when they were read.
    """

    def __init__(
        self,
        pipe: Pipe,
        opening: Opened | Closed,
        *,
        session: Session,
        clock: Clock,
        limits: Limits,
        ended: Callable[[RecordedConnection], None],
    ) -> None:
        self._pipe = pipe
        self._session = session
        self._clock = clock
        self._limits = limits
        self._ended = ended
        self._events: list[Event] = []
        self._waiting: deque[Received] = deque()
        self._received = 0
        self._size = 0
        self._closed: Closed | None = None
        if isinstance(opening, Closed):
            self._end(opening)
        else:
            self._events.append(opening)

    def send(self, data: str | bytes) -> None:
        """Send one message: text as str, binary as bytes.

        On an ended session nothing happens. Raises ``ValueError`` for text with lone surrogates,
        which no text message can carry (RFC 6455, section 5.6).
        """
        if isinstance(data, str):
            data.encode()
        self._look()
        if self._closed is None:
            self._events.append(Sent(at=self._clock(), data=data))
            self._pipe.put(data)

    def receive(self, timeout: float) -> Received | Closed | None:
        """Return the next message, how the session ended, or None after *timeout* seconds."""
        if self._waiting:
            return self._waiting.popleft()
        if self._closed is None:
            self._take(timeout)
        return self._waiting.popleft() if self._waiting else self._closed

    def close(self, code: int = 1000, reason: str = "") -> None:
        """Close the session, within a bounded time; messages that nobody asked for are dropped.

        Raises ``ValueError`` for a code that no endpoint may send (RFC 6455, section 7.4).
        """
        if not (code in range(1000, 1004) or code in range(1007, 1015) or code in range(3000, 5000)):
            raise ValueError(f"{code} is no close code that may be sent")
        self._look()
        if self._closed is None:
            self._shut(code, reason)
        self._waiting.clear()

    def narrow(self) -> None:
        """Take in as little as can be of what nobody has asked for yet: who reads slowly is to be felt."""
        self._pipe.narrow()

    def break_off(self) -> None:
        """End the session without a closing handshake; over a socket, reset the connection."""
        self._look()
        if self._closed is None:
            self._end(self._pipe.cut())
        self._waiting.clear()

    def leave(self) -> None:
        """Close because the client goes away."""
        self.close(_GOING_AWAY)

    def session(self) -> Session:
        """Return what was said so far."""
        self._look()
        return Session(
            id=self._session.id,
            channel=self._session.channel,
            url=self._session.url,
            script=self._session.script,
            identity=self._session.identity,
            events=tuple(self._events),
            started=self._session.started,
            crash=self._pipe.crash,
        )

    def _look(self) -> None:
        """Note what has arrived; only so far ahead that a flood still meets back-pressure."""
        while self._closed is None and len(self._waiting) < _AHEAD and self._take(0):
            pass

    def _take(self, timeout: float) -> bool:
        came = self._pipe.take(timeout)
        if isinstance(came, Closed):
            self._end(came)
            return False
        self._note(came)
        if self._received > self._limits.messages:
            self._shut(_POLICY, "", f"the limit of {self._limits.messages} messages was passed")
        elif self._size > _TOTAL * self._limits.bytes:
            self._shut(_TOO_BIG, "", f"the limit of {_TOTAL * self._limits.bytes} bytes was passed")
        return bool(came)

    def _note(self, messages: list[Received]) -> None:
        """Note *messages*, none after the first that passes a limit."""
        messages = messages[: self._limits.messages + 1 - self._received]
        sizes = list(accumulate([len(message.data) for message in messages], initial=self._size))
        messages = messages[: bisect_right(sizes, _TOTAL * self._limits.bytes)]
        self._received += len(messages)
        self._size = sizes[len(messages)]
        self._events += messages
        self._waiting += messages

    def _shut(self, code: int, reason: str, detail: str = "") -> None:
        closed = self._pipe.end(code, _shortened(reason))
        if detail and closed.by is Side.CLIENT:
            closed = Closed(at=closed.at, code=code, by=Side.CLIENT, detail=detail)
        self._end(closed)

    def _end(self, closed: Closed) -> None:
        self._closed = closed
        self._events.append(closed)
        self._ended(self)


def _shortened(reason: str) -> str:
    """Cut *reason* to what fits a close frame (RFC 6455, section 5.5)."""
    return reason.encode(errors="replace")[:_LONGEST_REASON].decode(errors="ignore")
