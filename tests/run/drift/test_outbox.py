"""Facts about facts noted and alerts sent: one for each fact, at least once, in order, by two watchers as by one."""

from __future__ import annotations

import os
import subprocess
import sys
from contextlib import suppress
from dataclasses import replace

import pytest

from accord.errors import StateError
from accord.exchange.message import Delivery
from accord.findings.drift.fact import Fact, Grade, Kind
from accord.findings.drift.lifecycle import Event, Listener
from accord.findings.finding import Severity
from accord.run.drift import outbox
from accord.run.drift.ledger import opened
from accord.run.drift.outbox import empty, strangers, waiting
from accord.run.drift.standing import Receiver, Scope, Tale, failed, note

SCOPE = Scope(target="https://staging.example.com", contract="contracts/mine", accept="accord accept x")
TEAM = Receiver(listener=Listener(name="team", threshold=Severity.ERROR, remind=1000.0), digest=False)
DIGEST = Receiver(listener=Listener(name="daily", threshold=Severity.NOTE), digest=True)
ALL = frozenset({Kind.PUBLISHED, Kind.SERVICE})


class Killed(BaseException):
    """What no handler of errors catches."""


class Post:
    """Takes what is sent; ``answers`` are what it says, one after the other, then that it takes all."""

    def __init__(self, *answers):
        self.answers = list(answers)
        self.sent = []

    def __call__(self, parcel):
        self.sent.append((parcel.message, [(alert.event, alert.body["headline"]) for alert in parcel.alerts]))
        answer = self.answers.pop(0) if self.answers else Delivery(taken=True, detail="status 204")
        if isinstance(answer, Delivery):
            return answer
        raise answer

    def events(self):
        return [alert for _, alerts in self.sent for alert in alerts]


@pytest.fixture
def ledger(tmp_path):
    with opened(tmp_path / "drift.sqlite3") as made:
        yield made


def tale(name, *, state="one", severity=Severity.ERROR, kind=Kind.PUBLISHED, approval=""):
    fact = Fact(
        kind=kind,
        key=name,
        state=state,
        rule="changed-type",
        grade=Grade.BREAKING,
        severity=severity,
        proof="",
        approval=approval,
    )
    return Tale(fact=fact, body={"key": name, "severity": severity.value, "headline": f"{name} {state}"})


def noted(ledger, *tales, receivers=(TEAM,), at=1000.0, asked=None, kinds=ALL):
    return note(ledger, SCOPE, tales, receivers, kinds=kinds, asked=asked or at, now=at)


def send(ledger, post, *, destination="team", at=1000.0):
    return empty(ledger, destination, post, clock=lambda: at, seconds=10)


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


def test_what_is_not_taken_waits_longer_each_time(ledger):
    """15 seconds, 30, 60, ten per cent more or less, an hour at most; the receiver may ask for more."""
    noted(ledger, tale("a"))
    at, waits = 1000.0, []
    for _ in range(10):
        done = send(ledger, Post(Delivery(taken=False, detail="status 500")), at=at)
        assert (0, 1, "status 500") == (done.sent, done.wait, done.problem)
        waits.append(done.due - at)
        assert not send(ledger, Post(), at=done.due - 0.1).sent
        at = done.due
    for wait, expected in zip(waits, [15, 30, 60, 120, 240, 480, 960, 1920, 3600, 3600], strict=True):
        assert expected * 0.9 <= wait <= expected * 1.1
    done = send(ledger, Post(Delivery(taken=False, detail="status 429", wait=7200.0)), at=at)
    assert at + 7200 == done.due
    assert 1 == send(ledger, Post(), at=done.due).sent


def test_one_that_is_not_taken_does_not_keep_others_back(ledger):
    """But what is told of one fact stays in order."""
    noted(ledger, tale("a"), tale("b"))
    first = send(ledger, Post(Delivery(taken=False, detail="status 413")))
    noted(ledger, tale("b"), at=1001.0)
    post = Post()
    assert 1 == send(ledger, post, at=1001.0).sent
    assert [(Event.NEW, "b one")] == post.events()
    send(ledger, post, at=first.due)
    assert [(Event.NEW, "b one"), (Event.NEW, "a one"), (Event.OVER, "a one")] == post.events()


def test_a_kill_after_the_receivers_answer_repeats_the_same_id(ledger):
    """Nothing else of it does: what was sent before is not sent again."""
    noted(ledger, tale("a"), tale("b"))
    post = Post(Delivery(taken=True, detail=""), Killed())
    with pytest.raises(Killed):
        send(ledger, post)
    send(ledger, post)
    ids = [id_ for id_, _ in post.sent]
    assert [ids[0], ids[1], ids[1]] == ids
    assert 0 == waiting(ledger, "team")


@pytest.mark.parametrize("step", range(8))
def test_a_kill_between_any_two_steps_loses_nothing(tmp_path, step):
    """All of it is done again; each fact is told, and nothing twice but with its id."""
    post = Post()
    left = step

    def killing() -> None:
        nonlocal left
        left -= 1
        if left < 0:
            raise Killed

    with opened(tmp_path / "drift.sqlite3") as ledger, suppress(Killed):
        _interrupted(ledger, post, killing)
    with opened(tmp_path / "drift.sqlite3") as ledger:
        noted(ledger, tale("a"), tale("b"), at=1001.0)
        send(ledger, post, at=1001.0)
    assert {"a one", "b one"} == {headline for _, headline in post.events()}
    assert 2 == len({id_ for id_, _ in post.sent})


def _interrupted(ledger, post, killing):
    """Note and send, killed between two steps."""
    killing()
    noted(ledger, tale("a"), tale("b"))
    killing()

    def sending(parcel):
        killing()
        done = post(parcel)
        killing()
        return done

    send(ledger, sending)
    killing()


def test_two_watchers_tell_it_once(tmp_path):
    """Whoever notes first writes it, whoever takes a message first sends it."""
    path = tmp_path / "drift.sqlite3"
    with opened(path) as one, opened(path) as other:
        noted(one, tale("a"))
        noted(other, tale("a"), at=1000.5)
        mine, theirs = Post(), Post()

        def meanwhile(parcel):
            # The other watcher comes while this one sends, as another process does.
            made = outbox._me
            outbox._me = lambda: f"{made()}9"
            try:
                assert not send(other, theirs).sent
            finally:
                outbox._me = made
            return mine(parcel)

        assert 1 == send(one, meanwhile).sent
        assert 0 == send(other, theirs).sent
        assert [] == theirs.sent


def test_an_answer_that_is_older_than_what_is_known_is_not_noted(ledger):
    """A watcher that asked before another one, and got its answer later, does not undo what that one knows."""
    noted(ledger, tale("a"), at=1000.0, asked=999.0)
    late = noted(ledger, at=1001.0, asked=998.0)
    assert late.late
    assert {"a": 1000.0} == noted(ledger, tale("a"), at=1002.0).since


def test_who_died_while_sending_keeps_nobody_from_it(ledger):
    """A process of this machine that is no more is known at once, one of another machine after some time."""
    noted(ledger, tale("a"))
    dead = subprocess.run(
        [sys.executable, "-c", "import os; print(os.getpid())"], capture_output=True, check=True
    )
    host = outbox._me().split(":")[0]
    for owner, at, sent in (
        ("elsewhere:1:1", 1000, 0),
        (f"{host}:{os.getppid()}:1", 1000, 0),
        (f"{host}:{dead.stdout.decode().strip()}:1", 1000, 1),
    ):
        with ledger.writing() as connection:
            connection.execute("UPDATE outbox SET owner = ?, owned_until = 1020, sent = NULL", (owner,))
        assert sent == send(ledger, Post(), at=at).sent
    with ledger.writing() as connection:
        connection.execute("UPDATE outbox SET owner = 'elsewhere:1:1', owned_until = 1020, sent = NULL")
    assert 1 == send(ledger, Post(), at=1020).sent


def test_alerts_for_a_destination_that_is_gone_are_not_forgotten(ledger):
    """They are counted for whoever has taken it out of the settings."""
    noted(ledger, tale("a"), tale("b"))
    assert [("team", 2)] == list(strangers(ledger, frozenset({"daily"})))
    assert [] == list(strangers(ledger, frozenset({"team"})))


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
