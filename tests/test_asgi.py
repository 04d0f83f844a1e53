"""The monitor in a running service: it counts what is said, and changes nothing of it."""

from __future__ import annotations

import asyncio
import gzip
import json
import threading
from pathlib import Path

import pytest

from accord.asgi import ContractMonitor
from accord.contract.contract import Contract, load
from accord.errors import ContractError

SHOP = Path(__file__).parent.parent / "docs" / "rules" / "cases" / "shop"
JSON = [(b"content-type", b"application/json")]


@pytest.fixture(scope="module")
def shop() -> Contract:
    """Give the contract of the shop."""
    return load(SHOP)


def service(*, status=200, headers=JSON, parts=(b'{"id": 7, "state": "open"}',), messages=()):
    """Return an application that answers so, and says *messages* on its socket."""

    async def application(scope, receive, send):
        if scope["type"] == "lifespan":
            await receive()
            await send({"type": "lifespan.startup.complete"})
            await receive()
            await send({"type": "lifespan.shutdown.complete"})
        elif scope["type"] == "http":
            await send({"type": "http.response.start", "status": status, "headers": headers})
            for part in parts[:-1]:
                await send({"type": "http.response.body", "body": part, "more_body": True})
            await send({"type": "http.response.body", "body": parts[-1]})
        else:
            await receive()
            await send({"type": "websocket.accept"})
            for message in messages:
                await send({"type": "websocket.send", "text": message})
            await send({"type": "websocket.close"})

    return application


def ask(application, *, path="/orders/7", kind="http", incoming=()):
    """Return the messages with which *application* answers."""
    said: list[dict] = []
    waiting = list(incoming)

    async def receive():
        return waiting.pop(0) if waiting else {"type": f"{kind}.disconnect"}

    async def send(message):
        said.append(dict(message))

    asyncio.run(application({"type": kind, "method": "GET", "path": path, "headers": []}, receive, send))
    return said


@pytest.fixture
def watched(shop):
    """Give a way to put a monitor before a service, which is closed at the end."""
    made: list[ContractMonitor] = []

    def watch(application, **options):
        made.append(ContractMonitor(application, shop, **options))
        return made[-1]

    yield watch
    for monitor in made:
        monitor.close()


def end(*monitors):
    """Let all the monitors there are count what waits, and their threads end."""
    for monitor in monitors:
        monitor.close()
    for thread in threading.enumerate():
        if thread.name == "accord monitor":
            thread.join()


def test_an_answer_is_passed_on_as_it_is_and_counted(watched):
    """Message for message the same as without a monitor."""
    bare = service(parts=(b'{"id": 7,', b' "state": "lost"}'))
    monitor = watched(bare)

    assert ask(bare) == ask(monitor)
    end(monitor)
    assert {("read_order", "200"): 1} == monitor.observation().exchanges
    assert ["unknown-enum-member"] == [finding.rule for finding in monitor.findings()]


def test_messages_of_a_session_are_counted(watched):
    """Those of the server and those of the client, each on its side."""
    bare = service(messages=['{"type": "paid", "id": 1}', '{"type": "lost"}', "no JSON"])
    monitor = watched(bare)
    incoming = [{"type": "websocket.connect"}]

    assert ask(bare, path="/events", kind="websocket", incoming=incoming) == ask(
        monitor, path="/events", kind="websocket", incoming=incoming
    )
    end(monitor)
    assert ["unknown-message", "unreadable-body"] == sorted(finding.rule for finding in monitor.findings())


def test_a_large_answer_is_not_kept(watched):
    """It counts by its status; no more of it than the limit is held."""
    monitor = watched(service(parts=[b"x" * 1000] * 50), largest_body=4000)

    assert 51 == len(ask(monitor))
    end(monitor)
    assert {("read_order", "200"): 1} == monitor.observation().exchanges
    assert ["path"] == [root.part for root in monitor.observation().bodies]


def test_an_encoded_body_is_read_and_an_unknown_encoding_is_no_finding(watched):
    """gzip is undone in the thread of the monitor; what it cannot undo, it does not judge."""
    body = gzip.compress(b'{"id": "7", "state": "open"}')
    first = watched(service(headers=[*JSON, (b"content-encoding", b"gzip")], parts=(body,)))
    second = watched(service(headers=[*JSON, (b"content-encoding", b"br")], parts=(b"\x0b\x02",)))
    ask(first)
    ask(second)

    end(first, second)
    assert ["unexpected-type"] == [finding.rule for finding in first.findings()]
    assert () == second.findings()


def test_a_full_queue_drops_and_counts(watched):
    """The service goes on; what found no room is known by its number."""
    monitor = watched(service(), longest_queue=0)

    assert 2 == len(ask(monitor))
    assert 1 == monitor.dropped
    assert {} == monitor.observation().exchanges


def test_a_failing_monitor_does_not_touch_the_answer(watched, monkeypatch):
    """Whether it fails while it listens, or while it counts."""
    bare = service(headers=7)
    monitor = watched(bare)
    assert ask(bare) == ask(monitor)
    end(monitor)
    assert 1 <= monitor.failed

    other = watched(service())
    monkeypatch.setattr("accord.asgi._exchange", lambda _: 1 / 0)
    assert 2 == len(ask(other))
    end(other)
    assert 1 == other.failed


def test_an_error_of_the_application_stays_its_own(watched):
    """What it raises reaches the server as before."""

    async def broken(scope, receive, send):
        raise RuntimeError("the application")

    with pytest.raises(RuntimeError, match="the application"):
        ask(watched(broken))


def test_a_sample_of_nothing_looks_at_nothing(watched):
    """And starts no thread."""
    monitor = watched(service(), sample=0.0)
    ask(monitor)

    assert {} == monitor.observation().exchanges
    assert not [item for item in threading.enumerate() if item.name == "accord monitor"]


def test_the_thread_ends_with_the_service(watched):
    """At shutdown what waits is counted, and later answers go by uncounted."""
    monitor = watched(service())
    ask(monitor)
    startup, shutdown = {"type": "lifespan.startup"}, {"type": "lifespan.shutdown"}
    ask(monitor, kind="lifespan", incoming=[startup, shutdown])
    end(monitor)

    assert {("read_order", "200"): 1} == monitor.observation().exchanges
    assert 2 == len(ask(monitor))
    assert 1 == monitor.dropped


def test_a_contract_may_be_named_by_its_path(watched):
    """As everywhere else; one that is not there is told."""
    assert isinstance(ContractMonitor(service(), SHOP), ContractMonitor)
    with pytest.raises(ContractError, match="does not exist"):
        ContractMonitor(service(), SHOP / "absent")


ORDERS = {
    "openapi": "3.1.0",
    "info": {"title": "Orders", "version": "1"},
    "paths": {
        "/orders": {
            "post": {
                "operationId": "order",
                "parameters": [{"name": "dry", "in": "query", "schema": {"type": "boolean"}}],
                "requestBody": {
                    "content": {
                        "application/json": {
                            "schema": {
                                "type": "object",
                                "properties": {
                                    "id": {"type": "integer"},
                                    "password": {"type": "string", "pattern": "^long"},
                                },
                            }
                        }
                    }
                },
                "responses": {"200": {"description": "Taken."}},
            }
        }
    },
}


def posted(monitor, *parts, more=False):
    """Post the *parts* of a body to an application that reads all of them, and return what was counted."""
    waiting = [{"type": "http.request", "body": part, "more_body": True} for part in parts]
    waiting[-1]["more_body"] = more

    async def receive():
        return waiting.pop(0)

    async def send(message):
        pass

    scope = {
        "type": "http",
        "method": "POST",
        "path": "/orders",
        "query_string": b"dry=maybe",
        "headers": JSON,
    }
    asyncio.run(monitor(scope, receive, send))
    end(monitor)
    return {root.part: count for root, count in monitor.observation().bodies.items()}


@pytest.fixture
def taking(tmp_path):
    """Give a monitor before a service that reads bodies to their end, or as far as they go."""
    (tmp_path / "openapi.json").write_text(json.dumps(ORDERS))

    async def application(scope, receive, send):
        while True:
            message = await receive()
            if not message["more_body"] or message["body"] == b"enough":
                break
        await send({"type": "http.response.start", "status": 200, "headers": []})
        await send({"type": "http.response.body", "body": b""})

    monitor = ContractMonitor(application, tmp_path / "openapi.json", largest_body=100)
    yield monitor
    monitor.close()


def test_what_clients_say_is_counted_without_its_secrets(taking):
    """The body, however it is cut, and the parameters of the query."""
    counted = posted(taking, b'{"id": 7, "pass', b'word": "hush-hush"}')

    assert {"id": 1, "password": 1} == counted["request"].presence
    assert {"string": 1} == counted["query"].members["dry"].kinds
    assert "hush-hush" not in json.dumps(taking.observation().document())
    assert "hush-hush" not in repr(taking.findings())


@pytest.mark.parametrize(
    ("parts", "more"), [([b'{"id":' + b" " * 100, b"7}"], False), ([b'{"id": 7', b"enough"], True)]
)
def test_a_body_that_is_large_or_not_read_to_its_end_is_not_looked_at(taking, parts, more):
    """Nothing is said of half a body."""
    assert ["query"] == list(posted(taking, *parts, more=more))
    assert {} == taking.observation().unreadable


def test_counts_arrive_as_metrics(watched):
    """By operation and status, by rule, through the SDK of OpenTelemetry; nothing of a body is among them."""
    sdk = pytest.importorskip("opentelemetry.sdk.metrics")
    export = pytest.importorskip("opentelemetry.sdk.metrics.export")
    reader = export.InMemoryMetricReader()
    provider = sdk.MeterProvider(metric_readers=[reader], shutdown_on_exit=False)
    body = json.dumps({"id": 7, "state": "my-secret-state"}).encode()
    monitor = watched(service(parts=(body,)), meter=provider.get_meter("accord"))
    for _ in range(3):
        ask(monitor)
    end(monitor)
    data = reader.get_metrics_data()
    provider.shutdown()
    told = {
        metric.name.removeprefix("accord.monitor."): [
            (point.value, dict(point.attributes)) for point in metric.data.data_points
        ]
        for resource in data.resource_metrics
        for scope in resource.scope_metrics
        for metric in scope.metrics
    }

    assert [(3, {"operation": "read_order", "status": "200"})] == told["said"]
    assert [(0, {})] == told["dropped"] == told["failed"]
    ((number, deviation),) = told["deviations"]
    assert (1, "unknown-enum-member", "read_order") == (number, deviation["rule"], deviation["owner"])
    assert "my-secret-state" not in data.to_json()
