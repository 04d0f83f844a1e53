"""One HTTP request to an application in process, from the call to the last body message."""

from __future__ import annotations

import asyncio
import threading
import time

from accord.exchange.application import Message, Scope
from accord.exchange.body import Body
from accord.exchange.crash import describe
from accord.exchange.lifespan import AppThread
from accord.exchange.values import Lapse, Response

_AFTERMATH = 0.05
"""How long an application may go on after its response and still be waited for, in seconds."""


class ClientGoneError(OSError):
    """What an application meets that goes on sending when nobody listens (ASGI HTTP 2.4)."""


class Call:
    """One call of the application, made at once in its thread.

    ``complete`` tells that the whole response was sent, ``end`` when that was.
    """

    def __init__(self, thread: AppThread, scope: Scope, body: bytes, *, limit: int) -> None:
        self.complete = False
        self.end: float | None = None
        self._thread = thread
        self._scope = scope
        self._request_body: bytes | None = body
        self._limit = limit
        self._status: int | None = None
        self._headers: tuple[tuple[str, str], ...] = ()
        self._body = Body(limit)
        self._missing: int | None = None
        self._failure = ""
        self._abandoned = False
        self._settled = False
        self._task: asyncio.Task[None] | None = None
        self._timer: asyncio.TimerHandle | None = None
        self._over = asyncio.Event()
        # A bare lock, released once, wakes its waiter faster than an Event does.
        self._pending = threading.Lock()
        self._pending.acquire()
        scope["state"] = thread.state()
        thread.call(self._start)

    def wait(self, seconds: float) -> bool:
        """Wait for the end of the call; give it up and return False after *seconds*."""
        if self._pending.acquire(timeout=seconds):
            return True
        self._abandoned = not self.complete
        if self._abandoned:
            self._thread.call(self._cancel)
        return False

    def result(self) -> tuple[Response | None, Lapse | None, str]:
        """Return the response, as far as it came, why it is not whole, and what the application raised."""
        response = None
        if self._status is not None:
            response = Response(status=self._status, headers=self._headers, body=self._body.finish())
        if self._body.lapse is Lapse.TOO_LARGE or (self.complete and self._body.lapse):
            return response, self._body.lapse, self._body.detail
        if self.complete:
            return response, None, self._failure
        if self._failure:
            return response, Lapse.CRASH, self._failure
        return response, Lapse.CLOSED, "the application returned without a complete response"

    def _start(self) -> None:
        if not self._abandoned:
            self._task = asyncio.get_running_loop().create_task(self._run())

    def _cancel(self) -> None:
        self._over.set()
        if self._task is not None:
            self._task.cancel()

    async def _run(self) -> None:
        try:
            await self._thread.application(self._scope, self._receive, self._send)
        except BaseException as problem:  # noqa: BLE001  an application may raise anything
            self._failure = describe(problem)
        if self._timer is not None:
            self._timer.cancel()
        self._settle()

    def _settle(self) -> None:
        if not self._settled:
            self._settled = True
            self._pending.release()

    async def _receive(self) -> Message:
        if self._request_body is not None:
            body, self._request_body = self._request_body, None
            return {"type": "http.request", "body": body, "more_body": False}
        await self._over.wait()
        return {"type": "http.disconnect"}

    async def _send(self, message: Message) -> None:
        if self._abandoned:
            raise ClientGoneError("the client is gone")
        kind = message["type"]
        if kind == "http.response.start" and self._status is None:
            self._take_start(message)
        elif kind == "http.response.body" and self._status is not None and not self.complete:
            self._take_body(bytes(message.get("body", b"")))
            if message.get("more_body", False):
                # Without this, a stream that never waits would starve everything else.
                await asyncio.sleep(0)
            else:
                self._finish()
        else:
            raise RuntimeError(f"ASGI message {kind!r} is out of place here")

    def _take_start(self, message: Message) -> None:
        status, pairs = message["status"], message.get("headers", ())
        headers = tuple(
            (bytes(name).decode("latin-1"), bytes(value).decode("latin-1")) for name, value in pairs
        )
        if not isinstance(status, int):
            raise TypeError(f"the status is {status!r}, not an integer")
        encodings = []
        for name, value in headers:
            lowered = name.lower()
            if lowered == "content-encoding":
                encodings.append(value)
            elif lowered == "content-length" and status != 304 and self._scope["method"] != "HEAD":
                self._missing = int(value)
        self._body = Body(self._limit, ",".join(encodings))
        self._status, self._headers = int(status), headers

    def _take_body(self, data: bytes) -> None:
        if self._scope["method"] == "HEAD":
            return
        if self._missing is not None:
            self._missing -= len(data)
            if self._missing < 0:
                raise RuntimeError("the response is longer than its Content-Length")
        self._body.feed(data)
        if self._body.lapse is not None:
            self._abandoned = True
            self._over.set()
            self._settle()
            raise ClientGoneError("the client has read enough")

    def _finish(self) -> None:
        if self._missing:
            raise RuntimeError("the response is shorter than its Content-Length")
        self.end = time.perf_counter()
        self.complete = True
        self._over.set()
        self._timer = asyncio.get_running_loop().call_later(_AFTERMATH, self._settle)
