"""What shootings choose from: brands, subjects, styles, shot types and models."""

from __future__ import annotations

from typing import Annotated

from fastapi import Query
from sqlalchemy import func, select

from sartiq_sandbox.access import Reader
from sartiq_sandbox.bodies import strict_router
from sartiq_sandbox.errors import declared
from sartiq_sandbox.queries import page_of
from sartiq_sandbox.rendering import (
    Document,
    model_document,
    named_document,
    shot_type_document,
    subject_document,
)
from sartiq_sandbox.routes.parameters import Window
from sartiq_sandbox.schemas import entities
from sartiq_sandbox.schemas.scalars import DecimalCheck
from sartiq_sandbox.state import Here
from sartiq_sandbox.tables import Brand, GenerationModel, ShotType, Style, Subject

__all__ = ["ROUTER"]

ROUTER = strict_router("catalogue")


@ROUTER.get("/brands/", response_model=entities.Brands, responses=declared(401, 422))
async def list_brands(user: Reader, sandbox: Here, window: Window) -> Document:
    """List the brands of the organisation, the oldest first."""
    mine = Brand.organization_id == user.organization_id
    with sandbox.database.reading() as session:
        rows, total = page_of(session, Brand, [mine], (window.page, window.size))
    return window.document([named_document(row) for row in rows], total)


@ROUTER.get("/subjects/", response_model=entities.Subjects, responses=declared(401, 422))
async def list_subjects(_user: Reader, sandbox: Here, window: Window) -> Document:
    """List the subjects, the oldest first."""
    with sandbox.database.reading() as session:
        rows, total = page_of(session, Subject, [], (window.page, window.size))
    return window.document([subject_document(row) for row in rows], total)


@ROUTER.get("/styles/", response_model=entities.Styles, responses=declared(401, 422))
async def list_styles(_user: Reader, sandbox: Here, window: Window) -> Document:
    """List the styles, the oldest first."""
    with sandbox.database.reading() as session:
        rows, total = page_of(session, Style, [], (window.page, window.size))
    return window.document([named_document(row) for row in rows], total)


@ROUTER.get("/shot-types/", response_model=entities.ShotTypes, responses=declared(401, 422))
async def list_shot_types(_user: Reader, sandbox: Here, window: Window) -> Document:
    """List the shot types, the oldest first."""
    with sandbox.database.reading() as session:
        rows, total = page_of(session, ShotType, [], (window.page, window.size))
    return window.document([shot_type_document(row) for row in rows], total)


@ROUTER.get(
    "/generation-models/", response_model=entities.GenerationModels, responses=declared(422)
)
async def list_generation_models(
    sandbox: Here,
    skip: Annotated[int, Query(ge=0, le=1_000_000), DecimalCheck] = 0,
    limit: Annotated[int, Query(ge=1, le=100), DecimalCheck] = 100,
) -> Document:
    """List the models that make images, the oldest first; public."""
    query = select(GenerationModel).order_by(GenerationModel.created_at, GenerationModel.id)
    with sandbox.database.reading() as session:
        rows = session.scalars(query.offset(skip).limit(limit)).all()
        count = session.scalar(select(func.count()).select_from(GenerationModel))
    return {"data": [model_document(row) for row in rows], "count": count}
