"""Access tokens for whoever tests the sandbox: they expire while the test looks on."""

from __future__ import annotations

from sartiq_sandbox.clock import system_clock
from sartiq_sandbox.demo import DEMO
from sartiq_sandbox.security import Tokens
from sartiq_sandbox.settings import SANDBOX_SECRET

__all__ = ["short_token"]

LIFETIME = 1.5  # seconds; a busy machine needs one to open a session


def short_token(identity: str) -> tuple[str, float] | None:
    """Return a token of the demo user and its lifetime, signed with the default key."""
    if identity != "default":
        return None
    tokens = Tokens(secret=SANDBOX_SECRET, lifetime=LIFETIME, clock=system_clock)
    return tokens.sign(DEMO), LIFETIME
