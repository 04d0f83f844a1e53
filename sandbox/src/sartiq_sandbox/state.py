"""The parts of one running sandbox, and where requests find them."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Annotated, cast

from fastapi import Depends
from starlette.requests import HTTPConnection

from sartiq_sandbox.clock import Stamps
from sartiq_sandbox.database import Database
from sartiq_sandbox.events import Hub
from sartiq_sandbox.randomness import Chance
from sartiq_sandbox.security import Tokens
from sartiq_sandbox.settings import Settings
from sartiq_sandbox.worker import Worker

__all__ = ["Base", "Here", "Sandbox", "base_url", "sandbox_of"]

HOST = re.compile(r"(?:[A-Za-z0-9._~-]+|\[[0-9A-Fa-f:.]+\])(?::[0-9]{1,5})?")
SCHEMES = {"ws": "http", "wss": "https"}


@dataclass(frozen=True, slots=True, kw_only=True)
class Sandbox:
    """Everything one application holds."""

    settings: Settings
    database: Database
    tokens: Tokens
    stamps: Stamps
    chance: Chance
    hub: Hub
    worker: Worker


async def sandbox_of(connection: HTTPConnection) -> Sandbox:
    """Return the sandbox that serves a request or a WebSocket."""
    return cast("Sandbox", connection.app.state.sandbox)


async def base_url(connection: HTTPConnection) -> str:
    """Return what absolute addresses begin with: the public URL, or the address asked for."""
    sandbox = await sandbox_of(connection)
    if sandbox.settings.public_url is not None:
        return sandbox.settings.public_url.rstrip("/")
    scope = connection.scope
    scheme = scope.get("scheme", "http")
    root = scope.get("root_path", "").rstrip("/")
    return f"{SCHEMES.get(scheme, scheme)}://{_authority(connection.headers, scope)}{root}"


def _authority(headers: Mapping[str, str], scope: Mapping[str, object]) -> str:
    host = headers.get("host", "")
    if HOST.fullmatch(host):
        return host
    match scope.get("server"):
        case (str(name), int(port)):
            return f"[{name}]:{port}" if ":" in name else f"{name}:{port}"
    return "localhost"


Here = Annotated[Sandbox, Depends(sandbox_of)]
Base = Annotated[str, Depends(base_url)]
