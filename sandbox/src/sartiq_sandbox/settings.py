"""The choices one sandbox is started with."""

from __future__ import annotations

from dataclasses import dataclass
from math import isfinite

from sartiq_sandbox.clock import Clock, system_clock

__all__ = ["SANDBOX_SECRET", "Settings"]

SANDBOX_SECRET = "for-the-sandbox-only-never-sign-anything-real-with-this"  # noqa: S105
"""The default signing key of access tokens; public, so worth nothing outside a sandbox."""

SHORTEST_SECRET = 32  # bytes, RFC 7518 section 3.2: a key at least as long as the hash


@dataclass(frozen=True, slots=True, kw_only=True)
class Settings:
    """What one application is made of; durations in seconds, sizes in bytes."""

    database_url: str = "sqlite://"
    seed_demo: bool = True
    step_seconds: float = 0.02
    failure_rate: float = 0.0
    seed: int | None = None
    clock: Clock = system_clock
    token_lifetime: float = 3600
    authentication_timeout: float = 10.0
    max_upload_bytes: int = 52_428_800
    max_frame_bytes: int = 65_536
    queue_size: int = 64
    jwt_secret: str = SANDBOX_SECRET
    public_url: str | None = None

    def __post_init__(self) -> None:
        """Refuse choices that could only fail later, with ``ValueError``."""
        if len(self.jwt_secret.encode()) < SHORTEST_SECRET:
            message = f"jwt_secret needs at least {SHORTEST_SECRET} bytes"
            raise ValueError(message)
        if not (isfinite(self.step_seconds) and self.step_seconds >= 0):
            message = "step_seconds is a number of seconds, 0 or more"
            raise ValueError(message)
        if not self.authentication_timeout > 0:
            message = "authentication_timeout is a number of seconds above 0"
            raise ValueError(message)
        if self.queue_size < 1 or self.max_upload_bytes < 1 or self.max_frame_bytes < 1:
            message = "queue_size, max_upload_bytes and max_frame_bytes must be positive"
            raise ValueError(message)
        if not 0 <= self.failure_rate <= 1:
            message = "failure_rate lies between 0 and 1"
            raise ValueError(message)
