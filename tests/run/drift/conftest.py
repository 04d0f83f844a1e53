"""What the tests of drift share."""

from __future__ import annotations

import json
import sys
from pathlib import Path

import pytest

sys.path.insert(0, str(Path(__file__).parent))  # for the receivers beside it, whatever the import mode

from receivers import SECRET, HookServer, MailServer, Publisher, document

from accord.config import Settings
from accord.run.compare import Options
from accord.run.drift.destination import read_destinations
from accord.run.drift.document import Wanted
from accord.run.drift.ledger import opened
from accord.run.drift.question import Question
from accord.run.drift.settings import read_drift


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


@pytest.fixture
def folder(tmp_path):
    """Give the folder of a contract."""
    (tmp_path / "contract").mkdir()
    (tmp_path / "contract" / "openapi.json").write_text(json.dumps(document()))
    return tmp_path / "contract"


@pytest.fixture
def put(folder, publisher, hook):
    """Give the question to the publisher, with one webhook."""
    settings = Settings(
        root=folder.parent,
        drift={
            "alerts": {"team": {"webhook": hook.url, "secret": SECRET}},
            "headers": {"X-Api-Key": "sesame-sesame"},
        },
    )
    drift = read_drift(settings)
    return Question(
        wanted=Wanted(
            target=publisher.url, contract=folder, documents=drift.documents, headers=drift.headers, seconds=5
        ),
        options=Options(),
        drift=drift,
        destinations=read_destinations(drift),
        accept=f"accord accept {publisher.url}",
    )


@pytest.fixture
def ledger(tmp_path):
    with opened(tmp_path / "drift.sqlite3") as made:
        yield made
