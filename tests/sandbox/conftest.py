"""Sandboxes for the tests: in this process, or as a server of their own."""

from __future__ import annotations

import sys
from collections.abc import Callable, Iterator
from contextlib import ExitStack
from pathlib import Path
from typing import Any

import pytest

sys.path.insert(0, str(Path(__file__).parent))  # for the helpers below, whatever the import mode

from sandbox_server import Server, serving
from sandbox_talk import Talk, talking


@pytest.fixture
def talk() -> Iterator[Talk]:
    """Give a running sandbox with demo data, as the demo user."""
    with talking() as sandbox:
        yield sandbox.log_in("demo")


@pytest.fixture(scope="session")
def house() -> Iterator[tuple[Talk, dict[str, str]]]:
    """Keep one sandbox, and the headers of its demo user, for the whole session."""
    with talking() as sandbox:
        yield sandbox, sandbox.log_in("demo").headers


@pytest.fixture
def unchanged(house: tuple[Talk, dict[str, str]]) -> Talk:
    """Give the sandbox of the session, as the demo user, to a test that changes no data."""
    sandbox, headers = house
    sandbox.headers = dict(headers)
    return sandbox


@pytest.fixture
def start() -> Iterator[Callable[..., Talk]]:
    """Give a starter of sandboxes; all of them are stopped at the end."""
    with ExitStack() as stack:

        def start_one(**options: Any) -> Talk:
            return stack.enter_context(talking(**options))

        yield start_one


@pytest.fixture
def serve() -> Iterator[Callable[..., Server]]:
    """Give a starter of server processes; all of them are stopped at the end."""
    with ExitStack() as stack:

        def serve_one(*arguments: str) -> Server:
            return stack.enter_context(serving(*arguments))

        yield serve_one
