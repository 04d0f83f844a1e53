"""A tiny service of notes that gives out ids of its own, and its contract, for the tests of the corpus."""

from __future__ import annotations

import json
import uuid
from typing import Any

KEY = "the-key-of-the-caller"
NOTE = {
    "type": "object",
    "required": ["id", "text"],
    "properties": {"id": {"type": "string", "format": "uuid"}, "text": {"type": "string"}},
}
INPUT = {
    "type": "object",
    "required": ["text"],
    "additionalProperties": False,
    "properties": {"text": {"type": "string", "maxLength": 20, "example": "milk"}},
}
ERROR = {
    "description": "No.",
    "content": {"application/json": {"schema": {"type": "object", "required": ["detail"]}}},
}


def _answer(schema: dict[str, Any]) -> dict[str, Any]:
    return {"description": "Yes.", "content": {"application/json": {"schema": schema}}}


CREATE = {
    "operationId": "create_note",
    "requestBody": {"required": True, "content": {"application/json": {"schema": INPUT}}},
    "responses": {
        "201": {
            **_answer(NOTE),
            "links": {"self": {"operationId": "read_note", "parameters": {"id": "$response.body#/id"}}},
        },
        "401": ERROR,
        "422": ERROR,
    },
}
READ = {
    "operationId": "read_note",
    "parameters": [
        {"name": "id", "in": "path", "required": True, "schema": {"type": "string", "format": "uuid"}}
    ],
    "responses": {"200": _answer(NOTE), "401": ERROR, "404": ERROR, "422": ERROR},
}
DOCUMENT: dict[str, Any] = {
    "openapi": "3.1.0",
    "info": {"title": "Notes", "version": "1"},
    "security": [{"key": []}],
    "paths": {"/notes": {"post": CREATE}, "/notes/{id}": {"get": READ}},
    "components": {"securitySchemes": {"key": {"type": "apiKey", "in": "header", "name": "X-Key"}}},
}


class Notes:
    """The service; one that is ``loose`` takes any text, one that is ``cold`` refuses to read."""

    def __init__(self, *, loose: bool = False, cold: bool = False) -> None:
        self.loose, self.cold = loose, cold
        self.notes: dict[str, str] = {}
        self.asked: list[tuple[str, str, bytes]] = []

    async def __call__(self, scope: Any, receive: Any, send: Any) -> None:
        """Serve one scope."""
        if scope["type"] == "lifespan":
            for kind in ("startup", "shutdown"):
                await receive()
                await send({"type": f"lifespan.{kind}.complete"})
            return
        body = (await receive()).get("body", b"")
        self.asked.append((scope["method"], scope["path"], body))
        sent = dict(scope["headers"])
        key = sent.get(b"x-key", b"").decode("latin-1")
        if b"json" not in sent.get(b"content-type", b""):
            body = b""
        status, value = self.answer(scope["method"], scope["path"], body, key)
        more = {
            405: (b"allow", b"POST" if scope["path"] == "/notes" else b"GET"),
            401: (b"www-authenticate", b"Key"),
        }
        headers = [(b"content-type", b"application/json"), *([more[status]] if status in more else [])]
        await send({"type": "http.response.start", "status": status, "headers": headers})
        await send({"type": "http.response.body", "body": json.dumps(value).encode()})

    def answer(self, method: str, path: str, body: bytes, key: str) -> tuple[int, Any]:
        """Return status and value of one answer."""
        if method != ("POST" if path == "/notes" else "GET"):
            return 405, {"detail": "method"}
        if key != KEY:
            return 401, {"detail": "key"}
        return self.create(body) if method == "POST" else self.read(path.removeprefix("/notes/"))

    def create(self, body: bytes) -> tuple[int, Any]:
        """Return the answer to a new note."""
        try:
            value = json.loads(body)
        except ValueError:
            return 422, {"detail": "JSON"}
        text = value.get("text") if isinstance(value, dict) else None
        fine = isinstance(text, str) and (len(text) <= 20 or self.loose) and set(value) == {"text"}
        if not fine:
            return 422, {"detail": "text"}
        name = str(uuid.uuid4())
        self.notes[name] = text
        return 201, {"id": name, "text": text}

    def read(self, name: str) -> tuple[int, Any]:
        """Return the answer to a reading."""
        try:
            uuid.UUID(name)
        except ValueError:
            return 422, {"detail": "id"}
        if name not in self.notes:
            return 404, {"detail": "unknown"}
        return (500, {"detail": "cold"}) if self.cold else (200, {"id": name, "text": self.notes[name]})
