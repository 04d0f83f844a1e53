"""The background worker: moves every running generation on, one step at a time."""

from __future__ import annotations

import asyncio
import logging
import time
from collections.abc import Callable
from uuid import uuid4

from sqlalchemy import ColumnElement, or_, select, update
from sqlalchemy.exc import SQLAlchemyError
from sqlalchemy.orm import Session

from sartiq_sandbox.clock import Stamps
from sartiq_sandbox.database import Database
from sartiq_sandbox.events import Hub
from sartiq_sandbox.images import paint
from sartiq_sandbox.queries import fresh_generation, fresh_shot
from sartiq_sandbox.randomness import Chance
from sartiq_sandbox.schemas.vocabulary import GenerationSocketEventType, ShotSocketEventType
from sartiq_sandbox.tables import Generation, Media, Prediction, Revision, RevisionImage, Shot

__all__ = ["Worker"]

RUNNING = ("pending", "processing")
IDLE_SECONDS = 1.0
LEASE_SECONDS = 3.0
LEASE_STEPS = 4
LOGGER = logging.getLogger(__name__)

Announcement = Callable[[], None]


class Worker:
    """Renders what users ask for.

    The state of every generation is in the database, so a worker carries on where another stopped.
    A lease keeps two workers on one file from moving the same generation: it is given back on a
    clean stop, and runs out a few seconds after a crash.
    """

    def __init__(
        self,
        *,
        database: Database,
        hub: Hub,
        stamps: Stamps,
        chance: Chance,
        step_seconds: float,
        failure_rate: float,
    ) -> None:
        """Work on a database, announcing on a hub; ``step_seconds`` lie between two steps."""
        self.identifier = str(uuid4())
        self._database = database
        self._hub = hub
        self._stamps = stamps
        self._chance = chance
        self._step_seconds = step_seconds
        self._failure_rate = failure_rate
        self._loop: asyncio.AbstractEventLoop | None = None
        self._woken: asyncio.Event | None = None

    def lease(self) -> float:
        """Return until when a generation taken now is ours, in seconds since 1970."""
        return time.time() + LEASE_SECONDS + LEASE_STEPS * self._step_seconds

    def wake(self) -> None:
        """Say, from any thread, that there is work."""
        if self._loop is not None and self._woken is not None and not self._loop.is_closed():
            self._loop.call_soon_threadsafe(self._woken.set)

    async def run(self) -> None:
        """Work until cancelled, then give the leases back."""
        self._loop = asyncio.get_running_loop()
        self._woken = asyncio.Event()
        try:
            while True:
                await asyncio.sleep(self._step_seconds)
                identifiers = self._running()
                for identifier in identifiers:
                    self._move(identifier)
                    await asyncio.sleep(0)
                if not identifiers:
                    await self._rest()
        finally:
            self._loop = self._woken = None
            self._release()

    async def _rest(self) -> None:
        if self._woken is not None:
            try:
                await asyncio.wait_for(self._woken.wait(), IDLE_SECONDS)
            except TimeoutError:
                return  # looks for generations that a stopped process left behind
            self._woken.clear()

    def _ours(self) -> ColumnElement[bool]:
        mine = or_(Generation.worker_id == self.identifier, Generation.lease_until < time.time())
        return Generation.status.in_(RUNNING) & mine

    def _running(self) -> list[str]:
        query = select(Generation.id).where(self._ours())
        try:
            with self._database.reading() as session:
                return list(session.scalars(query.order_by(Generation.created_at, Generation.id)))
        except SQLAlchemyError:
            LOGGER.exception("the database could not be read; it is tried again")
            return []

    def _move(self, identifier: str) -> None:
        try:
            with self._database.writing() as session:
                query = select(Generation).where(Generation.id == identifier, self._ours())
                generation = session.scalars(query).one_or_none()
                if generation is None:
                    return
                generation.worker_id = self.identifier
                generation.lease_until = self.lease()
                announcements = self._step(session, generation)
        except Exception:  # one bad step must not end the work on all others
            LOGGER.exception("generation %s could not be moved; it is tried again", identifier)
            return
        for announce in announcements:
            announce()

    def _step(self, session: Session, generation: Generation) -> list[Announcement]:
        now = self._stamps.next()
        generation.updated_at = max(now, generation.updated_at)
        waiting = [p for p in generation.predictions if p.status == "pending"]
        drawing = [p for p in generation.predictions if p.status == "generating"]
        if generation.status == "pending":
            generation.status = "processing"
        elif waiting:
            for prediction in waiting:
                prediction.status = "generating"
                prediction.updated_at = max(now, prediction.updated_at)
        elif drawing:
            self._draw(session, drawing[0], now)
        else:
            return self._finish(session, generation, now)
        moved = fresh_generation(session, generation.id)
        return [lambda: self._hub.generation(GenerationSocketEventType.UPDATED, moved)]

    def _draw(self, session: Session, prediction: Prediction, now: str) -> None:
        prediction.updated_at = max(now, prediction.updated_at)
        if self._chance.happens(self._failure_rate):
            prediction.status = "error"
            prediction.error_category = "PROVIDER_ERROR"
            prediction.error_message = "The provider made no image"
            return
        picture = paint(prediction.seed)
        name = f"{self._chance.identifier()}.{picture.extension}"
        session.add(Media(name=name, media_type=picture.media_type, content=picture.content))
        session.flush()
        prediction.media_name = name
        prediction.status = "completed"

    def _finish(self, session: Session, generation: Generation, now: str) -> list[Announcement]:
        shot = session.get_one(Shot, generation.shot_id)
        made = [p for p in generation.predictions if p.media_name is not None]
        generation.status = "completed" if made else "failed"
        generation.completed_at = now if made else None
        shot.status = "review" if made else "pending"
        shot.updated_at = max(now, shot.updated_at)
        if made:
            revision = self._revision(shot, generation, made, now)
            session.add(revision)
            session.flush()
            shot.current_revision_id = revision.id
        ended, changed = fresh_generation(session, generation.id), fresh_shot(session, shot.id)
        event = GenerationSocketEventType.COMPLETED if made else GenerationSocketEventType.FAILED
        return [
            lambda: self._hub.generation(event, ended),
            lambda: self._hub.shot(ShotSocketEventType.UPDATED, changed),
        ]

    def _revision(
        self, shot: Shot, generation: Generation, made: list[Prediction], now: str
    ) -> Revision:
        identifier = self._chance.identifier()
        images = []
        for prediction in made:
            stamp = self._stamps.next()
            image = RevisionImage(
                id=self._chance.identifier(),
                revision_id=identifier,
                prediction_id=prediction.id,
                media_name=prediction.media_name,
                created_at=stamp,
                updated_at=stamp,
            )
            images.append(image)
        return Revision(
            id=identifier,
            shot_id=shot.id,
            owner_id=generation.owner_id,
            previous_revision_id=shot.current_revision_id,
            version=len(shot.revisions) + 1,
            status="review",
            notes=None,
            media_name=made[0].media_name,
            created_at=now,
            updated_at=now,
            images=images,
        )

    def _release(self) -> None:
        mine = (Generation.worker_id == self.identifier) & Generation.status.in_(RUNNING)
        with self._database.writing() as session:
            session.execute(update(Generation).where(mine).values(lease_until=0.0))
