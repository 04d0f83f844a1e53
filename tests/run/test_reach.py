"""What of the contract a run reached, counted from what was said."""

from __future__ import annotations

import json
from dataclasses import replace
from pathlib import Path
from threading import Thread
from typing import Any

import pytest

from accord.cases.request import Request
from accord.contract.contract import Contract, load
from accord.exchange.values import Closed, Exchange, Lapse, Opened, Received, Response, Sent, Session, Side
from accord.run.reach import Reach


@pytest.fixture
def contract(tmp_path: Path) -> Contract:
    """Return a contract with two operations and a channel."""
    answers = {status: {"description": "x"} for status in ("200", "4XX", "default")}
    only = {"200": {"description": "x"}}
    openapi = {
        "openapi": "3.1.0", "info": {"title": "t", "version": "1"},
        "paths": {"/a": {"get": {"operationId": "a", "responses": answers}, "post": {"operationId": "b", "responses": only}}},
    }  # fmt: skip

    def message(tag: str) -> dict[str, Any]:
        return {
            "payload": {
                "type": "object",
                "required": ["type"],
                "properties": {"type": {"const": tag}, "n": {"type": "integer"}},
            }
        }

    asyncapi = {
        "asyncapi": "3.0.0", "info": {"title": "t", "version": "1"},
        "channels": {"c": {"address": "/", "messages": {"One": message("one"), "Two": message("two"), "Ask": message("ask")}}},
        "operations": {
            "out": {"action": "send", "channel": {"$ref": "#/channels/c"}, "messages": [{"$ref": f"#/channels/c/messages/{n}"} for n in ("One", "Two")]},
            "in": {"action": "receive", "channel": {"$ref": "#/channels/c"}, "messages": [{"$ref": "#/channels/c/messages/Ask"}]},
        },
    }  # fmt: skip
    (tmp_path / "openapi.json").write_text(json.dumps(openapi))
    (tmp_path / "asyncapi.json").write_text(json.dumps(asyncapi))
    return load(tmp_path)


def exchange(operation: str | None, status: int | None, method: str = "GET") -> Exchange:
    """Return an exchange."""
    response = None if status is None else Response(status=status)
    lapse = Lapse.TIMEOUT if status is None else None
    request = Request(method=method, url="http://x/a")
    return Exchange(
        id="1", operation=operation, request=request, response=response, lapse=lapse, started=0, seconds=0
    )


def test_statuses_are_counted_where_they_are_documented(contract: Contract) -> None:
    """A status counts for its code, range or default; one that is not documented is told apart."""
    reach = Reach(contract)
    for status in (200, 200, 404, 422, 500, None):
        reach.note(exchange("a", status))
    reach.note(exchange("b", 201, "POST"))
    reach.note(exchange("a", 405, "DELETE"))
    reach.note(exchange(None, 200, "POST"))
    coverage = reach.coverage()
    assert coverage.statuses == {"a": {"200": 2, "4XX": 2, "default": 1}, "b": {"200": 0}}
    assert coverage.undocumented == {"b": {"201": 1}}
    assert (reach.counts().operations, reach.counts().cases) == (2, 9)


def test_only_wanted_operations_are_told(contract: Contract) -> None:
    """Operations that nobody asked for are not reported as not reached."""
    reach = Reach(contract, lambda operation: operation.id == "b")
    reach.note(exchange("a", 200))
    assert reach.coverage().statuses == {"b": {"200": 0}}
    assert reach.counts().operations == 1


def test_messages_are_counted_by_variant(contract: Contract) -> None:
    """Messages of the server count by their discriminant, whether they are valid or not."""
    events = (
        Opened(at=0),
        Sent(at=0, data='{"type": "ask"}'),
        *(
            Received(at=0, data=data)
            for data in (
                '{"type": "one"}',
                b'{"type": "one", "x": 1}',
                '{"type": "ask"}',
                "no json",
                "[1]",
                '{"type": ["one"]}',
            )
        ),
        Closed(at=1, code=1000, by=Side.SERVER),
    )
    reach = Reach(contract)
    for channel in ("c", "unknown"):
        reach.note(
            Session(
                id="1", channel=channel, url="ws://x", script="s", identity=None, events=events, started=0
            )
        )
    assert reach.coverage().messages == {"One": 2, "Two": 0}
    assert (reach.counts().sessions, reach.counts().messages) == (2, 12)


@pytest.mark.parametrize(
    "data",
    ["", "null", "[" * 5000, b"\xff", '{"type": null}', '{"type": {"a": 1}}', "\ud800", '{"kind": "one"}'],
)
def test_data_that_says_nothing_is_no_message(contract: Contract, data: str | bytes) -> None:
    """Whatever is no object with a known discriminant is classified as nothing, without an error."""
    reach = Reach(contract)
    events = (Received(at=0, data=data),)
    reach.note(
        Session(id="1", channel="c", url="ws://x", script="s", identity=None, events=events, started=0)
    )
    assert {"One": 0, "Two": 0} == reach.coverage().messages


def test_counting_is_safe_from_several_threads(contract: Contract) -> None:
    """No exchange is lost when many end at once."""
    reach = Reach(contract)
    threads = [Thread(target=lambda: [reach.note(exchange("a", 200)) for _ in range(500)]) for _ in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(30)
    assert reach.coverage().statuses["a"]["200"] == 2000


def test_parts_of_messages_are_counted_in_both_directions(contract: Contract) -> None:
    """Valid messages show their parts, whoever sends them; what is not valid shows nothing."""
    reach = Reach(contract)
    events = (
        Opened(at=0),
        Sent(at=1, data='{"type": "ask"}'),
        Received(at=2, data='{"type": "one"}'),
        Received(at=3, data='{"type": "one", "more": 1}'),
        Received(at=4, data='{"type": "none"}'),
        Closed(at=5, code=1000, by=Side.CLIENT),
    )
    reach.note(
        Session(id="1", channel="c", url="ws://x/", script="s", identity=None, events=events, started=0)
    )
    coverage = reach.coverage()
    assert {"c/One": 2, "c/Two": 0, "c/Ask": 1} == coverage.parts["variants"]
    assert {"c/One type=one": 2, "c/Two type=two": 0, "c/Ask type=ask": 1} == coverage.parts["types"]
    assert pytest.approx(100 * 4 / 6) == coverage.message_share()
    assert {"variants", "types"} == set(coverage.parts)


def test_share_of_nothing_is_none(tmp_path: Path) -> None:
    """Where there are no messages there is nothing to see."""
    openapi = {"openapi": "3.1.0", "info": {"title": "t", "version": "1"}, "paths": {}}
    (tmp_path / "openapi.json").write_text(json.dumps(openapi))
    assert Reach(load(tmp_path)).coverage().message_share() is None


def test_whole_answers_are_timed_and_others_not(contract: Contract) -> None:
    """An answer counts with its length; one that was cut off or never came has none."""
    reach = Reach(contract)
    for seconds in (0.2, 0.1):
        reach.note(replace(exchange("a", 200), seconds=seconds))
    reach.note(replace(exchange("a", 200), seconds=9.0, lapse=Lapse.CLOSED))
    reach.note(exchange("b", None, "POST"))
    (name,), timing = reach.timings(), reach.timings()["a"]
    assert ("a", 2, 0.1, 0.2) == (name, timing.count, timing.shortest, timing.longest)


def test_a_message_that_breaks_its_schema_is_told_apart(contract: Contract) -> None:
    """Its variant is known by the discriminant; what it has inside does not count as seen."""
    reach = Reach(contract)
    one = '{"type": "one"}'
    events = (Opened(at=0), Received(at=0, data=one), Received(at=0, data='{"type": "two", "n": "x"}'))
    reach.note(
        Session(id="1", channel="c", url="ws://x", script="s", identity=None, started=0, events=events)
    )
    coverage = reach.coverage()
    assert {"c/Two": 1, "c/Two type=two": 1} == coverage.breaches
    seen = {item.owner: item.messages for item in coverage.features if item.path == "type"}
    assert {"One": 1, "Two": 0, "Ask": 0} == seen


def test_what_valid_answers_show_is_counted_once_for_each(tmp_path: Path) -> None:
    """A property that comes twice in one answer counts once; an answer that breaks its schema shows nothing."""
    thing = {
        "type": "object",
        "properties": {"id": {"type": "integer"}, "note": {"type": ["string", "null"]}},
    }
    schema = {"type": "array", "items": {"$ref": "#/components/schemas/Thing"}}
    answer = {"description": "x", "content": {"application/json": {"schema": schema}}}
    document = {
        "openapi": "3.1.0", "info": {"title": "t", "version": "1"},
        "paths": {"/a": {"get": {"operationId": "a", "responses": {"200": answer}}}},
        "components": {"schemas": {"Thing": thing}},
    }  # fmt: skip
    (tmp_path / "openapi.json").write_text(json.dumps(document))
    reach = Reach(load(tmp_path))
    for body in (b'[{"id": 1}, {"id": 2, "note": null}]', b'[{"id": "1"}]', b"not JSON"):
        headers = (("Content-Type", "application/json; charset=utf-8"),)
        reach.note(replace(exchange("a", 200), response=Response(status=200, headers=headers, body=body)))
    assert {
        ("id", "property", ""): 1,
        ("note", "property", ""): 1,
        ("note", "null", "null"): 1,
        ("note", "null", "not null"): 0,
    } == {(item.path, item.kind, item.value): item.answers for item in reach.coverage().features}
