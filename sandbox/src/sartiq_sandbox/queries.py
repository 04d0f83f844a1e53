"""The questions that several operations ask the database."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TypeVar

from fastapi import HTTPException
from sqlalchemy import ColumnElement, func, select
from sqlalchemy.orm import Session

from sartiq_sandbox.tables import (
    Brand,
    Generation,
    GenerationModel,
    Product,
    Shooting,
    Shot,
    ShotType,
    Style,
    Subject,
    User,
)

__all__ = ["fresh_generation", "fresh_shot", "owned", "page_of", "shared"]

Owned = TypeVar("Owned", Brand, Product, Shooting, Shot, Generation)
Shared = TypeVar("Shared", Subject, Style, ShotType, GenerationModel)
Listed = TypeVar("Listed", Brand, Product, Shooting, Shot, Subject, Style, ShotType)


def owned(session: Session, table: type[Owned], identifier: str, user: User) -> Owned:
    """Return a row of the user's organisation.

    Raises the same 404 for the id of another organisation as for an unknown one.
    """
    row = session.get(table, identifier)
    if row is None or row.organization_id != user.organization_id:
        raise _not_found(table)
    return row


def shared(session: Session, table: type[Shared], identifier: str) -> Shared:
    """Return a row that belongs to all organisations, or raise 404."""
    row = session.get(table, identifier)
    if row is None:
        raise _not_found(table)
    return row


def page_of(
    session: Session,
    table: type[Listed],
    conditions: Sequence[ColumnElement[bool]],
    window: tuple[int, int],
) -> tuple[Sequence[Listed], int]:
    """Return the rows of a page (its number from 1, its size) and how many rows there are."""
    page, size = window
    offset = (page - 1) * size
    query = select(table).where(*conditions).order_by(table.created_at, table.id)
    rows = session.scalars(query.limit(size).offset(offset)).all()
    if 0 < len(rows) < size:
        return rows, offset + len(rows)  # the last page tells the total
    return rows, session.scalar(select(func.count()).select_from(table).where(*conditions)) or 0


def fresh_shot(session: Session, identifier: str) -> Shot:
    """Return a shot with everything below it, as it now is in the database."""
    session.flush()
    query = select(Shot).where(Shot.id == identifier)
    return session.scalars(query, execution_options={"populate_existing": True}).one()


def fresh_generation(session: Session, identifier: str) -> Generation:
    """Return a generation with its predictions, as it now is in the database."""
    session.flush()
    query = select(Generation).where(Generation.id == identifier)
    return session.scalars(query, execution_options={"populate_existing": True}).one()


def _not_found(table: type[object]) -> HTTPException:
    words: dict[type[object], str] = {ShotType: "Shot type", GenerationModel: "Generation model"}
    return HTTPException(404, f"{words.get(table, table.__name__)} not found")
