"""Facts about what is noted: facts that come, change and go, and the alerts that are written for them."""

from __future__ import annotations

from dataclasses import replace

import pytest
from tales import DIGEST, SCOPE, TEAM, Post, noted, send, tale

from accord.errors import StateError
from accord.findings.drift.fact import Kind
from accord.findings.drift.lifecycle import Event
from accord.findings.finding import Severity
from accord.run.drift.outbox import waiting
from accord.run.drift.standing import failed


def test_one_fact_is_told_once(ledger):
    """However often it is found; again when it changes, after the time to remind, and when it is over."""
    post = Post()
    steps = [
        (1000, [tale("a")]),
        (1001, [tale("a")]),
        (1002, [tale("a", state="two")]),
        (1003, [tale("a", state="two")]),
        (2002, [tale("a", state="two")]),
        (2003, []),
        (2004, []),
        (2005, [tale("a")]),
    ]
    for at, tales in steps:
        noted(ledger, *tales, at=at)
        send(ledger, post, at=at)
    assert [
        (Event.NEW, "a one"),
        (Event.CHANGED, "a two"),
        (Event.REMINDED, "a two"),
        (Event.OVER, "a two"),
        (Event.NEW, "a one"),
    ] == post.events()
    assert len(post.sent) == len({id_ for id_, _ in post.sent})


def test_each_destination_hears_what_it_wants(ledger):
    """One of breaks alone, one of everything in one message."""
    tales = [tale("a"), tale("b", severity=Severity.NOTE), tale("c", severity=Severity.NOTE)]
    assert 4 == noted(ledger, *tales, receivers=(TEAM, DIGEST)).alerts
    team, daily = Post(), Post()
    send(ledger, team)
    send(ledger, daily, destination="daily")
    assert ([1], [3]) == ([len(alerts) for _, alerts in team.sent], [len(alerts) for _, alerts in daily.sent])


def test_a_new_destination_hears_of_what_stands(ledger):
    """The others hear nothing again."""
    noted(ledger, tale("a"))
    noted(ledger, tale("a"), receivers=(TEAM, DIGEST), at=1001.0)
    assert (1, 1) == (waiting(ledger, "team"), waiting(ledger, "daily"))


def test_an_approved_fact_is_over_for_who_was_told(ledger):
    """It still stands, and its history goes on."""
    post = Post()
    noted(ledger, tale("a"))
    made = noted(ledger, tale("a", approval="approved by a team"), at=1001.0)
    send(ledger, post)
    send(ledger, post, at=1001.0)
    assert [Event.NEW, Event.OVER] == [event for event, _ in post.events()]
    assert {"a": 1000.0} == made.since


def test_an_answer_that_is_older_than_what_is_known_is_not_noted(ledger):
    """A watcher that asked before another one, and got its answer later, does not undo what that one knows."""
    noted(ledger, tale("a"), at=1000.0, asked=999.0)
    late = noted(ledger, at=1001.0, asked=998.0)
    assert late.late
    assert {"a": 1000.0} == noted(ledger, tale("a"), at=1002.0).since


def test_a_full_disk_loses_nothing(ledger):
    """What cannot be written was never told: the next time it is all new again."""
    pages = ledger.connection.execute("PRAGMA page_count").fetchone()[0]
    ledger.connection.execute(f"PRAGMA max_page_count = {pages}")
    many = [
        replace(tale(f"fact {n}"), body={"severity": "error", "headline": "x" * 2000}) for n in range(100)
    ]
    with pytest.raises(StateError, match="full") as caught:
        noted(ledger, *many)
    assert "Make room" in caught.value.next_step
    ledger.connection.execute("PRAGMA max_page_count = 100000")
    assert 100 == noted(ledger, *many, at=1001.0).alerts


def test_failures_are_counted_until_an_answer_comes(ledger):
    """Also by runs of their own."""
    assert [1, 2] == [failed(ledger, SCOPE), failed(ledger, SCOPE)]
    noted(ledger)
    assert 1 == failed(ledger, SCOPE)


def test_a_silence_leaves_what_stands_as_it_is(ledger):
    """Nobody knows whether the drift is over: only the service's silence is told, and its end."""
    post = Post()
    silence = tale("silence", kind=Kind.SERVICE)
    noted(ledger, tale("a"))
    noted(ledger, silence, kinds=frozenset({Kind.SERVICE}), at=1001.0)
    noted(ledger, tale("a"), at=1002.0)
    send(ledger, post, at=1002.0)
    assert [(Event.NEW, "a one"), (Event.NEW, "silence one"), (Event.OVER, "silence one")] == post.events()


def test_what_was_observed_is_beside_what_is_published(ledger):
    """One source does not end the facts of the other."""
    noted(ledger, tale("a"))
    seen = tale("b", kind=Kind.OBSERVED)
    made = noted(ledger, seen, kinds=frozenset({Kind.OBSERVED}), at=1001.0)
    assert {"a", "b"} == set(made.since)
    assert {"b"} == set(noted(ledger, at=1002.0).since)
