"""What requests say beside their bodies: parameters are counted and held as members of one object."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from accord.cases.request import Request
from accord.contract.contract import load
from accord.exchange.recording import dump
from accord.exchange.values import Exchange, Response
from accord.findings.observed.observation import Root
from accord.findings.observed.watcher import Watcher
from accord.run.infer import infer
from accord.run.observe import Holding, Naming, hold

CONTRACT = {
    "openapi": "3.1.0",
    "info": {"title": "Books", "version": "1"},
    "paths": {
        "/shelves/{shelf}/books/{id}": {
            "get": {
                "operationId": "read_book",
                "parameters": [
                    {
                        "name": "id",
                        "in": "path",
                        "required": True,
                        "schema": {"type": "integer", "minimum": 1},
                    },
                    {"name": "shelf", "in": "path", "required": True, "schema": {"type": "string"}},
                    {"name": "page", "in": "query", "schema": {"type": "integer", "maximum": 9}},
                    {"name": "sort", "in": "query", "schema": {"type": "string", "enum": ["up", "down"]}},
                    {"name": "tag", "in": "query", "schema": {"type": "array", "items": {"type": "integer"}}},
                    {"name": "full", "in": "query", "required": True, "schema": {"type": "boolean"}},
                    {"name": "X-Mode", "in": "header", "schema": {"enum": ["fast", "slow"]}},
                    {"name": "X-Api-Key", "in": "header", "required": True, "schema": {"type": "string"}},
                    {"name": "where", "in": "query", "style": "deepObject", "schema": {"type": "object"}},
                ],
                "security": [{"key": []}],
                "responses": {"200": {"description": "It."}},
            }
        }
    },
    "components": {"securitySchemes": {"key": {"type": "apiKey", "in": "query", "name": "k"}}},
}


@pytest.fixture(scope="module")
def contract(tmp_path_factory):
    """Give a contract with parameters of many kinds."""
    path = tmp_path_factory.mktemp("books") / "openapi.json"
    path.write_text(json.dumps(CONTRACT))
    return load(path)


def asked(target, status=200, **headers):
    """Return an exchange for *target*, below a prefix."""
    told = tuple((name.replace("_", "-"), value) for name, value in headers.items())
    return Exchange(
        id="e1",
        operation=None,
        request=Request(method="GET", url=f"https://books.example/v1{target}", headers=told),
        response=Response(status=status, headers=(), body=b""),
        started=0,
        seconds=0,
    )


def observed(contract, *said):
    """Return the observation of what was asked."""
    watcher = Watcher(contract)
    for item in said:
        watcher.take(item)
    return watcher.finish()


def found(contract, *said, least=59):
    """Return the rules that find something in what was asked, each with its message."""
    run = hold(contract, observed(contract, *said), Holding(clients=True, least=least), sources="")
    return {(item.rule, item.message) for item in run.findings}


GOOD = "/shelves/a%20b/books/7?full=true&page=3&sort=up&tag=1&tag=2&k=hush&where[a]=1"


def test_what_is_promised_is_counted_by_its_type(contract):
    """Numbers, booleans and lists are read as the contract means them; keys are no parameters."""
    seen = observed(contract, asked(GOOD, x_mode="fast", Accept="*/*", x_api_key="hush"))
    query = seen.bodies[Root("read_book", "query", "")]

    assert {"page": 1, "sort": 1, "tag": 1, "full": 1} == {k: v for k, v in query.presence.items() if v}
    assert {} == query.strays.counts
    assert {"integer": 1} == query.members["page"].kinds
    assert {"boolean": 1} == query.members["full"].kinds
    assert {"integer": 2} == query.members["tag"].items.kinds
    assert {'"up"': 1} == query.members["sort"].values
    path = seen.bodies[Root("read_book", "path", "")]
    assert {"shelf": 1, "id": 1} == path.presence
    assert 3 == path.members["shelf"].extents["length"].most
    assert {'"fast"': 1} == seen.bodies[Root("read_book", "header", "")].members["X-Mode"].values
    assert "hush" not in json.dumps(seen.document())
    assert set() == found(contract, asked(GOOD, x_mode="fast"))


@pytest.mark.parametrize(
    ("target", "headers", "rule", "words"),
    [
        ("/shelves/a/books/7?full=true&page=x", {}, "unexpected-type", "/page in the query"),
        ("/shelves/a/books/7?full=true&page=10", {}, "value-out-of-range", "/page in the query"),
        ("/shelves/a/books/0?full=true", {}, "value-out-of-range", "/id in the path"),
        (
            "/shelves/a/books/7?full=true&sort=off",
            {},
            "unknown-enum-member",
            "/sort in the query of a request to",
        ),
        ("/shelves/a/books/7", {}, "missing-field", "lacks the required member 'full'"),
        ("/shelves/a/books/7?full=true&tag=x", {}, "unexpected-type", "/tag/* in the query"),
        ("/shelves/a/books/7?full=true&order=up", {}, "undeclared-field", "has the member 'order'"),
        ("/shelves/a/books/7?full=true", {"x_mode": "odd"}, "unknown-enum-member", "/X-Mode in the headers"),
    ],
)
def test_what_is_not_promised_is_found(contract, target, headers, rule, words):
    """With the rules that hold bodies; only where clients are held."""
    ((id_, message),) = found(contract, asked(target, **headers))

    assert rule == id_
    assert words in message
    quiet = hold(contract, observed(contract, asked(target, **headers)), Holding(), sources="")
    assert () == quiet.findings


def test_a_parameter_that_nobody_sends_is_noted(contract):
    """And so is a listed value that never came."""
    messages = {message for _, message in found(contract, asked(GOOD, x_mode="fast"), least=1)}

    assert '/sort was never "down" in the query of a request to read_book' in messages
    assert not [message for message in messages if "/where" in message]
    messages = {message for _, message in found(contract, asked("/shelves/a/books/7?full=true"), least=1)}
    assert "/page never came in the query of a request to read_book" in messages


def test_a_refused_request_is_not_held(contract):
    """What the service did not take may be wrong on purpose."""
    assert {} == observed(contract, asked("/shelves/a/books/0?page=x", status=422)).bodies


def test_a_value_of_an_undeclared_parameter_is_not_kept(contract):
    """Its name is; nobody has said that the value is no secret."""
    seen = observed(
        contract, asked("/shelves/a/books/7?full=true&pin=4711&" + "&".join(f"n{i}=1" for i in range(999)))
    )

    assert "4711" not in json.dumps(seen.document())
    assert 32 == len(seen.bodies[Root("read_book", "query", "")].strays.counts)


def test_a_list_of_values_is_widened_by_a_proposal(contract, tmp_path):
    """The text of the contract has the new value; which parameters there are is left to a person."""
    path = tmp_path / "said.ndjson"
    path.write_bytes(dump(asked("/shelves/a/books/7?full=true&sort=off&order=up")))
    inference = infer(contract, [path], Naming(), clients=True)

    assert '"off"' in inference.patch()
    assert ["a parameter 'order', which came 1 times"] == [
        item.words.partition(": ")[2] for item, _ in inference.left
    ]


def test_a_parameter_where_none_is_declared_is_found():
    """An operation without a query has a place for what comes there all the same."""
    shop = load(Path(__file__).parents[3] / "docs" / "rules" / "cases" / "shop")

    assert {
        (
            "undeclared-field",
            "the query of a request to read_order has the member 'x', which the contract does not declare",
        )
    } == found(shop, asked("/orders/7?x=1"))
