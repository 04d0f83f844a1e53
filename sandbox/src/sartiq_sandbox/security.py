"""Passwords and access tokens."""

from __future__ import annotations

import math
from dataclasses import dataclass

import jwt
from argon2 import PasswordHasher
from argon2.exceptions import VerificationError

from sartiq_sandbox.clock import Clock

__all__ = ["Claims", "Tokens", "hash_password", "password_matches"]

ALGORITHM = "HS256"
HASHER = PasswordHasher(time_cost=5, memory_cost=7168, parallelism=1)
"""The cheapest argon2id parameters of the OWASP password storage advice: 7 MiB, five passes."""

UNKNOWN_USER_HASH = HASHER.hash("nobody has this password")
SHORT_LIFETIME = 60  # seconds; below it rounding to whole seconds would be felt


@dataclass(frozen=True, slots=True, kw_only=True)
class Claims:
    """Whom a valid token names, and when it ends (seconds since 1970)."""

    user_id: str
    expires_at: float


@dataclass(frozen=True, slots=True, kw_only=True)
class Tokens:
    """Signs and checks access tokens (RFC 7519, HS256)."""

    secret: str
    lifetime: float
    clock: Clock

    def sign(self, user_id: str) -> str:
        """Return a token for a user, valid from now for the lifetime."""
        now = self.clock().timestamp()
        end = now + self.lifetime
        expiry = math.ceil(end) if self.lifetime >= SHORT_LIFETIME else end
        payload = {"sub": user_id, "iat": math.floor(now), "exp": expiry}
        return jwt.encode(payload, self.secret, algorithm=ALGORITHM)

    def check(self, token: str) -> Claims | None:
        """Return what a token claims, or ``None`` when it is not ours or has ended."""
        try:
            payload = jwt.decode(
                token,
                self.secret,
                algorithms=[ALGORITHM],
                options={
                    "require": ["sub", "exp"],
                    "verify_exp": False,
                    "verify_iat": False,
                    "verify_nbf": False,
                },
            )
        except (jwt.PyJWTError, ValueError, RecursionError):
            return None
        user_id, expires_at = payload["sub"], payload["exp"]
        if not isinstance(user_id, str) or isinstance(expires_at, bool):
            return None
        if not isinstance(expires_at, int | float) or expires_at <= self.clock().timestamp():
            return None
        return Claims(user_id=user_id, expires_at=expires_at)


def hash_password(password: str) -> str:
    """Return the argon2id hash of a password, salted."""
    return HASHER.hash(password)


def password_matches(password_hash: str | None, password: str) -> bool:
    """Say whether a password is the hashed one; an unknown user takes as long as a known one."""
    try:
        HASHER.verify(password_hash or UNKNOWN_USER_HASH, password)
    except (VerificationError, ValueError):
        return False
    return password_hash is not None
