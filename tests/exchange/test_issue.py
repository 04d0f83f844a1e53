"""Facts about messages as issues."""

from __future__ import annotations

import json
import threading
from dataclasses import replace
from http.server import BaseHTTPRequestHandler, HTTPServer
from urllib.parse import parse_qs, urlsplit

import pytest

from accord.exchange.issue import Tracker, file
from accord.exchange.message import Message

MESSAGE = Message(
    id="msg_1", thread="drift-1-k", written=0.0, subject="accord: drift", text="a ```` b @all\n", data=b"{}"
)


class GitHub:
    """The part of GitHub's API that issues need; ``status`` is what it answers instead, if anything."""

    def __init__(self):
        self.issues = []
        self.asked = []
        self.status = None
        outer = self

        class Handler(BaseHTTPRequestHandler):
            def handle_any(self):
                body = self.rfile.read(int(self.headers.get("content-length") or 0))
                outer.asked.append((self.command, self.path, self.headers["authorization"]))
                status, answer = outer.answer(self.command, self.path, json.loads(body) if body else None)
                data = json.dumps(answer).encode()
                self.send_response(outer.status or status)
                self.send_header("content-length", str(len(data)))
                self.end_headers()
                self.wfile.write(data)

            do_GET = do_POST = do_PATCH = handle_any  # noqa: N815 - as the standard library names them

            def log_message(self, *_):
                pass

        self.server = HTTPServer(("127.0.0.1", 0), Handler)
        self.thread = threading.Thread(target=self.server.serve_forever, kwargs={"poll_interval": 0.01})
        self.thread.start()

    def answer(self, method, path, body):
        parts = urlsplit(path)
        assert parts.path.startswith("/api/repos/example/shop/issues")
        rest = parts.path.removeprefix("/api/repos/example/shop/issues").strip("/").split("/")
        if method == "GET":
            query = {name: value[0] for name, value in parse_qs(parts.query).items()}
            assert ("open", "accord-drift", "100") == (query["state"], query["labels"], query["per_page"])
            page = int(query["page"])
            return 200, [item for item in self.issues if item["state"] == "open"][
                (page - 1) * 100 : page * 100
            ]
        if rest == [""]:
            self.issues.append({"number": len(self.issues) + 1, "state": "open", "comments": [], **body})
            return 201, self.issues[-1]
        issue = self.issues[int(rest[0]) - 1]
        if rest[1:] == ["comments"]:
            issue["comments"].append(body["body"])
            return 201, {}
        issue.update(body)
        return 200, issue


@pytest.fixture
def github():
    made = GitHub()
    yield made
    made.server.shutdown()
    made.server.server_close()
    made.thread.join(5)


def tracker(github):
    return Tracker(
        repository="example/shop", token="the-token", api=f"http://127.0.0.1:{github.server.server_port}/api/"
    )


def test_a_thread_is_one_issue(github):
    """Opened once, also when the message comes again; commented on, and closed when it is over."""
    for message in (
        MESSAGE,
        MESSAGE,
        replace(MESSAGE, id="msg_2"),
        replace(MESSAGE, id="msg_3", over=True),
        replace(MESSAGE, id="msg_4", thread="drift-1-other"),
        replace(MESSAGE, id="msg_5"),
    ):
        assert file(tracker(github), message, seconds=5).taken
    first, second, third = github.issues
    assert ["closed", "open", "open"] == [item["state"] for item in github.issues]
    assert [2, 0, 0] == [len(item["comments"]) for item in (first, second, third)]
    assert ("accord: drift", ["accord-drift"]) == (first["title"], first["labels"])
    assert {"Bearer the-token"} == {token for _, _, token in github.asked}


def test_what_a_service_says_stays_in_its_block(github):
    """A fence in it does not end ours, so nobody is mentioned by it."""
    file(tracker(github), MESSAGE, seconds=5)
    body = github.issues[0]["body"]
    assert body.startswith("````text\na ``` b @all\n````\n")
    assert 2 == body.count("````")


def test_what_is_over_without_an_issue_opens_none(github):
    """Somebody has closed it, or it never was."""
    assert file(tracker(github), replace(MESSAGE, over=True), seconds=5).taken
    assert [] == github.issues


def test_an_issue_is_found_among_many(github):
    """On the second page of a hundred."""
    github.issues = [
        {"number": n + 1, "state": "open", "comments": [], "body": f"<!-- accord-drift drift-1-{n} -->"}
        for n in range(150)
    ]
    assert "issue 150" == file(tracker(github), replace(MESSAGE, thread="drift-1-149"), seconds=5).detail
    assert 1 == len(github.issues[149]["comments"])


@pytest.mark.parametrize("status", [401, 403, 404, 422, 500])
def test_a_refusal_is_no_delivery(github, status):
    """The reason is the status; the token is in nothing that is told."""
    github.status = status
    delivery = file(tracker(github), MESSAGE, seconds=5)
    assert (False, f"status {status}") == (delivery.taken, delivery.detail)
    assert "the-token" not in repr(tracker(github))


def test_nobody_there_is_no_delivery():
    """Nothing is raised."""
    there = Tracker(repository="example/shop", token="t", api="http://127.0.0.1:1")
    assert not file(there, MESSAGE, seconds=1).taken
