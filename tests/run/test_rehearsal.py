"""Facts about witness requests that are sent to a running service."""

from __future__ import annotations

import threading
from dataclasses import replace
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

import pytest

from accord.cases.request import Request
from accord.errors import TargetError
from accord.exchange.values import Response
from accord.findings.changes.change import Answered, Change, Delivered, Effect, Sender, Verdict, Witness
from accord.findings.changes.result import Told
from accord.run.rehearsal import rehearsed


@pytest.fixture
def service():
    """Give the URL of a service that answers ``/422`` with 422, and a list of what it was asked."""
    asked = []

    class Handler(BaseHTTPRequestHandler):
        def do_POST(self):
            body = self.rfile.read(int(self.headers.get("content-length", 0)))
            asked.append((self.path, body, self.headers.get("x-key")))
            self.send_response(int(self.path.partition("?")[0].rpartition("/")[2]))
            self.send_header("content-length", "0")
            self.end_headers()

        def log_message(self, *_):
            pass

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.01})
    thread.start()
    yield f"http://127.0.0.1:{server.server_port}/base", asked
    server.shutdown()
    server.server_close()
    thread.join()


def told(path, *, rule="changed-enum", verdict=Verdict.BREAKING, sender=Sender.CLIENT):
    request = Request(method="POST", url=f"http://old.example{path}", body=b"{}") if path else None
    witness = Witness(value={}, request=request)
    change = Change(rule=rule, effect=Effect.NARROWED, verdict=verdict, sender=sender, witness=witness)
    return Told(change=change)


def played(service, *changes):
    return [item.replayed for item in rehearsed(changes, service[0], seconds=5, headers=(("X-Key", "k"),))]


@pytest.mark.parametrize(
    ("path", "rule", "words"),
    [
        ("/201", "changed-enum", "answered 201: the contract changed, the service still takes it"),
        ("/422", "changed-enum", "answered 422: the service changed with the contract"),
        ("/404", "changed-enum", "undecided: answered 404, which says nothing of the change"),
        ("/404", "removed-operation", "answered 404: the service changed with the contract"),
        ("/401", "removed-operation", "undecided: answered 401, which says nothing of the change"),
        ("/500", "changed-enum", "undecided: answered 500, which says nothing of the change"),
    ],
)
def test_the_answer_tells_the_contract_from_the_service(path, rule, words, service):
    """A refusal is the service's own; who may not ask, or meets a failure, learns nothing."""
    assert [words] == played(service, told(path, rule=rule))


def test_requests_go_below_the_given_url_with_its_headers_once(service):
    """Path and query are those of the witness; two changes with one witness ask once."""
    played(service, told("/a/201?q=%20"), told("/a/201?q=%20"))
    assert [("/base/a/201?q=%20", b"{}", "k")] == service[1]


def test_what_no_client_sends_is_not_replayed(service):
    """Neither what the server sends, nor what has no request; what is safe is not spoken of."""
    words = "not replayed: no request of a client shows it"
    changes = (told("/201", sender=Sender.SERVER), told(""), told("/201", verdict=Verdict.SAFE))
    assert [words, words, ""] == played(service, *changes)
    assert [] == service[1]


def test_what_the_service_sends_is_not_replayed_and_neither_is_the_answer_to_it(service):
    """A webhook or a callback goes to an address that a client gave; nothing can be asked for it."""
    request = Request(method="POST", url="https://receiver.example/")
    sent = Delivered(kind="callback", method="POST", path="done {$url}", owner="POST /a", request=request)
    response = Response(status=200, headers=(), body=b"")
    answer = Answered(kind="webhook", method="POST", path="changed", response=response)
    witnesses = (
        (Witness(value=None, delivered=sent), Sender.SERVER),
        (Witness(value=None, answered=answer), Sender.CLIENT),
    )
    changes = [replace(told("/201", sender=sender).change, witness=witness) for witness, sender in witnesses]
    assert [
        "not replayed: the service sends it to an address that a client gave (callback POST done {$url} of POST /a)",
        "not replayed: a client answers it to what the service sends (webhook POST changed)",
    ] == played(service, *(Told(change=change) for change in changes))
    assert [] == service[1]


def test_a_service_that_is_not_there_is_told():
    """Nothing was asked."""
    with pytest.raises(TargetError, match="does not accept connections"):
        rehearsed((told("/201"),), "http://127.0.0.1:1", seconds=1, headers=())
