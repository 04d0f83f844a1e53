"""Messages a CPU second that an application in process sends, to accord's session and to Starlette's TestClient."""

from __future__ import annotations

import time
import warnings
from collections.abc import Callable
from statistics import median
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

ROUNDS = 5
MESSAGES = 5_000
TEXT = "x" * 5_120


async def bare(scope: Any, receive: Any, send: Any) -> None:
    """Send so many messages as a bare application does, and close."""
    if scope["type"] == "lifespan":
        for kind in ("startup", "shutdown"):
            await receive()
            await send({"type": f"lifespan.{kind}.complete"})
        return
    await receive()
    await send({"type": "websocket.accept"})
    for _ in range(MESSAGES):
        await send({"type": "websocket.send", "text": TEXT})
    await send({"type": "websocket.close", "code": 1000})


async def through(websocket: WebSocket) -> None:
    """Send so many messages through Starlette's WebSocket, and close."""
    await websocket.accept()
    for _ in range(MESSAGES):
        await websocket.send_text(TEXT)
    await websocket.close()


def main() -> None:
    """Print the median of several interleaved rounds for both, and the ratio."""
    for name, application in (
        ("bare ASGI", bare),
        ("Starlette", Starlette(routes=[WebSocketRoute("/", through)])),
    ):
        ours, theirs = [], []
        for _ in range(ROUNDS):
            ours.append(_rate(lambda application=application: _accord(application)))  # type: ignore[misc]
            theirs.append(_rate(lambda application=application: _starlette(application)))  # type: ignore[misc]
        print(f"{name}: {MESSAGES} messages of {len(TEXT)} bytes, median of {ROUNDS} rounds")
        print(f"accord       {median(ours):9.0f} messages/CPU s")
        print(f"TestClient   {median(theirs):9.0f} messages/CPU s")
        print(f"ratio        {median(ours) / median(theirs):9.1f} x")


def _rate(run: Callable[[], float]) -> float:
    return MESSAGES / run()


def _accord(application: Any) -> float:
    """Return the CPU seconds, of both sides, from the handshake to the end."""
    limits = Limits(messages=MESSAGES + 1, bytes=MESSAGES * len(TEXT))
    client = open_client(application, limits=limits)
    try:
        since = time.process_time()
        connection = client.connect("/", channel="c", script="s")
        count = 0
        while isinstance(connection.receive(10.0), Received):
            count += 1
        seconds = time.process_time() - since
    finally:
        client.close()
    if count != MESSAGES:
        raise SystemExit(f"{count} messages came, {MESSAGES} were sent")
    return seconds


def _starlette(application: Any) -> float:
    """Return the CPU seconds, of both sides, from the handshake to the end."""
    with TestClient(application) as client:
        since = time.process_time()
        with client.websocket_connect("/") as session:
            for _ in range(MESSAGES):
                session.receive_text()
        return time.process_time() - since


if __name__ == "__main__":
    main()
