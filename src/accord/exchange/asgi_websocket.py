"""One WebSocket session with an application in process: two queues and no socket (ASGI WebSocket 2.4)."""

from __future__ import annotations

import asyncio
import threading
from contextlib import suppress
from queue import Empty, SimpleQueue
from urllib.parse import unquote

from accord.exchange.application import Message, Scope
from accord.exchange.asgi_call import ClientGoneError
from accord.exchange.connection import Clock
from accord.exchange.crash import describe
from accord.exchange.lifespan import AppThread
from accord.exchange.limits import Limits
from accord.exchange.values import Closed, Opened, Received, Side, received
from accord.exchange.wire import Address, Headers, encode_headers, with_defaults

_AHEAD = 64
"""How many messages an application may send that nobody waits for."""
_FLOW = 1024
"""How many it may send to a reader that waits: to change threads is dear, so one change carries many."""
_GOODBYE = 1.0
_ABNORMAL, _TOO_BIG = 1006, 1009


def websocket_scope(place: Address, headers: Headers, subprotocols: tuple[str, ...]) -> Scope:
    """Return the scope of a handshake at *place*.

    Raises ``ValueError`` for headers that HTTP cannot carry.
    """
    handshake: Headers = (
        ("host", place.origin.authority),
        ("user-agent", "accord"),
        ("connection", "Upgrade"),
        ("upgrade", "websocket"),
        ("sec-websocket-version", "13"),
        ("sec-websocket-key", "YWNjb3JkLWluLXByb2Nlc3M="),
    )
    if subprotocols:
        handshake += (("sec-websocket-protocol", ", ".join(subprotocols)),)
    return {
        "type": "websocket",
        "asgi": {"version": "3.0", "spec_version": "2.4"},
        "http_version": "1.1",
        "scheme": "ws",
        "path": unquote(place.path),
        "raw_path": place.path.encode(),
        "query_string": (place.query or "").encode(),
        "root_path": "",
        "headers": [
            (name.lower(), value) for name, value in encode_headers(with_defaults(headers, handshake))
        ],
        "client": ("127.0.0.1", 50000),
        "server": (place.origin.host, place.origin.port),
        "subprotocols": list(subprotocols),
        "extensions": {"websocket.http.response": {}},
    }


class AsgiPipe:
    """A ``Pipe`` to an application in process."""

    def __init__(self, thread: AppThread, *, clock: Clock, limits: Limits) -> None:
        self.crash = ""
        self._thread = thread
        self._clock = clock
        self._limits = limits
        self._scope: Scope = {}
        self._to_client: SimpleQueue[Opened | Received | Closed] = SimpleQueue()
        self._to_app: asyncio.Queue[Message] = asyncio.Queue()
        self._room = asyncio.Event()
        self._ahead, self._flow = _AHEAD, _FLOW
        self._bound = _AHEAD
        self._held_back = False
        self._last: Closed | None = None
        self._task: asyncio.Task[None] | None = None
        self._accepted = False
        self._refusal: int | None = None
        self._ended: Side | None = None
        self._done = threading.Event()

    def open(self, scope: Scope) -> Opened | Closed:
        """Call the application and return what it makes of the handshake."""
        self._scope = scope
        scope["state"] = self._thread.state()
        self._thread.call(self._start)
        seconds = self._limits.connect_seconds
        try:
            opening = self._to_client.get(timeout=seconds)
        except Empty:
            self._ended = Side.CLIENT
            self._thread.call(self._cancel)
            detail = f"the handshake was not answered within {seconds:g} s"
            return Closed(at=self._clock(), code=1006, by=Side.CLIENT, detail=detail)
        if isinstance(opening, Received):
            raise TypeError(opening)
        self._thread.call(self._room.set)
        return opening

    def put(self, data: str | bytes) -> None:
        """Hand one message to the application."""
        self._thread.call(self._to_app.put_nowait, _receive_message(data))

    def take(self, timeout: float) -> list[Received] | Closed:
        """Return the messages that the application has sent, or how it ended, or nothing."""
        if self._last is None:
            messages = self._messages(timeout)
            if messages or self._last is None:
                return messages
        return self._last

    def _messages(self, timeout: float) -> list[Received]:
        came: list[Opened | Received | Closed] = []
        if timeout > 0 and self._to_client.empty():
            self._bound = self._flow
            with suppress(Empty):
                came.append(self._to_client.get(timeout=timeout))
            self._bound = self._ahead
        came += [self._to_client.get_nowait() for _ in range(self._to_client.qsize())]
        if came and isinstance(came[-1], Closed):
            self._last = came[-1]
        if self._held_back:
            self._held_back = False
            self._thread.call(self._room.set)
        return [event for event in came if isinstance(event, Received)]

    def end(self, code: int, reason: str) -> Closed:
        """Tell the application that the client closes; one that does not take leave is cancelled."""
        closed = Closed(at=self._clock(), code=code, reason=reason, by=Side.CLIENT)
        self._thread.call(self._leave, code, reason)
        if not self._done.wait(min(self._limits.seconds, _GOODBYE)):
            self._thread.call(self._cancel)
        self._messages(0)
        return self._last or closed

    def narrow(self) -> None:
        """Let the application send one message ahead of its reader, and no more."""
        self._ahead = self._flow = self._bound = 1

    def cut(self) -> Closed:
        """Tell the application what its server tells of a connection that is gone."""
        return self.end(_ABNORMAL, "")

    # What follows runs in the thread of the application.

    def _start(self) -> None:
        if self._ended is None:
            self._to_app.put_nowait({"type": "websocket.connect"})
            self._task = asyncio.get_running_loop().create_task(self._run())

    def _cancel(self) -> None:
        if self._task is not None:
            self._task.cancel()

    def _leave(self, code: int, reason: str) -> None:
        if self._ended is None:
            self._ended = Side.CLIENT
            self._disconnect(code, reason)

    def _disconnect(self, code: int, reason: str) -> None:
        self._to_app.put_nowait({"type": "websocket.disconnect", "code": code, "reason": reason})
        self._room.set()

    def _finish(self, closed: Closed) -> None:
        self._ended = closed.by
        self._to_client.put(closed)
        self._disconnect(closed.code, closed.reason)

    async def _run(self) -> None:
        detail = "the application returned without closing"
        try:
            await self._thread.application(self._scope, self._receive, self._send)
        except BaseException as problem:  # noqa: BLE001  an application may raise anything
            if self._ended is None or not _is_goodbye(problem):
                self.crash = detail = describe(problem)
        if self._ended is None:
            status = None if self._accepted else 500
            self._finish(Closed(at=self._clock(), code=1006, by=Side.SERVER, status=status, detail=detail))
        self._done.set()

    async def _receive(self) -> Message:
        message = await self._to_app.get()
        if message["type"] == "websocket.disconnect":
            self._to_app.put_nowait(message)
        return message

    async def _send(self, message: Message) -> None:
        kind = message["type"]
        if kind == "websocket.send" and self._accepted and self._ended is None:
            data = _sent_data(message, self._limits.bytes)
            if data is None:
                self._refuse_message()
                return
            if self._to_client.qsize() >= self._bound:
                await self._wait_for_room()
            self._to_client.put(received(self._clock(), data))
        elif self._ended is Side.CLIENT:
            raise ClientGoneError("the client is gone")
        elif self._ended is Side.SERVER:
            raise RuntimeError(f"ASGI message {kind!r} after the end of the session")
        elif self._accepted and kind == "websocket.close":
            code, reason = message.get("code", 1000), message.get("reason") or ""
            self._finish(Closed(at=self._clock(), code=int(code), reason=str(reason), by=Side.SERVER))
        elif not self._accepted:
            self._answer_handshake(kind, message)
        else:
            raise RuntimeError(f"ASGI message {kind!r} is out of place here")

    def _answer_handshake(self, kind: str, message: Message) -> None:
        if kind == "websocket.http.response.body" and self._refusal is not None:
            if not message.get("more_body", False):
                self._refuse(self._refusal)
        elif kind == "websocket.http.response.start" and self._refusal is None:
            self._refusal = int(message["status"])
        elif kind == "websocket.close" and self._refusal is None:
            self._refuse(403)
        elif kind == "websocket.accept" and self._refusal is None:
            self._accept(message.get("subprotocol"))
        else:
            raise RuntimeError(f"ASGI message {kind!r} is out of place in a handshake")

    def _accept(self, subprotocol: str | None) -> None:
        if subprotocol is not None and subprotocol not in self._scope["subprotocols"]:
            detail = f"the server chose the subprotocol {subprotocol[:100]!r}, which was not offered"
            self._finish(Closed(at=self._clock(), code=1006, by=Side.CLIENT, detail=detail))
            return
        self._accepted = True
        self._to_client.put(Opened(at=self._clock(), subprotocol=subprotocol))

    def _refuse(self, status: int) -> None:
        self._finish(Closed(at=self._clock(), code=1006, by=Side.SERVER, status=status))

    def _refuse_message(self) -> None:
        detail = f"a message passes {self._limits.bytes} bytes"
        self._finish(Closed(at=self._clock(), code=_TOO_BIG, by=Side.CLIENT, detail=detail))

    async def _wait_for_room(self) -> None:
        while self._to_client.qsize() >= self._bound and self._ended is None:
            self._room.clear()
            self._held_back = True
            # The reader looks in the other order: what it has taken meanwhile is seen here.
            if self._to_client.qsize() >= self._bound:
                await self._room.wait()
        if self._ended is not None:
            raise ClientGoneError("the client is gone")


def _receive_message(data: str | bytes) -> Message:
    return {"type": "websocket.receive", "text" if isinstance(data, str) else "bytes": data}


def _sent_data(message: Message, most: int) -> str | bytes | None:
    """Return what *message* carries, None when it is more than *most* bytes."""
    text, binary = message.get("text"), message.get("bytes")
    if binary is not None:
        view = memoryview(binary)
        return bytes(view) if view.nbytes <= most else None
    if not isinstance(text, str):
        raise TypeError(f"the text of a message is of type {type(text).__name__}")
    size = len(text) if text.isascii() else len(text.encode())
    return text if size <= most else None


def _is_goodbye(problem: BaseException) -> bool:
    """Tell whether an application merely reports that its client has left, or was cancelled for that."""
    if isinstance(problem, BaseExceptionGroup):
        return all(_is_goodbye(item) for item in problem.exceptions)
    goodbyes = (ClientGoneError, asyncio.CancelledError)
    return isinstance(problem, goodbyes) or type(problem).__name__.endswith(("Disconnect", "Disconnected"))
