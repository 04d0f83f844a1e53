"""A client that loses its connection while a workflow is played learns how things end, or its loss is told."""

from __future__ import annotations

import asyncio
import json
import time
from collections.abc import Callable, Iterator
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import pytest
from queue_service import People

from accord.cases.engine import Budget
from accord.cases.request import Request
from accord.contract.contract import load
from accord.exchange.asgi import AsgiClient
from accord.exchange.careful import CarefulClient
from accord.exchange.client import Limits
from accord.exchange.pace import Pace
from accord.exchange.permission import Permission
from accord.exchange.secrets import Secrets
from accord.findings.checks import message, session
from accord.findings.finding import Outcome, Verdict
from accord.run.context import Context
from accord.run.hooks import Hooks
from accord.run.websocket.stage import plan

CASES = Path(__file__).resolve().parents[3] / "docs" / "rules" / "cases"
# Job 1 is lost sight of by a client that comes back at once, job 2 by one that stays away until something ends.
# Each step with how many clients were welcomed, and how many listen, when the next one may follow.
STEPS = ((1, "queued", 3, 2), (1, "running", 3, 2), (2, "queued", 3, 1), (1, "done", 4, 2), (2, "done", 4, 2))


class Jobs:
    """Jobs that change when asked to; ``fault`` is what is wrong about whoever comes back."""

    def __init__(self, fault: str = "", *, replays: bool = False) -> None:
        self.fault = fault
        self.replays = replays
        self.jobs: dict[int, str] = {}
        self.listeners: list[asyncio.Queue[str]] = []
        self.welcomes = 0
        self.steps = iter(STEPS)

    async def __call__(self, scope: Any, receive: Any, send: Any) -> None:
        """Serve one scope."""
        if scope["type"] == "lifespan":
            for kind in ("startup", "shutdown"):
                await receive()
                await send({"type": f"lifespan.{kind}.complete"})
        elif scope["type"] == "websocket":
            await self.talk(receive, send)
        elif scope["method"] == "POST":
            self.step()
            await self.answer(send, {"welcomes": self.welcomes})
        elif scope["method"] == "GET":
            number = int(scope["path"].rpartition("/")[2])
            await self.answer(send, job(number, "queued" if self.fault == "stale" else self.jobs[number]))

    def step(self) -> None:
        """Take one step, and tell the listeners."""
        number, status, *_ = next(self.steps)
        self.jobs[number] = status
        for listener in self.listeners:
            listener.put_nowait(event(number, status))

    async def answer(self, send: Any, body: Any) -> None:
        """Answer with JSON."""
        headers = [(b"content-type", b"application/json")]
        await send({"type": "http.response.start", "status": 200, "headers": headers})
        await send({"type": "http.response.body", "body": json.dumps(body).encode()})

    async def talk(self, receive: Any, send: Any) -> None:
        """Serve one connection: welcome it, and push events until it is gone."""
        await receive()
        await send({"type": "websocket.accept"})
        await receive()
        self.welcomes += 1
        again = self.welcomes > 2
        events: asyncio.Queue[str] = asyncio.Queue()
        if not (again and self.fault == "deaf"):
            self.listeners.append(events)
        await send({"type": "websocket.send", "text": json.dumps({"type": "welcome", "team": "red"})})
        for number, status in self.jobs.items() if again and self.replays else ():
            events.put_nowait(event(number, status))

        async def push() -> None:
            while True:
                await send({"type": "websocket.send", "text": await events.get()})

        pushing = asyncio.create_task(push())
        while (await receive())["type"] != "websocket.disconnect":
            pass
        pushing.cancel()
        self.listeners = [item for item in self.listeners if item is not events]


def job(number: int, status: str) -> dict[str, Any]:
    """Return a job, changed an hour later with each status."""
    hour = 10 + ["queued", "running", "done"].index(status)
    times = {"created_at": "2024-05-01T10:00:00Z", "updated_at": f"2024-05-01T{hour}:00:00Z"}
    return {"id": number, "status": status, **times, "steps": []}


def event(number: int, status: str) -> str:
    """Return the event about a job."""
    return json.dumps({"type": "job_changed", "job": job(number, status)})


@pytest.fixture
def play(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Callable[..., dict[str, Outcome]]]:
    """Return a function that plays the trial against a service, and gives the outcomes by rule."""
    monkeypatch.setattr("accord.findings.catalogue.rules", lambda: (*message.RULES, *session.RULES))
    clients: list[AsgiClient] = []

    def start(service: Jobs, resume: str) -> dict[str, Outcome]:
        for name in ("channel.yaml", "jobs.yaml"):
            text = (CASES / name).read_text(encoding="utf-8")
            (tmp_path / name).write_text(text.replace("resume: refetch", f"resume: {resume}"))
        client = AsgiClient(service, target="jobs", limits=Limits(seconds=2.0))
        clients.append(client)
        people: Any = People(default="token-of-red")
        people.credential = lambda _: SimpleNamespace(headers={}, query={})
        context = Context(
            contract=load(tmp_path),
            client=CarefulClient(client, permission=Permission(), pace=Pace()),
            identities=people,
            secrets=Secrets(),
            hooks=Hooks(),
            seed=0,
            budget=Budget(),
        )
        context.patience = 0.4
        context.player = lambda: work(client, service)
        trials = {trial.id: trial for trial in plan(context.contract)}
        name = "websocket/progress/resume"
        outcomes = trials[name].play(context).outcomes("x") if name in trials else ()
        return {item.rule: item for item in outcomes}

    yield start
    for client in clients:
        client.close()


def work(client: AsgiClient, service: Jobs) -> None:
    """Take every step, each when as many connections were welcomed as it needs."""
    for _, _, welcomes, listeners in STEPS:
        deadline = time.monotonic() + 1
        client.send(Request(method="POST", url="http://testserver/step"))
        while (service.welcomes, len(service.listeners)) != (welcomes, listeners) and (
            time.monotonic() < deadline
        ):
            time.sleep(0.005)


def found(outcomes: dict[str, Outcome]) -> list[str]:
    """Return the rules that found something."""
    return [rule for rule, item in outcomes.items() if item.verdict is Verdict.FOUND]


@pytest.mark.parametrize(("resume", "replays"), [("refetch", False), ("replay", True)])
def test_who_keeps_the_promise_is_in_accord(
    play: Callable[..., dict[str, Outcome]], resume: str, replays: bool
) -> None:
    """A service that lets be read, or replays, what was missed passes."""
    outcomes = play(Jobs(replays=replays), resume)
    assert [] == found(outcomes)
    assert Verdict.HELD == outcomes["lost-on-reconnect"].verdict


@pytest.mark.parametrize(
    ("service", "resume"), [(Jobs("deaf"), "refetch"), (Jobs("stale"), "refetch"), (Jobs(), "replay")]
)
def test_lost_end_is_found_by_its_rule_alone(
    play: Callable[..., dict[str, Outcome]], service: Jobs, resume: str
) -> None:
    """Whoever comes back and hears nothing, reads what is old, or is replayed nothing, misses an end."""
    outcomes = play(service, resume)
    assert ["lost-on-reconnect"] == found(outcomes)
    finding = outcomes["lost-on-reconnect"].findings[0]
    assert ("done", True) == (finding.expected[:4], finding.pointer.endswith("/x-session/resume"))
    verbs = [
        next(verb for verb in json.loads(line) if verb != "on") for line in finding.reproduce.split("\n")
    ]
    assert "break" in verbs
    assert verbs.count("connect") > 1


def test_without_a_promise_nothing_is_tried(play: Callable[..., dict[str, Outcome]]) -> None:
    """Where the contract says that nothing is resumed, there is no trial."""
    assert {} == play(Jobs(), "none")
