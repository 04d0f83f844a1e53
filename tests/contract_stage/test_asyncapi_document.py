"""Channels written as one AsyncAPI document, and read again: the same channels, messages and schemas."""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any

import jsonschema
import pytest

from accord.contract import library as libraries
from accord.contract.asyncapi_document import export_asyncapi
from accord.contract.contract import Contract, load, load_text
from accord.contract.traversal import rewritten
from accord.errors import ContractError

ROOT = Path(__file__).resolve().parents[2]
SCHEMAS = ROOT / "src/accord/contract/schemas"

Contracts = Callable[[Mapping[str, object]], Contract]

DRAFT_7 = "http://json-schema.org/draft-07/schema#"
DRAFT_2020 = "https://json-schema.org/draft/2020-12/schema"
MODERN = "application/schema+json;version=draft-2020-12"
CHANNEL = {"$ref": "#/channels/events"}


def tagged(tag: str, **properties: Any) -> dict[str, Any]:
    """Return the schema of a message of that type."""
    return {"type": "object", "required": ["type"], "properties": {"type": {"const": tag}, **properties}}


def bundle(dialect: str, **more: Any) -> dict[str, Any]:
    """Return a bundle of two messages that refer to one schema and to themselves."""
    return {
        "$schema": dialect,
        "title": "Events",
        "oneOf": [{"$ref": "#/$defs/Started"}, {"$ref": "#/$defs/Ended"}],
        "$defs": {
            "Started": tagged("started", job={"$ref": "#/$defs/Job"}),
            "Ended": tagged("ended", job={"$ref": "#/$defs/Job"}, **more),
            "Job": {
                "type": "object",
                "properties": {"id": {"type": "integer"}, "parent": {"$ref": "#/$defs/Job"}},
            },
            "Unused": {"type": "null"},
        },
    }


def split_up(payload: Any) -> dict[str, Any]:
    """Return an AsyncAPI document whose channel, messages and schemas stand in files of their own."""
    return {
        "asyncapi.json": {
            "asyncapi": "3.1.0",
            "info": {"title": "t", "version": "1"},
            "operations": {
                "ask": {
                    "action": "receive",
                    "channel": CHANNEL,
                    "messages": [{"$ref": "channel.json#/messages/ask"}],
                    "reply": {"channel": CHANNEL, "messages": [{"$ref": "channel.json#/messages/answer"}]},
                },
                "push": {
                    "action": "send",
                    "channel": CHANNEL,
                    "messages": [{"$ref": "channel.json#/messages/push"}],
                },
            },
            "channels": {"events": {"$ref": "channel.json"}},
            "components": {
                "schemas": {"Job": {"type": "boolean"}},
                "messages": {"push": {"payload": tagged("x")}},
            },
        },
        "channel.json": {
            "address": "/ws",
            "bindings": {"ws": {"query": {"$ref": "parts.json#/Job"}}},
            "x-session": {"initial": "open", "states": {"open": {}}},
            "messages": {
                "ask": {"payload": tagged("ask")},
                "answer": {"$ref": "parts.json#/messages/answer"},
                "push": {"payload": payload},
            },
        },
        "parts.json": {
            "messages": {
                "answer": {
                    "payload": tagged("answer", job={"$ref": "#/Job"}),
                    "traits": [{"$ref": "#/trait"}],
                }
            },
            "trait": {"headers": {"$ref": "#/Job"}},
            "Job": {"type": "object", "properties": {"parent": {"$ref": "#/Job"}}},
            "Pair": tagged(
                "push", pair={"prefixItems": [{"$ref": "#/Job"}, {"type": "integer"}], "items": False}
            ),
            "Closed": {**tagged("push"), "unevaluatedProperties": False},
        },
    }


def told(contract: Contract) -> list[Any]:
    """Return what a contract says of its channels, the schemas with what they refer to put into them."""
    return [
        (
            channel.id,
            channel.address,
            channel.session,
            [
                (item.name, item.from_client, item.from_server, item.discriminant, item.tags)
                for item in channel.messages
            ],
            [expanded(contract, item.schema, ()) for item in channel.messages],
        )
        for channel in contract.channels
    ]


def expanded(contract: Contract, uri: str, above: tuple[str, ...]) -> Any:
    """Return a schema with what it refers to in it; where that is a circle, how far up it leads."""
    uri = contract.library.alias(uri)
    if uri in above:
        return above[::-1].index(uri)

    def changed(item: dict[str, Any], _at: str) -> Any:
        for name in ("$defs", "definitions", "$schema"):
            item.pop(name, None)
        if "$ref" in item:
            return {
                **item,
                "$ref": expanded(contract, contract.library.resolve(uri, item["$ref"]), (*above, uri)),
            }
        return item

    return rewritten(contract.library.lookup(uri), changed)


def again(data: dict[str, Any]) -> Contract:
    """Return the contract that an exported document is, which refers to nothing outside it."""
    return load_text(json.dumps(data), name="exported.json")


def official(data: dict[str, Any]) -> list[str]:
    """Return what another validator holds against an AsyncAPI document by its published schema."""
    schema = json.loads((SCHEMAS / f"asyncapi-{data['asyncapi'][:3]}.json").read_text(encoding="utf-8"))
    return [error.message for error in jsonschema.Draft7Validator(schema).iter_errors(data)]


SOURCES: dict[str, dict[str, Any]] = {
    "bundle of draft 7": {"m.json": bundle(DRAFT_7, pair={"items": [{"type": "string"}], "additionalItems": False})},
    "bundle of 2020-12": {"m.json": bundle(DRAFT_2020, pair={"prefixItems": [{"type": "string"}]})},
    "bundle beyond draft 7": {"m.json": bundle(DRAFT_2020, pair={"contains": {"type": "null"}, "maxContains": 1})},
    "files, no format": split_up({"$ref": "parts.json#/Pair"}),
    "files, 2020-12": split_up({"schemaFormat": MODERN, "schema": {"$ref": "parts.json#/Closed"}}),
    "files, draft 7": split_up(
        {"schemaFormat": "application/schema+json;version=draft-07", "schema": {"$ref": "parts.json#/Pair"}}
    ),
}  # fmt: skip


@pytest.mark.parametrize("files", SOURCES.values(), ids=SOURCES)
def test_what_is_exported_is_read_as_the_same(contract: Contracts, files: dict[str, Any]) -> None:
    """Import, export and import again give the same channels, messages, directions and schemas."""
    loaded = contract(files)
    assert told(loaded) == told(again(export_asyncapi(loaded)))


@pytest.mark.parametrize("files", SOURCES.values(), ids=SOURCES)
def test_what_is_exported_is_valid(contract: Contracts, files: dict[str, Any]) -> None:
    """The published schema of AsyncAPI, by another validator, has nothing against an export."""
    assert [] == official(export_asyncapi(contract(files)))


@pytest.mark.parametrize("files", SOURCES.values(), ids=SOURCES)
def test_exporting_an_export_changes_nothing(contract: Contracts, files: dict[str, Any]) -> None:
    """An export is its own export."""
    exported = export_asyncapi(contract(files))
    assert exported == export_asyncapi(again(exported))


def test_the_sartiq_contract_survives_the_way() -> None:
    """A contract of two files and 34 definitions is read as the same from one document."""
    loaded = load(ROOT / "contracts/sartiq")
    assert told(loaded) == told(again(export_asyncapi(loaded)))


def test_a_bundle_gets_its_address(contract: Contracts) -> None:
    """The address is what the bundle cannot say; without one it is not known."""
    loaded = contract({"m.json": bundle(DRAFT_7)})
    assert "/ws" == again(export_asyncapi(loaded, address="/ws")).channels[0].address
    assert "" == again(export_asyncapi(loaded)).channels[0].address


def test_only_what_is_referred_to_is_brought(contract: Contracts) -> None:
    """Definitions that no message needs stay behind; names are kept, and numbered where they are taken."""
    exported: Any = export_asyncapi(contract({"m.json": bundle(DRAFT_7)}))
    assert {"Started", "Ended", "Job"} == exported["components"]["schemas"].keys()
    exported = export_asyncapi(contract(split_up({"$ref": "parts.json#/Pair"})))
    assert {"Job", "Job2", "Pair"} == exported["components"]["schemas"].keys()


@pytest.mark.parametrize(("keyword", "formats"), [({}, {None}), ({"unevaluatedProperties": False}, {MODERN})])
def test_a_format_is_stated_where_draft_7_has_no_words(
    contract: Contracts, keyword: dict[str, Any], formats: set[object]
) -> None:
    """A bundle is written in draft 7, without a format, unless a keyword of it is unknown there."""
    root = bundle(DRAFT_2020)
    root["$defs"]["Job"] |= keyword
    exported: Any = export_asyncapi(contract({"m.json": root}))
    assert formats == {
        item["payload"].get("schemaFormat") for item in exported["components"]["messages"].values()
    }


@pytest.mark.parametrize(
    ("schema", "good", "bad"),
    [
        ({"prefixItems": [{"type": "string"}], "items": False}, ["a"], ["a", 1]),
        ({"prefixItems": [{"type": "string"}]}, ["a", 1], [1]),
        ({"dependentRequired": {"a": ["b"]}}, {"a": 1, "b": 1}, {"a": 1}),
        ({"dependentSchemas": {"a": {"maxProperties": 1}}}, {"a": 1}, {"a": 1, "b": 1}),
        (
            {"dependentRequired": {"a": ["b"]}, "dependentSchemas": {"a": {"maxProperties": 2}}},
            {"a": 1, "b": 1},
            {"a": 1, "b": 1, "c": 1},
        ),
        ({"$ref": "#/$defs/Text", "minLength": 2}, "ab", "a"),
        ({"$ref": "#/$defs/Text", "minLength": 2, "allOf": [{"maxLength": 3}]}, "abc", "abcd"),
        ({"$ref": "#/$defs/Text", "description": "d"}, "a", 1),
        ({"$ref": "#text"}, "a", 1),
        ({"oneOf": [{"const": 1}], "discriminator": {"propertyName": "type"}}, 1, 2),
    ],
)
def test_a_reader_of_draft_7_understands_the_same(
    contract: Contracts, schema: dict[str, Any], good: object, bad: object
) -> None:
    """What 2020-12 says in words of its own is said in those of draft 7."""
    root = bundle(DRAFT_2020, odd=schema)
    root["$defs"]["Text"] = {"$anchor": "text", "type": "string"}
    exported: Any = export_asyncapi(contract({"m.json": root}))
    reader = jsonschema.Draft7Validator({**exported, "$ref": "#/components/schemas/Ended"})
    assert [True, False] == [reader.is_valid({"type": "ended", "odd": value}) for value in (good, bad)]


def test_a_dynamic_reference_is_refused(contract: Contracts) -> None:
    """What an AsyncAPI document has no place for is refused, not written wrong."""
    node = tagged("node", next={"$dynamicRef": "#node"}) | {"$dynamicAnchor": "node"}
    root: Any = {"$schema": DRAFT_2020, "oneOf": [{"$ref": "#/$defs/Node"}], "$defs": {"Node": node}}
    assert [] == official(export_asyncapi(contract({"m.json": root}))), "it can lead to one place only"
    root["$defs"] |= {"Other": {"$dynamicAnchor": "node"}}
    with pytest.raises(ContractError, match=r"\$dynamicRef") as caught:
        export_asyncapi(contract({"m.json": root}))
    assert "m.json" == caught.value.place
    assert "$ref" in caught.value.next_step


def test_a_boolean_schema_is_written_as_an_object(contract: Contracts) -> None:
    """AsyncAPI has no boolean schemas at the top of a payload."""
    exported = export_asyncapi(contract({"m.json": {"anyOf": [True, False]}}))
    assert [] == official(exported)
    assert [True, False] == [
        contract_.library.validator(item.schema).is_valid(1)
        for contract_ in [again(exported)]
        for item in contract_.channels[0].messages
    ]


def test_a_contract_without_channels_is_refused(contract: Contracts) -> None:
    """What has no AsyncAPI document and is no bundle has nothing to export."""
    main = {"openapi": "3.1.0", "info": {"title": "t", "version": "1"}, "paths": {}}
    with pytest.raises(ContractError, match="holds no channels"):
        export_asyncapi(contract({"openapi.json": main}))


def test_every_reference_of_an_export_stays_in_it(contract: Contracts) -> None:
    """An export says nothing of the files that it came from."""
    loaded = contract(SOURCES["files, no format"])
    text = json.dumps(export_asyncapi(loaded))
    assert ".json" not in text
    assert libraries.SCHEME not in text
