"""Channels read from AsyncAPI 3 documents: who sends what, and what tells the messages apart."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

import pytest

from accord.contract.contract import Contract
from accord.errors import ContractError

Contracts = Callable[[Mapping[str, object]], Contract]
Refusals = Callable[[Mapping[str, object]], ContractError]
CHANNEL = {"$ref": "#/channels/events"}


def message(tag: str = "x") -> dict[str, Any]:
    """Return a message with an inline payload that says its type."""
    return {"payload": {"type": "object", "required": ["type"], "properties": {"type": {"const": tag}}}}


def document(messages: object, operations: object = None, **members: object) -> dict[str, Any]:
    """Return an AsyncAPI document with the channel ``events``."""
    found = {"asyncapi": "3.0.0", "info": {"title": "t", "version": "1"}}
    found |= {"channels": {"events": {"address": "/ws", "messages": messages}}, **members}
    return found if operations is None else found | {"operations": operations}


def directions(contract: Contract) -> dict[str, str]:
    """Return who sends each message."""
    names = {(True, False): "client", (False, True): "server", (True, True): "both", (False, False): "nobody"}
    return {
        f"{channel.id}.{item.name}": names[item.from_client, item.from_server]
        for channel in contract.channels
        for item in channel.messages
    }


@pytest.mark.parametrize("operations", [None, {}])
def test_without_operations_both_may_send(contract: Contracts, operations: object) -> None:
    """A document that does not say who sends lets both."""
    loaded = contract({"asyncapi.json": document({"a": message()}, operations)})
    assert directions(loaded) == {"events.a": "both"}
    assert loaded.channels[0].address == "/ws"
    assert loaded.channels[0].session is None


@pytest.mark.parametrize(("action", "sender"), [("send", "server"), ("receive", "client")])
def test_action_is_that_of_the_application(contract: Contracts, action: str, sender: str) -> None:
    """AsyncAPI 3, 4.3.12: the application described sends or receives, and it is the server."""
    operations = {"o": {"action": action, "channel": CHANNEL}}
    loaded = contract({"asyncapi.json": document({"a": message(), "b": message()}, operations)})
    assert directions(loaded) == {"events.a": sender, "events.b": sender}
    sent = loaded.channels[0].sent_by_client if sender == "client" else loaded.channels[0].sent_by_server
    assert ["a", "b"] == [item.name for item in sent()]


def test_operation_may_name_some_messages(contract: Contracts) -> None:
    """An operation with messages speaks of these only; a message may travel both ways."""
    operations = {
        "in": {
            "action": "receive",
            "channel": CHANNEL,
            "messages": [{"$ref": "#/channels/events/messages/a"}],
        },
        "out": {
            "action": "send",
            "channel": CHANNEL,
            "messages": [{"$ref": f"#/channels/events/messages/{n}"} for n in "ab"],
        },
    }
    loaded = contract(
        {"asyncapi.json": document({"a": message(), "b": message(), "c": message()}, operations)}
    )
    assert directions(loaded) == {"events.a": "both", "events.b": "server", "events.c": "both"}


def test_shared_message_has_the_direction_of_its_channel(contract: Contracts) -> None:
    """Two channels, or two names, with one message in the components do not share who sends it."""
    shared = {"$ref": "#/components/messages/M"}
    operations = {
        "in": {
            "action": "receive",
            "channel": CHANNEL,
            "messages": [{"$ref": "#/channels/events/messages/ask"}],
        },
        "out": {
            "action": "send",
            "channel": CHANNEL,
            "messages": [{"$ref": "#/channels/events/messages/tell"}],
        },
        "other": {"action": "send", "channel": {"$ref": "#/channels/other"}},
    }
    main = document({"ask": shared, "tell": shared}, operations, components={"messages": {"M": message()}})
    main["channels"]["other"] = {"address": "/other", "messages": {"ask": shared}}
    loaded = contract({"asyncapi.json": main})
    assert directions(loaded) == {"events.ask": "client", "events.tell": "server", "other.ask": "server"}


def test_operation_may_name_the_component(contract: Contracts) -> None:
    """Naming the message in the components instead of the channel's is against the letter, and common."""
    operations = {
        "out": {"action": "send", "channel": CHANNEL, "messages": [{"$ref": "#/components/messages/M"}]}
    }
    main = document(
        {"a": {"$ref": "#/components/messages/M"}}, operations, components={"messages": {"M": message()}}
    )
    assert directions(contract({"asyncapi.json": main})) == {"events.a": "server"}


@pytest.mark.parametrize("by_reference", [False, True])
def test_reply_travels_the_other_way(contract: Contracts, by_reference: bool) -> None:
    """What answers a received message is sent, and the other way round."""
    answer = {"channel": CHANNEL, "messages": [{"$ref": "#/channels/events/messages/answer"}]}
    asked = {
        "action": "receive",
        "channel": CHANNEL,
        "messages": [{"$ref": "#/channels/events/messages/ask"}],
    }
    reply = {"$ref": "#/components/replies/R"} if by_reference else answer
    main = document(
        {"ask": message(), "answer": message()},
        {"o": {**asked, "reply": reply}},
        components={"replies": {"R": answer}},
    )
    assert directions(contract({"asyncapi.json": main})) == {
        "events.ask": "client",
        "events.answer": "server",
    }


def test_channel_may_stand_in_another_file(contract: Contracts) -> None:
    """A channel, its messages and their payloads are followed into other files."""
    main = document({})
    main["channels"] = {"events": {"$ref": "channel.json"}}
    files = {
        "channel.json": {"address": "/ws", "messages": {"a": {"$ref": "m.json#/a"}}},
        "m.json": {"a": message("tag")},
    }
    (found,) = contract({"asyncapi.json": main, **files}).channels[0].messages
    assert ("type", ("tag",)) == (found.discriminant, found.tags)
    assert found.place == "m.json#/a"


def test_payload_may_be_wrapped_without_a_format(contract: Contracts) -> None:
    """A Multi Format Schema Object without a format holds a schema of AsyncAPI's own."""
    loaded = contract({"asyncapi.json": document({"a": {"payload": {"schema": message("tag")["payload"]}}})})
    assert ("tag",) == loaded.channels[0].messages[0].tags


@pytest.mark.parametrize("by_reference", [False, True])
def test_payload_may_state_its_format(contract: Contracts, by_reference: bool) -> None:
    """The schema of a Multi Format Schema Object is the one inside it."""
    payload = {
        "schemaFormat": "application/schema+json;version=draft-07",
        "schema": message("tag")["payload"],
    }
    told = {"$ref": "#/components/schemas/P"} if by_reference else payload
    loaded = contract(
        {"asyncapi.json": document({"a": {"payload": told}}, components={"schemas": {"P": payload}})}
    )
    (found,) = loaded.channels[0].messages
    assert found.tags == ("tag",)
    assert not loaded.library.validator(found.schema).is_valid({})


@pytest.mark.parametrize(
    ("schema", "discriminant", "tags"),
    [
        (
            {
                "required": ["kind", "type"],
                "properties": {"kind": {"const": "k"}, "type": {"enum": ["a", "b"]}},
            },
            "type",
            ("a", "b"),
        ),
        (
            {"required": ["kind"], "properties": {"kind": {"const": "k"}, "type": {"const": "a"}}},
            "kind",
            ("k",),
        ),
        ({"properties": {"type": {"const": "a"}}}, None, ()),
        ({"required": ["type"], "properties": {"type": {"const": 5}}}, None, ()),
        ({"required": ["type"], "properties": {"type": {"enum": ["a", 1]}}}, None, ()),
        ({"required": ["type"], "properties": {"type": {"type": "string"}}}, None, ()),
        ({"required": ["type"]}, None, ()),
        ({"required": ["type"], "properties": {"type": True}}, None, ()),
    ],
)
def test_discriminant_is_a_required_constant(
    contract: Contracts, schema: Any, discriminant: str | None, tags: tuple[str, ...]
) -> None:
    """A message is told by a required property of constant strings, ``type`` before others."""
    (found,) = contract({"asyncapi.json": document({"a": {"payload": schema}})}).channels[0].messages
    assert (discriminant, tags) == (found.discriminant, found.tags)


def test_document_may_say_little(contract: Contracts) -> None:
    """Channels without messages or bindings, and none at all, are read; no address is not the address ``/``."""
    main = document({})
    main["channels"] = {
        "a": {"address": None},
        "b": {"bindings": {"ws": {"method": "GET"}}},
        "c": {"address": ""},
    }
    assert [("a", "", ()), ("b", "", ()), ("c", "/", ())] == [
        (item.id, item.address, item.messages) for item in contract({"asyncapi.json": main}).channels
    ]
    assert contract({"asyncapi.json": {**main, "channels": {}}}).channels == ()


@pytest.mark.parametrize(
    ("address", "path"),
    [
        ("ws", "/ws"),
        ("@other.invalid/ws", "/@other.invalid/ws"),
        (".other.invalid", "/.other.invalid"),
        ("/ws", "/ws"),
    ],
)
def test_address_is_a_path_of_the_target(contract: Contracts, address: str, path: str) -> None:
    """An address begins with a slash, whether it is written or not: it never names another host."""
    main = document({})
    main["channels"]["events"]["address"] = address
    assert path == contract({"asyncapi.json": main}).channels[0].address


def test_message_is_found_by_name(contract: Contracts) -> None:
    """A channel gives its message by name, and KeyError for another."""
    channel = contract({"asyncapi.json": document({"a": message()})}).channels[0]
    assert channel.message("a").name == "a"
    with pytest.raises(KeyError):
        channel.message("b")


@pytest.mark.parametrize(
    ("messages", "files", "place"),
    [
        ({"a": {}}, {}, "asyncapi.json:1#/channels/events/messages/a"),
        ({"a": {"$ref": "x.json#/list"}}, {"x.json": {"list": [1]}}, "x.json:1#/list"),
        ({"a": {"payload": {"$ref": "x.json"}}}, {"x.json": {"required": True}}, "x.json:1#"),
        ({"a": {"payload": {"$ref": "x.json"}}}, {"x.json": {"properties": [1], "required": 5}}, "x.json:1#"),
        (
            {"a": {"payload": {"$ref": "x.json"}}},
            {"x.json": {"schemaFormat": "application/x-protobuf", "schema": {}}},
            "x.json:1#",
        ),
        (
            {"a": {"payload": {"schemaFormat": "application/schema+json"}}},
            {},
            "asyncapi.json:1#/channels/events/messages/a/payload",
        ),
        ({"a": {"payload": 5}}, {}, "asyncapi.json:1#/channels/events/messages/a/payload"),
    ],
)
def test_message_that_promises_nothing_is_refused(
    refusal: Refusals, messages: object, files: dict[str, object], place: str
) -> None:
    """A message without a readable payload is refused where it stands."""
    assert place == refusal({"asyncapi.json": document(messages), **files}).place


@pytest.mark.parametrize("version", ["2.6.0", "1.2.0", "3.2.0", "4.0.0", 3, "3", {"a": 1}])
def test_other_version_is_refused(refusal: Refusals, version: object) -> None:
    """Only AsyncAPI 3.0 and 3.1 are read, and the error stands at the version."""
    error = refusal({"asyncapi.json": {**document({}), "asyncapi": version}})
    assert error.place == "asyncapi.json:1#/asyncapi"
    assert "accord reads 3.0 and 3.1" in error.reason


def test_older_version_is_refused_with_the_way_out(refusal: Refusals) -> None:
    """AsyncAPI 2 is to be converted; the error says by what."""
    assert "asyncapi convert" in refusal({"asyncapi.json": {**document({}), "asyncapi": "2.6.0"}}).next_step


@pytest.mark.parametrize("version", ["3.0.0", "3.1.0"])
def test_both_versions_are_read(contract: Contracts, version: str) -> None:
    """A document of either version is held against the schema of its own and read."""
    loaded = contract({"asyncapi.json": {**document({"a": message()}), "asyncapi": version}})
    assert [item.name for item in loaded.channels[0].messages] == ["a"]


@pytest.mark.parametrize(
    ("address", "obstacle"),
    [
        ("/ws", ""),
        (None, "the contract gives the channel no address"),
        ("/{id}", "the address /{id} has parameters"),
        ("wss://a.invalid/x", "the address wss://a.invalid/x is a URL, not a path of the target"),
    ],
)
def test_channel_says_why_it_cannot_be_opened(contract: Contracts, address: object, obstacle: str) -> None:
    """An address that is not known, or has parameters, keeps a connection from being opened."""
    main = document({})
    main["channels"]["events"]["address"] = address
    assert obstacle == contract({"asyncapi.json": main}).channels[0].obstacle


@pytest.mark.parametrize(
    ("channel", "read"),
    [
        ({}, True),
        ({"servers": [{"$ref": "#/servers/socket"}]}, True),
        ({"servers": [{"$ref": "#/servers/queue"}]}, False),
        ({"servers": [{"$ref": "#/servers/queue"}, {"$ref": "#/servers/socket"}]}, True),
        ({"servers": [{"$ref": "#/servers/queue"}], "bindings": {"ws": {}}}, True),
        (
            {
                "servers": [{"$ref": "#/servers/queue"}],
                "bindings": {"$ref": "#/components/channelBindings/B"},
            },
            True,
        ),
    ],
)
def test_channel_of_another_protocol_is_passed_over(
    contract: Contracts, channel: dict[str, object], read: bool
) -> None:
    """A channel that only servers of other protocols have is none of WebSockets, whatever its payloads are."""
    avro = {
        "payload": {"schemaFormat": "application/vnd.apache.avro;version=1.9.0", "schema": {"type": "string"}}
    }
    main = document(
        {},
        servers={"socket": {"host": "a", "protocol": "WSS"}, "queue": {"host": "b", "protocol": "kafka"}},
        components={"channelBindings": {"B": {"ws": {}}}},
    )
    main["channels"]["events"] |= channel | ({} if read else {"messages": {"a": avro}})
    assert read == bool(contract({"asyncapi.json": main}).channels)


def test_unusual_document_is_read(contract: Contracts) -> None:
    """What the published schema allows and few write: bare bindings, a reply by header, traits, shared parts."""
    operations = {
        "ask": {
            "action": "receive",
            "channel": CHANNEL,
            "messages": [{"$ref": "#/channels/events/messages/ask"}],
            "traits": [{"$ref": "#/components/operationTraits/T"}],
            "reply": {
                "address": {"location": "$message.header#/replyTo"},
                "channel": CHANNEL,
                "messages": [{"$ref": "#/channels/events/messages/answer"}],
            },
        }
    }
    components = {
        "messages": {"answer": {**message("b"), "traits": [{"headers": {"type": "object"}}]}},
        "operationTraits": {"T": {"title": "t", "bindings": {"ws": {}}}},
    }
    main = document(
        {"ask": message("a"), "answer": {"$ref": "#/components/messages/answer"}},
        operations,
        components=components,
    )
    main["channels"]["events"]["bindings"] = {"ws": {}}
    loaded = contract({"asyncapi.json": main})
    assert directions(loaded) == {"events.ask": "client", "events.answer": "server"}
    assert [item.tags for item in loaded.channels[0].messages] == [("a",), ("b",)]


@pytest.mark.parametrize(
    ("payload", "good", "bad"),
    [
        ({"items": [{"type": "string"}], "additionalItems": False}, ["a"], ["a", 1]),
        ({"dependencies": {"a": ["b"]}}, {"a": 1, "b": 1}, {"a": 1}),
        (
            {"schemaFormat": "application/vnd.oai.openapi+json;version=3.0.0", "schema": {"type": "string", "nullable": True}},
            None,
            5,
        ),
    ],
)  # fmt: skip
def test_payload_keeps_the_meaning_of_its_format(
    contract: Contracts, payload: Any, good: Any, bad: Any
) -> None:
    """A payload of draft 7 or OpenAPI 3.0 is held to what it means there."""
    loaded = contract({"asyncapi.json": document({"a": {"payload": payload}})})
    validator = loaded.library.validator(loaded.channels[0].messages[0].schema)
    assert (True, False) == (validator.is_valid(good), validator.is_valid(bad))


def test_payload_may_stand_in_an_openapi_3_0_document(contract: Contracts) -> None:
    """What a message borrows of an OpenAPI 3.0 document means what it means there, ``nullable`` too."""
    described = {
        "openapi": "3.0.3",
        "info": {"title": "t", "version": "1"},
        "paths": {},
        "components": {"schemas": {"Text": {"type": "string", "nullable": True}}},
    }
    borrowed = {"a": {"payload": {"$ref": "openapi.json#/components/schemas/Text"}}}
    loaded = contract({"asyncapi.json": document(borrowed), "openapi.json": described})
    assert loaded.library.validator(loaded.channels[0].messages[0].schema).is_valid(None)
