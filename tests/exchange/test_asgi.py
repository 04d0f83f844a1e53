"""HTTP in process: what an application may do to its client, and what it gets to see."""

from __future__ import annotations

import asyncio
import contextvars
import threading
from collections.abc import Callable, Iterator
from contextlib import suppress
from typing import Any

import pytest
from fastapi import BackgroundTasks, FastAPI
from patience import HASTE, PATIENCE
from starlette.responses import StreamingResponse

from accord.cases.request import Request
from accord.exchange.asgi import AsgiClient
from accord.exchange.limits import Limits
from accord.exchange.values import Exchange, Lapse, Session

Open = Callable[..., AsgiClient]
LIMITS = Limits(seconds=PATIENCE, bytes=100_000)
HASTY = Limits(seconds=HASTE, bytes=100_000)
GET = Request(method="GET", url="http://testserver/")


@pytest.fixture
def open_app() -> Iterator[Open]:
    """Open clients of applications, and close them all."""
    opened: list[AsgiClient] = []

    def start(application: Any, **options: Any) -> AsgiClient:
        async def without_lifespan(scope: Any, receive: Any, send: Any) -> None:
            assert scope["type"] == "http"
            await application(scope, receive, send)

        client = AsgiClient(without_lifespan, **{"target": "tests:app", "limits": LIMITS, **options})
        opened.append(client)
        return client

    yield start
    for client in opened:
        client.close()


def test_a_crash_is_told_in_one_line(open_app: Open, capfd: pytest.CaptureFixture[str]) -> None:
    """An application that raises before it answers crashed, and nothing is printed."""

    async def app(scope: Any, receive: Any, send: Any) -> None:
        raise ValueError("no such thing")

    exchange = open_app(app).send(GET)
    assert (None, Lapse.CRASH) == (exchange.response, exchange.lapse)
    assert exchange.detail.startswith("ValueError: no such thing (")
    assert exchange.detail.endswith(" in app)")
    assert ("", "") == capfd.readouterr()


def test_a_response_that_was_sent_before_a_crash_is_kept(open_app: Open) -> None:
    """Starlette answers 500 and raises again: the answer counts, the exception explains it."""
    app = FastAPI()

    @app.get("/")
    def root() -> None:
        raise KeyError("lost")

    exchange = open_app(app).send(GET)
    assert exchange.response is not None
    assert (500, None) == (exchange.response.status, exchange.lapse)
    assert exchange.detail.startswith("KeyError: 'lost' (")


def test_a_crash_within_the_body_keeps_what_had_come(open_app: Open) -> None:
    """A response that breaks off is a crash with half a response."""

    async def app(scope: Any, receive: Any, send: Any) -> None:
        await send({"type": "http.response.start", "status": 200, "headers": []})
        await send({"type": "http.response.body", "body": b"half", "more_body": True})
        raise RuntimeError("gone")

    exchange = open_app(app).send(GET)
    assert exchange.response is not None
    assert (Lapse.CRASH, b"half") == (exchange.lapse, exchange.response.body)


@pytest.mark.parametrize("exit_", [SystemExit, KeyboardInterrupt, asyncio.CancelledError, GeneratorExit])
def test_the_client_outlives_an_application_that_exits(open_app: Open, exit_: type[BaseException]) -> None:
    """sys.exit() in a handler ends neither the loop nor the run."""

    async def app(scope: Any, receive: Any, send: Any) -> None:
        if scope["path"] == "/exit":
            raise exit_
        await send({"type": "http.response.start", "status": 204, "headers": []})
        await send({"type": "http.response.body"})

    client = open_app(app)
    assert client.send(Request(method="GET", url="http://testserver/exit")).lapse is Lapse.CRASH
    after = client.send(GET).response
    assert after is not None
    assert after.status == 204


def test_a_task_that_exits_does_not_end_the_loop(open_app: Open) -> None:
    """A background task that raises SystemExit stops asyncio's loop; here it goes on."""

    async def leave() -> None:
        raise SystemExit

    async def app(scope: Any, receive: Any, send: Any) -> None:
        task = asyncio.ensure_future(leave())
        await send({"type": "http.response.start", "status": 204, "headers": []})
        await send({"type": "http.response.body"})
        with pytest.raises(SystemExit):
            await task

    client = open_app(app)
    assert [204, 204] == [exchange.response.status for _ in "ab" if (exchange := client.send(GET)).response]


def test_a_blocked_loop_is_a_timeout_and_the_client_still_closes(
    open_app: Open, release: threading.Event
) -> None:
    """An application that blocks its event loop is named as such, and is left behind in time."""

    async def app(scope: Any, receive: Any, send: Any) -> None:
        release.wait()

    client = open_app(app, limits=HASTY)
    exchange = client.send(GET)
    assert exchange.lapse is Lapse.TIMEOUT
    assert "blocks its event loop" in exchange.detail
    client.close()


def test_an_application_that_ignores_cancellation_is_left_alone(open_app: Open) -> None:
    """Giving up on an application does not depend on its consent."""
    given_up = threading.Event()

    async def app(scope: Any, receive: Any, send: Any) -> None:
        while not given_up.is_set():
            with suppress(asyncio.CancelledError):
                await asyncio.sleep(0)

    client = open_app(app, limits=HASTY)
    try:
        assert client.send(GET).lapse is Lapse.TIMEOUT
    finally:
        given_up.set()


def test_a_stream_without_end_and_without_pause_is_stopped(open_app: Open) -> None:
    """A handler that sends empty pieces for ever meets an error at its next one."""
    met: list[BaseException] = []

    async def app(scope: Any, receive: Any, send: Any) -> None:
        await send({"type": "http.response.start", "status": 200, "headers": []})
        try:
            while True:
                await send({"type": "http.response.body", "body": b"", "more_body": True})
        except BaseException as problem:
            met.append(problem)
            raise

    exchange = open_app(app, limits=HASTY).send(GET)
    assert exchange.lapse is Lapse.TIMEOUT
    assert len(met) == 1


def test_an_application_that_answers_nothing_closed(open_app: Open) -> None:
    """To return without a response is what a server shows as a closed connection."""

    async def app(scope: Any, receive: Any, send: Any) -> None:
        return

    exchange = open_app(app).send(GET)
    assert (None, Lapse.CLOSED) == (exchange.response, exchange.lapse)


@pytest.mark.parametrize(
    "messages",
    [
        [{"type": "http.response.body", "body": b""}],
        [{"type": "http.response.start", "status": "200", "headers": []}],
        [{"type": "http.response.start", "status": 200, "headers": [("a", "b")]}],
        [{"type": "http.response.start", "status": 200}] * 2,
        [
            {"type": "http.response.start", "status": 200},
            {"type": "http.response.body"},
            {"type": "http.bad"},
        ],
        [{"type": "nonsense"}],
        [{}],
        [
            {"type": "http.response.start", "status": 200, "headers": [(b"content-length", b"5")]},
            {"type": "http.response.body", "body": b"123456"},
        ],
        [
            {"type": "http.response.start", "status": 200, "headers": [(b"content-length", b"5")]},
            {"type": "http.response.body", "body": b"1234"},
        ],
        [{"type": "http.response.start", "status": 200, "headers": [(b"content-length", b"five")]}],
    ],
)
def test_what_breaks_the_asgi_contract_meets_an_error(open_app: Open, messages: list[dict[str, Any]]) -> None:
    """A message out of place, or a body of another length than announced, raises in the application."""

    async def app(scope: Any, receive: Any, send: Any) -> None:
        for message in messages:
            await send(message)

    exchange = open_app(app).send(GET)
    assert exchange.detail
    assert exchange.lapse is (None if messages[-1].get("type") == "http.bad" else Lapse.CRASH)


def test_background_work_does_not_hold_the_response_back(open_app: Open, release: threading.Event) -> None:
    """The exchange ends with the response; what the application does afterwards goes on."""
    app, done = FastAPI(), threading.Event()

    def work() -> None:
        release.wait()
        done.set()

    @app.get("/")
    def root(tasks: BackgroundTasks) -> str:
        tasks.add_task(work)
        return "accepted"

    exchange = open_app(app).send(GET)
    assert exchange.response is not None
    assert exchange.response.body == b'"accepted"'
    release.set()
    assert done.wait(PATIENCE)


def test_a_streamed_response_is_whole(open_app: Open) -> None:
    """Pieces are put together; the stream is not taken for a disconnect."""
    app = FastAPI()

    @app.get("/")
    def root() -> StreamingResponse:
        return StreamingResponse(str(number) for number in range(10))

    exchange = open_app(app).send(GET)
    assert exchange.response is not None
    assert exchange.response.body == b"0123456789"


def test_nothing_of_the_caller_leaks_into_the_application(open_app: Open) -> None:
    """A request starts with no context variables, as it does on a server."""
    variable = contextvars.ContextVar("variable", default="unset")
    seen: list[str] = []

    async def app(scope: Any, receive: Any, send: Any) -> None:
        seen.append(variable.get())

    client = open_app(app)
    token = variable.set("mine")
    client.send(GET)
    variable.reset(token)
    assert {"unset"} == set(seen)


def test_a_disconnect_follows_the_response(open_app: Open) -> None:
    """After its request, an application hears of the disconnect when it has answered, not before."""
    heard: list[str] = []

    async def app(scope: Any, receive: Any, send: Any) -> None:
        heard.append((await receive())["type"])
        await send({"type": "http.response.start", "status": 200, "headers": []})
        waiting = asyncio.ensure_future(receive())
        await asyncio.sleep(0)
        heard.append("waits" if not waiting.done() else "early")
        await send({"type": "http.response.body"})
        heard.append((await waiting)["type"])

    open_app(app).send(GET)
    assert ["http.request", "waits", "http.disconnect"] == heard


def test_a_closed_client_sends_nothing(open_app: Open) -> None:
    """After close, an exchange is a lapse; a second close does nothing."""
    client = open_app(FastAPI())
    client.close()
    client.close()
    assert client.send(GET).lapse is Lapse.NO_CONNECTION


def test_many_threads_share_one_client(open_app: Open) -> None:
    """Exchanges from several threads neither mix nor share a number."""
    told: list[Exchange | Session] = []
    app = FastAPI()

    @app.get("/{name}")
    async def name_of(name: str) -> str:
        return name

    client = open_app(app, observe=told.append)

    def work(name: str) -> None:
        for _ in range(20):
            exchange = client.send(Request(method="GET", url=f"http://testserver/{name}"))
            assert exchange.response is not None
            assert exchange.response.body == f'"{name}"'.encode()

    threads = [threading.Thread(target=work, args=(name,)) for name in "abcd"]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert {f"e{number}" for number in range(1, 81)} == {exchange.id for exchange in told}
