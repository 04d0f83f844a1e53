"""The catalogue of changes held against the specifications: what no rule looks at is waived with a reason."""

from __future__ import annotations

import ast
import json
import re
from collections.abc import Iterator
from importlib.resources import files
from pathlib import Path
from typing import Any

import jsonschema_specifications
import yaml

from accord.findings.changes.catalogue import CATALOGUE

HERE = Path(__file__).parent
SOURCES = Path(str(files("accord.findings.changes")))
WAIVERS = yaml.safe_load((HERE / "taxonomy.yaml").read_text("utf-8"))
SCHEMAS = Path(str(files("accord.contract"))) / "schemas"
VOCABULARIES = (
    "core",
    "applicator",
    "unevaluated",
    "validation",
    "meta-data",
    "format-annotation",
    "content",
)
# The objects of AsyncAPI, by their names in the published schema, and by those of the catalogue.
ASYNCHRONOUS = {
    "info": "info",
    "server": "server",
    "serverVariable": "server-variable",
    "channel": "channel",
    "parameter": "parameter",
    "operation": "operation",
    "operationTrait": "operation-trait",
    "operationReply": "operation-reply",
    "operationReplyAddress": "operation-reply-address",
    "messageObject": "message",
    "messageTrait": "message-trait",
    "multiFormatSchema": "multi-format-schema",
    "correlationId": "correlation-id",
    "components": "components",
    "bindings-websockets-0.1.0-channel": "ws-binding",
}
ID = re.compile("(added|removed|changed)-[a-z-]+")
# Rules that are named after their keywords.
COUNTS = {"changed-min-items", "changed-max-items", "changed-min-properties", "changed-max-properties"}


def fields() -> Iterator[str]:
    """Yield every field of OpenAPI 3.1 and 3.2, AsyncAPI 3.0, x-session and JSON Schema, from their published schemas."""
    yield from _openapi("3.1", "meta/base")
    yield from _openapi("3.2", "meta")
    yield from _asynchronous()
    session = json.loads((SCHEMAS / "session.schema.json").read_text("utf-8"))
    yield from (f"x-session.{name}" for name in session["properties"])
    for vocabulary in VOCABULARIES:
        address = f"https://json-schema.org/draft/2020-12/meta/{vocabulary}"
        contents = jsonschema_specifications.REGISTRY.contents(address)
        yield from (f"schema.{name}" for name in contents["properties"])


def _openapi(version: str, meta: str) -> Iterator[str]:
    """Yield every field of one version of OpenAPI; those of XML and discriminators stand in the dialect's own schema."""
    published = json.loads((SCHEMAS / f"openapi-{version}.json").read_text("utf-8"))["$defs"]
    openapi = published[f"https://spec.openapis.org/oas/{version}/schema"]
    yield from (f"root.{name}" for name in openapi["properties"])
    for kind, definition in openapi["$defs"].items():
        yield from (f"{kind}.{name}" for name in sorted(set(properties(definition))))
    base = published[f"https://spec.openapis.org/oas/{version}/{meta}"]
    yield from (f"schema.{name}" for name in base["properties"])
    for kind in ("discriminator", "xml"):
        yield from (f"{kind}.{name}" for name in base["$defs"][kind]["properties"])


def _asynchronous() -> Iterator[str]:
    """Yield every field of AsyncAPI 3.0 and of its binding for WebSockets."""
    published = json.loads((SCHEMAS / "asyncapi-3.0.json").read_text("utf-8"))
    yield from (f"asyncapi.{name}" for name in published["properties"])
    yield from (f"schema.{name}" for name in set(properties(published["definitions"]["schema"])))
    for kind, said in ASYNCHRONOUS.items():
        definition = published["definitions"][kind]
        names = definition.get("properties") or set(properties(definition))
        yield from (f"asyncapi-{said}.{name}" for name in sorted(names))


def properties(value: Any) -> Iterator[str]:
    """Yield the names of all properties that are described anywhere in *value*."""
    if isinstance(value, dict):
        for key, item in value.items():
            if key == "properties" and isinstance(item, dict):
                yield from item
                yield from properties(list(item.values()))
            else:
                yield from properties(item)
    elif isinstance(value, list):
        for item in value:
            yield from properties(item)


def test_every_field_of_the_specifications_is_looked_at_or_waived() -> None:
    """No field of the published schemas is passed over in silence."""
    seen = {field for rule in CATALOGUE for field in rule.looks}
    known = set(fields())
    assert set() == known - seen - WAIVERS["unseen"].keys()
    assert set() == WAIVERS["unseen"].keys() - known, "a waiver for what no specification has"
    assert set() == WAIVERS["unseen"].keys() & seen, "a waiver for what a rule looks at"


def test_every_field_that_a_rule_looks_at_exists() -> None:
    """A rule looks at fields that a specification has."""
    assert set() == {field for rule in CATALOGUE for field in rule.looks} - set(fields())


def test_what_can_be_added_can_be_removed() -> None:
    """A rule about what is added has one about what is removed, and the reverse."""
    ids = {rule.id for rule in CATALOGUE}
    holes = {
        item
        for item in ids
        for word, other in (("added-", "removed-"), ("removed-", "added-"))
        if item.startswith(word) and other + item.removeprefix(word) not in ids
    }
    assert WAIVERS["single"].keys() == holes


def test_every_rule_that_is_told_is_in_the_catalogue() -> None:
    """The rules that the sources name are those of the catalogue, each once."""
    named = {
        node.value
        for path in SOURCES.rglob("*.py")
        if path.name not in ("element_rules.py", "schema_rules.py")
        for node in ast.walk(ast.parse(path.read_text("utf-8")))
        if isinstance(node, ast.Constant) and isinstance(node.value, str) and ID.fullmatch(node.value)
    }
    ids = [rule.id for rule in CATALOGUE]
    assert sorted(set(ids)) == sorted(ids)
    assert named | COUNTS | {"changed-property-names"} == set(ids)


def test_the_page_of_changes_has_a_row_for_each_rule() -> None:
    """docs/changes.md lists the rules of the catalogue with the same words, and no others."""
    page = (HERE.parents[2] / "docs" / "changes.md").read_text("utf-8")
    rows = re.findall(r"^\| `([a-z-]+)` \| (.*?) \|", page, re.MULTILINE)
    assert [(rule.id, rule.about) for rule in CATALOGUE] == rows


def test_every_rule_beside_schemas_has_a_case() -> None:
    """Each rule about an element is expected by one of the files in elements/, in each direction it has."""
    told = "\n".join(path.read_text("utf-8") for path in (HERE / "elements").glob("*.yaml"))
    elements = [rule.id for rule in CATALOGUE if not all(field.startswith("schema.") for field in rule.looks)]
    assert [] == [item for item in elements if item not in told and item != "changed-schema"]
