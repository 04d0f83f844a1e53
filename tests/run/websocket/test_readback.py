"""What events tell of is read over HTTP: as they come, and until nothing more is to be expected."""

from __future__ import annotations

import json
from collections import deque
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import pytest

from accord.cases.credential import Credential
from accord.cases.request import Request
from accord.contract.contract import Contract, load
from accord.contract.session import check_session, read_session
from accord.errors import ContractError
from accord.exchange.values import Closed, Exchange, Received, Response, Side
from accord.run.websocket import readback
from accord.run.websocket import stage as socket

CASES = Path(__file__).resolve().parents[3] / "docs" / "rules" / "cases"


def event(status: str, hour: int, number: int | None = 7) -> Received:
    """Return the event that a job has a status."""
    time = f"2024-05-01T{hour}:00:00Z"
    job = {"id": number, "status": status, "created_at": time, "updated_at": time, "steps": []}
    return Received(at=0.0, data=json.dumps({"type": "job_changed", "job": job}))


class Line:
    """A connection on which *events* wait to be received."""

    def __init__(self, *events: Received | Closed) -> None:
        self.waiting = deque(events)
        self.seen: list[Any] = []
        self.waits: list[float] = []

    def receive(self, timeout: float) -> Any:
        """Return the next event that waits; one without time to wait only looks for the end."""
        if timeout == 0:
            return self.waiting[0] if self.waiting and isinstance(self.waiting[0], Closed) else None
        self.waits.append(timeout)
        found = self.waiting.popleft() if self.waiting else None
        self.seen.extend(filter(None, [found]))
        return found

    def session(self) -> Any:
        """Return what has come."""
        return SimpleNamespace(events=tuple(self.seen))


class Service:
    """Answers every read with the next of *bodies*, the last one again and again."""

    base_url = "http://service"

    def __init__(self, *bodies: Received) -> None:
        self.bodies = deque(bodies)
        self.requests: list[Request] = []

    def send(self, request: Request, *, operation: str) -> Exchange:
        """Answer *request*."""
        self.requests.append(request)
        told = json.loads(self.bodies.popleft().data if len(self.bodies) > 1 else self.bodies[0].data)
        response = Response(status=200, body=json.dumps(told["job"]).encode())
        return Exchange(
            id="", operation=operation, request=request, response=response, started=0.0, seconds=0.0
        )


def reader(line: Line, service: Service) -> readback.Reader:
    """Return a reader of the queue's jobs."""
    contract = load(CASES)
    people = SimpleNamespace(credential=lambda _: Credential(headers={"X-Key": "k"}, query={"q": "a b"}))
    context: Any = SimpleNamespace(contract=contract, client=service, identities=people)
    channel = contract.channels[0]
    connection: Any = line
    return readback.Reader(
        context=context, channel=channel, rules=read_session(channel), connection=connection
    )


def test_each_event_about_a_thing_is_read_at_once() -> None:
    """The read names the thing, carries the credential, and knows how many events had come."""
    line, service = Line(), Service(event("queued", 10))
    made = reader(line, service)
    line.seen = [event("queued", 10)] * 3
    made.take(event("queued", 10))
    (request,) = service.requests
    assert "http://service/jobs/7?q=a+b" == request.url
    assert (("X-Key", "k"),) == request.headers
    (found,) = made.readbacks
    assert ("job", "7", 3, False) == (found.entity, found.key, found.after, found.quiet)


@pytest.mark.parametrize(
    "said",
    [
        None,
        Closed(at=0.0, code=1000, by=Side.SERVER),
        Received(at=0.0, data="{"),
        Received(at=0.0, data=b"\xff"),
        Received(at=0.0, data='{"type": "plain", "text": "x"}'),
        event("queued", 10, None),
        event("sparkling", 10),
    ],
)
def test_what_tells_of_no_thing_is_not_read(said: Any) -> None:
    """Silence, ends, other messages and wrong ones lead to no request."""
    service = Service(event("queued", 10))
    reader(Line(), service).take(said)
    assert [] == service.requests


def test_quiet_thing_is_read_once_more() -> None:
    """Where the last event tells what is, nobody waits."""
    line = Line()
    made = reader(line, Service(event("done", 11)))
    made.take(event("done", 11))
    made.settle(3.0)
    assert [False, True] == [item.quiet for item in made.readbacks]
    assert [] == line.waits


def test_change_that_no_event_has_told_of_is_waited_for() -> None:
    """An event that comes late is read in its turn, and then it is quiet."""
    line = Line(event("done", 11))
    made = reader(line, Service(event("queued", 10), event("done", 11)))
    made.take(event("queued", 10))
    made.settle(3.0)
    assert [3.0] == line.waits
    assert [(False, 0), (True, 0), (False, 1), (True, 1)] == [
        (item.quiet, item.after) for item in made.readbacks
    ]


def test_every_thing_is_read_in_the_end() -> None:
    """A thing of which an event is missing does not hide the others."""
    line, service = Line(), Service(event("queued", 10))
    made = reader(line, service)
    made.take(event("queued", 10, 7))
    made.take(event("queued", 10, 8))
    service.bodies[0] = event("done", 11)
    made.settle(3.0)
    assert [("7", False), ("8", False), ("7", True), ("8", True)] == [
        (item.key, item.quiet) for item in made.readbacks
    ]


def test_ended_session_is_not_quiet() -> None:
    """Once the connection has ended, a missing event proves nothing."""
    made = reader(Line(Closed(at=0.0, code=1012, by=Side.SERVER)), Service(event("done", 11)))
    made.take(event("queued", 10))
    made.settle(3.0)
    assert [False] == [item.quiet for item in made.readbacks]


def test_there_is_an_end_to_reading() -> None:
    """A flood of events leads to two hundred reads and no more."""
    service = Service(event("queued", 10))
    made = reader(Line(), service)
    for number in range(300):
        made.take(event("queued", 10, number))
    made.settle(3.0)
    assert 200 == len(service.requests)


def changed(folder: Path, before: str, after: str) -> Contract:
    """Return the contract of the queue with a text of its channel replaced."""
    for name in ("channel.yaml", "jobs.yaml"):
        (folder / name).write_text((CASES / name).read_text(encoding="utf-8"), encoding="utf-8")
    text = (folder / "channel.yaml").read_text(encoding="utf-8")
    assert before in text
    (folder / "channel.yaml").write_text(text.replace(before, after), encoding="utf-8")
    return load(folder)


@pytest.mark.parametrize(
    ("before", "after", "words"),
    [
        ("read_job", "read_jobs", "no operation 'read_jobs'"),
        ("{ id: /job/id }", "{ di: /job/id }", "parameter 'di'"),
        ("{ id: /job/id }", "{}", "parameter 'id'"),
    ],
)
def test_read_that_means_nothing_is_refused(tmp_path: Path, before: str, after: str, words: str) -> None:
    """A name that is in no operation is told with its place, before anything is asked."""
    contract = changed(tmp_path, before, after)
    with pytest.raises(ContractError, match=words) as caught:
        list(socket.plan(contract))
    assert caught.value.place.startswith("channel.yaml:")
    assert caught.value.place.endswith("#/channels/progress/x-session/entities/job/read")


def test_channel_without_operations_reads_nothing() -> None:
    """An AsyncAPI document alone is no mistake."""
    contract = load(CASES / "channel.yaml")
    check_session(contract.library, contract.channels[0])
    readback.check_reads(contract, contract.channels[0], read_session(contract.channels[0]))
    assert () == contract.operations
