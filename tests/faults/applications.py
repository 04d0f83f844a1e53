"""The sandbox with one fault each: factories that ``accord verify`` can be pointed at."""

from __future__ import annotations

import json
import re
from collections.abc import Awaitable, Callable, MutableMapping
from typing import Any

from sartiq_sandbox import create_app
from sartiq_sandbox.faults import CATALOGUE

Message = MutableMapping[str, Any]
Scope = MutableMapping[str, Any]
Receive = Callable[[], Awaitable[Message]]
Send = Callable[[Message], Awaitable[None]]
Application = Callable[[Scope, Receive, Send], Awaitable[None]]


def total_as_text() -> Application:
    """In the product list, ``total`` is a string."""

    def change(status: int, body: Any) -> Any:
        if status == 200:
            body["total"] = str(body["total"])
        return body

    return _with_bodies(create_app(), re.compile(r"/api/v1/products/"), "GET", change)


def unauthorized_without_detail() -> Application:
    """The body of a 401 has no ``detail``."""
    return _with_bodies(
        create_app(), re.compile(r".*"), None, lambda status, body: {"error": "no"} if status == 401 else body
    )


def location_of_another_field() -> Application:
    """A 422 about a new product always points at ``sku``."""

    def change(status: int, body: Any) -> Any:
        if status == 422:
            for item in body["detail"]:
                item["loc"] = ["body", "colour"]
        return body

    return _with_bodies(create_app(), re.compile(r"/api/v1/products/"), "POST", change)


def refused_method_in_other_shape() -> Application:
    """The body of a 405, which no operation documents, has no ``detail``."""
    return _with_bodies(
        create_app(), re.compile(r".*"), None, lambda status, body: {"error": 405} if status == 405 else body
    )


def refused_method_without_allow() -> Application:
    """A 405 does not say which methods there are."""
    return _catalogued("refused-method-without-allow")


def statement_in_a_404() -> Application:
    """A 404 tells the statement that found nothing."""
    return _catalogued("sql-in-404")


def hash_in_the_profile() -> Application:
    """The profile has the hash of the password."""
    return _catalogued("password-hash-in-user")


def foreign_product_readable() -> Application:
    """Another organisation reads the products of this one."""
    return _catalogued("foreign-product-readable")


def models_behind_a_login() -> Application:
    """A public operation asks for a token."""
    return _catalogued("models-only-with-token")


def unknown_prediction_status() -> Application:
    """Generation events have predictions whose status is outside its enum."""

    def change(message: Any) -> Any:
        for prediction in message.get("payload", {}).get("predictions", []):
            prediction["status"] = "sparkling"
        return message

    return _with_messages(create_app(), change)


def event_before_authentication() -> Application:
    """A new connection is told an event before it has shown who it is."""
    application = create_app()

    async def faulty(scope: Scope, receive: Receive, send: Send) -> None:
        async def early(message: Message) -> None:
            await send(message)
            if message["type"] == "websocket.accept":
                await send({"type": "websocket.send", "text": _EVENT})

        await application(scope, receive, early if scope["type"] == "websocket" else send)

    return faulty


_MOMENT = "2024-01-15T10:35:00Z"
_EVENT = json.dumps(
    {
        "type": "shot_updated",
        "payload": {
            "id": "5407a000-0000-4000-8000-000000000001",
            "created_at": _MOMENT,
            "updated_at": _MOMENT,
            "current_revision_id": None,
            "pose_preset_id": None,
            "revisions": [],
            "rework_available": 3,
            "rework_used": 0,
            "shooting_look_id": "100c0000-0000-4000-8000-000000000001",
            "shot_type": None,
            "status": "pending",
        },
    }
)


def _catalogued(name: str) -> Application:
    """Return the sandbox with a fault of its catalogue."""
    (fault,) = (item for item in CATALOGUE if item.name == name)
    return fault.wrap(create_app())


def _with_bodies(
    application: Any, path: re.Pattern[str], method: str | None, change: Callable[[int, Any], Any]
) -> Application:
    """Return *application* with JSON bodies changed where path and method fit."""

    async def faulty(scope: Scope, receive: Receive, send: Send) -> None:
        fits = scope["type"] == "http" and path.fullmatch(scope["path"]) and method in (None, scope["method"])
        if not fits:
            await application(scope, receive, send)
            return
        start: Message = {}
        chunks: list[bytes] = []

        async def changed(message: Message) -> None:
            if message["type"] == "http.response.start":
                start.update(message)
                return
            chunks.append(message.get("body", b""))
            if not message.get("more_body"):
                body = b"".join(chunks)
                if body[:1] in (b"{", b"["):
                    body = json.dumps(change(start["status"], json.loads(body))).encode()
                headers = [pair for pair in start["headers"] if pair[0] != b"content-length"]
                start["headers"] = [*headers, (b"content-length", str(len(body)).encode())]
                await send(start)
                await send({"type": "http.response.body", "body": body})

        await application(scope, receive, changed)

    return faulty


def _with_messages(application: Any, change: Callable[[Any], Any]) -> Application:
    """Return *application* with the messages of its socket changed."""

    async def faulty(scope: Scope, receive: Receive, send: Send) -> None:
        async def changed(message: Message) -> None:
            if message["type"] == "websocket.send" and message.get("text"):
                message = {**message, "text": json.dumps(change(json.loads(message["text"])))}
            await send(message)

        await application(scope, receive, changed if scope["type"] == "websocket" else send)

    return faulty
