"""Bundles of messages: JSON Schemas whose root is a union, read as one channel without an address."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

import pytest

from accord.contract.contract import Contract
from accord.errors import ContractError

Contracts = Callable[[Mapping[str, object]], Contract]
Refusals = Callable[[Mapping[str, object]], ContractError]

DRAFT_7 = "http://json-schema.org/draft-07/schema#"
DRAFT_2019 = "https://json-schema.org/draft/2019-09/schema"
DRAFT_2020 = "https://json-schema.org/draft/2020-12/schema"


def tagged(tag: str) -> dict[str, Any]:
    """Return the schema of a message of that type."""
    return {"type": "object", "required": ["type"], "properties": {"type": {"const": tag}}}


def bundle(*names: str, keyword: str = "oneOf", section: str = "$defs", **members: Any) -> dict[str, Any]:
    """Return a bundle of messages of these names."""
    branches = [{"$ref": f"#/{section}/{name}"} for name in names]
    return {"title": "Events", keyword: branches, section: {name: tagged(name) for name in names}, **members}


def names(contract: Contract) -> list[str]:
    """Return the names of the messages of the one channel."""
    (channel,) = contract.channels
    return [item.name for item in channel.messages]


@pytest.mark.parametrize("keyword", ["oneOf", "anyOf"])
@pytest.mark.parametrize(
    ("dialect", "section"),
    [(DRAFT_7, "definitions"), (DRAFT_2019, "$defs"), (DRAFT_2020, "$defs"), (None, "$defs")],
)
def test_each_branch_is_a_message(
    contract: Contracts, keyword: str, dialect: str | None, section: str
) -> None:
    """A bundle of any draft from 7 on is one channel without address; either side may send each message."""
    root = bundle("A", "B", keyword=keyword, section=section) | ({"$schema": dialect} if dialect else {})
    loaded = contract({"messages.json": root})
    (channel,) = loaded.channels
    assert ("messages.json", "Events", "messages", "") == (
        loaded.bundle,
        loaded.title,
        channel.id,
        channel.address,
    )
    assert [("A", "type", ("A",), True, True), ("B", "type", ("B",), True, True)] == [
        (item.name, item.discriminant, item.tags, item.from_client, item.from_server)
        for item in channel.messages
    ]
    assert not loaded.library.validator(channel.messages[0].schema).is_valid({"type": "B"})


def test_root_may_lead_to_the_union(contract: Contracts) -> None:
    """A root that refers to the union, beside its definitions, is that union, in draft 7 as well."""
    root = {"$schema": DRAFT_7, "$ref": "#/definitions/Root", "definitions": {"A": tagged("A")}}
    root["definitions"]["Root"] = {"anyOf": [{"$ref": "#/definitions/A"}]}
    assert ["A"] == names(contract({"m.json": root}))


def test_union_among_the_branches_stands_for_its_own(contract: Contracts) -> None:
    """Unions of unions are flattened, each message once; a union with more in it is one message."""
    root = bundle("A", "B")
    root["$defs"] |= {
        "Both": {
            "title": "t",
            "anyOf": [{"$ref": "#/$defs/A"}, {"$ref": "#/$defs/B"}, {"$ref": "#/$defs/Both"}],
        },
        "More": {"required": ["x"], "oneOf": [{"$ref": "#/$defs/A"}, {"$ref": "#/$defs/B"}]},
    }
    root["oneOf"] = [{"$ref": "#/$defs/Both"}, {"$ref": "#/$defs/A"}, {"$ref": "#/$defs/More"}]
    assert ["A", "B", "More"] == names(contract({"m.json": root}))


def test_messages_without_a_definition_get_a_name(contract: Contracts) -> None:
    """A message is called as its definition, its file or its title; names are free of odd characters."""
    root = {
        "oneOf": [
            tagged("a"),
            {"title": "Shot / done", **tagged("b")},
            {"title": "Shot / done", **tagged("c")},
            {"$ref": "ping.json"},
            tagged("d"),
        ]
    }
    loaded = contract({"m.json": root, "ping.json": tagged("ping")})
    assert ["message", "Shot_done", "Shot_done2", "ping", "message2"] == names(loaded)


def test_of_several_schemas_the_union_is_the_bundle(contract: Contracts) -> None:
    """In a folder, what is no union is what the bundle may refer to."""
    files = {
        "entities.json": {"$defs": {"A": tagged("A")}},
        "m.json": {"oneOf": [{"$ref": "entities.json#/$defs/A"}]},
    }
    assert ["A"] == names(contract(files))


def test_beside_a_description_no_schema_is_a_bundle(contract: Contracts) -> None:
    """A folder with an AsyncAPI document is read as before: the schemas in it are what it refers to."""
    main = {"asyncapi": "3.0.0", "info": {"title": "t", "version": "1"}}
    loaded = contract({"asyncapi.json": main, "m.json": bundle("A")})
    assert (None, ()) == (loaded.bundle, loaded.channels)


@pytest.mark.parametrize(
    ("files", "place", "reason"),
    [
        ({"m.json": {"$defs": {"A": tagged("A")}}}, "m.json:1#", "neither oneOf nor anyOf"),
        ({"m.json": {"$schema": DRAFT_2020, **tagged("A")}}, "m.json:1#", "neither oneOf nor anyOf"),
        ({"m.json": {"oneOf": []}}, "m.json:1#", "neither oneOf nor anyOf"),
        ({"m.json": {"oneOf": 5, "$defs": {}}}, "m.json:1#", "not a usable JSON Schema"),
        ({"m.json": bundle("A", **{"$ref": "#"})}, "m.json:1#", "leads back to itself"),
        (
            {"m.json": bundle("A", **{"$schema": "http://json-schema.org/draft-04/schema#"})},
            "m.json:1#/$schema",
            "from draft 7 to 2020-12",
        ),
        ({"m.json": {"oneOf": [{"$ref": "#/$defs/A"}]}}, "m.json:1#/oneOf/0", "leads nowhere"),
    ],
)
def test_what_is_no_bundle_is_refused_at_its_place(
    refusal: Refusals, files: dict[str, object], place: str, reason: str
) -> None:
    """A schema without a union at its root, of an old draft or with a reference to nothing is refused."""
    error = refusal(files)
    assert place == error.place
    assert reason in error.reason
    assert error.next_step


def test_two_bundles_are_one_too_many(refusal: Refusals) -> None:
    """A folder has one bundle."""
    assert (
        "holds 2 message bundle documents: a.json, b.json"
        == refusal({"a.json": bundle("A"), "b.json": bundle("B")}).reason
    )


@pytest.mark.parametrize(
    "member", [{"type": "object"}, {"$recursiveAnchor": True}, {"discriminator": {"propertyName": "type"}}]
)
def test_what_stands_beside_a_union_by_habit_is_no_hindrance(
    contract: Contracts, member: dict[str, Any]
) -> None:
    """What says nothing that the branches do not say leaves the root a union."""
    assert ["A", "B"] == names(contract({"m.json": bundle("A", "B", **member)}))


def test_union_of_itself_is_no_message(contract: Contracts) -> None:
    """A union that leads back to itself ends."""
    root = {"oneOf": [{"$ref": "#"}, {"$ref": "#/$defs/A"}], "$defs": {"A": tagged("A")}}
    assert ["A"] == names(contract({"m.json": root}))
