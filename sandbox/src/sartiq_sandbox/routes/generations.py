"""Generations."""

from __future__ import annotations

from sartiq_sandbox.access import Reader
from sartiq_sandbox.bodies import strict_router
from sartiq_sandbox.errors import declared
from sartiq_sandbox.queries import owned
from sartiq_sandbox.rendering import Document, generation_document
from sartiq_sandbox.schemas import entities
from sartiq_sandbox.schemas.scalars import UuidInput
from sartiq_sandbox.state import Base, Here
from sartiq_sandbox.tables import Generation

__all__ = ["ROUTER"]

ROUTER = strict_router("generations")


@ROUTER.get(
    "/generations/{generation_id}",
    response_model=entities.Generation,
    responses=declared(401, 404, 422),
)
async def read_generation(
    user: Reader, sandbox: Here, base: Base, generation_id: UuidInput
) -> Document:
    """Show a generation with its images."""
    with sandbox.database.reading() as session:
        generation = owned(session, Generation, generation_id, user)
    return generation_document(generation, base)
