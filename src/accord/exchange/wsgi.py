"""A WSGI application (PEP 3333) as an ASGI one: it runs in threads beside the event loop."""

from __future__ import annotations

import asyncio
import inspect
import io
from collections.abc import Awaitable, Callable, Iterable, MutableMapping
from concurrent.futures import Future
from threading import Thread
from typing import Any, TypeAlias

Message: TypeAlias = MutableMapping[str, Any]
WsgiApplication: TypeAlias = Callable[[dict[str, Any], Callable[..., Any]], Iterable[bytes]]

_OWN_KEYS = {"content-type": "CONTENT_TYPE", "content-length": "CONTENT_LENGTH"}


def is_wsgi(found: object) -> bool:
    """Tell whether *found* can be called as ``application(environ, start_response)``, and only so."""
    if not callable(found) or inspect.isclass(found):
        return False
    if inspect.iscoroutinefunction(found) or inspect.iscoroutinefunction(type(found).__call__):
        return False
    try:
        signature = inspect.signature(found)
        signature.bind(None, None)
    except (TypeError, ValueError):
        return False
    return not (inspect.isfunction(found) and _needs_nothing(signature))


def _needs_nothing(signature: inspect.Signature) -> bool:
    """Tell a factory whose arguments all have defaults from an application."""
    try:
        signature.bind()
    except TypeError:
        return False
    return True


class Wsgi:
    """The ASGI side of *application*, which has no lifespan and takes no WebSocket."""

    def __init__(self, application: WsgiApplication) -> None:
        self._application = application

    async def __call__(
        self,
        scope: Message,
        receive: Callable[[], Awaitable[Message]],
        send: Callable[[Message], Awaitable[None]],
    ) -> None:
        """Answer one request; what the application raises is raised."""
        if scope["type"] == "websocket":
            await receive()
            await send({"type": "websocket.close", "code": 1000})
        elif scope["type"] == "http":
            body = await _body(receive)
            call = _Call(asyncio.get_running_loop(), send)
            await call.made(self._application, _environ(scope, body))


class _Call:
    """One call of the application, in a thread; what it says is sent in the event loop."""

    def __init__(self, loop: asyncio.AbstractEventLoop, send: Callable[[Message], Awaitable[None]]) -> None:
        self._loop = loop
        self._send = send
        self._head: Message | None = None
        self._begun = False
        self._left = False

    async def made(self, application: WsgiApplication, environ: dict[str, Any]) -> None:
        """Make the call; raises what it raises."""
        over: Future[None] = Future()
        # From now on nobody can cancel it: who gives the call up only stops waiting.
        over.set_running_or_notify_cancel()

        def work() -> None:
            try:
                self.run(application, environ)
            except BaseException as problem:  # noqa: BLE001  an application may raise anything
                over.set_exception(problem)
            else:
                over.set_result(None)

        # A daemon: an application that never answers must not keep the process from its end.
        Thread(target=work, name="accord wsgi", daemon=True).start()
        try:
            await asyncio.wrap_future(over)
        finally:
            self._left = True

    def run(self, application: WsgiApplication, environ: dict[str, Any]) -> None:
        pieces = application(environ, self.start_response)
        try:
            for piece in pieces:
                # An empty piece must not send the head: the application may still change it.
                if piece:
                    self.write(piece)
            self._say({"type": "http.response.body", "body": b"", "more_body": False})
        finally:
            close = getattr(pieces, "close", None)
            if close is not None:
                close()

    def start_response(
        self, status: str, headers: list[tuple[str, str]], exc_info: Any = None
    ) -> Callable[[bytes], None]:
        if exc_info is not None and self._begun:
            raise exc_info[1].with_traceback(exc_info[2])
        if exc_info is None and self._head is not None:
            raise RuntimeError("start_response was called twice (PEP 3333)")
        pairs = [(name.lower().encode("latin-1"), value.encode("latin-1")) for name, value in headers]
        self._head = {
            "type": "http.response.start",
            "status": int(status.split(" ", maxsplit=1)[0]),
            "headers": pairs,
        }
        return self.write

    def write(self, piece: bytes) -> None:
        self._say({"type": "http.response.body", "body": piece, "more_body": True})

    def _say(self, message: Message) -> None:
        if self._head is None:
            raise RuntimeError("the application answers before it calls start_response (PEP 3333)")
        if not self._begun:
            self._begun = True
            self._wait(self._head)
        self._wait(message)

    def _wait(self, message: Message) -> None:
        if self._left:
            raise ConnectionError("the client is gone")

        async def said() -> None:
            await self._send(message)

        asyncio.run_coroutine_threadsafe(said(), self._loop).result()


async def _body(receive: Callable[[], Awaitable[Message]]) -> bytes:
    body, more = b"", True
    while more:
        message = await receive()
        body += message.get("body", b"")
        more = bool(message.get("more_body"))
    return body


def _environ(scope: Message, body: bytes) -> dict[str, Any]:
    """Return the environment of one request; its texts are bytes read as Latin-1 (PEP 3333)."""
    host, port = scope["server"]
    environ = {
        "REQUEST_METHOD": scope["method"],
        "SCRIPT_NAME": scope["root_path"],
        "PATH_INFO": scope["path"].encode("utf-8", "surrogateescape").decode("latin-1"),
        "QUERY_STRING": scope["query_string"].decode("latin-1"),
        "SERVER_NAME": host,
        "SERVER_PORT": str(port or 80),
        "SERVER_PROTOCOL": f"HTTP/{scope['http_version']}",
        "REMOTE_ADDR": scope["client"][0],
        "wsgi.version": (1, 0),
        "wsgi.url_scheme": scope["scheme"],
        "wsgi.input": io.BytesIO(body),
        # What an application logs there would stand between the lines of a report.
        "wsgi.errors": io.StringIO(),
        "wsgi.multithread": True,
        "wsgi.multiprocess": False,
        "wsgi.run_once": False,
        "wsgi.input_terminated": True,
    }
    for name, value in scope["headers"]:
        key = name.decode("latin-1").lower()
        key = _OWN_KEYS.get(key) or "HTTP_" + key.upper().replace("-", "_")
        text = value.decode("latin-1")
        environ[key] = f"{environ[key]},{text}" if key in environ else text
    return environ
