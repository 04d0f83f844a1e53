"""Facts about what is the same in two contracts: nothing that differs is ever taken for it."""

from __future__ import annotations

import json

import pytest

from accord.contract.contract import load
from accord.findings.changes.unchanged import is_unchanged

SCHEMA = {"type": "object", "properties": {"a": {"const": 1}, "b": {"$ref": "parts.json#/Part"}}}
API = {
    "openapi": "3.1.0",
    "info": {"title": "T", "version": "1"},
    "paths": {},
    "components": {"schemas": {"A": SCHEMA}},
}
PARTS = {"Part": {"type": "string", "maxLength": 8}}
REVERSED = {**dict(reversed(API.items())), "info": {"version": "1", "title": "T"}}
TRUE = json.loads(json.dumps(API).replace('"const": 1', '"const": true'))
LARGE = json.loads(json.dumps(API).replace('"const": 1', f'"const": {2**70}'))


@pytest.fixture
def contract(tmp_path):
    """Give what writes a document, its name and what it refers to into a folder, and reads the contract."""

    def read(folder, name, document, parts=PARTS):
        (tmp_path / folder).mkdir()
        (tmp_path / folder / name).write_text(json.dumps(document), encoding="utf-8")
        (tmp_path / folder / "parts.json").write_text(json.dumps(parts), encoding="utf-8")
        return load(tmp_path / folder / name if "openapi" in document else tmp_path / folder, judging=False)

    return read


@pytest.mark.parametrize(
    ("expected", "name", "document", "parts"),
    [
        (True, "api.json", API, PARTS),
        (True, "api.json", REVERSED, PARTS),
        (True, "other.json", API, PARTS),
        (False, "api.json", TRUE, PARTS),
        (False, "other.json", TRUE, PARTS),
        (False, "other.json", API, {"Part": {"type": "string", "maxLength": 9}}),
    ],
    ids=["same", "another order", "another name", "true for 1", "both", "another part"],
)
def test_documents_are_the_same_by_what_they_say(contract, expected, name, document, parts):
    """Order and the name of one file say nothing; true is not 1, and what is referred to counts."""
    assert expected == is_unchanged(contract("old", "api.json", API), contract("new", name, document, parts))


def test_what_cannot_be_told_is_not_taken_for_the_same(contract):
    """A number beyond 64 bits cannot be written down at once, so that such a document is walked."""
    assert not is_unchanged(contract("old", "api.json", LARGE), contract("new", "api.json", LARGE))


def test_schemas_that_stand_alone_are_known_by_their_files(contract):
    """In a folder of schemas, each is a channel by its name, so that another name is a change."""
    old, new = (
        contract(name, f"{name}.json", SCHEMA, {**PARTS, "type": "object"}) for name in ("one", "two")
    )
    assert not is_unchanged(old, new)
