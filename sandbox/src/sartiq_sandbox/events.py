"""The hub: who listens, and what is still to be sent to each of them."""

from __future__ import annotations

import asyncio
from collections import deque
from collections.abc import Callable

from sartiq_sandbox import tables
from sartiq_sandbox.rendering import generation_public, shot_public
from sartiq_sandbox.schemas.messages import GenerationMessage, ShotMessage
from sartiq_sandbox.schemas.vocabulary import GenerationSocketEventType, ShotSocketEventType

__all__ = ["GOING_AWAY", "TRY_AGAIN_LATER", "Hub", "Subscription"]

GOING_AWAY = 1001  # RFC 6455 section 7.4.1
TRY_AGAIN_LATER = 1013  # the IANA registry of close codes


class Subscription:
    """The bounded queue of one connection; belongs to the event loop that made it."""

    def __init__(self, organization_id: str, base: str, limit: int) -> None:
        """Start empty; ``base`` begins every media address, ``limit`` counts messages."""
        self.organization_id = organization_id
        self.base = base
        self.close_code: int | None = None
        self.closing = asyncio.Event()
        self._limit = limit
        self._texts: deque[str] = deque()
        self._filled = asyncio.Event()
        self._loop = asyncio.get_running_loop()

    async def next(self) -> str:
        """Wait for the oldest message that is still to be sent, and take it."""
        while not self._texts:
            self._filled.clear()
            await self._filled.wait()
        return self._texts.popleft()

    def offer(self, text: str) -> None:
        """Add a message, from any thread; a full queue closes the connection instead."""
        self._in_loop(lambda: self._add(text))

    def close(self, code: int) -> None:
        """Ask for the end of the connection, from any thread."""
        self._in_loop(lambda: self._close(code))

    def _add(self, text: str) -> None:
        if len(self._texts) >= self._limit:
            self._close(TRY_AGAIN_LATER)
        elif self.close_code is None:
            self._texts.append(text)
            self._filled.set()

    def _close(self, code: int) -> None:
        if self.close_code is None:
            self.close_code = code
            self.closing.set()

    def _in_loop(self, action: Callable[[], None]) -> None:
        if _running_loop() is self._loop:
            action()
        elif not self._loop.is_closed():
            self._loop.call_soon_threadsafe(action)


class Hub:
    """Brings every change to the connections of its organisation, in the order of the changes."""

    def __init__(self) -> None:
        """Start without listeners."""
        self._subscriptions: list[Subscription] = []

    def add(self, subscription: Subscription) -> None:
        """Let a connection hear what happens from now on."""
        self._subscriptions.append(subscription)

    def remove(self, subscription: Subscription) -> None:
        """Forget a connection."""
        self._subscriptions.remove(subscription)

    def __len__(self) -> int:
        """Count the connections."""
        return len(self._subscriptions)

    def close_all(self, code: int) -> None:
        """Ask every connection to end."""
        for subscription in tuple(self._subscriptions):
            subscription.close(code)

    def shot(self, event: ShotSocketEventType, shot: tables.Shot) -> None:
        """Announce a committed change of a shot."""

        def text(base: str) -> str:
            document = {"type": event, "payload": shot_public(shot, base)}
            return ShotMessage.model_validate(document).model_dump_json()

        self._publish(shot.organization_id, text)

    def generation(self, event: GenerationSocketEventType, generation: tables.Generation) -> None:
        """Announce a committed change of a generation."""

        def text(base: str) -> str:
            document = {"type": event, "payload": generation_public(generation, base)}
            return GenerationMessage.model_validate(document).model_dump_json()

        self._publish(generation.organization_id, text)

    def _publish(self, organization_id: str, text: Callable[[str], str]) -> None:
        texts: dict[str, str] = {}
        for subscription in tuple(self._subscriptions):
            if subscription.organization_id == organization_id:
                if subscription.base not in texts:
                    texts[subscription.base] = text(subscription.base)
                subscription.offer(texts[subscription.base])


def _running_loop() -> asyncio.AbstractEventLoop | None:
    try:
        return asyncio.get_running_loop()
    except RuntimeError:
        return None
