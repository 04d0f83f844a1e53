"""The AsyncAPI document and the session on its channel: valid, and in agreement with the messages."""

from typing import Any

import pytest

from .documents import (
    asyncapi,
    channel,
    document,
    errors,
    followed,
    operations,
    references,
    resolve,
    session,
    validator,
    vendored,
)

SOURCES = {"examples-page", "websocket-page", "reference", "assumption"}
DIALECT = "application/schema+json;version=draft-2020-12"
NESTED = [(name, part) for name, entity in session()["entities"].items() for part in entity.get("nested", {})]
STATUSES = {
    "generation": "GenerationStatus",
    "generation prediction": "PredictionStatus",
    "generation refine": "RefineStatus",
    "shot": "ShotStatus",
    "shot revision": "ShotRevisionStatus",
}


def message(name: str) -> Any:
    """Return a message of the channel."""
    return followed(channel()["messages"][name], "asyncapi.yaml")


def steps() -> list[Any]:
    """Return everything that sending a message can lead to."""
    return [
        step
        for state in session()["states"].values()
        for side in ("client", "server")
        for step in state.get(side, {}).values()
    ]


def lifecycles() -> dict[str, Any]:
    """Return the lifecycles of the entities and of what is nested in them."""
    found = {}
    for name, entity in session()["entities"].items():
        found[name] = entity
        found |= {f"{name} {part}": one for part, one in entity.get("nested", {}).items()}
    return found


def member(reference: str, pointer: str) -> Any:
    """Return the property schema that a pointer, `*` for any item, leads to from a message or an item."""
    schema, within = resolve(reference, "asyncapi.yaml")
    for token in pointer.split("/")[1:]:
        while "$ref" in schema:
            schema, within = resolve(schema["$ref"], within)
        schema = schema["items"] if token == "*" else schema["properties"][token]
    return schema


def payload(name: str) -> str:
    """Return the reference to the payload schema of a message."""
    reference = message(name)["payload"]["schema"]["$ref"]
    assert isinstance(reference, str)
    return reference


def test_the_document_is_valid() -> None:
    """The document is valid under the official schema."""
    assert [] == errors(vendored("asyncapi-3.0.json"), asyncapi())


def test_every_reference_resolves() -> None:
    """Each `$ref` names something that is there."""
    for reference in references(asyncapi()):
        assert resolve(reference, "asyncapi.yaml")


def test_every_payload_names_its_dialect() -> None:
    """Payloads are JSON Schema 2020-12 and stand in the file of the messages."""
    for name in channel()["messages"]:
        assert DIALECT == message(name)["payload"]["schemaFormat"]
        assert payload(name).startswith("./messages.schema.json#/$defs/")
        assert message(name)["x-source"] in SOURCES


def test_the_server_sends_the_union() -> None:
    """The messages that the server sends are the union of the page."""
    union = document("messages.schema.json")["$defs"]["WebSocketMessage"]["properties"]["data"]["anyOf"]
    sent = [payload(name) for name in channel()["messages"] if name != "authenticate"]
    assert {f"./messages.schema.json{one['$ref']}" for one in union} == set(sent)


@pytest.mark.parametrize("name", channel()["messages"])
def test_every_example_is_valid(name: str) -> None:
    """Each example of a message is valid under its payload schema, formats included."""
    for example in message(name).get("examples", []):
        assert [] == errors(validator(message(name)["payload"]["schema"]), example["payload"])


def test_the_session_is_valid() -> None:
    """`x-session` is valid under its schema, formats included."""
    assert [] == errors(vendored("session.schema.json"), session())


def test_every_state_that_is_named_is_there() -> None:
    """The initial state and each state that follows a message are among the states."""
    named = {session()["initial"], *(step["next"] for step in steps() if "next" in step)}
    assert set(session()["states"]) == named


def test_every_message_that_is_named_is_on_the_channel() -> None:
    """States, authentication and entities name messages of the channel, and together name all of them."""
    by_state = {
        name
        for state in session()["states"].values()
        for side in ("client", "server")
        for name in state.get(side, {})
    }
    authentication = session()["authentication"]
    by_rule = {authentication[key] for key in ("message", "success", "failure")}
    by_rule |= {name for entity in session()["entities"].values() for name in entity["messages"]}
    assert set(channel()["messages"]) == by_state
    assert set(channel()["messages"]) == by_rule


def test_every_close_code_of_a_state_has_a_cause() -> None:
    """The codes in the states are the ones that stand beside their causes."""
    closes = session()["closes"]
    states = session()["states"]
    assert closes["authentication-timeout"] == states["connected"]["timeout"]["close"]
    assert closes["authentication-failed"] == states["authenticating"]["server"]["authError"]["close"]
    for state in ("authenticating", "authenticated"):
        assert closes["repeated-authentication"] == states[state]["client"]["authenticate"]["close"]


def test_the_authentication_points_to_the_token() -> None:
    """The token is a string of the message that authenticates, and the organisation is in the answer."""
    authentication = session()["authentication"]
    assert "string" == member(payload(authentication["message"]), authentication["token"])["type"]
    assert member(payload(authentication["success"]), session()["isolation"]["at"])


@pytest.mark.parametrize("name", lifecycles())
def test_the_statuses_are_those_of_the_schema(name: str) -> None:
    """The order names exactly the statuses of the enumeration."""
    enumeration = document("messages.schema.json")["$defs"][STATUSES[name]]["enum"]
    assert set(enumeration) == set(lifecycles()[name]["order"])


@pytest.mark.parametrize("name", lifecycles())
def test_the_order_is_closed(name: str) -> None:
    """What follows a status is a status, and the final ones are those that nothing follows."""
    order = lifecycles()[name]["order"]
    assert {one for following in order.values() for one in following} <= set(order)
    assert {status for status, following in order.items() if not following} == set(
        lifecycles()[name]["final"]
    )


@pytest.mark.parametrize("name", session()["entities"])
def test_every_pointer_of_an_entity_finds_something(name: str) -> None:
    """Key, status, time and fixed values of an entity are members of its messages."""
    entity = session()["entities"][name]
    for one in entity["messages"]:
        for pointer in (entity["key"], entity["status"], entity["updated"], *entity["fixed"]):
            assert member(payload(one), pointer)


@pytest.mark.parametrize(("name", "part"), NESTED)
def test_every_pointer_of_a_nested_thing_finds_something(name: str, part: str) -> None:
    """Key, status, time and fixed values of a nested thing are members of it."""
    entity = session()["entities"][name]
    nested = entity["nested"][part]
    for one in entity["messages"]:
        for pointer in (nested["key"], nested["status"], nested["updated"], *nested["fixed"]):
            assert member(payload(one), nested["at"] + pointer)


@pytest.mark.parametrize("name", session()["entities"])
def test_every_entity_can_be_read(name: str) -> None:
    """The operation that reads an entity exists, and every parameter of its path is given."""
    read = session()["entities"][name]["read"]
    _, path, operation = operations()[read["operationId"]]
    assert {one["name"] for one in operation["parameters"]} == set(read["parameters"])
    assert path.endswith(f"{{{next(iter(read['parameters']))}}}")
