"""Messages a second through accord's session with an application in process, and through Starlette's TestClient."""

from __future__ import annotations

import time
import warnings
from collections.abc import Callable
from contextlib import ExitStack
from typing import Any

from starlette.applications import Starlette
from starlette.routing import WebSocketRoute
from starlette.websockets import WebSocket

from accord.exchange.client import Limits, open_client
from accord.exchange.values import Received

with warnings.catch_warnings():
    # It asks for another HTTP client, which no WebSocket needs.
    warnings.simplefilter("ignore")
    from starlette.testclient import TestClient

ROUNDS = 7
MESSAGES = 5_000
"""How many come over each session of a flood."""
ANSWERS = 1_000
SESSIONS = 8
TEXT = "x" * 5_120

Seconds = tuple[float, float]
"""CPU, of both sides, and of the clock."""


async def flood(scope: Any, receive: Any, send: Any) -> None:
    """Send so many messages as a bare application does, and close."""
    if await _opened(scope, receive, send):
        for _ in range(MESSAGES):
            await send({"type": "websocket.send", "text": TEXT})
        await send({"type": "websocket.close", "code": 1000})


async def answer(scope: Any, receive: Any, send: Any) -> None:
    """Answer each message with another until the client leaves."""
    if await _opened(scope, receive, send):
        while (await receive())["type"] == "websocket.receive":
            await send({"type": "websocket.send", "text": TEXT})


async def through(websocket: WebSocket) -> None:
    """Send so many messages through Starlette's WebSocket, and close."""
    await websocket.accept()
    for _ in range(MESSAGES):
        await websocket.send_text(TEXT)
    await websocket.close()


async def _opened(scope: Any, receive: Any, send: Any) -> bool:
    await receive()
    if scope["type"] == "websocket":
        await send({"type": "websocket.accept"})
        return True
    await send({"type": "lifespan.startup.complete"})
    await receive()
    await send({"type": "lifespan.shutdown.complete"})
    return False


def main() -> None:
    """Print for each way to talk the best of several interleaved rounds of both, and the ratio."""
    starlette = Starlette(routes=[WebSocketRoute("/", through)])
    print(f"messages of {len(TEXT)} bytes a second, best of {ROUNDS} rounds: CPU of both sides (clock)")
    rows: list[tuple[str, Any, int, bool]] = [
        ("flood", flood, 1, False),
        (f"flood, {SESSIONS} sessions", flood, SESSIONS, False),
        ("flood by Starlette", starlette, 1, False),
        ("one answer to each", answer, 1, True),
    ]
    for name, application, sessions, asking in rows:
        count = sessions * (ANSWERS if asking else MESSAGES)
        ours, theirs = [], []
        for _ in range(ROUNDS):
            ours.append(_accord(application, sessions, asking=asking))
            theirs.append(_starlette(application, sessions, asking=asking))
        (cpu, clock), (their_cpu, their_clock) = _best(ours), _best(theirs)
        print(
            f"{name:20} accord {count / cpu:8.0f} ({count / clock:8.0f})"
            f"   TestClient {count / their_cpu:6.0f} ({count / their_clock:6.0f})"
            f"   {their_cpu / cpu:6.1f} x ({their_clock / clock:6.1f} x)"
        )


def _best(rounds: list[Seconds]) -> Seconds:
    return min(cpu for cpu, _ in rounds), min(clock for _, clock in rounds)


def _measured(talk: Callable[[], None]) -> Seconds:
    cpu, clock = time.process_time(), time.perf_counter()
    talk()
    return time.process_time() - cpu, time.perf_counter() - clock


def _accord(application: Any, sessions: int, *, asking: bool) -> Seconds:
    """Return the seconds from the first handshake to the last end."""
    limits = Limits(messages=MESSAGES + 1, bytes=MESSAGES * len(TEXT))
    client = open_client(application, limits=limits)

    def talk() -> None:
        opened = [client.connect("/", channel="c", script="s") for _ in range(sessions)]
        if asking:
            for connection in opened:
                for _ in range(ANSWERS):
                    connection.send(TEXT)
                    _expect(connection.receive(10.0))
                connection.close()
            return
        for _ in range(MESSAGES):
            for connection in opened:
                _expect(connection.receive(10.0))

    try:
        return _measured(talk)
    finally:
        client.close()


def _expect(event: object) -> None:
    if not isinstance(event, Received):
        raise SystemExit(f"{event} came, not a message")


def _starlette(application: Any, sessions: int, *, asking: bool) -> Seconds:
    """Return the seconds from the first handshake to the last end."""
    with TestClient(application) as client:

        def talk() -> None:
            with ExitStack() as stack:
                opened = [stack.enter_context(client.websocket_connect("/")) for _ in range(sessions)]
                if asking:
                    for session in opened:
                        for _ in range(ANSWERS):
                            session.send_text(TEXT)
                            session.receive_text()
                    return
                for _ in range(MESSAGES):
                    for session in opened:
                        session.receive_text()

        return _measured(talk)


if __name__ == "__main__":
    main()
