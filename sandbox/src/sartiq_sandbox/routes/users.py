"""The user who asks."""

from __future__ import annotations

from sartiq_sandbox.access import Reader
from sartiq_sandbox.bodies import strict_router
from sartiq_sandbox.errors import declared
from sartiq_sandbox.rendering import Document, user_document
from sartiq_sandbox.schemas.entities import UserPublic

__all__ = ["ROUTER"]

ROUTER = strict_router("users")


@ROUTER.get("/users/me", response_model=UserPublic, responses=declared(401))
async def read_user_me(user: Reader) -> Document:
    """Show the user who asks."""
    return user_document(user)
