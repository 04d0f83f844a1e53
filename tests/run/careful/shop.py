"""A small shop with a collection, things in it and a cart, in memory, that counts what it is asked."""

from __future__ import annotations

import json
from collections import Counter
from typing import Any

ID = {"name": "id", "in": "path", "required": True, "schema": {"type": "string"}}
THING = {
    "type": "object",
    "required": ["name"],
    "properties": {"name": {"type": "string", "minLength": 1, "maxLength": 20}},
    "example": {"name": "bolt"},
}
BODY = {"required": True, "content": {"application/json": {"schema": THING}}}
ANSWER = {"description": "x", "content": {"application/json": {"schema": {"type": "object"}}}}
ERROR = {"description": "x", "content": {"application/json": {"schema": {"type": "object"}}}}


def operation(name: str, *statuses: str, **more: Any) -> dict[str, Any]:
    """Return an operation."""
    return {"operationId": name, "responses": dict.fromkeys(statuses, ANSWER), **more}


DOCUMENT: dict[str, Any] = {
    "openapi": "3.1.0",
    "info": {"title": "Shop", "version": "1"},
    "paths": {
        "/things": {
            "get": operation("list_things", "200"),
            "post": operation("make_thing", "201", "400", "415", "422", requestBody=BODY),
        },
        "/things/{id}": {
            "parameters": [ID],
            "get": operation("read_thing", "200", "404"),
            "delete": operation("delete_thing", "204", "404", "409"),
        },
    },
}


class Shop:
    """The service; ``limited`` is how many requests it refuses with 429 before it serves, for each operation."""

    def __init__(self, *, limited: int = 0, locked: bool = False) -> None:
        self.things: dict[str, str] = {"old": "nut"}
        self.methods: Counter[str] = Counter()
        self.deleted: list[str] = []
        self.limited = limited
        self.locked = locked
        self._asked: Counter[str] = Counter()
        self._made = 0

    async def __call__(self, scope: Any, receive: Any, send: Any) -> None:
        """Serve one scope."""
        if scope["type"] == "lifespan":
            for kind in ("startup", "shutdown"):
                await receive()
                await send({"type": f"lifespan.{kind}.complete"})
            return
        body = b""
        while True:
            message = await receive()
            body += message.get("body", b"")
            if not message.get("more_body"):
                break
        self.methods[scope["method"]] += 1
        headers = {name.decode().lower(): value.decode("latin-1") for name, value in scope["headers"]}
        status, value, more = self.answer(scope["method"], scope["path"], headers, body)
        content = b"" if status == 204 else json.dumps(value).encode()
        sent = [(b"content-type", b"application/json"), *more]
        await send({"type": "http.response.start", "status": status, "headers": sent})
        await send({"type": "http.response.body", "body": content})

    def answer(
        self, method: str, path: str, headers: dict[str, str], body: bytes
    ) -> tuple[int, Any, list[tuple[bytes, bytes]]]:
        """Return status, body and headers."""
        self._asked[method] += 1
        if self._asked[method] <= self.limited:
            return 429, {"detail": "slow down"}, [(b"retry-after", b"0")]
        collection, _, name = path.strip("/").partition("/")
        if collection != "things":
            return 404, {}, []
        known = ("GET", "DELETE") if name else ("GET", "POST")
        if method not in known:
            return 405, {}, [(b"allow", ", ".join(known).encode())]
        if not name:
            return (200, {"things": list(self.things)}, []) if method == "GET" else self.make(headers, body)
        if name not in self.things:
            return 404, {}, []
        return self.delete(name) if method == "DELETE" else (200, {"name": self.things[name]}, [])

    def make(self, headers: dict[str, str], body: bytes) -> tuple[int, Any, list[tuple[bytes, bytes]]]:
        """Make a thing of a good body."""
        if headers.get("content-type", "").partition(";")[0] != "application/json":
            return 415, {}, []
        try:
            value = json.loads(body)
        except (ValueError, RecursionError):
            return 400, {}, []
        good = (
            isinstance(value, dict) and isinstance(value.get("name"), str) and 1 <= len(value["name"]) <= 20
        )
        if not good:
            return 422, {}, []
        self._made += 1
        self.things[f"t {self._made}"] = value["name"]
        return 201, {"id": f"t {self._made}"}, []

    def delete(self, name: str) -> tuple[int, Any, list[tuple[bytes, bytes]]]:
        """Delete a thing, unless it is locked."""
        if self.locked:
            return 409, {}, []
        del self.things[name]
        self.deleted.append(name)
        return 204, None, []
