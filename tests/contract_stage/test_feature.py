"""What JSON can show of a schema, and what a value shows of it."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

from accord.contract import feature
from accord.contract.contract import load
from accord.contract.feature import Anatomy

ROOT = "t 200"


def anatomy(tmp_path: Path, schema: Any, **definitions: Any) -> tuple[Anatomy, str]:
    answer = {"description": "x", "content": {"application/json": {"schema": schema}}}
    document = {
        "openapi": "3.1.0",
        "info": {"title": "t", "version": "1"},
        "paths": {"/t": {"get": {"operationId": "t", "responses": {"200": answer}}}},
        "components": {"schemas": definitions},
    }
    (tmp_path / "openapi.json").write_text(json.dumps(document))
    contract = load(tmp_path)
    uri = contract.operations[0].answers["200"].media_types[0].schema
    assert uri is not None
    return Anatomy(contract.library), uri


def reference(name: str) -> dict[str, str]:
    return {"$ref": f"#/components/schemas/{name}"}


def test_properties_members_nulls_and_branches_are_features(tmp_path: Path) -> None:
    """Each has the definition that owns it, the way to it, and what tells it apart."""
    thing = {
        "type": "object",
        "properties": {
            "status": {"enum": ["on", "off"]},
            "note": {"type": ["string", "null"]},
            "parts": {"type": "array", "items": {"type": "object", "properties": {"size": {}}}},
            "kind": {"oneOf": [reference("Cat"), reference("Dog")]},
        },
    }
    made, uri = anatomy(
        tmp_path, reference("Thing"), Thing=thing, Cat={"type": "object"}, Dog={"type": "string"}
    )
    assert {
        ("Thing", "status", "property", ""),
        ("Thing", "status", "member", "on"),
        ("Thing", "status", "member", "off"),
        ("Thing", "note", "property", ""),
        ("Thing", "note", "null", "null"),
        ("Thing", "note", "null", "not null"),
        ("Thing", "parts", "property", ""),
        ("Thing", "parts.*.size", "property", ""),
        ("Thing", "kind", "property", ""),
        ("Thing", "kind", "branch", "Cat"),
        ("Thing", "kind", "branch", "Dog"),
    } == set(made.features(uri, ROOT))
    shown = made.shown(uri, ROOT, {"status": "on", "note": None, "kind": "x", "parts": [{"size": 1}]})
    assert {
        ("Thing", "status", "property", ""),
        ("Thing", "status", "member", "on"),
        ("Thing", "note", "property", ""),
        ("Thing", "note", "null", "null"),
        ("Thing", "parts", "property", ""),
        ("Thing", "parts.*.size", "property", ""),
        ("Thing", "kind", "property", ""),
        ("Thing", "kind", "branch", "Dog"),
    } == shown


def test_a_branch_beside_null_is_the_value_itself(tmp_path: Path) -> None:
    """Of a reference or null, only null or not null is told, and what is inside belongs to the definition."""
    part = {"type": "object", "properties": {"size": {}}}
    schema = {"type": "object", "properties": {"part": {"anyOf": [reference("Part"), {"type": "null"}]}}}
    made, uri = anatomy(tmp_path, schema, Part=part)
    own = {
        (ROOT, "part", "property", ""),
        (ROOT, "part", "null", "not null"),
        ("Part", "size", "property", ""),
    }
    assert own | {(ROOT, "part", "null", "null")} == set(made.features(uri, ROOT))
    assert own == made.shown(uri, ROOT, {"part": {"size": 1}})


def test_members_are_compared_by_type(tmp_path: Path) -> None:
    """True is not 1, although Python says so."""
    made, uri = anatomy(tmp_path, {"enum": [1, True, None]})
    assert {(ROOT, "", "member", "1"), (ROOT, "", "null", "not null")} == made.shown(uri, ROOT, 1)
    assert {(ROOT, "", "null", "null")} == made.shown(uri, ROOT, None)


def test_a_schema_of_itself_has_an_end(tmp_path: Path) -> None:
    """A tree of trees has the features of one, and a value deeper than the bound is not walked to its end."""
    tree = {"type": "object", "properties": {"below": {"type": "array", "items": reference("Tree")}}}
    made, uri = anatomy(tmp_path, reference("Tree"), Tree=tree)
    expected = {("Tree", "below", "property", "")}
    value: dict[str, Any] = {}
    for _ in range(400):
        value = {"below": [value]}
    assert expected == set(made.features(uri, ROOT)) == made.shown(uri, ROOT, value)


def test_much_costs_no_more_than_the_bound(tmp_path: Path, monkeypatch) -> None:
    """Of very many values the first are looked into, of very many features the first are told."""
    monkeypatch.setattr(feature, "MAXIMUM_VALUES", 10)
    monkeypatch.setattr(feature, "MAXIMUM_FEATURES", 5)
    item = {"type": "object", "properties": {f"p{number}": {} for number in range(50)}}
    made, uri = anatomy(tmp_path, {"type": "array", "items": item})
    assert 5 == len(made.features(uri, ROOT))
    values = [{f"p{number}": 1} for number in range(50)]
    assert 10 > len(made.shown(uri, ROOT, values)) > 0


def test_what_was_looked_into_is_not_looked_into_again(tmp_path: Path) -> None:
    """A second operation with the same definition adds nothing, and costs nothing."""
    made, uri = anatomy(tmp_path, reference("Thing"), Thing={"type": "object", "properties": {"id": {}}})
    seen: set[str] = set()
    assert (("Thing", "id", "property", ""),) == made.features(uri, ROOT, seen)
    assert () == made.features(uri, "another 200", seen)
