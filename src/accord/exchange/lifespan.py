"""The thread that an application lives in while accord talks to it: its event loop and its lifespan."""

from __future__ import annotations

import asyncio
import threading
from collections.abc import Callable
from concurrent.futures import Future
from concurrent.futures import TimeoutError as Overdue
from contextlib import suppress
from contextvars import Context
from typing import Any

from accord.errors import TargetError
from accord.exchange.application import Application, Message
from accord.exchange.crash import describe

_LAST_WORDS = 2.0
_PULSE = 0.05


class AppThread:
    """One daemon thread with one event loop, in which *application* has been started.

    Raises ``TargetError``, named by *place*, when the startup fails or takes more than *seconds*.
    """

    def __init__(self, application: Application, *, place: str, seconds: float) -> None:
        self.application = application
        self._loop = asyncio.new_event_loop()
        self._seconds = seconds
        self._closed = False
        self._lifespan = _Lifespan(application)
        self._thread = threading.Thread(target=self._run, name=f"accord {place}", daemon=True)
        self._thread.start()
        self.call(self._loop_task, self._lifespan.run)
        try:
            failure = self._lifespan.started.result(seconds)
        except Overdue:
            failure = f"it did not finish within {seconds:g} s"
        if failure:
            self.close()
            raise TargetError(
                f"the startup of the application failed: {failure}",
                place=place,
                next_step="Start it with a server, such as uvicorn, to see the whole story.",
            )

    @property
    def closed(self) -> bool:
        """Whether nothing can be asked of the application any more."""
        return self._closed

    def state(self) -> dict[str, Any]:
        """Return what a scope carries of the lifespan: a shallow copy of its state."""
        return self._lifespan.state.copy()

    def call(self, callback: Callable[..., object], *arguments: object) -> None:
        """Run *callback* in the thread, soon, with none of the caller's context variables."""
        with suppress(RuntimeError):  # the loop is closed: nobody is left to run anything
            self._loop.call_soon_threadsafe(callback, *arguments, context=Context())

    def blocked(self) -> bool:
        """Tell whether the application keeps its event loop from running."""
        pulse = threading.Event()
        self.call(pulse.set)
        return not pulse.wait(_PULSE)

    def stop(self) -> None:
        """Let the application shut down, within a bounded time; its sessions are its own affair."""
        self.call(self._lifespan.stop)
        with suppress(Overdue):
            self._lifespan.stopped.result(min(self._seconds, _LAST_WORDS))

    def close(self) -> None:
        """Shut the application down, within a bounded time; a blocked thread is left behind."""
        if self._closed:
            return
        self._closed = True
        self.stop()
        self.call(self._loop.stop)
        self._thread.join(_LAST_WORDS / 2)

    def _loop_task(self, run: Callable[[], Any]) -> None:
        self._lifespan_task = self._loop.create_task(run())

    def _run(self) -> None:
        asyncio.set_event_loop(self._loop)
        while not self._closed:
            # A task that raises SystemExit ends the loop, and must not end the conversation.
            with suppress(BaseException):
                self._loop.run_forever()
        with suppress(BaseException):
            self._loop.run_until_complete(_cancel_all())
        self._loop.close()


async def _cancel_all() -> None:
    others = asyncio.all_tasks() - {asyncio.current_task()}
    for task in others:
        task.cancel()
    if others:
        await asyncio.wait(others, timeout=_LAST_WORDS / 4)
    await asyncio.wait_for(asyncio.get_running_loop().shutdown_asyncgens(), _LAST_WORDS / 4)


class _Lifespan:
    """The lifespan protocol of one application, which may know nothing of it (ASGI lifespan 2.0)."""

    def __init__(self, application: Application) -> None:
        self.state: dict[str, Any] = {}
        self.started: Future[str] = Future()
        self.stopped: Future[str] = Future()
        self._application = application
        self._stop = asyncio.Event()
        self._asked = False

    async def run(self) -> None:
        """Call the application; whatever it raises before it has started means that it has no lifespan."""
        scope = {"type": "lifespan", "asgi": {"version": "3.0", "spec_version": "2.0"}, "state": self.state}
        try:
            await self._application(scope, self._receive, self._send)
        except BaseException as problem:  # noqa: BLE001  an application may raise anything
            _settle(self.stopped, describe(problem))
        _settle(self.started, "")
        _settle(self.stopped, "")

    def stop(self) -> None:
        """Ask the application to shut down."""
        self._stop.set()

    async def _receive(self) -> Message:
        if not self._asked:
            self._asked = True
            return {"type": "lifespan.startup"}
        await self._stop.wait()
        return {"type": "lifespan.shutdown"}

    async def _send(self, message: Message) -> None:
        match message["type"]:
            case "lifespan.startup.complete":
                _settle(self.started, "")
            case "lifespan.startup.failed":
                lines = str(message.get("message", "")).strip().splitlines()
                _settle(self.started, lines[-1][:300] if lines else "it gave no reason")
            case "lifespan.shutdown.complete" | "lifespan.shutdown.failed":
                _settle(self.stopped, str(message.get("message", "")))
            case other:
                raise RuntimeError(f"ASGI message {other!r} has no place in a lifespan")


def _settle(future: Future[str], result: str) -> None:
    if not future.done():
        future.set_result(result)
