"""A client that loses its connection at any frame can come again; a reset is told from a close."""

from __future__ import annotations

import asyncio
import socket as sockets
import threading
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
import uvicorn
from queue_service import People, Queue

from accord.cases.engine import Budget
from accord.contract.contract import load
from accord.exchange.asgi import AsgiClient
from accord.exchange.careful import CarefulClient
from accord.exchange.client import Limits
from accord.exchange.network import NetworkClient
from accord.exchange.pace import Pace
from accord.exchange.permission import Permission
from accord.exchange.relay import Fault, Mishap, Relay
from accord.exchange.secrets import Secrets
from accord.exchange.values import Closed, Side
from accord.findings.checks import message, session
from accord.findings.finding import Verdict
from accord.run.context import Context
from accord.run.hooks import Hooks
from accord.run.websocket.reconnect import plan_reconnect

CHANNEL = Path(__file__).resolve().parents[3] / "docs" / "rules" / "cases" / "channel.yaml"


class Grudge(Queue):
    """A queue that lets nobody in any more once a connection was lost."""

    async def talk(self, receive: Any, send: Any) -> None:
        """Serve one connection, and remember how it ended."""

        async def noted() -> Any:
            event = await receive()
            if event["type"] == "websocket.disconnect" and event.get("code") in (1005, 1006):
                self.fault = "closed-door"
            return event

        await super().talk(noted, send)


@pytest.fixture
def serve() -> Iterator[Callable[[Any], str]]:
    """Return a function that serves an application and gives its URL."""
    running: list[tuple[uvicorn.Server, threading.Thread, sockets.socket]] = []

    def start(application: Any) -> str:
        listener = sockets.create_server(("127.0.0.1", 0))
        config = uvicorn.Config(
            application, ws="websockets-sansio", log_level="critical", timeout_graceful_shutdown=1
        )
        server = uvicorn.Server(config)
        thread = threading.Thread(target=lambda: asyncio.run(server.serve(sockets=[listener])))
        thread.start()
        running.append((server, thread, listener))
        return f"http://127.0.0.1:{listener.getsockname()[1]}"

    yield start
    for server, thread, listener in running:
        server.should_exit = True
        thread.join(10)
        listener.close()


def play(client: Any, monkeypatch: pytest.MonkeyPatch, **tokens: str) -> Any:
    """Return the outcomes of the trial by rule."""
    monkeypatch.setattr("accord.findings.catalogue.rules", lambda: (*message.RULES, *session.RULES))
    people: Any = People(**(tokens or {"default": "token-of-red"}))
    context = Context(
        contract=load(CHANNEL),
        client=CarefulClient(client, permission=Permission(), pace=Pace()),
        identities=people,
        secrets=Secrets(),
        hooks=Hooks(),
        seed=0,
        budget=Budget(),
    )
    context.patience = 1.0
    try:
        outcomes = plan_reconnect(context.contract.channels[0], "websocket").play(context).outcomes("x")
    finally:
        client.close()
    return {item.rule: item for item in outcomes}


def test_lost_connections_do_not_matter_to_the_next(
    serve: Callable[[Any], str], monkeypatch: pytest.MonkeyPatch
) -> None:
    """A healthy service takes the client again, wherever its connection was lost."""
    told = play(NetworkClient(serve(Queue()), limits=Limits(seconds=5.0)), monkeypatch)
    assert {Verdict.HELD} == {item.verdict for item in told.values()}
    assert "refused-good-credential-on-socket" in told


def test_service_that_bears_a_grudge_is_found(
    serve: Callable[[Any], str], monkeypatch: pytest.MonkeyPatch
) -> None:
    """One that refuses the client after a lost connection is found by the rule about good tokens."""
    told = play(NetworkClient(serve(Grudge()), limits=Limits(seconds=5.0)), monkeypatch)
    assert ["refused-good-credential-on-socket"] == [
        rule for rule, item in told.items() if item.verdict is Verdict.FOUND
    ]


def test_in_process_no_frame_is_broken(monkeypatch: pytest.MonkeyPatch) -> None:
    """Without a socket, or a token, the trial says what it could not do, and does the rest."""
    told = play(AsgiClient(Queue(), target="queue", limits=Limits(seconds=2.0)), monkeypatch)
    assert "the target is in process: no frame can be broken" == told["missing-authentication-reply"].reason
    assert Verdict.HELD == told["refused-good-credential-on-socket"].verdict


@pytest.mark.parametrize(
    ("mishap", "words"),
    [
        (Mishap.RESET, "the connection broke"),
        (Mishap.END, "ended without a closing handshake"),
        (Mishap.TRUNCATE, "ended without a closing handshake"),
    ],
)
def test_reset_is_told_from_an_end_and_from_a_close(
    serve: Callable[[Any], str], mishap: Mishap, words: str
) -> None:
    """The session says how the connection was lost, and a close has its code."""
    place = serve(Queue())
    port = int(place.rpartition(":")[2])
    fault = Fault(mishap=mishap, side=Side.SERVER, number=1)
    with Relay("127.0.0.1", port, [fault]) as relay:
        client = NetworkClient(f"http://127.0.0.1:{relay.port}", limits=Limits(seconds=5.0))
        connection = client.connect("/progress", channel="progress", script="x")
        connection.send("{")
        event = connection.receive(5.0)
        client.close()
    assert isinstance(event, Closed)
    assert (1006, Side.SERVER, True) == (event.code, event.by, words in event.detail)
    client = NetworkClient(place, limits=Limits(seconds=5.0))
    connection = client.connect("/progress", channel="progress", script="x")
    connection.send("{")
    event = connection.receive(5.0)
    client.close()
    assert isinstance(event, Closed)
    assert (4400, "") == (event.code, event.detail)
