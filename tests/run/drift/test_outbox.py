"""Facts about alerts sent: at least once, in order, by two watchers as by one."""

from __future__ import annotations

import os
import subprocess
import sys
from contextlib import suppress

import pytest
from tales import DIGEST, Killed, Post, noted, send, tale

from accord.exchange.message import Delivery
from accord.findings.drift.lifecycle import Event
from accord.run.drift import outbox
from accord.run.drift.ledger import opened
from accord.run.drift.outbox import strangers, waiting


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


def test_a_digest_passes_no_message_about_one_of_its_facts(ledger):
    """Also where another of its facts comes first."""
    noted(ledger, tale("a"), receivers=(DIGEST,))
    first = send(ledger, Post(Delivery(taken=False, detail="status 413")), destination="daily")
    noted(ledger, tale("b"), receivers=(DIGEST,), at=1001.0)
    post = Post()
    assert 0 == send(ledger, post, destination="daily", at=1001.0).sent
    assert 2 == send(ledger, post, destination="daily", at=first.due).sent
    assert [(Event.NEW, "a one"), (Event.NEW, "b one"), (Event.OVER, "a one")] == post.events()


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
