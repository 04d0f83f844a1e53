"""What the tests of drift share."""

from __future__ import annotations

import sys
from pathlib import Path

import pytest

sys.path.insert(0, str(Path(__file__).parent))  # for the receivers beside it, whatever the import mode

from receivers import HookServer, MailServer, Publisher


@pytest.fixture
def hook():
    """Give a receiver of webhooks."""
    with HookServer() as server:
        yield server


@pytest.fixture
def mail():
    """Give a receiver of mail."""
    with MailServer() as server:
        yield server


@pytest.fixture
def publisher():
    """Give a service that publishes a document."""
    with Publisher() as server:
        yield server
