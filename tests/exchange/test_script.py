"""Scripts are read line by line, and what means nothing is refused at its line."""

from __future__ import annotations

import json
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from accord.errors import ConfigurationError
from accord.exchange.reproduce import script
from accord.exchange.script import LONGEST, Came, agrees, message, read_script
from accord.exchange.values import Closed, Opened, Received, Sent, Session, Side

CONNECT = '{"connect": "ws://h/ws"}\n'


def read(text: str) -> list[tuple[str, Any]]:
    """Return verbs and values of a script."""
    return [(line.verb, line.value) for line in read_script(text, "s", lambda text, _: text)]


def test_lines_are_read_in_their_order() -> None:
    """Empty lines and comments are passed over, and places count them."""
    text = '# a comment\n\n{"connect": "/ws", "subprotocols": ["a"], "on": "x"}\n{"wait": 1, "on": "x"}\n'
    lines = read_script(text, "s", lambda text, _: text)
    assert [("break", "reset")] == read(CONNECT + '{"break": "reset"}')[1:]
    assert [("s:3", "connect", "/ws", "x"), ("s:4", "wait", 1, "x")] == [
        (line.place, line.verb, line.value, line.on) for line in lines
    ]
    assert ("a",) == lines[0].subprotocols


def test_only_what_is_sent_is_filled_in() -> None:
    """What a service may have said is never expanded."""
    text = '{"connect": "/${A}"}\n{"send": {"json": {"b": ["${B}", 1]}}}\n{"expect": {"json": "${C}"}}'
    lines = read_script(text, "s", lambda text, place: f"<{text}@{place}>" if "$" in text else text)
    assert ["</${A}@s:1>", {"json": {"b": ["<${B}@s:2>", 1]}}, {"json": "${C}"}] == [
        line.value for line in lines
    ]


@pytest.mark.parametrize(
    ("text", "place", "words"),
    [
        ("", "s", "says nothing"),
        ("# only a comment", "s", "says nothing"),
        ("{", "s:1", "not JSON"),
        ("[" * 100_000, "s:1", "not JSON"),
        ("[]", "s:1", "the line"),
        ("{}", "s:1", "the line"),
        ('{"connect": "ws://h", "wait": 1}', "s:1", "the line"),
        ('{"connect": "http://h"}', "s:1", "/connect"),
        ('{"wait": 1}', "s:1", "no connection yet"),
        (CONNECT + '{"wait": 1, "on": "other"}', "s:2", "no connection yet"),
        (CONNECT + '{"send": {"json": 1, "text": ""}}', "s:2", "/send"),
        (CONNECT + '{"send": {"base64": "a"}}', "s:2", "/send/base64"),
        (CONNECT + '{"send": {"text": "\\ud800"}}', "s:2", "surrogate"),
        (CONNECT + '{"wait": 1e9}', "s:2", "/wait"),
        (CONNECT + '{"close": {"code": 1005}}', "s:2", "/close/code"),
        (CONNECT + '{"expect": {"opened": 1}}', "s:2", "/expect"),
        (CONNECT + '{"sent": {"text": ""}}', "s:2", "the line"),
        (CONNECT * 10_001, "s", "more than 10000 lines"),
        ("x" * (LONGEST + 1), "s", "more than"),
    ],
)
def test_what_means_nothing_is_refused(text: str, place: str, words: str) -> None:
    """The error names the line and what is wrong with it, in few words."""
    with pytest.raises(ConfigurationError, match=words) as caught:
        read(text)
    assert place == caught.value.place
    assert len(caught.value.reason) <= 200


EVENTS = st.lists(
    st.one_of(
        st.builds(Sent, at=st.just(0.0), data=st.text(max_size=20) | st.binary(max_size=20)),
        st.builds(Received, at=st.just(0.0), data=st.text(max_size=20) | st.binary(max_size=20)),
        st.builds(
            Received, at=st.just(0.0), data=st.recursive(st.integers() | st.text(), st.lists).map(json.dumps)
        ),
    ),
    max_size=4,
)


@given(events=EVENTS, code=st.sampled_from([1000, 1006, 4400]))
def test_printed_script_is_read_back(events: list[Any], code: int) -> None:
    """What a report prints of a session is a script that expects that session."""
    whole = [Opened(at=0.0), *events, Closed(at=0.0, code=code, by=Side.SERVER)]
    session = Session(
        id="1", channel="c", url="ws://h/ws", script="s", identity=None, events=tuple(whole), started=0.0
    )
    lines = read(script(session, secrets=None))
    assert ("connect", "ws://h/ws") == lines[0]
    for event, (verb, value) in zip(whole, lines[1:], strict=True):
        if isinstance(event, Sent):
            assert same(event.data, message(value))
        else:
            assert ("expect", True) == (verb, agrees(value, event))


def same(said: str | bytes, again: str | bytes) -> bool:
    """Tell whether two messages say the same: bytes to the letter, JSON by its value."""
    if said == again:
        return True
    return isinstance(said, str) and isinstance(again, str) and json.loads(said) == json.loads(again)


@pytest.mark.parametrize(
    ("expected", "came", "met"),
    [
        ({"nothing": 1}, None, True),
        ({"json": 1}, None, False),
        ({"opened": None}, Opened(at=0.0), True),
        ({"opened": "a"}, Opened(at=0.0), False),
        ({"json": {"a": 1}}, Received(at=0.0, data='{"a":1.0}'), True),
        ({"json": {"a": 1}}, Received(at=0.0, data='{"a":true}'), False),
        ({"json": {"a": 1}}, Received(at=0.0, data='{"a":1,"b":2}'), False),
        ({"like": {"a": {"b": 1}}}, Received(at=0.0, data='{"a":{"b":1,"c":2},"d":3}'), True),
        ({"like": {"a": [1]}}, Received(at=0.0, data='{"a":[1,2]}'), False),
        ({"json": 1}, Received(at=0.0, data="{"), False),
        ({"json": 1}, Received(at=0.0, data=b"1"), False),
        ({"begins": "ab"}, Received(at=0.0, data="abc"), True),
        ({"text": "ab"}, Received(at=0.0, data="abc"), False),
        ({"base64": "YQ=="}, Received(at=0.0, data=b"a"), True),
        ({"closed": 4401}, Closed(at=0.0, code=4401, reason="x", by=Side.SERVER), True),
        ({"closed": 4401, "reason": ""}, Closed(at=0.0, code=4401, reason="x", by=Side.SERVER), False),
        ({"closed": 1006, "status": 403}, Closed(at=0.0, code=1006, status=403, by=Side.SERVER), True),
        ({"json": 1}, Closed(at=0.0, code=1000, by=Side.SERVER), False),
    ],
)
def test_expectation_is_met_by_what_it_says(expected: Any, came: Came, met: bool) -> None:
    """Values are compared as JSON, ends by what the line names of them."""
    assert met is agrees(expected, came)
