"""Access tokens as a faulty service sees them: what is wrong with one, and good ones."""

from __future__ import annotations

import jwt

from sartiq_sandbox.clock import system_clock
from sartiq_sandbox.demo import DEMO, STRANGER
from sartiq_sandbox.faults.exchange import Call
from sartiq_sandbox.security import ALGORITHM, Tokens
from sartiq_sandbox.settings import SANDBOX_SECRET

__all__ = ["as_demo", "as_stranger_of", "as_user", "flaw", "good_token", "subject", "token_of"]

TOKENS = Tokens(secret=SANDBOX_SECRET, lifetime=3600, clock=system_clock)
FLAWS: dict[type[Exception], str] = {
    jwt.ExpiredSignatureError: "expired",
    jwt.InvalidSignatureError: "other signature",
    jwt.InvalidAlgorithmError: "unsigned",
}


def good_token(user_id: str = DEMO) -> str:
    """Return a token that a sandbox with the default key takes."""
    return TOKENS.sign(user_id)


def token_of(call: Call) -> str | None:
    """Return the token of a call, ``None`` where no ``Authorization: Bearer`` has one."""
    scheme, _, token = (call.header("authorization") or "").partition(" ")
    return token.strip() if scheme.lower() == "bearer" and token.strip() else None


def flaw(token: str) -> str:
    """Return what a refused token suffers from.

    One of ``expired``, ``other signature``, ``unsigned``, ``garbage`` and, when nothing is wrong
    with the token itself, ``revoked``.
    """
    try:
        jwt.decode(token, SANDBOX_SECRET, algorithms=[ALGORITHM], options={"verify_iat": False})
    except (jwt.PyJWTError, ValueError, RecursionError) as error:
        return FLAWS.get(type(error), "garbage" if token else "empty")
    return "revoked"


def as_user(call: Call, user_id: str) -> Call:
    """Return the call as another user would make it."""
    return call.with_header("authorization", f"Bearer {good_token(user_id)}")


def as_demo(call: Call) -> Call:
    """Return the call as the demo user would make it."""
    return as_user(call, DEMO)


def as_stranger_of(call: Call) -> Call:
    """Return the call as a user of the other organisation would make it."""
    return as_user(call, DEMO if subject(token_of(call) or "") == STRANGER else STRANGER)


def subject(token: str) -> str | None:
    """Return whom a token names, whether or not it is good; ``None`` without anybody."""
    try:
        claims = jwt.decode(token, options={"verify_signature": False})
    except (jwt.PyJWTError, ValueError, RecursionError):
        return None
    name = claims.get("sub")
    return name if isinstance(name, str) else None
