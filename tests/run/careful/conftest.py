"""A shop to be treated with care, in process and over a socket."""

from __future__ import annotations

import asyncio
import json
import socket
import sys
import threading
from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager, contextmanager
from pathlib import Path
from typing import Any

import pytest
import uvicorn

sys.path.insert(0, str(Path(__file__).parent))  # for shop, whatever the import mode

from shop import DOCUMENT, Shop

from accord.config import Settings
from accord.run.opening import opened
from accord.run.options import Options
from accord.run.verification import Verification

Open = Callable[..., AbstractContextManager[Verification]]


@pytest.fixture
def settings(tmp_path: Path) -> Settings:
    """Return settings that name the contract of the shop."""
    (tmp_path / "openapi.json").write_text(json.dumps(DOCUMENT))
    return Settings(root=tmp_path, contract=tmp_path)


@pytest.fixture
def opening(settings: Settings) -> Open:
    """Return a context manager that opens a run against a target, with these options."""

    @contextmanager
    def open_(target: object, **options: Any) -> Iterator[Verification]:
        with opened(target, settings, Options(**{"max_examples": 5, **options})) as verification:
            yield verification

    return open_


@pytest.fixture
def serve() -> Iterator[Callable[[Shop], str]]:
    """Return a function that serves a shop over a socket and returns its URL."""
    running: list[tuple[uvicorn.Server, threading.Thread, socket.socket]] = []

    def start(shop: Shop) -> str:
        listener = socket.create_server(("127.0.0.1", 0))
        server = uvicorn.Server(uvicorn.Config(shop, log_level="critical", lifespan="off"))
        thread = threading.Thread(target=lambda: asyncio.run(server.serve(sockets=[listener])))
        thread.start()
        running.append((server, thread, listener))
        return f"http://127.0.0.1:{listener.getsockname()[1]}"

    yield start
    for server, thread, listener in running:
        server.should_exit = True
        thread.join(10)
        listener.close()
