"""Talking to a sandbox in this process, over plain ASGI."""

from __future__ import annotations

import asyncio
import json
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Any

import httpx
from sartiq_sandbox import create_app

BASE = "http://sandbox.test/api/v1"
BRAND = "b0000000-0000-4000-8000-000000000001"
SUBJECT = "50000000-0000-4000-8000-000000000001"
STYLE = "57000000-0000-4000-8000-000000000001"
FULL, HALF = (f"5e000000-0000-4000-8000-00000000000{n}" for n in (1, 2))
MODEL = "60de1000-0000-4000-8000-000000000001"
PRODUCT = "550e8400-e29b-41d4-a716-446655440000"
OTHER_BRAND = "b0000000-0000-4000-8000-000000000101"
OTHER_PRODUCT = "550e8400-e29b-41d4-a716-446655440101"
SHOOTING = "540071e6-0000-4000-8000-000000000001"
PENDING_SHOT, REVIEW_SHOT = (f"5407a000-0000-4000-8000-00000000000{n}" for n in (1, 2))
GENERATION = "6e0e7a00-0000-4000-8000-000000000001"
PREDICTION, SECOND_PREDICTION = (f"93ed0000-0000-4000-8000-00000000000{n}" for n in (1, 2))
UNKNOWN = "00000000-0000-4000-8000-00000000dead"
LOOK = {
    "main_product_id": PRODUCT,
    "subject_id": SUBJECT,
    "style_id": STYLE,
    "shot_type_ids": [FULL, HALF],
}
PATIENCE = 60.0


class Talk:
    """A sandbox and a client of it, which share an event loop that runs while a test waits."""

    def __init__(self, app: Any, runner: asyncio.Runner) -> None:
        """Talk to ``app`` within ``runner``."""
        self.app = app
        self.runner = runner
        self.headers: dict[str, str] = {}
        self.client = httpx.AsyncClient(transport=httpx.ASGITransport(app), base_url=BASE)

    def send(self, method: str, path: str, **options: Any) -> httpx.Response:
        """Send a request with the headers of the session."""
        headers = self.headers | options.pop("headers", {})
        return self.runner.run(self.client.request(method, path, headers=headers, **options))

    def get(self, path: str, **options: Any) -> httpx.Response:
        """Send a GET."""
        return self.send("GET", path, **options)

    def post(self, path: str, **options: Any) -> httpx.Response:
        """Send a POST."""
        return self.send("POST", path, **options)

    def token(self, name: str) -> str:
        """Return a new access token of a demo user."""
        form = {"username": f"{name}@example.com", "password": f"{name}-password"}
        return str(self.send("POST", "/login/access-token", data=form).json()["access_token"])

    def log_in(self, name: str) -> Talk:
        """Send the token of a demo user from now on."""
        self.headers = {"Authorization": f"Bearer {self.token(name)}"}
        return self

    def until(self, path: str, holds: Callable[[Any], bool]) -> Any:
        """Ask for a document until something holds of it."""
        deadline = time.monotonic() + PATIENCE
        while not holds(document := self.get(path).json()):
            assert time.monotonic() < deadline, document
        return document

    def generated(self, shot: str, count: int = 1) -> Any:
        """Generate images of a shot, wait for the end, and return the generation."""
        started = self.post(f"/shots/{shot}/generate", json={"num_predictions": count})
        assert started.status_code == 200, started.text
        return self.until(
            f"/generations/{started.json()['id']}",
            lambda generation: generation["status"] in ("completed", "failed"),
        )

    def socket(self) -> Socket:
        """Open a WebSocket."""
        return Socket(self)


class Socket:
    """A WebSocket in this process."""

    def __init__(self, talk: Talk, path: str = "/api/v1/ws") -> None:
        """Connect."""
        self._talk = talk
        self._incoming: asyncio.Queue[Any] = asyncio.Queue()
        self._outgoing: asyncio.Queue[Any] = asyncio.Queue()
        self._scope = {
            "type": "websocket",
            "asgi": {"version": "3.0"},
            "scheme": "ws",
            "path": path,
            "raw_path": path.encode(),
            "query_string": b"",
            "root_path": "",
            "headers": [(b"host", b"sandbox.test")],
            "subprotocols": [],
        }
        self._incoming.put_nowait({"type": "websocket.connect"})
        self._task = talk.runner.run(self._begin())
        assert self.event()["type"] == "websocket.accept"

    async def _begin(self) -> asyncio.Task[None]:
        return asyncio.create_task(self._talk.app(self._scope, self._incoming.get, self._outgoing.put))

    def event(self) -> Any:
        """Wait for the next event of the server."""
        waiting = asyncio.wait_for(self._outgoing.get(), PATIENCE)
        return self._talk.runner.run(_awaited(waiting))

    def message(self) -> Any:
        """Wait for the next message of the server."""
        event = self.event()
        assert event["type"] == "websocket.send", event
        return json.loads(event["text"])

    def send(self, text: str) -> Socket:
        """Send a text frame."""
        self._incoming.put_nowait({"type": "websocket.receive", "text": text})
        return self

    def send_bytes(self, content: bytes) -> Socket:
        """Send a binary frame."""
        self._incoming.put_nowait({"type": "websocket.receive", "bytes": content})
        return self

    def authenticate(self, token: str) -> Socket:
        """Send an access token."""
        return self.send(json.dumps({"type": "authenticate", "token": token}))

    def close_code(self) -> int:
        """Wait for the close of the server, past all messages, and for the end of the handler."""
        while (event := self.event())["type"] != "websocket.close":
            assert event["type"] == "websocket.send"
        self.join()
        return int(event["code"])

    def leave(self, code: int = 1001) -> None:
        """Disconnect, and wait for the end of the handler."""
        self._incoming.put_nowait({"type": "websocket.disconnect", "code": code})
        self.join()

    def join(self) -> None:
        """Wait for the end of the handler, which raises nothing."""
        self._talk.runner.run(_awaited(asyncio.wait_for(self._task, PATIENCE)))


async def _awaited(awaitable: Any) -> Any:
    return await awaitable


@contextmanager
def talking(**options: Any) -> Iterator[Talk]:
    """Start a sandbox and its worker; stop both at the end."""
    with asyncio.Runner() as runner:
        app = create_app(**{"step_seconds": 0.0} | options)
        talk = Talk(app, runner)
        lifespan = app.router.lifespan_context(app)
        runner.run(_awaited(lifespan.__aenter__()))
        try:
            yield talk
        finally:
            runner.run(talk.client.aclose())
            runner.run(_awaited(lifespan.__aexit__(None, None, None)))
