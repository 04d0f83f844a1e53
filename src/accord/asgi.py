"""A monitor in a running service: an ASGI middleware that counts what the service says by its contract.

    application = ContractMonitor(application, "contracts/mine", sample=0.1)

What is said goes on at once and as it is. A copy goes into a queue, which a thread of its own empties;
when the queue is full, the copy is dropped and that is counted.
"""

from __future__ import annotations

import threading
from collections import deque
from collections.abc import Callable, Iterable
from dataclasses import dataclass, field
from functools import partial
from importlib import import_module
from pathlib import Path
from random import random
from typing import Any, TypeAlias
from urllib.parse import quote

from accord.cases.request import Request
from accord.contract.contract import Contract, load
from accord.exchange.application import Application, Message, Receive, Scope, Send
from accord.exchange.body import Body
from accord.exchange.secrets import Secrets
from accord.exchange.values import Exchange, Received, Response, Sent, Session
from accord.exchange.wire import Headers
from accord.findings.finding import Finding
from accord.findings.observed.observation import Observation
from accord.findings.observed.watcher import Watcher
from accord.run.observe import Holding, hold

LARGEST_BODY = 64 * 1024
"""How much of one body or message is kept until it is counted; what is larger counts by its status alone."""
LARGEST_QUEUE = 16 * 1024 * 1024
LONGEST_QUEUE = 4096
_IDLE = 0.5
_AT_ONCE = 256

_Said: TypeAlias = "_Answer | _Spoken"


@dataclass(slots=True)
class _Answer:
    """What is kept of an answer, and of what asked for it; a ``body`` is given up when it gets too large."""

    method: str
    path: str
    query: bytes = b""
    asked: Iterable[tuple[bytes, bytes]] = ()
    said: list[bytes] = field(default_factory=list)
    room: int = LARGEST_BODY
    heard: bool = False
    status: int = 0
    headers: Iterable[tuple[bytes, bytes]] = ()
    body: list[bytes] = field(default_factory=list)
    size: int = 0
    whole: bool = True
    over: bool = False

    def hear(self, message: Message) -> None:
        """Note a part of the body of the request."""
        if self.over or message["type"] != "http.request":
            return
        part = message.get("body", b"")
        self.room -= len(part)
        if part and self.room >= 0:
            self.said.append(bytes(part))
        self.heard = self.room >= 0 and not message.get("more_body", False)

    def take(self, message: Message, largest: int) -> bool:
        """Note one message of the application; return whether it is the last."""
        if self.over:
            return False
        if message["type"] == "http.response.start":
            self.status, self.headers = int(message["status"]), list(message.get("headers", ()))
            return False
        if message["type"] != "http.response.body":
            return False
        part = message.get("body", b"")
        if part and self.whole:
            self.size += len(part)
            if self.size > largest:
                self.whole = False
                self.body.clear()
                self.size = 0
            else:
                self.body.append(bytes(part))
        self.over = not message.get("more_body", False)
        if self.over and not self.heard:
            # Of half a body nothing can be said.
            self.said.clear()
        elif self.over:
            self.size += sum(map(len, self.said))
        return self.over


@dataclass(slots=True)
class _Spoken:
    """One message of a session, and the path of the session."""

    path: str
    data: str | bytes
    by_client: bool
    size: int


class ContractMonitor:
    """Wraps the ASGI *application*, and counts what it says by *contract*: a loaded one, or its path.

    *sample* is the share of requests and sessions that are looked at. The meter, by default that of
    OpenTelemetry where its API is installed, is told the counts. Raises ``ContractError``.
    """

    def __init__(
        self,
        application: Application,
        contract: Contract | Path | str,
        *,
        sample: float = 1.0,
        largest_body: int = LARGEST_BODY,
        longest_queue: int = LONGEST_QUEUE,
        meter: Any = None,
    ) -> None:
        self.dropped = 0
        self.failed = 0
        self._application = application
        self._contract = contract if isinstance(contract, Contract) else load(contract)
        self._sample = sample
        self._largest = largest_body
        self._longest = longest_queue
        self._queue: deque[_Said] = deque()
        self._entered = 0
        self._left = 0
        self._watcher = Watcher(self._contract)
        self._lock = threading.Lock()
        self._wake = threading.Event()
        self._closed = False
        self._thread: threading.Thread | None = None
        _measure(self, meter)

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Let the application answer, and keep a copy of what it says."""
        kind = scope["type"]
        if kind == "lifespan":
            await self._application(scope, self._living(receive), send)
        elif kind not in ("http", "websocket") or (self._sample < 1 and random() >= self._sample):  # noqa: S311
            await self._application(scope, receive, send)
        elif kind == "http":
            await self._application(scope, *self._hearing(scope, receive, send))
        else:
            await self._application(scope, *self._listening(scope, receive, send))

    def observation(self) -> Observation:
        """Return what has been counted so far."""
        with self._lock:
            return self._watcher.finish().copy()

    def findings(self) -> tuple[Finding, ...]:
        """Return what the rules about traffic find in what has been counted so far."""
        return hold(self._contract, self.observation(), Holding(), sources="the monitor").findings

    def close(self) -> None:
        """Count what waits, within a second, and end the thread; what is said later is passed on uncounted."""
        self._closed = True
        self._wake.set()
        if self._thread is not None:
            self._thread.join(timeout=1.0)
            self._thread = None

    def _living(self, receive: Receive) -> Receive:
        """Begin and end with the application, where its server tells it of both."""

        async def live() -> Message:
            message = await receive()
            if message["type"] == "lifespan.startup":
                self._closed = False
            elif message["type"] == "lifespan.shutdown":
                self.close()
            return message

        return live

    def _hearing(self, scope: Scope, receive: Receive, send: Send) -> tuple[Receive, Send]:
        answer = _Answer(
            method=scope["method"],
            path=scope["path"],
            query=scope.get("query_string", b""),
            asked=scope.get("headers", ()),
            room=self._largest,
        )
        largest = self._largest

        async def listen() -> Message:
            message = await receive()
            try:
                answer.hear(message)
            except Exception:  # noqa: BLE001 - a monitor must not be what breaks an answer
                self.failed += 1
            return message

        async def hear(message: Message) -> None:
            try:
                if answer.take(message, largest):
                    self._enter(answer)
            except Exception:  # noqa: BLE001 - as above
                self.failed += 1
            await send(message)

        return listen, hear

    def _listening(self, scope: Scope, receive: Receive, send: Send) -> tuple[Receive, Send]:
        path: str = scope["path"]

        async def listen() -> Message:
            message = await receive()
            self._speak(path, message, "websocket.receive", by_client=True)
            return message

        async def hear(message: Message) -> None:
            self._speak(path, message, "websocket.send", by_client=False)
            await send(message)

        return listen, hear

    def _speak(self, path: str, message: Message, kind: str, *, by_client: bool) -> None:
        try:
            if message["type"] == kind:
                text = message.get("text")
                data = message.get("bytes") if text is None else text
                if data is not None and len(data) <= self._largest:
                    self._enter(_Spoken(path, data, by_client, len(data)))
        except Exception:  # noqa: BLE001 - as above
            self.failed += 1

    def _enter(self, said: _Said) -> None:
        if self._closed or len(self._queue) >= self._longest or self._entered - self._left > LARGEST_QUEUE:
            self.dropped += 1
            return
        self._entered += said.size + 1
        self._queue.append(said)
        if self._thread is None:
            # Made in the process that serves, which a server may have forked.
            self._thread = threading.Thread(target=self._work, name="accord monitor", daemon=True)
            self._thread.start()
        elif len(self._queue) >= _AT_ONCE and not self._wake.is_set():
            self._wake.set()

    def _work(self) -> None:
        while not self._closed or self._queue:
            self._wake.wait(_IDLE)
            self._wake.clear()
            while self._queue:
                self._count([self._queue.popleft() for _ in range(min(_AT_ONCE, len(self._queue)))])

    def _count(self, said: list[_Said]) -> None:
        size = sum(item.size + 1 for item in said)
        spoken: dict[str, list[_Spoken]] = {}
        for item in said:
            if isinstance(item, _Spoken):
                spoken.setdefault(item.path, []).append(item)
        with self._lock:
            for answer in said:
                if isinstance(answer, _Answer):
                    self._take(partial(_exchange, answer))
            for path, items in spoken.items():
                self._take(partial(_session, path, items))
        self._left += size

    def _take(self, make: Callable[[], Exchange | Session]) -> None:
        try:
            self._watcher.take(make())
        except Exception:  # noqa: BLE001 - a defect of the monitor costs one count, not the thread
            self.failed += 1


def _exchange(answer: _Answer) -> Exchange:
    headers, asked = _texts(answer.headers), _texts(answer.asked)
    query = f"?{answer.query.decode('latin-1')}" if answer.query else ""
    request = Request(
        method=answer.method,
        url=f"http://service{quote(answer.path)}{query}",
        headers=asked,
        body=_decoded(answer.said, asked),
    )
    # What the service says is its own; what clients say may be their secrets.
    request = Secrets().mask_request(request) if query or request.body else request
    return Exchange(
        id="",
        operation=None,
        request=request,
        response=Response(status=answer.status, headers=headers, body=_decoded(answer.body, headers)),
        started=0.0,
        seconds=0.0,
    )


def _texts(headers: Iterable[tuple[bytes, bytes]]) -> Headers:
    return tuple((name.decode("latin-1"), value.decode("latin-1")) for name, value in headers)


def _decoded(parts: list[bytes], headers: Headers) -> bytes:
    """Return a body without its encoding, empty where it cannot be undone."""
    encoding = ",".join(value for name, value in headers if name.lower() == "content-encoding")
    body = Body(LARGEST_BODY * 16, encoding)
    for part in parts:
        body.feed(part)
    decoded = body.finish()
    return b"" if body.lapse else decoded


def _session(path: str, spoken: list[_Spoken]) -> Session:
    events = tuple(
        Sent(at=0.0, data=it.data) if it.by_client else Received(at=0.0, data=it.data) for it in spoken
    )
    return Session(
        id="",
        channel="",
        url=f"ws://service{path}",
        script="",
        identity=None,
        events=events,
        started=0.0,
    )


def _measure(monitor: ContractMonitor, meter: Any) -> None:
    """Tell *meter*, or OpenTelemetry's where it is installed, what the monitor counts."""
    try:
        metrics = import_module("opentelemetry.metrics")
    except ImportError:
        return
    meter = meter or metrics.get_meter("accord")
    told: Callable[..., Any] = metrics.Observation

    def said(_: Any) -> Iterable[Any]:
        counted = monitor.observation()
        for (operation, status), number in counted.exchanges.items():
            yield told(number, {"operation": operation, "status": status})
        for root, count in counted.bodies.items():
            if root.part in ("server", "client"):
                yield told(count.seen, {"channel": root.owner, "side": root.part, "message": root.form})

    def deviations(_: Any) -> Iterable[Any]:
        for finding in monitor.findings():
            owner = finding.operation or finding.channel or ""
            named = {"rule": finding.rule, "severity": finding.severity.value}
            yield told(1, {**named, "place": finding.pointer, "owner": owner})

    counters = {
        "said": ("Answers and messages that were counted.", said),
        "dropped": ("Not counted, because too much waited.", lambda _: [told(monitor.dropped)]),
        "failed": ("Not counted, because the monitor failed.", lambda _: [told(monitor.failed)]),
    }
    for name, (words, callback) in counters.items():
        meter.create_observable_counter(f"accord.monitor.{name}", callbacks=[callback], description=words)
    meter.create_observable_gauge(
        "accord.monitor.deviations", callbacks=[deviations], description="Findings that stand."
    )
