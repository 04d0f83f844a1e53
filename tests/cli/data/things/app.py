"""A service that keeps ``openapi.yaml``, and the same service with one fault each."""

from __future__ import annotations

import json
from collections.abc import Awaitable, Callable
from typing import Any

Answer = tuple[int, Any, dict[str, str]]
Handler = Callable[[dict[str, Any], bytes], Answer]


def answer(scope: dict[str, Any], body: bytes) -> Answer:
    """Return status, body and more headers for one request, as the contract says."""
    method, path = scope["method"], scope["path"]
    if path == "/things":
        return create(scope, body) if method == "POST" else refuse_method("POST")
    collection, _, thing = path[1:].partition("/")
    if collection != "things":
        return 404, {"detail": "no such path"}, {}
    if method != "GET":
        return refuse_method("GET")
    if not thing.isascii() or not thing.isdigit() or len(thing) > 4 or not 1 <= int(thing) <= 1000:
        return 422, {"detail": "thing_id is not an integer from 1 to 1000"}, {}
    return 200, {"id": int(thing), "name": "thing"}, {}


def create(scope: dict[str, Any], body: bytes) -> Answer:
    headers = {name.decode("latin-1").lower(): value.decode("latin-1") for name, value in scope["headers"]}
    try:
        value = json.loads(body) if headers.get("content-type") == "application/json" else None
    except (ValueError, RecursionError):
        value = None
    if not isinstance(value, dict) or set(value) != {"name"}:
        return 422, {"detail": "not an object with a name alone"}, {}
    name = value["name"]
    if not isinstance(name, str) or not 1 <= len(name) <= 20:
        return 422, {"detail": "name is not a text of 1 to 20 characters"}, {}
    return 201, {"id": 1, "name": name}, {}


def refuse_method(allowed: str) -> Answer:
    return 405, {"detail": "method not allowed"}, {"allow": allowed}


def served(handle: Handler) -> Callable[..., Awaitable[None]]:
    """Return an ASGI application that answers as *handle* says."""

    async def application(scope: Any, receive: Any, send: Any) -> None:
        if scope["type"] == "lifespan":
            while (message := await receive())["type"] != "lifespan.shutdown":
                await send({"type": "lifespan.startup.complete"})
            await send({"type": "lifespan.shutdown.complete"})
            return
        body, more = b"", True
        while more:
            message = await receive()
            body += message.get("body", b"")
            more = message.get("more_body", False)
        status, value, headers = handle(scope, body)
        content = value if isinstance(value, bytes) else json.dumps(value).encode()
        pairs = {"content-type": "application/json", "content-length": str(len(content)), **headers}
        raw = [(name.encode("latin-1"), text.encode("latin-1")) for name, text in pairs.items()]
        await send({"type": "http.response.start", "status": status, "headers": raw})
        await send({"type": "http.response.body", "body": content})

    return application


healthy = served(answer)


def faulty() -> Any:
    """Give the id of a thing that is read as a text."""

    def handle(scope: dict[str, Any], body: bytes) -> Answer:
        status, value, headers = answer(scope, body)
        if status == 200:
            value["id"] = str(value["id"])
        return status, value, headers

    return served(handle)
