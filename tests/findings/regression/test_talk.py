"""Facts about sessions laid beside each other."""

from __future__ import annotations

import json

import pytest

from accord.contract.asyncapi import Channel
from accord.exchange.values import Closed, Opened, Received, Session, Side
from accord.findings.regression.contrast import Restless
from accord.findings.regression.difference import Kind
from accord.findings.regression.plays import Plays, of_sessions

CHANNEL = Channel(id="events", address="/ws", messages=(), session=None, uri="a.yaml#/channels/events")
MADE, MOVED, DONE = (
    {"type": name, "payload": {"id": 7, "state": "open"}} for name in ("made", "moved", "done")
)


def session(*messages, code=1000, by=Side.SERVER):
    events = [Received(at=0.1, data=item if isinstance(item, str) else json.dumps(item)) for item in messages]
    closed = Closed(at=1.0, code=code, by=by)
    return Session(
        id="s",
        channel="events",
        url="ws://h:1/ws",
        script="events",
        identity=None,
        events=(Opened(at=0), *events, closed),
        started=0,
    )


def differences(before, after, second=None):
    plays = Plays(first=(before,), second=(second or before,), candidate=(after,))
    marks = of_sessions(plays, CHANNEL, lambda _: False, Restless())
    return [(mark.kind, mark.pointer) for mark in marks]


BEFORE = session(MADE, MOVED, MOVED, DONE)


@pytest.mark.parametrize(
    ("after", "expected"),
    [
        (BEFORE, []),
        (session(MADE, MOVED, MOVED, DONE, code=4401), [(Kind.VALUE, "/closed/code")]),
        (session(MADE, MOVED, DONE), [(Kind.COUNT, "/counts/moved")]),
        (session(MADE, MOVED, DONE, MOVED), [(Kind.ORDER, "/order")]),
        (session(MOVED, MOVED, DONE), [(Kind.GONE, "/counts/made"), (Kind.ORDER, "/order")]),
        (
            session(MADE, MOVED, MOVED, DONE | {"type": "finished"}),
            [(Kind.GONE, "/counts/done"), (Kind.NEW, "/counts/finished"), (Kind.ORDER, "/order")],
        ),
        (
            session(MADE, MOVED, MOVED, DONE | {"payload": {"id": 7}}),
            [(Kind.GONE, "/messages/done/payload/state")],
        ),
        (
            session(MADE, MOVED, MOVED, DONE, "no JSON"),
            [(Kind.NEW, "/counts/no JSON"), (Kind.ORDER, "/order")],
        ),
    ],
)
def test_a_session_is_compared_by_its_course_and_its_messages(after, expected):
    """Close code, kinds, how many, in which order of each thing, and what they say."""
    assert expected == differences(BEFORE, after)


def test_how_many_come_may_change_by_itself():
    """A number that the baseline does not keep to is no difference."""
    assert [] == differences(BEFORE, session(MADE, MOVED, DONE), session(MADE, MOVED, MOVED, MOVED, DONE))


def test_a_refused_handshake_is_told():
    """A connection that opens no more has no messages to compare."""
    refused = Session(
        id="s",
        channel="events",
        url="ws://h:1/ws",
        script="events",
        identity=None,
        events=(Closed(at=0, code=1006, by=Side.SERVER, status=403),),
        started=0,
    )
    assert (Kind.VALUE, "/handshake") in differences(BEFORE, refused)
