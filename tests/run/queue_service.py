"""A queue of jobs as a small service in process: healthy, or with one fault."""

from __future__ import annotations

import asyncio
import json
from collections.abc import Callable
from typing import Any

TEAMS = {"token-of-red": "red", "token-of-blue": "blue", "short-token": "red"}
TIME = "2024-05-01T10:00:00Z"
LIMIT = 1.0
SHORT = 0.3


def job(status: str, **members: Any) -> dict[str, Any]:
    """Return one event about job 7."""
    told = {"id": 7, "status": status, "created_at": TIME, "updated_at": TIME, "steps": [], **members}
    return {"type": "job_changed", "job": told}


class Queue:
    """A queue of jobs as an ASGI application; ``fault`` names the one thing that it does wrong."""

    def __init__(self, fault: str = "") -> None:
        self.fault = fault
        self.listeners: list[tuple[str, Callable[[dict[str, Any]], None]]] = []

    async def __call__(self, scope: Any, receive: Any, send: Any) -> None:
        """Serve one scope."""
        if scope["type"] == "lifespan":
            for kind in ("startup", "shutdown"):
                await receive()
                await send({"type": f"lifespan.{kind}.complete"})
        elif scope["type"] == "http":
            self.work()
            await send({"type": "http.response.start", "status": 204})
            await send({"type": "http.response.body"})
        else:
            await self.talk(receive, send)

    def work(self) -> None:
        """Do the one job of team red."""
        events = {
            "order": [job("running"), job("queued")],
            "final": [job("done"), job("failed")],
            "fixed": [job("queued"), job("queued", created_at="2024-05-02T10:00:00Z")],
            "time": [job("queued"), job("running", updated_at="2024-04-30T10:00:00Z")],
            "schema": [job("queued", id="seven")],
            "unknown": [{"type": "job_vanished"}],
            "ambiguous": [{**job("queued"), "text": "a note too"}],
        }.get(self.fault, [job("queued"), job("running"), job("done", updated_at="2024-05-01T11:00:00Z")])
        for event in [*events, {"type": "plain", "text": "good night"}]:
            for team, tell in list(self.listeners):
                if team == "red" or self.fault == "isolation":
                    tell(event)

    async def talk(self, receive: Any, send: Any) -> None:
        """Serve one connection."""
        await receive()
        if self.fault == "refuse":
            await send({"type": "websocket.close"})
            return
        await send({"type": "websocket.accept"})

        async def tell(value: Any) -> None:
            text = value if isinstance(value, str) else json.dumps(value)
            await send({"type": "websocket.send", "text": text})

        if self.fault == "early":
            await tell(job("queued"))
        try:
            code = await self.authenticate(receive, tell) or await self.listen(receive, tell)
        except TimeoutError:
            code = 4408
        if self.fault == "crash" and code == 1003:
            raise KeyError("text")
        if self.fault == "no-handshake" and code == 4400:
            return
        wrong = {("code", 4400): 4499, ("undocumented", 1): 4499, ("timeout-code", 4408): 4409}
        wrong[("expiry-code", 4401)] = 4000
        left_open = (self.fault, code) in {("open", 1003), ("patient", 4408), ("open-after-failure", 4401)}
        if code and not left_open:
            await send({"type": "websocket.close", "code": wrong.get((self.fault, code), code)})
        while (await receive())["type"] != "websocket.disconnect":
            pass

    async def authenticate(self, receive: Any, tell: Any) -> int:
        """Return the close code for a client that cannot be told who it is."""
        code, value = self.read(await asyncio.wait_for(receive(), LIMIT))
        if code:
            return code
        team = TEAMS.get(value["token"])
        if self.fault == "open-door":
            team = team or "red"
        if self.fault == "closed-door":
            team = None
        if self.fault == "mute":
            return 4401 if team is None else 4429
        if team is None:
            await tell({"type": "rejected", "reason": "no such token"})
            if self.fault == "talkative":
                await tell(job("queued"))
            return 4401
        await tell({"type": "welcome", "team": team})
        if self.fault == "twice":
            await tell({"type": "welcome", "team": team})
        self.team = team
        self.lifetime = SHORT if value["token"] == "short-token" and self.fault != "undying" else None
        return 0

    async def listen(self, receive: Any, tell: Any) -> int:
        """Push events until the client says something, and return the close code for that."""
        events: asyncio.Queue[dict[str, Any]] = asyncio.Queue()
        listener = (self.team, events.put_nowait)
        self.listeners.append(listener)

        async def push() -> None:
            while True:
                event = await events.get()
                if event["type"] == "plain" and self.fault == "nan":
                    await tell('{"type": "plain", "text": "x", "weight": NaN}')
                elif event["type"] == "plain" and self.fault == "binary":
                    await self.send_bytes(tell, event)
                else:
                    await tell(event)

        pushing = asyncio.create_task(push())
        try:
            code, _ = self.read(await asyncio.wait_for(receive(), self.lifetime))
        except TimeoutError:
            return 4401
        else:
            return code or 4429
        finally:
            pushing.cancel()
            self.listeners.remove(listener)

    async def send_bytes(self, tell: Any, event: dict[str, Any]) -> None:
        """Send *event* as a binary frame."""
        send = tell.__closure__[0].cell_contents
        await send({"type": "websocket.send", "bytes": json.dumps(event).encode()})

    def read(self, event: Any) -> tuple[int, Any]:
        """Return the close code that a frame deserves, 0 for a login, and the login."""
        if event["type"] == "websocket.disconnect":
            return 1, None
        text = event.get("text")
        if text is None:
            return 1003, None
        if len(text.encode()) > 4096:
            return 1009, None
        try:
            value = json.loads(text, parse_constant=self.refuse)
        except (ValueError, RecursionError):
            return 4400, None
        match value:
            case {"type": "login", "token": str()}:
                return 0, value
        return 4400, None

    def refuse(self, name: str) -> None:
        """Refuse NaN."""
        raise ValueError(name)


class People:
    """The identities of a run, and the token of each."""

    def __init__(self, **tokens: str) -> None:
        self.tokens = tokens

    def token(self, name: str) -> str | None:
        """Return the token of *name*."""
        return self.tokens.get(name)

    def short_token(self) -> tuple[str, float] | None:
        """Return the token of ``expiring``, which the queue knows for so long."""
        token = self.tokens.get("expiring")
        return None if token is None else (token, SHORT)


healthy = Queue()
"""What a server in a process of its own serves."""
