"""The WebSocket: authentication in the first frame, then the changes of the organisation."""

from __future__ import annotations

import asyncio
import json
from collections.abc import Coroutine
from contextlib import suppress
from typing import NoReturn

from fastapi import APIRouter
from starlette.websockets import WebSocket, WebSocketDisconnect

from sartiq_sandbox.access import BAD_TOKEN, user_of_token
from sartiq_sandbox.bodies import PREFIX
from sartiq_sandbox.events import Subscription
from sartiq_sandbox.schemas.messages import AuthErrorMessage, AuthSuccessMessage
from sartiq_sandbox.security import Claims
from sartiq_sandbox.state import Sandbox, base_url, sandbox_of
from sartiq_sandbox.tables import User

__all__ = ["ROUTER"]

UNSUPPORTED_DATA = 1003  # RFC 6455 section 7.4.1, as the next one
MESSAGE_TOO_BIG = 1009
BAD_MESSAGE = 4400
UNAUTHORIZED = 4401
AUTHENTICATION_TIMEOUT = 4408
TOO_MANY_AUTHENTICATIONS = 4429

EXPIRY_CHECK = 0.5  # seconds; the clock may be another than the machine's
CLOSE_SECONDS = 20.0
ROUTER = APIRouter(prefix=PREFIX)


class Closing(Exception):  # noqa: N818
    """The connection is to be closed with a code, or is gone when there is none."""

    def __init__(self, code: int | None) -> None:
        """Remember the code."""
        super().__init__(code)
        self.code = code


@ROUTER.websocket("/ws")
async def serve(websocket: WebSocket) -> None:
    """Talk to one client until either side ends."""
    sandbox = await sandbox_of(websocket)
    try:
        await websocket.accept()
        user, claims = await _authenticated(websocket, sandbox)
        await _stream(websocket, sandbox, user, claims)
    except Closing as closing:
        if closing.code is not None:
            await _close(websocket, closing.code)
    except (WebSocketDisconnect, OSError):
        return  # the client went away while we wrote


async def _authenticated(websocket: WebSocket, sandbox: Sandbox) -> tuple[User, Claims]:
    settings = sandbox.settings
    try:
        token = await asyncio.wait_for(
            _token(websocket, settings.max_frame_bytes), settings.authentication_timeout
        )
    except TimeoutError:
        raise Closing(AUTHENTICATION_TIMEOUT) from None
    found = user_of_token(sandbox, token)
    if found is None:
        refusal = AuthErrorMessage(type="auth_error", error=BAD_TOKEN)
        await websocket.send_text(refusal.model_dump_json())
        raise Closing(UNAUTHORIZED)
    return found


async def _stream(websocket: WebSocket, sandbox: Sandbox, user: User, claims: Claims) -> None:
    subscription = Subscription(
        user.organization_id, await base_url(websocket), sandbox.settings.queue_size
    )
    sandbox.hub.add(subscription)
    try:
        welcome = AuthSuccessMessage(
            type="auth_success",
            context="organization",
            user_id=user.id,
            organization_id=user.organization_id,
        )
        await websocket.send_text(welcome.model_dump_json())
        await _first_end(
            _watch(subscription, sandbox, claims),
            _listen(websocket, sandbox.settings.max_frame_bytes),
            _forward(websocket, subscription),
        )
    finally:
        sandbox.hub.remove(subscription)


async def _first_end(*activities: Coroutine[None, None, NoReturn]) -> None:
    """Run activities until one of them ends, by raising; raise what the first of them raised."""
    tasks = [asyncio.ensure_future(activity) for activity in activities]
    try:
        await asyncio.wait(tasks, return_when=asyncio.FIRST_COMPLETED)
        for task in tasks:
            if task.done():
                task.result()
    finally:
        for task in tasks:
            task.cancel()
        await asyncio.gather(*tasks, return_exceptions=True)


async def _watch(subscription: Subscription, sandbox: Sandbox, claims: Claims) -> NoReturn:
    while True:
        left = claims.expires_at - sandbox.settings.clock().timestamp()
        if left <= 0:
            raise Closing(UNAUTHORIZED)
        with suppress(TimeoutError):
            await asyncio.wait_for(subscription.closing.wait(), min(left, EXPIRY_CHECK))
            raise Closing(subscription.close_code)


async def _listen(websocket: WebSocket, limit: int) -> NoReturn:
    await _token(websocket, limit)
    raise Closing(TOO_MANY_AUTHENTICATIONS)


async def _forward(websocket: WebSocket, subscription: Subscription) -> NoReturn:
    while True:
        await websocket.send_text(await subscription.next())


async def _token(websocket: WebSocket, limit: int) -> str:
    """Return the token of an AuthenticateMessage, the one message a client may send."""
    frame = await websocket.receive()
    if frame["type"] == "websocket.disconnect":
        raise Closing(None)
    text = frame.get("text")
    if not isinstance(text, str):
        raise Closing(UNSUPPORTED_DATA)
    if len(text.encode("utf-8", "surrogatepass")) > limit:
        raise Closing(MESSAGE_TOO_BIG)
    try:
        message = json.loads(text, parse_constant=_refuse_constant)
    except (ValueError, RecursionError):
        raise Closing(BAD_MESSAGE) from None
    match message:
        case {"type": "authenticate", "token": str(token)}:
            return token
    raise Closing(BAD_MESSAGE)


def _refuse_constant(name: str) -> NoReturn:
    raise ValueError(name)


async def _close(websocket: WebSocket, code: int) -> None:
    with suppress(WebSocketDisconnect, OSError, RuntimeError, TimeoutError):
        await asyncio.wait_for(websocket.close(code), CLOSE_SECONDS)
