"""Facts about what a published document says nothing of: it is no drift, and it stays in the contract."""

from __future__ import annotations

import json
from dataclasses import replace
from pathlib import Path

import pytest
from receivers import WIDER, document

from accord.run.compare import Options
from accord.run.drift.published import committed, published
from accord.run.drift.unspoken import completed, held, notice
from accord.run.source.document import Fetcher

SERVERS = [{"url": "https://api.example.com"}]
ROOT = Path(__file__).parents[3]
LINKS = {"again": {"operationId": "list_things"}}


def promised(**members):
    """Return the document with *members*, and with links."""
    made = {**document(), **members}
    made["paths"]["/things"]["get"]["responses"]["200"]["links"] = LINKS
    return made


@pytest.fixture
def ask(put, folder, publisher):
    """Return what holds a published document against the one with servers and links."""
    (folder / "openapi.json").write_text(json.dumps(promised(servers=SERVERS)))

    def asked(document_):
        publisher.document = document_
        fetch = Fetcher(seconds=5).referenced
        with published(put.wanted, committed(put.wanted, fetch), fetch) as found:
            compared, names = held(found, Options())
            return [item.change.rule for item in compared.changes], names, completed(found, names).files

    return asked


def test_servers_and_links_that_are_nowhere_stay(ask):
    """What a framework does not publish is no break, is told in one line, and is not taken out of the contract."""
    rules, names, files = ask(document(a=WIDER))
    assert (["changed-type"], ("servers", "links")) == (rules, names)
    assert [
        "what is published has no servers and no links: those of the contract stay, and are not compared"
    ] == list(notice(names))
    taken = json.loads(files["openapi.json"])
    response = taken["paths"]["/things"]["get"]["responses"]["200"]
    assert (SERVERS, LINKS) == (taken["servers"], response["links"])
    assert WIDER == taken["components"]["schemas"]["Thing"]["properties"]["a"]["type"]


def test_others_are_compared(ask):
    """A document that names servers, or has a link, means what it says."""
    other = document()
    other["servers"] = [{"url": "https://other.example.com"}]
    rules, names, _ = ask(other)
    assert (["added-server", "removed-server"], ("links",)) == (sorted(rules), names)
    linked = promised()
    linked["paths"]["/things"]["get"]["responses"]["200"]["links"] = {"other": LINKS["again"]}
    rules, names, _ = ask(linked)
    assert (["added-link", "removed-link"], ("servers",)) == (sorted(rules), names)


def test_servers_of_one_path_are_compared(ask, folder):
    """Nobody knows where they would have to stay."""
    made = promised(servers=SERVERS)
    made["paths"]["/things"]["servers"] = [{"url": "https://things.example.com"}]
    (folder / "openapi.json").write_text(json.dumps(made))
    rules, names, _ = ask(document())
    assert ("links",) == names
    assert "removed-server" in rules


def test_the_sandbox_publishes_what_its_contract_promises(put):
    """The document that FastAPI makes of its code breaks nothing of ``contracts/sartiq``, and leaves nothing unproven."""
    wanted = replace(put.wanted, target="sartiq_sandbox:create_app", contract=ROOT / "contracts/sartiq")
    fetch = Fetcher(seconds=5).referenced
    with published(wanted, committed(wanted, fetch), fetch) as found:
        compared, names = held(found, Options())
    assert (set(), ("servers", "links")) == (
        {item.change.rule for item in compared.changes if item.change.verdict.value != "safe"},
        names,
    )
