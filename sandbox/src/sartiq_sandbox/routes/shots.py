"""Shots: making images of them, and judging these."""

from __future__ import annotations

from typing import Annotated

from fastapi import HTTPException, Query
from sqlalchemy import select, update
from sqlalchemy.orm import Session

from sartiq_sandbox.access import Reader, Writer
from sartiq_sandbox.bodies import strict_router
from sartiq_sandbox.errors import declared
from sartiq_sandbox.queries import fresh_generation, fresh_shot, owned, page_of, shared
from sartiq_sandbox.rendering import Document, generation_document, shot_document
from sartiq_sandbox.routes.parameters import Window
from sartiq_sandbox.schemas import entities
from sartiq_sandbox.schemas.requests import ApproveShot, GenerateShot, RejectShot
from sartiq_sandbox.schemas.scalars import UuidInput
from sartiq_sandbox.schemas.vocabulary import (
    GenerationSocketEventType,
    ShotSocketEventType,
    ShotStatus,
)
from sartiq_sandbox.state import Base, Here, Sandbox
from sartiq_sandbox.tables import (
    Generation,
    GenerationModel,
    Look,
    Prediction,
    Revision,
    Shot,
    User,
)

__all__ = ["ROUTER"]

ROUTER = strict_router("shots")


@ROUTER.get("/shots/", response_model=entities.Shots, responses=declared(401, 422))
async def list_shots(
    user: Reader,
    sandbox: Here,
    base: Base,
    window: Window,
    status: Annotated[ShotStatus | None, Query()] = None,
    shooting_id: Annotated[UuidInput | None, Query()] = None,
) -> Document:
    """List the shots of the organisation, the oldest first."""
    conditions = [Shot.organization_id == user.organization_id]
    if status is not None:
        conditions.append(Shot.status == status)
    if shooting_id is not None:
        conditions.append(Shot.shooting_id == shooting_id)
    with sandbox.database.reading() as session:
        rows, total = page_of(session, Shot, conditions, (window.page, window.size))
    return window.document([shot_document(row, base) for row in rows], total)


@ROUTER.get("/shots/{shot_id}", response_model=entities.Shot, responses=declared(401, 404, 422))
async def read_shot(user: Reader, sandbox: Here, base: Base, shot_id: UuidInput) -> Document:
    """Show a shot."""
    with sandbox.database.reading() as session:
        return shot_document(owned(session, Shot, shot_id, user), base)


@ROUTER.post(
    "/shots/{shot_id}/generate",
    response_model=entities.Generation,
    responses=declared(400, 401, 403, 404, 409, 422),
)
async def generate_shot(
    user: Writer, sandbox: Here, base: Base, shot_id: UuidInput, wish: GenerateShot
) -> Document:
    """Start to make images of a shot."""
    with sandbox.database.writing() as session:
        shot = owned(session, Shot, shot_id, user)
        model = _model(session, wish.model_id)
        _change_status(session, sandbox, shot, ("pending", "review", "rejected"), "generating")
        generation = _new_generation(sandbox, session.get_one(Look, shot.look_id), shot, user)
        generation.model_id = model.id
        generation.predictions = [
            _new_prediction(sandbox, position) for position in range(wish.num_predictions)
        ]
        session.add(generation)
        generation, shot = fresh_generation(session, generation.id), fresh_shot(session, shot.id)
    sandbox.hub.generation(GenerationSocketEventType.CREATED, generation)
    sandbox.hub.shot(ShotSocketEventType.UPDATED, shot)
    sandbox.worker.wake()
    return generation_document(generation, base)


@ROUTER.post(
    "/shots/{shot_id}/approve",
    response_model=entities.Shot,
    responses=declared(400, 401, 403, 404, 409, 422),
)
async def approve_shot(
    user: Writer, sandbox: Here, base: Base, shot_id: UuidInput, verdict: ApproveShot
) -> Document:
    """Settle a shot with one of its images."""
    with sandbox.database.writing() as session:
        shot = owned(session, Shot, shot_id, user)
        prediction = session.get(Prediction, verdict.prediction_id)
        if (
            prediction is None
            or session.get_one(Generation, prediction.generation_id).shot_id != shot.id
        ):
            raise HTTPException(404, "Prediction not found")
        if prediction.media_name is None:
            raise HTTPException(409, "Prediction is not completed")
        stamp = _change_status(session, sandbox, shot, ("review",), "approved")
        session.execute(
            update(Revision)
            .where(Revision.id == shot.current_revision_id)
            .values(status="approved", media_name=prediction.media_name, updated_at=stamp)
        )
        shot = fresh_shot(session, shot.id)
    sandbox.hub.shot(ShotSocketEventType.UPDATED, shot)
    return shot_document(shot, base)


@ROUTER.post(
    "/shots/{shot_id}/reject",
    response_model=entities.Shot,
    responses=declared(400, 401, 403, 404, 409, 422),
)
async def reject_shot(
    user: Writer, sandbox: Here, base: Base, shot_id: UuidInput, verdict: RejectShot
) -> Document:
    """Send a shot back."""
    with sandbox.database.writing() as session:
        shot = owned(session, Shot, shot_id, user)
        stamp = _change_status(session, sandbox, shot, ("review",), "rejected")
        session.execute(
            update(Revision)
            .where(Revision.id == shot.current_revision_id)
            .values(status="rejected", notes=verdict.notes, updated_at=stamp)
        )
        session.execute(
            update(Shot).where(Shot.id == shot.id).values(rework_used=Shot.rework_used + 1)
        )
        shot = fresh_shot(session, shot.id)
    sandbox.hub.shot(ShotSocketEventType.UPDATED, shot)
    return shot_document(shot, base)


def _change_status(
    session: Session, sandbox: Sandbox, shot: Shot, sources: tuple[str, ...], target: str
) -> str:
    """Move a shot in one statement, and return the stamp of the change; answer 409 if it cannot."""
    stamp = max(sandbox.stamps.next(), shot.updated_at)
    change = (
        update(Shot)
        .where(Shot.id == shot.id, Shot.status.in_(sources))
        .values(status=target, updated_at=stamp)
        .returning(Shot.id)
    )
    if session.execute(change).one_or_none() is None:
        raise HTTPException(409, f"Shot cannot become {target} while it is {shot.status}")
    return stamp


def _model(session: Session, model_id: str | None) -> GenerationModel:
    if model_id is not None:
        return shared(session, GenerationModel, model_id)
    query = select(GenerationModel).order_by(GenerationModel.created_at, GenerationModel.id)
    default = session.scalars(query.limit(1)).one_or_none()
    if default is None:
        raise HTTPException(404, "Generation model not found")
    return default


def _new_generation(sandbox: Sandbox, look: Look, shot: Shot, user: User) -> Generation:
    stamp = sandbox.stamps.next()
    return Generation(
        id=sandbox.chance.identifier(),
        organization_id=shot.organization_id,
        owner_id=user.id,
        shot_id=shot.id,
        look_id=look.id,
        product_id=look.main_product_id,
        subject_id=look.subject_id,
        style_id=look.style_id,
        shot_type_id=shot.shot_type_id,
        status="pending",
        seed=sandbox.chance.generator_seed(),
        worker_id=sandbox.worker.identifier,
        lease_until=sandbox.worker.lease(),
        created_at=stamp,
        updated_at=stamp,
    )


def _new_prediction(sandbox: Sandbox, position: int) -> Prediction:
    stamp = sandbox.stamps.next()
    return Prediction(
        id=sandbox.chance.identifier(),
        position=position,
        status="pending",
        seed=sandbox.chance.generator_seed(),
        created_at=stamp,
        updated_at=stamp,
    )
