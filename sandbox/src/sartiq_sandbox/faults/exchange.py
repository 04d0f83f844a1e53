"""HTTP calls and answers as values, and applications whose answers are others than they were."""

from __future__ import annotations

import json
import re
from collections.abc import Awaitable, Callable
from dataclasses import dataclass, field, replace
from typing import TypeAlias
from urllib.parse import parse_qsl, urlencode

from sartiq_sandbox.bodies import PREFIX
from sartiq_sandbox.faults.edit import Edit
from sartiq_sandbox.faults.fault import Application, Json, Message, Receive, Scope, Send, Wrap

__all__ = [
    "JSON",
    "OK",
    "Answer",
    "Ask",
    "Call",
    "Handler",
    "answered",
    "asked",
    "changed",
    "every",
    "handled",
    "refusal",
    "replaced",
]

Headers: TypeAlias = tuple[tuple[str, str], ...]
JSON = "application/json"
OK = 200


@dataclass(frozen=True, slots=True, kw_only=True)
class Call:
    """A request; ``path`` is what follows the prefix of the API."""

    method: str
    path: str
    query: str = ""
    headers: Headers = ()
    body: bytes = b""

    def header(self, name: str) -> str | None:
        """Return the value of a header, ``None`` without it."""
        return next((value for key, value in self.headers if key == name), None)

    def with_header(self, name: str, value: str) -> Call:
        """Return the call with a header in the place of all of that name."""
        kept = tuple(pair for pair in self.headers if pair[0] != name)
        return replace(self, headers=(*kept, (name, value)))

    def parameters(self) -> dict[str, str]:
        """Return the parameters of the query, the last of a name."""
        return dict(parse_qsl(self.query, keep_blank_values=True))

    def with_parameters(self, **changes: str | None) -> Call:
        """Return the call with other parameters; ``None`` takes one away."""
        merged = self.parameters() | changes
        kept = {name: value for name, value in merged.items() if value is not None}
        return replace(self, query=urlencode(kept))

    def document(self) -> Json:
        """Return the JSON body, ``None`` when there is none."""
        return _parsed(self.body)

    def member(self, name: str) -> Json:
        """Return a member of the JSON body, ``None`` without it."""
        document = self.document()
        return document.get(name) if isinstance(document, dict) else None

    def with_document(self, document: Json) -> Call:
        """Return the call with another JSON body."""
        return replace(self, body=json.dumps(document).encode()).with_header("content-type", JSON)


@dataclass(frozen=True, slots=True, kw_only=True)
class Answer:
    """A response; ``length`` is the Content-Length where it is not the true one."""

    status: int
    headers: Headers = field(default=(("content-type", JSON),))
    body: bytes = b""
    length: int | None = None

    def document(self) -> Json:
        """Return the JSON body, ``None`` when there is none."""
        return _parsed(self.body)

    def with_document(self, document: Json) -> Answer:
        """Return the answer with another JSON body."""
        return replace(self, body=json.dumps(document).encode())

    def with_header(self, name: str, value: str | None) -> Answer:
        """Return the answer with another value of a header; ``None`` takes the header away."""
        kept = tuple(pair for pair in self.headers if pair[0] != name)
        return replace(self, headers=kept if value is None else (*kept, (name, value)))


Ask: TypeAlias = Callable[[Call], Awaitable[Answer]]
Handler: TypeAlias = Callable[[Call, Ask], Awaitable[Answer]]


def handled(route: str, begin: Callable[[], Handler]) -> Wrap:
    """Let a handler answer the calls of a route such as ``GET|POST /shots/*/approve``.

    ``*`` is one segment of the path, ``**`` any number. ``begin`` is called once for each
    application, so that what a handler remembers is of that application alone.
    """
    methods, _, path = route.partition(" ")
    pattern = re.escape(path).replace(r"\*\*", ".*").replace(r"\*", "[^/]+")
    fits = re.compile(rf"(?:{methods.replace('*', '[A-Z]+')}) {pattern}")

    def wrap(app: Application) -> Application:
        handler = begin()

        async def faulty(scope: Scope, receive: Receive, send: Send) -> None:
            if scope["type"] != "http" or not fits.fullmatch(f"{scope['method']} {_path(scope)}"):
                await app(scope, receive, send)
                return

            async def ask(call: Call) -> Answer:
                return await _asked(app, scope, call, receive)

            await _send(await handler(await _call(scope, receive), ask), send)

        return faulty

    return wrap


def changed(route: str, edit: Edit, *, status: int = OK) -> Wrap:
    """Edit the JSON of the answers that have a status."""
    return answered(route, lambda _, answer: _edited(answer, edit), status=status)


def answered(
    route: str, change: Callable[[Call, Answer], Answer], *, status: int | None = OK
) -> Wrap:
    """Change the answers that have a status, ``None`` for any."""

    async def handler(call: Call, ask: Ask) -> Answer:
        answer = await ask(call)
        return change(call, answer) if status in (None, answer.status) else answer

    return handled(route, lambda: handler)


def asked(route: str, change: Callable[[Call], Call]) -> Wrap:
    """Change the calls on their way in."""

    async def handler(call: Call, ask: Ask) -> Answer:
        return await ask(change(call))

    return handled(route, lambda: handler)


def replaced(route: str, status: int, body: str, media_type: str) -> Wrap:
    """Put a text in the place of the bodies that a status has."""

    def change(_: Call, answer: Answer) -> Answer:
        return replace(answer, body=body.encode()).with_header("content-type", media_type)

    return answered(route, change, status=status)


def every(count: int, change: Callable[[Call, Answer], Answer]) -> Callable[[], Handler]:
    """Change one answer in so many that succeed, counted, for ``handled``."""

    def begin() -> Handler:
        seen = 0

        async def handler(call: Call, ask: Ask) -> Answer:
            nonlocal seen
            answer = await ask(call)
            seen += answer.status == OK
            return change(call, answer) if answer.status == OK and not seen % count else answer

        return handler

    return begin


def refusal(status: int, detail: Json) -> Answer:
    """Return an error as the sandbox words it."""
    return Answer(status=status).with_document({"detail": detail})


def _edited(answer: Answer, edit: Edit) -> Answer:
    document = answer.document()
    return answer if document is None else answer.with_document(edit(document))


def _parsed(body: bytes) -> Json:
    try:
        return json.loads(body)
    except (ValueError, RecursionError):
        return None


def _path(scope: Scope) -> str:
    path: str = scope["path"]
    return path.removeprefix(scope.get("root_path", "")).removeprefix(PREFIX)


async def _call(scope: Scope, receive: Receive) -> Call:
    body, more = b"", True
    while more:
        message = await receive()
        body += message.get("body", b"")
        more = message.get("more_body", False)
    return Call(
        method=scope["method"],
        path=_path(scope),
        query=scope.get("query_string", b"").decode("latin-1"),
        headers=_text(scope["headers"]),
        body=body,
    )


async def _asked(app: Application, scope: Scope, call: Call, receive: Receive) -> Answer:
    """Ask the application; the scope of the first call says what a call does not."""
    inner = dict(scope)
    if call.path != _path(scope):
        inner["path"] = scope.get("root_path", "") + PREFIX + call.path
        inner["raw_path"] = inner["path"].encode()
    inner["method"] = call.method
    inner["query_string"] = call.query.encode("latin-1")
    lengths = ("content-length", "transfer-encoding")
    headers = tuple(pair for pair in call.headers if pair[0] not in lengths)
    length = (("content-length", str(len(call.body))),) if call.body else ()
    inner["headers"] = _bytes((*headers, *length))
    unread: list[Message] = [{"type": "http.request", "body": call.body, "more_body": False}]
    sent: list[Message] = []

    async def read() -> Message:
        return unread.pop() if unread else await receive()

    async def write(message: Message) -> None:
        sent.append(message)

    await app(inner, read, write)
    return Answer(
        status=sent[0]["status"],
        headers=_text(sent[0].get("headers", ())),
        body=b"".join(message.get("body", b"") for message in sent[1:]),
    )


async def _send(answer: Answer, send: Send) -> None:
    headers = tuple(pair for pair in answer.headers if pair[0] != "content-length")
    length = str(len(answer.body) if answer.length is None else answer.length)
    pairs = _bytes((*headers, ("content-length", length)))
    await send({"type": "http.response.start", "status": answer.status, "headers": pairs})
    await send({"type": "http.response.body", "body": answer.body})


def _text(pairs: list[tuple[bytes, bytes]] | tuple[()]) -> Headers:
    return tuple((name.decode("latin-1").lower(), value.decode("latin-1")) for name, value in pairs)


def _bytes(headers: Headers) -> list[tuple[bytes, bytes]]:
    return [(name.encode("latin-1"), value.encode("latin-1")) for name, value in headers]
