"""What counts as created by a run, and where it is deleted."""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from accord.cases.request import Request
from accord.contract.contract import load
from accord.exchange.values import Exchange, Lapse, Response
from accord.run.rest import creation
from accord.run.rest.creation import Creations

OK: dict[str, Any] = {"description": "x"}
LINKED = {**OK, "links": {"end": {"operationId": "end_job", "parameters": {"job": "$response.body#/number"}}}}
READ = {**OK, "links": {"see": {"operationId": "read_box", "parameters": {"box": "$response.body#/key"}}}}


def of(name: str, **answers: Any) -> dict[str, Any]:
    """Return an operation."""
    return {"operationId": name, "responses": {key[1:]: value for key, value in answers.items()}}


def ids(*names: str) -> dict[str, Any]:
    """Return the path parameters of a path."""
    string = {"type": "string"}
    return {
        "parameters": [{"name": name, "in": "path", "required": True, "schema": string} for name in names]
    }


DOCUMENT = {
    "openapi": "3.1.0",
    "info": {"title": "t", "version": "1"},
    "paths": {
        "/things/": {"post": of("make_thing", s201=OK, s200=OK)},
        "/things/{thing}": {
            **ids("thing"),
            "delete": of("delete_thing", s204=OK),
            "put": of("put_thing", s201=OK),
        },
        "/things/{thing}/parts": {**ids("thing"), "post": of("make_part", s201=OK)},
        "/things/{thing}/parts/{part}": {**ids("thing", "part"), "delete": of("delete_part", s204=OK)},
        "/start": {"post": of("start_job", s200=LINKED)},
        "/jobs/{job}": {**ids("job"), "delete": of("end_job", s204=OK)},
        "/boxes": {"post": of("make_box", s200=READ, s201=READ)},
        "/boxes/{box}": {**ids("box"), "get": of("read_box", s200=OK), "delete": of("burn_box", s204=OK)},
        "/notes": {"post": of("make_note", s201=OK)},
    },
}


def said(
    operation: str,
    url: str,
    status: int = 201,
    body: object = None,
    *,
    method: str = "POST",
    location: str = "",
    lapse: Lapse | None = None,
) -> Exchange:
    """Return an exchange."""
    headers = (("Location", location),) if location else ()
    content = body if isinstance(body, bytes) else json.dumps(body).encode()
    return Exchange(
        id="e1",
        operation=operation,
        request=Request(method=method, url=f"http://service/api{url}", headers=(("Authorization", "mine"),)),
        response=Response(
            status=status, headers=(("Content-Type", "application/json"), *headers), body=content
        ),
        lapse=lapse,
        started=0.0,
        seconds=0.1,
    )


@pytest.fixture
def deleted_at(tmp_path: Path) -> Callable[..., list[str]]:
    """Return a function that gives the URLs at which what exchanges created would be deleted."""
    (tmp_path / "openapi.json").write_text(json.dumps(DOCUMENT))
    contract = load(tmp_path)

    def noted(*exchanges: Exchange) -> list[str]:
        creations = Creations(contract)
        for exchange in exchanges:
            creations.note(exchange)
        return [item.url.removeprefix("http://service/api") for item in creations.newest_first()]

    return noted


@pytest.mark.parametrize(
    ("exchange", "url"),
    [
        (said("make_thing", "/things/", body={"id": "a"}), "/things/a"),
        (said("make_thing", "/things/?dry=no", body={"id": 7}), "/things/7"),
        (said("make_thing", "/things/", body={"thing": "a/b", "id": "c"}), "/things/a%2Fb"),
        (said("make_thing", "/things/", body={"data": {"id": "a"}}), "/things/a"),
        (said("make_thing", "/things/", location="/api/things/a"), "/things/a"),
        (said("make_thing", "/things/", body={"id": "x"}, location="a?v=1"), "/things/a"),
        (said("make_thing", "/things/", body={"id": "x"}, location="http://other/api/things/a"), "/things/x"),
        (said("make_thing", "/things/", body={"id": "x"}, location="http://[broken"), "/things/x"),
        (said("put_thing", "/things/a", method="PUT"), "/things/a"),
        (said("make_part", "/things/a/parts", body={"id": "p"}), "/things/a/parts/p"),
        (said("start_job", "/start", 200, {"number": 12, "id": 3}), "/jobs/12"),
        (said("make_box", "/boxes", 201, {"key": "k", "id": 3}), "/boxes/k"),
    ],
)
def test_created_thing_is_deleted_where_the_contract_says(
    deleted_at: Callable[..., list[str]], exchange: Exchange, url: str
) -> None:
    """Links count most, then Location, then the member of the body that the path asks for."""
    assert [url] == deleted_at(exchange)


@pytest.mark.parametrize(
    "exchange",
    [
        said("make_thing", "/things/", 200, {"id": "a"}),
        said("make_box", "/boxes", 200, {"key": "k"}),
        said("put_thing", "/things/a", 200, method="PUT"),
        said("make_thing", "/things/", 422, {"id": "a"}),
        said("make_thing", "/things/", 201, {"id": "a"}, lapse=Lapse.TOO_LARGE),
        said("make_thing", "/things/", 201, {"id": "a"}, method="GET"),
        said("make_thing", "/things/", 201, {"id": True}),
        said("make_thing", "/things/", 201, {"id": ""}),
        said("make_thing", "/things/", 201, {"id": "x" * 5000}),
        said("make_thing", "/things/", 201, [{"id": "a"}]),
        said("make_thing", "/things/", 201, {"a": {"id": 1}, "b": {"id": 2}}),
        said("make_thing", "/things/", 201, b"[" * 100_000),
        said("make_thing", "/things/", 201, b"\xff"),
        said("start_job", "/start", 200, {"id": 3}),
        said("make_note", "/notes", 201, {"id": 3}),
        said("nobody", "/things/", 201, {"id": "a"}),
    ],
)
def test_what_may_have_been_there_is_left_alone(
    deleted_at: Callable[..., list[str]], exchange: Exchange
) -> None:
    """Without a 201, or a link to the deletion, nobody knows who made a thing; without an id, which it is."""
    assert [] == deleted_at(exchange)


def test_newest_comes_first_and_what_was_deleted_not_at_all(deleted_at: Callable[..., list[str]]) -> None:
    """Parts go before the thing that they belong to; nothing is deleted twice."""
    thing = said("make_thing", "/things/", body={"id": "a"})
    part = said("make_part", "/things/a/parts", body={"id": "p"})
    other = said("make_thing", "/things/", body={"id": "b"})
    gone = said("delete_thing", "/things/b", 204, method="DELETE")
    assert ["/things/a/parts/p", "/things/a"] == deleted_at(thing, part, other, gone, thing)


def test_memory_is_bounded(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Beyond a number of things only their count is kept."""
    monkeypatch.setattr(creation, "MAXIMUM_THINGS", 3)
    (tmp_path / "openapi.json").write_text(json.dumps(DOCUMENT))
    creations = Creations(load(tmp_path))
    for number in range(5):
        creations.note(said("make_thing", "/things/", body={"id": number}))
    assert (3, 2) == (len(creations.newest_first()), creations.forgotten)
