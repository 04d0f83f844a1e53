"""Shootings and their looks."""

from __future__ import annotations

from fastapi import HTTPException
from sqlalchemy import select
from sqlalchemy.orm import Session

from sartiq_sandbox.access import Reader, Writer
from sartiq_sandbox.bodies import strict_router
from sartiq_sandbox.errors import declared
from sartiq_sandbox.queries import owned, page_of, shared
from sartiq_sandbox.rendering import Document, look_document, shooting_document
from sartiq_sandbox.routes.parameters import Window
from sartiq_sandbox.schemas import entities
from sartiq_sandbox.schemas.requests import LookCreate, ShootingCreate
from sartiq_sandbox.schemas.scalars import UuidInput
from sartiq_sandbox.schemas.vocabulary import ShotSocketEventType
from sartiq_sandbox.state import Base, Here, Sandbox
from sartiq_sandbox.tables import (
    Brand,
    Look,
    Product,
    Shooting,
    Shot,
    ShotType,
    Style,
    Subject,
)

__all__ = ["ROUTER"]

REWORKS = 3
ROUTER = strict_router("shootings")


@ROUTER.get("/shootings/", response_model=entities.Shootings, responses=declared(401, 422))
async def list_shootings(user: Reader, sandbox: Here, window: Window) -> Document:
    """List the shootings of the organisation, the oldest first."""
    mine = Shooting.organization_id == user.organization_id
    with sandbox.database.reading() as session:
        rows, total = page_of(session, Shooting, [mine], (window.page, window.size))
    return window.document([shooting_document(row) for row in rows], total)


@ROUTER.post(
    "/shootings/",
    response_model=entities.Shooting,
    responses=declared(400, 401, 403, 404, 422),
)
async def create_shooting(user: Writer, sandbox: Here, new: ShootingCreate) -> Document:
    """Add a shooting of a brand."""
    stamp = sandbox.stamps.next()
    with sandbox.database.writing() as session:
        owned(session, Brand, new.brand_id, user)
        shooting = Shooting(
            id=sandbox.chance.identifier(),
            organization_id=user.organization_id,
            owner_id=user.id,
            created_at=stamp,
            updated_at=stamp,
            **new.model_dump(),
        )
        session.add(shooting)
    return shooting_document(shooting)


@ROUTER.get(
    "/shootings/{shooting_id}",
    response_model=entities.Shooting,
    responses=declared(401, 404, 422),
)
async def read_shooting(user: Reader, sandbox: Here, shooting_id: UuidInput) -> Document:
    """Show a shooting."""
    with sandbox.database.reading() as session:
        return shooting_document(owned(session, Shooting, shooting_id, user))


@ROUTER.post(
    "/shootings/{shooting_id}/looks",
    response_model=entities.Look,
    responses=declared(400, 401, 403, 404, 409, 422),
)
async def add_look(
    user: Writer, sandbox: Here, base: Base, shooting_id: UuidInput, new: LookCreate
) -> Document:
    """Add a look to a shooting, with one shot for each shot type."""
    with sandbox.database.writing() as session:
        shooting = owned(session, Shooting, shooting_id, user)
        owned(session, Product, new.main_product_id, user)
        shared(session, Subject, new.subject_id)
        shared(session, Style, new.style_id)
        for shot_type_id in new.shot_type_ids:
            shared(session, ShotType, shot_type_id)
        if shooting.archived:
            raise HTTPException(409, "Shooting is archived")
        look = _new_look(session, sandbox, shooting, new)
    for shot in look.shots:
        sandbox.hub.shot(ShotSocketEventType.CREATED, shot)
    return look_document(look, base)


def _new_look(session: Session, sandbox: Sandbox, shooting: Shooting, new: LookCreate) -> Look:
    stamp = sandbox.stamps.next()
    look = Look(
        id=sandbox.chance.identifier(),
        organization_id=shooting.organization_id,
        shooting_id=shooting.id,
        main_product_id=new.main_product_id,
        subject_id=new.subject_id,
        style_id=new.style_id,
        created_at=stamp,
        updated_at=stamp,
    )
    look.shots = [_new_shot(sandbox, shooting, identifier) for identifier in new.shot_type_ids]
    session.add(look)
    session.flush()
    query = select(Look).where(Look.id == look.id)
    return session.scalars(query, execution_options={"populate_existing": True}).one()


def _new_shot(sandbox: Sandbox, shooting: Shooting, shot_type_id: str) -> Shot:
    stamp = sandbox.stamps.next()
    return Shot(
        id=sandbox.chance.identifier(),
        organization_id=shooting.organization_id,
        shooting_id=shooting.id,
        shot_type_id=shot_type_id,
        status="pending",
        rework_available=REWORKS,
        rework_used=0,
        created_at=stamp,
        updated_at=stamp,
    )
