"""Who asks: the user behind a token, and whether they may write."""

from __future__ import annotations

from typing import Annotated

from fastapi import Depends, HTTPException
from fastapi.security import OAuth2PasswordBearer

from sartiq_sandbox.security import Claims
from sartiq_sandbox.state import Here, Sandbox
from sartiq_sandbox.tables import User

__all__ = ["BAD_TOKEN", "Reader", "Writer", "user_of_token"]

BAD_TOKEN = "Could not validate credentials"  # noqa: S105
CHALLENGE = {"WWW-Authenticate": "Bearer"}  # RFC 6750 section 3
BEARER = OAuth2PasswordBearer(tokenUrl="/api/v1/login/access-token", auto_error=False)


def user_of_token(sandbox: Sandbox, token: str) -> tuple[User, Claims] | None:
    """Return the active user a valid token names, or ``None``."""
    claims = sandbox.tokens.check(token)
    if claims is None:
        return None
    with sandbox.database.reading() as session:
        user = session.get(User, claims.user_id)
    return (user, claims) if user is not None and user.is_active else None


async def reader(sandbox: Here, token: Annotated[str | None, Depends(BEARER)]) -> User:
    """Return the user who asks, or answer 401."""
    if token is None or not token.strip():
        raise HTTPException(401, "Not authenticated", CHALLENGE)
    found = user_of_token(sandbox, token.strip())
    if found is None:
        raise HTTPException(401, BAD_TOKEN, CHALLENGE)
    return found[0]


async def writer(user: Annotated[User, Depends(reader)]) -> User:
    """Return the user who asks, or answer 403 when they may only look."""
    if user.role == "viewer":
        raise HTTPException(403, "Not enough permissions")
    return user


Reader = Annotated[User, Depends(reader)]
Writer = Annotated[User, Depends(writer)]
