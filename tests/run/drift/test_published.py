"""Facts about what a service publishes, put in the place of what its contract has of it."""

from __future__ import annotations

import json
from dataclasses import replace

import pytest
import yaml
from receivers import WIDER, document

from accord.errors import ConfigurationError
from accord.run.compare import Options, compare_sides
from accord.run.drift.published import committed, published
from accord.run.drift.question import ask
from accord.run.source.document import Fetcher

OVERLAY = """
overlay: 1.0.0
info: {title: Errors, version: 0.1.0}
actions:
  - target: $
    update: {x-errors: {default: {schema: {type: object, required: [detail]}}}}
  - target: $.paths['/things'].get
    update: {responses: {"404": {description: None.}}}
"""
MESSAGES = {
    "$defs": {
        "Thing": {"type": "object", "required": ["a"], "properties": {"a": {"type": "integer"}}},
        "Hello": {"type": "object"},
    }
}
ASYNCAPI = """
asyncapi: 3.0.0
info: {title: Things, version: "1"}
channels:
  events:
    address: /ws
    messages:
      thing: {payload: {$ref: "messages.schema.json#/$defs/Thing"}}
      hello: {payload: {$ref: "messages.schema.json#/$defs/Hello"}}
operations:
  tell: {action: send, channel: {$ref: "#/channels/events"}}
"""


def rules(wanted):
    """Return the rules and verdicts of what differs."""
    fetch = Fetcher(seconds=5).referenced
    with published(wanted, committed(wanted, fetch), fetch) as found:
        compared = compare_sides(found.committed, found.current, Options())
        return found, sorted((item.change.rule, item.change.verdict.value) for item in compared.changes)


def test_an_overlay_is_laid_over_what_is_published(put, folder, publisher):
    """What the team adds is not gone because the service does not say it; an action that finds nothing is named."""
    (folder / "overlay.yaml").write_text(OVERLAY)
    found, differing = rules(put.wanted)
    assert [] == differing
    assert () == found.notices
    assert {} == {name: 0 for name in found.files if name == "overlay.yaml"}
    other = document()
    other["paths"]["/others"] = other["paths"].pop("/things")
    publisher.document = other
    found, differing = rules(put.wanted)
    assert [("added-operation", "safe"), ("removed-operation", "breaking")] == differing
    assert ("overlay.yaml: action 1 finds nothing in what is published, and is left out",) == found.notices


def test_channels_stay_and_their_messages_are_those_that_are_published(put, folder, publisher):
    """Where the settings say so, definitions are taken from the published document, by their names."""
    (folder / "asyncapi.yaml").write_text(ASYNCAPI)
    (folder / "messages.schema.json").write_text(json.dumps(MESSAGES))
    publisher.document = document(a=WIDER)
    _, plain = rules(put.wanted)
    assert [("changed-type", "breaking")] == plain
    places = {"openapi.json": "/openapi.json", "messages.schema.json": "#/components/schemas"}
    found, differing = rules(replace(put.wanted, documents=places))
    assert 2 == differing.count(("changed-type", "breaking"))
    assert (
        "messages.schema.json: the service publishes no Hello, so nothing is known of that",
    ) == found.notices


def test_a_saved_document_is_a_target(put, folder, tmp_path):
    """A file, or a folder of them, whatever the file is called."""
    (tmp_path / "build").mkdir()
    (tmp_path / "build" / "saved.yaml").write_text(yaml.safe_dump(document(a=WIDER)))
    for target in ("build", "build/saved.yaml"):
        _, differing = rules(replace(put.wanted, target=str(tmp_path / target)))
        assert [("changed-type", "breaking")] == differing


def test_a_part_says_nothing_of_what_it_does_not_name(put, publisher, folder):
    """A path with other methods, or none at all, is left alone; one that is named without methods is gone."""
    whole = document()
    whole["paths"]["/gone/{id}"] = {
        **whole["paths"]["/things"],
        "parameters": [{"name": "id", "in": "path", "required": True, "schema": {"type": "string"}}],
    }
    whole["paths"]["/others"] = json.loads(
        json.dumps(whole["paths"]["/things"]).replace("list_things", "others")
    )
    whole["paths"]["/gone/{id}"]["get"] = {**whole["paths"]["/things"]["get"], "operationId": "gone"}
    (folder / "openapi.json").write_text(json.dumps(whole))
    part = document(a=WIDER)
    part["paths"]["/gone/{other}"] = {}
    publisher.document = part
    _, differing = rules(replace(put.wanted, partial=True))
    assert [("changed-type", "breaking"), ("removed-operation", "breaking")] == differing


def test_another_origin_gets_no_headers(put):
    """A document of the contract can only be had from the target itself."""
    wanted = replace(put.wanted, documents={"openapi.json": "http://127.0.0.1:1/openapi.json"})
    with pytest.raises(ConfigurationError, match="another origin"):
        ask(replace(put, wanted=wanted))
