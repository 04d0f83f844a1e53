"""A watch that is killed at random moments loses no alert, and repeats one only with the same id."""

from __future__ import annotations

import base64
import hashlib
import hmac
import json
import os
import random
import re
import signal
import sqlite3
import subprocess
import sys
import threading
from pathlib import Path

import pytest
from receivers import SECRET, document

KILLS = int(os.environ.get("ACCORD_KILLS", "3"))
MEMBERS = ("a", "b", "c")
MEMBER = re.compile(r"properties/([abc])\b")


def changing(number):
    """Return a document in which each member drifts and comes back, each at another pace."""
    return document(**{name: "string" for at, name in enumerate(MEMBERS) if number // (at + 1) % 2})


@pytest.fixture
def project(tmp_path, hook, mail):
    """Give a folder with the contract and its settings, told by webhook and by mail."""
    (tmp_path / "contract").mkdir()
    (tmp_path / "contract" / "openapi.json").write_text(json.dumps(document()))
    (tmp_path / "pyproject.toml").write_text(
        '[tool.accord]\ncontract = "contract"\n'
        f'[tool.accord.drift.alerts.hook]\nwebhook = "{hook.url}"\nsecret = "{SECRET}"\n'
        f'[tool.accord.drift.alerts.post]\nmail = "team@example.com"\nfrom = "accord@example.com"\n'
        f'smtp = "{mail.url}"\ndigest = false\n'
    )
    return tmp_path


class Nursery:
    """The process of which watches are children, see ``nursery.py``."""

    def __init__(self) -> None:
        script = str(Path(__file__).with_name("nursery.py"))
        self.process = subprocess.Popen(
            [sys.executable, script], stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True
        )
        self.begun = 0

    def ask(self, **order: object) -> int:
        """Return the answer to an order."""
        assert self.process.stdin is not None
        assert self.process.stdout is not None
        self.process.stdin.write(json.dumps(order) + "\n")
        self.process.stdin.flush()
        return int(self.process.stdout.readline())

    def watch(self, folder: Path, url: str, *more: str) -> Watcher:
        """Start a watch in *folder*."""
        self.begun += 1
        pipe = folder / f"out-{self.begun}"
        os.mkfifo(pipe)
        start = ["drift", url, "--watch", "--every", "0.01s", *more]
        return Watcher(self, self.ask(start=start, folder=str(folder), out=str(pipe)), pipe)


class Watcher:
    """A watch of its own in a process of its own."""

    def __init__(self, nursery: Nursery, process: int, pipe: Path) -> None:
        self.nursery = nursery
        self.process = process
        self.out = pipe.open()
        self.rest: list[str] = []
        self.reader: threading.Thread | None = None

    def first_line(self) -> str:
        """Return the first line that it says, when it has asked once; what follows is read on."""
        line = self.out.readline()
        self._read()
        return line

    def _read(self) -> None:
        self.reader = threading.Thread(target=lambda: self.rest.extend(self.out))
        self.reader.start()

    def kill(self) -> None:
        """Kill it as nothing can be prepared for."""
        os.kill(self.process, signal.SIGKILL)

    def end(self) -> int:
        """Wait until it is over."""
        if self.reader is None:
            self._read()
        status = self.nursery.ask(wait=self.process)
        assert self.reader is not None
        self.reader.join(10)
        self.out.close()
        return status


@pytest.fixture(scope="module")
def nursery():
    """Give what starts watches."""
    made = Nursery()
    yield made
    assert made.process.stdin is not None
    assert made.process.stdout is not None
    made.process.stdin.close()
    made.process.wait(10)
    made.process.stdout.close()


def unsent(folder):
    """Return the ids of messages that are not marked as sent, as a reader of the file sees it."""
    connection = sqlite3.connect(folder / ".accord" / "drift.sqlite3")
    try:
        return {name for (name,) in connection.execute("SELECT message FROM outbox WHERE sent IS NULL")}
    finally:
        connection.close()


def killed(watcher, dice, receivers):
    """Kill *watcher* at a random moment: after some time, or right after a receiver has answered it."""
    assert watcher.first_line()
    by_answer = dice.random() < 0.5
    answered = threading.Event()
    left = dice.randrange(1, 8)

    def taken(_: int) -> None:
        nonlocal left
        left -= 1
        if left == 0:
            answered.set()

    receiver = dice.choice(receivers)
    receiver.on_taken = taken if by_answer else lambda _: None
    answered.wait(5 if by_answer else dice.uniform(0, 0.4))
    watcher.kill()
    watcher.end()
    receiver.on_taken = lambda _: None


def stories(heard):
    """Return by member the events about it, each id once, in the order in which they were first heard."""
    found: dict[str, list[str]] = {name: [] for name in MEMBERS}
    seen = set()
    for id_, member, event in heard:
        if id_ not in seen:
            seen.add(id_)
            found[member].append(event)
    return found


def from_hooks(hook):
    """Return id, member and event of each post, whose signature holds."""
    for headers, body in hook.heard:
        signed = f"{headers['webhook-id']}.{headers['webhook-timestamp']}.".encode() + body
        key = base64.b64decode(SECRET.removeprefix("whsec_"))
        expected = base64.b64encode(hmac.new(key, signed, hashlib.sha256).digest()).decode()
        assert f"v1,{expected}" == headers["webhook-signature"]
        (fact,) = json.loads(body)["data"]["facts"]
        rows = dict(fact["rows"])
        yield headers["webhook-id"], MEMBER.search(rows["contract"])[1], fact["event"]


def from_mail(mail):
    """Return id, member and event of each mail."""
    for id_, item in zip(mail.ids(), mail.heard, strict=True):
        event = str(item["Subject"]).partition("drift ")[2].partition(":")[0]
        yield id_, MEMBER.search(item.get_content())[1], event


def test_no_alert_is_lost_and_a_repeat_has_the_same_id(project, nursery, hook, mail, publisher):
    """Each member drifts and comes back many times; told by two ways, nothing is missing from either story."""
    dice = random.Random(20261122)
    publisher.choose = changing
    may_repeat: set[str] = set()
    repeated: set[str] = set()
    for _ in range(KILLS):
        before = {*hook.ids(), *mail.ids()}
        counts = len(hook.heard), len(mail.heard)
        killed(nursery.watch(project, publisher.url), dice, (hook, mail))
        came = [*hook.ids()[counts[0] :], *mail.ids()[counts[1] :]]
        again = [id_ for id_ in came if id_ in before]
        assert len(came) == len(set(came))
        assert set(again) <= may_repeat
        repeated |= set(again)
        may_repeat = {*hook.ids(), *mail.ids()} & unsent(project)
    publisher.choose = lambda _: document(b="string")
    counts = len(hook.heard), len(mail.heard)
    before = {*hook.ids(), *mail.ids()}
    last = nursery.watch(project, publisher.url, "--max-runs", "2")
    assert 1 == last.end()
    again = {*hook.ids()[counts[0] :], *mail.ids()[counts[1] :]} & before
    assert again <= may_repeat

    assert set() == unsent(project)
    for heard in (list(from_hooks(hook)), list(from_mail(mail))):
        for member, events in stories(heard).items():
            assert events == (["new", "over"] * len(events))[: len(events)], (member, events)
            assert (member == "b") == (len(events) % 2 == 1), (member, events)
    total = len({*hook.ids(), *mail.ids()})
    print(
        f"{KILLS} kills, {total} alerts, {len(hook.heard) + len(mail.heard)} messages, {len(repeated | again)} repeated"
    )


def test_two_watches_on_one_file_tell_each_fact_once(project, nursery, hook, mail, publisher):
    """They ask and send at the same time; no message comes twice, and no story has a gap."""
    publisher.choose = lambda number: changing(number // 2)
    both = [nursery.watch(project, publisher.url, "--max-runs", "12") for _ in range(2)]
    assert all(watcher.end() in (0, 1) for watcher in both)
    publisher.choose = lambda _: document(b="string")
    assert 1 == nursery.watch(project, publisher.url, "--max-runs", "2").end()

    assert set() == unsent(project)
    for ids, heard in ((hook.ids(), list(from_hooks(hook))), (mail.ids(), list(from_mail(mail)))):
        assert len(ids) == len(set(ids)) > 10
        for member, events in stories(heard).items():
            assert events == (["new", "over"] * len(events))[: len(events)], (member, events)
            assert (member == "b") == (len(events) % 2 == 1), (member, events)
