"""The life of an application: started before the first request, shut down at the end, within bounds."""

from __future__ import annotations

import asyncio
import threading
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from typing import Any

import pytest
from fastapi import FastAPI, Request
from patience import HASTE, PATIENCE

from accord.cases.request import Request as Question
from accord.errors import TargetError
from accord.exchange.asgi import AsgiClient
from accord.exchange.lifespan import AppThread
from accord.exchange.limits import Limits


def test_startup_comes_before_and_shutdown_after() -> None:
    """A lifespan runs in the thread of the application, once, around everything else."""
    told: list[str] = []

    @asynccontextmanager
    async def lifespan(app: FastAPI) -> AsyncIterator[dict[str, str]]:
        told.append("up")
        yield {"database": "there"}
        told.append("down")

    thread = AppThread(FastAPI(lifespan=lifespan), place="app", seconds=PATIENCE)
    assert {"database": "there"} == thread.state()
    assert thread.state() is not thread.state()
    assert ["up"] == told
    thread.close()
    thread.close()
    assert ["up", "down"] == told


def test_an_application_without_lifespan_is_fine() -> None:
    """To raise at the lifespan scope is to have none (ASGI lifespan, section Scope)."""

    async def app(scope: Any, receive: Any, send: Any) -> None:
        assert scope["type"] == "http"

    AppThread(app, place="app", seconds=PATIENCE).close()


def test_a_failed_startup_is_told_without_its_traceback() -> None:
    """The reason is the exception's own line."""

    @asynccontextmanager
    async def lifespan(app: FastAPI) -> AsyncIterator[None]:
        raise ValueError("no database")
        yield

    with pytest.raises(TargetError, match=r"startup of the application failed: ValueError: no database\n"):
        AppThread(FastAPI(lifespan=lifespan), place="app", seconds=PATIENCE)


@pytest.mark.parametrize("blocking", [True, False])
def test_a_startup_without_end_is_given_up(blocking: bool, release: threading.Event) -> None:
    """A startup that waits, or blocks, for ever is a target that cannot be started."""

    async def app(scope: Any, receive: Any, send: Any) -> None:
        if blocking:
            release.wait()
        else:
            await asyncio.Event().wait()

    with pytest.raises(TargetError, match=r"did not finish within 0\.1 s"):
        AppThread(app, place="app", seconds=0.1)


def test_a_shutdown_without_end_is_given_up() -> None:
    """Closing comes to an end whatever the application does, which is cancelled."""
    ended: list[str] = []

    async def app(scope: Any, receive: Any, send: Any) -> None:
        await receive()
        await send({"type": "lifespan.startup.complete"})
        try:
            await asyncio.Event().wait()
        except asyncio.CancelledError:
            ended.append("cancelled")
            raise

    thread = AppThread(app, place="app", seconds=HASTE)
    assert [] == ended
    thread.close()
    assert ["cancelled"] == ended


def test_what_the_startup_yields_reaches_each_request() -> None:
    """The state of the lifespan is in the scope of a request."""

    @asynccontextmanager
    async def lifespan(app: FastAPI) -> AsyncIterator[dict[str, str]]:
        yield {"name": "shop"}

    app = FastAPI(lifespan=lifespan)

    @app.get("/")
    async def root(request: Request) -> str:
        return str(request.state.name)

    client = AsgiClient(app, target="app", limits=Limits(seconds=PATIENCE))
    exchange = client.send(Question(method="GET", url="http://testserver/"))
    client.close()
    assert exchange.response is not None
    assert exchange.response.body == b'"shop"'
