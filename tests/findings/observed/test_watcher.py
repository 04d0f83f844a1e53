"""Watching traffic: what goes where, what is passed over, and sums of observations."""

from __future__ import annotations

import json
from dataclasses import replace
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from accord.cases.request import Request
from accord.contract.contract import load
from accord.exchange.values import Exchange, Lapse, Opened, Received, Response, Sent, Session
from accord.findings.observed.observation import Observation, Root, added
from accord.findings.observed.watcher import Watcher

SHOP = load(Path(__file__).parents[3] / "docs" / "rules" / "cases" / "shop")


def exchange(
    method="GET",
    url="https://shop.example/orders/7",
    status=200,
    body=None,
    lapse=None,
    form="application/json",
):
    """Return an exchange; without a status nothing came."""
    data = b"" if body is None else body if isinstance(body, bytes) else json.dumps(body).encode()
    response = Response(status=status, headers=(("Content-Type", form),), body=data) if status else None
    return Exchange(
        id="e1",
        operation=None,
        request=Request(method=method, url=url),
        response=response,
        lapse=lapse,
        started=0,
        seconds=0,
    )


def session(*events, channel="events"):
    """Return a session in which that was said."""
    return Session(
        id="s1",
        channel=channel,
        url="ws://h/v1/events",
        script="x",
        identity=None,
        events=(Opened(at=0), *events),
        started=0,
    )


def observed(*said):
    """Return the observation of what was said."""
    watcher = Watcher(SHOP)
    for item in said:
        watcher.take(item)
    return watcher.finish()


def test_requests_find_their_operation_under_any_prefix():
    """Method and path decide, and the origin counts as the service's."""
    found = observed(
        exchange(url="https://a.example/api/v2/orders/12?x=1"), exchange(method="DELETE", status=204)
    )

    assert {("read_order", "200"): 1, ("delete_order", "204"): 1} == found.exchanges
    assert {"https://a.example": 1, "https://shop.example": 1} == found.origins.counts


def test_what_no_operation_takes_is_counted_without_its_ids():
    """So that a thousand ids are one line."""
    urls = [f"https://shop.example/orders/{number}/label" for number in range(5)]
    found = observed(*(exchange(url=url) for url in urls), exchange(method="PUT"))

    assert {
        "https://shop.example GET /orders/{}/label": 5,
        "https://shop.example PUT /orders/{}": 1,
    } == found.unknown.counts


def test_what_was_not_answered_is_told_and_not_counted():
    """No connection, not sent; an answer that broke off counts as asked."""
    found = observed(
        exchange(status=None, lapse=Lapse.NO_CONNECTION),
        exchange(body={}, lapse=Lapse.CLOSED),
        exchange(url="http://["),
    )

    assert {("read_order", ""): 1} == found.exchanges
    assert {
        "a request that was not answered: no-connection": 1,
        "an exchange whose URL cannot be read": 1,
    } == (found.skipped.counts)


def test_bodies_are_counted_by_status_and_media_type():
    """What is no JSON is not looked into; what should be and is not is told."""
    found = observed(
        exchange(body={"id": 7, "state": "open"}),
        exchange(body=b"<p>", form="text/html; charset=utf-8"),
        exchange(body=b"{"),
        exchange(status=410, body={"why": "x"}, form="application/problem+json"),
    )

    assert {
        Root("read_order", "200", "application/json"),
        Root("read_order", "410", "application/problem+json"),
        Root("read_order", "path", ""),
    } == set(found.bodies)
    assert {Root("read_order", "200", "application/json"): 1} == found.unreadable
    assert {"text/html": 1} == found.media_types[("read_order", "200")].counts


def test_messages_are_counted_by_side_and_kind():
    """A channel is found by its name or its path; another one is passed over and told."""
    said = (Received(at=1, data='{"type": "paid", "id": 1}'), Sent(at=2, data='{"type": "paid", "id": 1}'))
    more = (
        Received(at=1, data=b'{"type": "lost"}'),
        Received(at=1, data="[]"),
        Received(at=1, data='{"id": 1}'),
    )
    found = observed(session(*said), session(*more, channel="unheard"))

    foreign = replace(session(*said, channel=""), url="wss://chat.example/room")
    assert {"a WebSocket session on a channel that the contract does not know": 1} == observed(
        foreign
    ).skipped.counts
    assert {Root("events", "server", "paid"): 1} == {root: count.seen for root, count in found.bodies.items()}
    assert {"lost": 1, "no object: list": 1, "without type": 1} == found.strangers[
        ("events", "server")
    ].counts
    assert {"paid": 1} == found.strangers[("events", "client")].counts


SAID = st.one_of(
    st.builds(
        exchange,
        status=st.sampled_from([200, 204, 404, 410]),
        url=st.sampled_from(["https://a.example/orders/1", "https://a.example/x"]),
        body=st.none()
        | st.dictionaries(
            st.sampled_from(["id", "state", "x"]), st.sampled_from([1, "open", None]), max_size=3
        ),
    ),
    st.builds(
        lambda text: session(Received(at=0, data=text)),
        st.sampled_from(['{"type": "paid"}', '{"type": "x"}', "{"]),
    ),
)


@settings(max_examples=25)
@given(one=st.lists(SAID, max_size=5), two=st.lists(SAID, max_size=5), three=st.lists(SAID, max_size=5))
def test_observations_are_a_monoid(one, two, three):
    """To add observations is to observe all, in any order; the empty one changes nothing."""
    first, second, third = observed(*one), observed(*two), observed(*three)

    assert observed(*one, *two) == added(first, second) == added(second, first)
    assert added(added(first, second), third) == added(first, added(second, third))
    assert first == added(first, Observation()) == added(Observation(), first)
    assert json.dumps(first.document())


def test_an_unknown_message_of_a_channel_is_told():
    """A name that the contract does not have is refused."""
    with pytest.raises(KeyError):
        Watcher(SHOP).messages([], SHOP.channels[0], "server", name="lost")
