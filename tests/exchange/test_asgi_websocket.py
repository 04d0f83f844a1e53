"""WebSocket in process: what an application may do to its client, and what it gets to see."""

from __future__ import annotations

import asyncio
import sys
import threading
from collections.abc import Callable, Iterator
from typing import Any

import pytest
from fastapi import FastAPI, HTTPException, WebSocket, WebSocketDisconnect
from patience import PATIENCE

from accord.exchange.asgi import AsgiClient
from accord.exchange.limits import Limits
from accord.exchange.values import Closed, Received, Side

Open = Callable[..., Any]
LIMITS = Limits(seconds=PATIENCE, bytes=100_000, connect_seconds=PATIENCE)
ACCEPT = {"type": "websocket.accept"}


@pytest.fixture
def connect() -> Iterator[Open]:
    """Connect to an application, and close its client in the end."""
    clients: list[AsgiClient] = []

    def start(application: Any, *, limits: Limits = LIMITS, **options: Any) -> Any:
        async def without_lifespan(scope: Any, receive: Any, send: Any) -> None:
            assert scope["type"] == "websocket"
            await application(scope, receive, send)

        client = AsgiClient(without_lifespan, target="tests:app", limits=limits)
        clients.append(client)
        return client.connect("/", channel="c", script="s", **options)

    yield start
    for client in clients:
        client.close()


def test_a_crash_ends_the_session_and_is_told(connect: Open, capfd: pytest.CaptureFixture[str]) -> None:
    """An exception after the handshake is an end without a closing handshake, and nothing is printed."""

    async def app(scope: Any, receive: Any, send: Any) -> None:
        await send(ACCEPT)
        await receive()
        await receive()
        raise ValueError("no such event")

    connection = connect(app)
    connection.send("x")
    end = connection.receive(PATIENCE)
    assert (1006, Side.SERVER, None) == (end.code, end.by, end.status)
    assert connection.session().crash.startswith("ValueError: no such event (")
    assert ("", "") == capfd.readouterr()


def test_a_crash_before_the_handshake_is_status_500(connect: Open) -> None:
    """A server would answer 500."""

    async def app(scope: Any, receive: Any, send: Any) -> None:
        raise SystemExit(1)

    connection = connect(app)
    assert (1006, 500) == (connection.receive(0).code, connection.receive(0).status)
    assert connection.session().crash.startswith("SystemExit: 1 (")


def test_messages_before_a_crash_arrive_first(connect: Open) -> None:
    """What was sent is received, then the end is told."""

    async def app(scope: Any, receive: Any, send: Any) -> None:
        await send(ACCEPT)
        for number in range(3):
            await send({"type": "websocket.send", "text": str(number)})
        raise ValueError

    connection = connect(app)
    assert ["0", "1", "2"] == [connection.receive(PATIENCE).data for _ in range(3)]
    assert connection.receive(PATIENCE).code == 1006


def test_an_application_that_sends_ahead_is_held_back(connect: Open) -> None:
    """After 64 messages that nobody reads, send waits, as it does behind a server."""
    sent: list[int] = []
    waiting = threading.Event()

    async def app(scope: Any, receive: Any, send: Any) -> None:
        await send(ACCEPT)
        asyncio.get_running_loop().call_later(0.05, waiting.set)
        for number in range(1000):
            await send({"type": "websocket.send", "text": str(number)})
            sent.append(number)

    connection = connect(app)
    assert waiting.wait(PATIENCE)
    assert 63 <= len(sent) <= 64
    assert [str(number) for number in range(1000)] == [connection.receive(PATIENCE).data for _ in range(1000)]


def test_a_reader_that_gave_up_is_no_reader(connect: Open) -> None:
    """Who waits lets an application send further ahead, but only as long as he waits."""
    sent: list[int] = []
    waiting = threading.Event()

    async def app(scope: Any, receive: Any, send: Any) -> None:
        await receive()
        await send(ACCEPT)
        await receive()
        asyncio.get_running_loop().call_later(0.05, waiting.set)
        for number in range(5000):
            await send({"type": "websocket.send", "text": str(number)})
            sent.append(number)

    connection = connect(app)
    assert connection.receive(0.01) is None
    connection.send("go")
    assert waiting.wait(PATIENCE)
    assert 64 == len(sent)


def test_a_reader_that_waits_is_not_buried(connect: Open) -> None:
    """However long the reader needs to wake up, an application sends him no more than 1024 messages."""
    turns: list[int] = []

    async def app(scope: Any, receive: Any, send: Any) -> None:
        await send(ACCEPT)
        sent = noted = 0

        def note() -> None:
            nonlocal noted
            turns.append(sent - noted)
            noted = sent
            asyncio.get_running_loop().call_soon(note)

        asyncio.get_running_loop().call_soon(note)
        for number in range(5000):
            await send({"type": "websocket.send", "text": str(number)})
            sent += 1

    interval = sys.getswitchinterval()
    sys.setswitchinterval(5)
    try:
        connection = connect(app)
        received = [connection.receive(PATIENCE).data for _ in range(5000)]
    finally:
        sys.setswitchinterval(interval)
    assert [str(number) for number in range(5000)] == received
    assert 64 <= max(turns) <= 1024


def test_sessions_that_are_read_in_turn_lose_nothing(connect: Open) -> None:
    """Each session has its own messages, all of them, in their order."""

    async def app(scope: Any, receive: Any, send: Any) -> None:
        await send(ACCEPT)
        for number in range(3000):
            await send({"type": "websocket.send", "bytes": b"%d" % number})
            if number % 700 == 0:
                await asyncio.sleep(0)
        await send({"type": "websocket.close", "code": 4000})

    sessions = [connect(app) for _ in range(3)]
    for number in range(3000):
        assert [b"%d" % number] * 3 == [session.receive(PATIENCE).data for session in sessions]
    assert [4000] * 3 == [session.receive(PATIENCE).code for session in sessions]


@pytest.mark.parametrize(
    ("limits", "count"),
    [(Limits(messages=20, bytes=1000), 21), (Limits(messages=1000, bytes=10), 26)],
    ids=["messages", "bytes"],
)
def test_a_session_notes_the_message_that_passes_a_limit_and_none_after(
    connect: Open, limits: Limits, count: int
) -> None:
    """What has come at once is cut where its messages, one by one, would have ended the session."""

    async def app(scope: Any, receive: Any, send: Any) -> None:
        await receive()
        await send(ACCEPT)
        for _ in range(50):
            await send({"type": "websocket.send", "text": "four"})
        await receive()

    session = connect(app, limits=limits)
    assert count == sum(isinstance(session.receive(PATIENCE), Received) for _ in range(60))
    assert count == sum(isinstance(event, Received) for event in session.session().events)
    assert session.receive(0).by is Side.CLIENT


def test_who_closed_before_a_limit_was_seen_to_be_passed_has_closed(connect: Open) -> None:
    """The close of the server stands behind its messages, and was there first."""
    done = threading.Event()

    async def app(scope: Any, receive: Any, send: Any) -> None:
        await receive()
        await send(ACCEPT)
        await receive()
        for _ in range(30):
            await send({"type": "websocket.send", "text": "x"})
        await send({"type": "websocket.close", "code": 4000})
        done.set()

    session = connect(app, limits=Limits(messages=20))
    session.send("go")
    assert done.wait(PATIENCE)
    assert isinstance(session.receive(PATIENCE), Received)
    assert (4000, Side.SERVER) == (session.session().events[-1].code, session.session().events[-1].by)


def test_several_senders_are_all_let_on(connect: Open) -> None:
    """Tasks of one application that wait for the same reader all get their turn."""

    async def app(scope: Any, receive: Any, send: Any) -> None:
        await send(ACCEPT)

        async def talk(name: str) -> None:
            for _ in range(100):
                await send({"type": "websocket.send", "text": name})

        await asyncio.gather(*map(talk, "abc"))

    connection = connect(app)
    messages = [connection.receive(PATIENCE).data for _ in range(300)]
    assert {"a": 100, "b": 100, "c": 100} == {name: messages.count(name) for name in "abc"}


def test_an_application_learns_why_its_client_left(connect: Open) -> None:
    """The close code and reason reach the application, again and again."""
    heard: list[Any] = []

    async def app(scope: Any, receive: Any, send: Any) -> None:
        await receive()
        await send(ACCEPT)
        heard.extend([await receive(), await receive()])

    connect(app).close(4001, "enough")
    expected = {"type": "websocket.disconnect", "code": 4001, "reason": "enough"}
    assert [expected, expected] == heard


def test_an_application_learns_that_its_client_was_lost(connect: Open) -> None:
    """A connection that is broken off has code 1006 on both sides, and the second time nothing happens."""
    heard: list[Any] = []

    async def app(scope: Any, receive: Any, send: Any) -> None:
        await receive()
        await send(ACCEPT)
        heard.append(await receive())

    connection = connect(app)
    connection.break_off()
    connection.break_off()
    assert [1006] == [event["code"] for event in heard]
    assert (1006, Side.CLIENT, "") == (
        (end := connection.session().events[-1]).code,
        end.by,
        end.detail,
    )
    assert 2 == len(connection.session().events)


def test_who_sends_to_a_client_that_left_meets_an_error(connect: Open) -> None:
    """As on a server, sending after the disconnect raises an OSError; that is no crash."""
    met: list[BaseException] = []

    async def app(scope: Any, receive: Any, send: Any) -> None:
        await receive()
        await send(ACCEPT)
        await receive()
        try:
            await send({"type": "websocket.send", "text": "x"})
        except OSError as problem:
            met.append(problem)
            raise

    connection = connect(app)
    connection.close()
    assert len(met) == 1
    assert connection.session().crash == ""


def test_an_unhandled_disconnect_is_no_crash(connect: Open) -> None:
    """Starlette raises WebSocketDisconnect when the client leaves; the defect is the client's absence."""
    app = FastAPI()

    @app.websocket("/")
    async def root(websocket: WebSocket) -> None:
        await websocket.accept()
        await websocket.receive_text()

    connection = connect(app)
    connection.close()
    assert connection.session().crash == ""


def test_a_crash_over_the_disconnect_is_told(connect: Open) -> None:
    """What goes wrong while a session is cleaned up is a crash."""

    async def app(scope: Any, receive: Any, send: Any) -> None:
        await receive()
        await send(ACCEPT)
        await receive()
        raise KeyError("connection")

    connection = connect(app)
    connection.close()
    end = connection.receive(0)
    assert (1000, Side.CLIENT) == (end.code, end.by)
    assert connection.session().crash.startswith("KeyError: 'connection' (")


def test_an_application_that_never_looks_is_cancelled(connect: Open) -> None:
    """Closing does not wait for an application that does not read; its clean-up still runs."""
    cleaned = threading.Event()

    async def app(scope: Any, receive: Any, send: Any) -> None:
        await send(ACCEPT)
        try:
            await asyncio.Event().wait()
        finally:
            cleaned.set()

    connection = connect(app)
    connection.close()
    assert cleaned.wait(PATIENCE)


def test_a_blocked_loop_neither_holds_the_handshake_nor_the_close(
    connect: Open, release: threading.Event
) -> None:
    """Every wait of the client has its limit."""

    async def app(scope: Any, receive: Any, send: Any) -> None:
        await send(ACCEPT)
        await receive()
        await receive()
        release.wait()

    connection = connect(app)
    connection.send("block")
    assert connection.receive(0.1) is None
    connection.close()
    end = connection.receive(0)
    assert (1000, Side.CLIENT) == (end.code, end.by)


def test_a_denial_has_the_status_of_the_application(connect: Open) -> None:
    """FastAPI's HTTPException before accept is an HTTP response (ASGI websocket.http.response)."""
    app = FastAPI()

    @app.websocket("/")
    async def root(websocket: WebSocket) -> None:
        raise HTTPException(401)

    end = connect(app).receive(0)
    assert (1006, 401) == (end.code, end.status)


def test_a_subprotocol_that_was_not_offered_fails_the_session(connect: Open) -> None:
    """The client fails such a handshake (RFC 6455, section 4.1)."""

    async def app(scope: Any, receive: Any, send: Any) -> None:
        await send({"type": "websocket.accept", "subprotocol": "other"})

    end = connect(app, subprotocols=("mine",)).receive(0)
    assert (1006, Side.CLIENT) == (end.code, end.by)
    assert "'other'" in end.detail


@pytest.mark.parametrize(
    "message",
    [
        {"type": "websocket.accept"},
        {"type": "http.response.start"},
        {"type": "websocket.send"},
        {"type": "websocket.send", "text": b"bytes"},
        {"type": "websocket.send", "text": "\ud800"},
        {"type": "websocket.send", "bytes": "text"},
        {"type": "websocket.send", "bytes": 10**12},
        {"type": "websocket.close", "code": "1000"},
        {},
    ],
)
def test_what_breaks_the_asgi_contract_meets_an_error(connect: Open, message: dict[str, Any]) -> None:
    """A message out of place or of the wrong type raises in the application."""

    async def app(scope: Any, receive: Any, send: Any) -> None:
        await send(ACCEPT)
        await send(message)

    connection = connect(app)
    assert connection.receive(PATIENCE).code == (1000 if message.get("code") else 1006)
    assert bool(connection.session().crash) is not bool(message.get("code"))


def test_sending_after_the_own_close_meets_an_error(connect: Open) -> None:
    """An application that has closed has nothing more to say."""

    async def app(scope: Any, receive: Any, send: Any) -> None:
        await send(ACCEPT)
        await send({"type": "websocket.close", "code": 4000})
        await send({"type": "websocket.send", "text": "x"})

    connection = connect(app)
    end = connection.receive(PATIENCE)
    assert (4000, Side.SERVER) == (end.code, end.by)
    connection.close()


def test_a_server_close_wins_over_a_later_client_close(connect: Open) -> None:
    """Who closed first ended the session."""

    async def app(scope: Any, receive: Any, send: Any) -> None:
        await send(ACCEPT)
        await receive()
        await receive()
        for _ in range(64):
            await send({"type": "websocket.send", "text": "x"})
        await send({"type": "websocket.close", "code": 4000})

    connection = connect(app)
    connection.send("go")
    assert isinstance(connection.receive(PATIENCE), Received)
    connection.close()
    end = connection.receive(0)
    assert isinstance(end, Closed)
    assert end.by in set(Side)
    assert (end.code == 4000) is (end.by is Side.SERVER)


def test_fastapi_echoes(connect: Open) -> None:
    """An ordinary application works the ordinary way."""
    app = FastAPI()

    @app.websocket("/")
    async def root(websocket: WebSocket) -> None:
        await websocket.accept()
        try:
            while True:
                await websocket.send_json({"you said": await websocket.receive_json()})
        except WebSocketDisconnect:
            pass

    connection = connect(app)
    connection.send("[1]")
    assert connection.receive(PATIENCE).data == '{"you said":[1]}'
