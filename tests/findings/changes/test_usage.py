"""Facts about usage: which recorded exchanges and sessions a change touches, and whose they are."""

from __future__ import annotations

import pytest

from accord.cases.request import Request
from accord.contract.contract import load_text
from accord.exchange.values import Exchange, Response, Session
from accord.findings.changes.change import Change, Effect, Verdict
from accord.findings.changes.result import Told, Usage
from accord.findings.changes.usage import with_usage

CONTRACT = load_text(
    """
openapi: 3.1.0
info: {title: T, version: "1"}
paths:
  /things: {post: {operationId: make, responses: {"201": {description: Made.}}}}
  /things/{id}: {get: {operationId: read, responses: {"200": {description: Read.}}}}
  /things/mine: {get: {operationId: mine, responses: {"200": {description: Mine.}}}}
""",
    name="openapi.yaml",
)


def exchange(method, path, status, operation=None, agent="app/1"):
    headers = (("User-Agent", agent),) if agent else ()
    return Exchange(
        id="1",
        operation=operation,
        request=Request(method=method, url=f"http://h/prefix{path}", headers=headers),
        response=Response(status=status),
        started=0,
        seconds=0,
    )


RECORDED = (
    exchange("POST", "/things", 201),
    exchange("POST", "/things", 422, agent="curl/8"),
    exchange("GET", "/things/7", 200, agent=""),
    exchange("GET", "/things/8?x=/things/mine", 404),
    exchange("GET", "/things/mine", 200),
    exchange("GET", "/elsewhere", 200, operation="make"),
    exchange("GET", "/unknown", 200),
    Session(id="2", channel="events", url="ws://h/e", script="s", identity=None, events=(), started=0),
)


@pytest.mark.parametrize(
    ("reach", "expected"),
    [
        ("POST /things", Usage(exchanges=3, clients=(("app/1", 2), ("curl/8", 1)))),
        (
            "POST /things request body application/json",
            Usage(exchanges=3, clients=(("app/1", 2), ("curl/8", 1))),
        ),
        ("POST /things response 422 application/json", Usage(exchanges=1, clients=(("curl/8", 1),))),
        ("POST /things response 4XX application/json", Usage(exchanges=1, clients=(("curl/8", 1),))),
        (
            "POST /things response default application/json",
            Usage(exchanges=3, clients=(("app/1", 2), ("curl/8", 1))),
        ),
        ("GET /things/{id}", Usage(exchanges=2, clients=(("no User-Agent", 1), ("app/1", 1)))),
        (
            "GET /things/{id} response 200 application/json",
            Usage(exchanges=1, clients=(("no User-Agent", 1),)),
        ),
        ("GET /things/mine", Usage(exchanges=1, clients=(("app/1", 1),))),
        ("events message shot", Usage(exchanges=1, clients=(("no User-Agent", 1),))),
        ("GET /thing", Usage(exchanges=0)),
    ],
)
def test_a_change_touches_the_exchanges_of_what_it_reaches(reach, expected):
    """An exchange is known by its operation, else by the most exact path template; a response by its status."""
    change = Change(rule="r", effect=Effect.NARROWED, verdict=Verdict.BREAKING, reaches=(reach,))
    assert expected == with_usage((Told(change=change),), RECORDED, CONTRACT)[0].usage


def test_an_exchange_counts_once_for_all_that_a_change_reaches():
    """Two reaches of one operation are one touch."""
    reaches = ("GET /things/mine", "GET /things/mine response 200 application/json")
    change = Change(rule="r", effect=Effect.NARROWED, verdict=Verdict.BREAKING, reaches=reaches)
    usage = with_usage((Told(change=change),), RECORDED, CONTRACT)[0].usage
    assert usage is not None
    assert 1 == usage.exchanges
