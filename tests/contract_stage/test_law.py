"""Laws read from ``x-accord``, and refused at the line where they name something that is not there."""

from __future__ import annotations

import json
from collections.abc import Callable
from typing import Any

import pytest

from accord.contract.contract import Contract
from accord.contract.law import Told, values_at
from accord.contract.part import below
from accord.errors import ContractError

ORDER = {
    "type": "object",
    "properties": {
        "id": {"type": "integer"},
        "note": {"type": "string"},
        "at": {"type": "string"},
        "parts": {"type": "array", "items": {"type": "object", "properties": {"id": {"type": "integer"}}}},
    },
}


def reply(schema: Any, **links: Any) -> dict[str, Any]:
    """Return a documented answer with a JSON body."""
    return {"description": "x", "content": {"application/json": {"schema": schema}}, "links": links}


def document(
    *, listed: Any = None, written: Any = None, thing: Any = None, replaced: Any = None
) -> dict[str, Any]:
    """Return an OpenAPI document of orders with these laws."""
    reference = {"$ref": "#/components/schemas/Order"}
    page = {"type": "object", "properties": {"items": {"type": "array", "items": reference}}}
    body = {
        "content": {
            "application/json": {
                "schema": {
                    "type": "object",
                    "properties": {"note": {"type": "string"}, "secret": {"type": "string"}},
                }
            }
        }
    }
    link = {"operationId": "read", "parameters": {"order": "$response.body#/id"}}
    path = {"name": "order", "in": "path", "required": True, "schema": {"type": "integer"}}
    query = [{"name": name, "in": "query", "schema": {"type": "integer"}} for name in ("page", "size")]
    get = {"operationId": "list", "parameters": query, "responses": {"200": reply(page)}}
    post = {"operationId": "add", "requestBody": body, "responses": {"201": reply(reference, own=link)}}
    put = {"operationId": "put", "requestBody": body, "responses": {"200": reply(reference)}}
    for operation, law in ((get, listed), (post, written), (put, replaced)):
        if law is not None:
            operation["x-accord"] = law
    return {
        "openapi": "3.1.0",
        "info": {"title": "t", "version": "1"},
        "paths": {
            "/orders": {"get": get, "post": post},
            "/orders/{order}": {
                "parameters": [path],
                "get": {"operationId": "read", "responses": {"200": reply(reference)}},
                "put": put,
            },
        },
        "components": {"schemas": {"Order": ORDER if thing is None else {**ORDER, "x-accord": thing}}},
    }


def test_list_is_read(contract: Callable[..., Contract]) -> None:
    """A list has defaults for its identity and its first page, and its total is an expression."""
    law = {"list": {"items": "/items", "page": "page", "size": "size", "filters": {"page": True}}}
    found = contract({"openapi.json": document(listed=law)}).laws.lists["list"]
    assert ("/items", "/id", 1, None) == (found.items, found.identity, found.first, found.total)
    assert {"page": None} == found.filters
    assert "openapi.json#/paths/~1orders/get/x-accord/list" == found.place


def test_thing_is_read(contract: Callable[..., Contract]) -> None:
    """A law on a schema is known by the URI of the schema."""
    law = {"fixed": ["/note"], "created": "/at", "updated": "/at", "refers": {"/id": "/parts/*/id"}}
    laws = contract({"openapi.json": document(thing=law)}).laws
    found = laws.thing("contract:/openapi.json#/components/schemas/Order")
    assert found is not None
    assert (("/note",), "/at", {"/id": "/parts/*/id"}) == (found.fixed, found.created, found.refers)


def test_write_is_read(contract: Callable[..., Contract]) -> None:
    """Members of the same name are kept, unless they are dropped; a link needs the answer."""
    law = {
        "write": {
            "readings": {"order": {"link": "own"}, "orders": {"operationId": "list"}},
            "keeps": {"/secret": "/parts/*/id"},
            "grows": {"orders#/items": 1},
            "agrees": ["$response.body#/id != null"],
            "repeat": {"status": 409, "when": "$outputs.order#/note == 'x'"},
        }
    }
    found = contract({"openapi.json": document(written=law)}).laws.writes["add"]
    assert [("order", True), ("orders", False)] == [(item.name, item.needs_answer) for item in found.readings]
    assert [("/note", "/note", ""), ("/secret", "/parts/*/id", "/keeps/~1secret")] == list(found.kept())
    assert {Told(reading="orders", member="/items"): 1} == found.grows
    assert found.repeat is not None
    assert (True, 409) == (found.repeat.refused, found.repeat.status)


def test_dropped_member_is_not_kept(contract: Callable[..., Contract]) -> None:
    """What the law drops is not kept under its own name."""
    found = contract({"openapi.json": document(written={"write": {"drops": ["/note"]}})})
    assert () == found.laws.writes["add"].alike


def test_two_laws_need_no_word(contract: Callable[..., Contract]) -> None:
    """What a creation links to is read, and PUT may be repeated, without any ``x-accord``."""
    writes = contract({"openapi.json": document()}).laws.writes
    assert ["own"] == [link.name for link in writes["add"].links]
    assert writes["add"].repeat is None
    assert writes["put"].repeat is not None
    assert not writes["put"].repeat.refused
    assert ["read"] == [reading.operation.id for reading in writes["put"].readings]
    assert [False, False] == [law.declared for law in writes.values()]


def test_repeat_of_put_is_read_where_it_stands(contract: Callable[..., Contract]) -> None:
    """A PUT with a law of its own is still idempotent, and read at its own path."""
    law = contract({"openapi.json": document(replaced={"write": {}})}).laws.writes["put"]
    assert law.declared
    assert law.repeat is not None
    assert not law.repeat.refused


@pytest.mark.parametrize(
    ("laws", "place", "reason"),
    [
        ({"listed": {"list": {}}}, "list", "items"),
        ({"listed": {"lists": {}}}, "x-accord", "lists"),
        ({"listed": {"list": {"items": "/rows"}}}, "items", "nothing stands at /rows"),
        ({"listed": {"list": {"items": "/items", "identity": "/key"}}}, "identity", "/items/*/key"),
        ({"listed": {"list": {"items": "/items", "size": "limit"}}}, "size", "no query parameter 'limit'"),
        ({"listed": {"list": {"items": "/items", "total": "/count"}}}, "total", "nothing stands at /count"),
        ({"listed": {"list": {"items": "/items", "total": "$response.bodi"}}}, "total", "header or body"),
        ({"listed": {"list": {"items": "/items", "filters": {"x": True}}}}, "x", "no query parameter 'x'"),
        ({"listed": {"list": {"items": "/items", "order": "/when"}}}, "order", "/items/*/when"),
        ({"thing": {"fixed": ["/note", "/owner"]}}, "1", "nothing stands at /owner"),
        ({"thing": {"identity": "/key", "updated": "/at"}}, "identity", "nothing stands at /key"),
        ({"thing": {"refers": {"/id": "/pieces/*/id"}}}, "id", "nothing stands at /pieces"),
        ({"thing": {"unknown": 1}}, "x-accord", "unknown"),
        ({"written": {"write": {"readings": {"x": {"link": "y"}}}}}, "link", "link 'y'"),
        ({"written": {"write": {"readings": {"x": {"operationId": "add"}}}}}, "operationId", "no GET 'add'"),
        ({"written": {"write": {"readings": {"x": {"operationId": "read"}}}}}, "x", "needs the parameter 'order'"),
        ({"written": {"write": {"keeps": {"/nota": "/note"}}}}, "nota", "nothing stands at /nota"),
        ({"written": {"write": {"keeps": {"/note": "/nota"}}}}, "note", "nothing stands at /nota"),
        ({"written": {"write": {"tells": ["/nota"]}}}, "0", "nothing stands at /nota"),
        ({"written": {"write": {"changes": ["x#/note"]}}}, "0", "there is no reading 'x'"),
        ({"written": {"write": {"readings": {"x": {"link": "own"}}, "changes": ["x#/note"]}}}, "0", "needs its answer"),
        ({"written": {"write": {"counts": {"/parts": "$steps.a.outputs.b"}}}}, "parts", "means nothing here"),
        ({"written": {"write": {"agrees": ["1 =="]}}}, "0", "a value is due"),
        ({"written": {"write": {"agrees": ["$inputs.x#/note == 1"]}}}, "0", "there is no reading 'x'"),
        ({"written": {"write": {"agrees": [{"condition": "$.a", "type": "jsonpath"}]}}}, "0", "needs a context"),
        ({"written": {"write": {"repeat": {"status": 409, "when": "$outputs.x == 1"}}}}, "when", "no reading 'x'"),
    ],
)  # fmt: skip
def test_law_that_means_nothing_is_refused_where_it_stands(
    refusal: Callable[..., ContractError], laws: dict[str, Any], place: str, reason: str
) -> None:
    """A law that is malformed, or names what is not there, is told with its place and a next step."""
    error = refusal({"openapi.json": document(**laws)})
    assert reason in error.reason
    assert error.place.endswith(place)
    assert "openapi.json:1#/" in error.place
    assert error.next_step


def test_law_of_an_overlay_is_refused_in_the_overlay(refusal: Callable[..., ContractError]) -> None:
    """What an overlay laid on is wrong at the line of the overlay."""
    overlay = {
        "overlay": "1.0.0",
        "info": {"title": "t", "version": "1"},
        "actions": [
            {"target": "$.info", "update": {"version": "2"}},
            {
                "target": "$.paths['/orders'].get",
                "update": {"x-accord": {"list": {"items": "/items", "size": "limit"}}},
            },
        ],
    }
    text = json.dumps(overlay, indent=1)
    error = refusal({"openapi.json": document(), "overlay.json": text})
    line = 1 + text[: text.index('"limit"')].count("\n")
    assert f"overlay.json:{line}#/actions/1/update/x-accord/list/size" == error.place


def test_values_of_every_item_are_found() -> None:
    """``*`` means each item of an array and each member of an object, each with its place."""
    value = {"a": [{"b": 1}, {"b": 2}, {}], "c": {"x": {"b": 3}}}
    assert [("/a/0/b", 1), ("/a/1/b", 2)] == list(values_at(value, "/a/*/b"))
    assert [("/c/x/b", 3)] == list(values_at(value, "/c/*/b"))
    assert [("", value)] == list(values_at(value, ""))
    assert [] == list(values_at(value, "/a/b"))


@pytest.mark.parametrize(
    ("pointer", "known"),
    [("/note", True), ("/parts/*/id", True), ("/parts/0/id", True), ("/x", False), ("/note/x", False)],
)
def test_schema_tells_what_may_stand_somewhere(
    contract: Callable[..., Contract], pointer: str, known: bool
) -> None:
    """A pointer leads through arrays and objects as the schema describes them."""
    library = contract({"openapi.json": document()}).library
    assert known == bool(below(library, ("contract:/openapi.json#/components/schemas/Order",), pointer))


def test_open_schema_says_nothing(contract: Callable[..., Contract]) -> None:
    """Where a schema says nothing, anything may stand."""
    files = document()
    files["components"]["schemas"]["Order"] = {}
    library = contract({"openapi.json": files}).library
    assert below(library, ("contract:/openapi.json#/components/schemas/Order",), "/a/b") is None
