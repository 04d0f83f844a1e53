"""Logging in, and trying a token."""

from __future__ import annotations

from typing import Annotated

from fastapi import Depends, HTTPException, Request
from fastapi.exceptions import RequestValidationError
from pydantic import ValidationError
from sqlalchemy import select
from starlette.concurrency import run_in_threadpool

from sartiq_sandbox.access import CHALLENGE, Reader
from sartiq_sandbox.bodies import strict_router
from sartiq_sandbox.errors import declared
from sartiq_sandbox.rendering import Document, user_document
from sartiq_sandbox.schemas.entities import Token, UserPublic
from sartiq_sandbox.schemas.requests import LoginForm
from sartiq_sandbox.security import password_matches
from sartiq_sandbox.state import Here
from sartiq_sandbox.tables import User

__all__ = ["FORM_SCHEMA", "ROUTER"]

FORM_SCHEMA = "Body_login_access_token"
FORM = {
    "requestBody": {
        "required": True,
        "content": {
            "application/x-www-form-urlencoded": {
                "schema": {"$ref": f"#/components/schemas/{FORM_SCHEMA}"}
            }
        },
    }
}
NULLABLE = ("grant_type", "client_id", "client_secret")
ROUTER = strict_router("login")


async def login_form(request: Request) -> LoginForm:
    """Return the form of a login.

    FastAPI's own form parameters take an empty ``username`` for a missing one, but the empty string
    is a string. For members that may be null it is the only way to say null in a form.
    """
    form = await request.form()
    fields = {
        name: None if value == "" and name in NULLABLE else value for name, value in form.items()
    }
    try:
        return LoginForm.model_validate(fields)
    except ValidationError as error:
        failures = error.errors(include_url=False)
        raise RequestValidationError(
            [dict(failure, loc=("body", *failure["loc"])) for failure in failures]
        ) from error
    finally:
        await form.close()


@ROUTER.post(
    "/login/access-token",
    response_model=Token,
    responses=declared(400, 401, 422),
    openapi_extra=FORM,
)
async def login_access_token(
    sandbox: Here, form: Annotated[LoginForm, Depends(login_form)]
) -> Document:
    """Trade an email address and a password for an access token."""
    with sandbox.database.reading() as session:
        user = session.scalars(select(User).where(User.email == form.username)).one_or_none()
    password_hash = None if user is None else user.password_hash
    matches = await run_in_threadpool(password_matches, password_hash, form.password)
    if user is None or not matches or not user.is_active:
        raise HTTPException(401, "Incorrect email or password", CHALLENGE)
    return {
        "access_token": sandbox.tokens.sign(user.id),
        "token_type": "bearer",
        "expires_in": round(sandbox.settings.token_lifetime),
    }


@ROUTER.post("/login/test-token", response_model=UserPublic, responses=declared(401))
async def test_token(user: Reader) -> Document:
    """Show whom a token belongs to."""
    return user_document(user)
