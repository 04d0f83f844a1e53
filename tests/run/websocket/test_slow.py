"""A client that reads nothing while much is told is waited for, or closed as promised, and nothing else."""

from __future__ import annotations

import asyncio
import json
from collections import deque
from collections.abc import Callable, Iterator
from itertools import count
from pathlib import Path
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
KEPT = 8
PROMISED = f"slow-reader: {{ code: 1013, messages: {KEPT} }}"
TIME = "2024-05-01T10:00:00Z"


class Line:
    """What is still to be sent to one client; one message more than ``most`` ends it."""

    def __init__(self, fault: str, most: int) -> None:
        self.fault = fault
        self.most = most
        self.waiting: deque[str] = deque()
        self.filled = asyncio.Event()
        self.code: int | None = None

    def add(self, text: str) -> None:
        """Add a message."""
        if len(self.waiting) < self.most or self.fault == "hoards":
            self.waiting.append(text)
        elif self.fault != "drops":
            self.code = 4000 if self.fault == "code" else 1013
        self.filled.set()


class Flood:
    """Each piece of work is told in six events; ``fault`` is what is wrong about slow clients."""

    def __init__(self, fault: str = "", most: int = KEPT) -> None:
        self.fault = fault
        self.most = most
        self.lines: list[Line] = []
        self.numbers = count(1)

    async def __call__(self, scope: Any, receive: Any, send: Any) -> None:
        """Serve one scope."""
        if scope["type"] == "lifespan":
            for kind in ("startup", "shutdown"):
                await receive()
                await send({"type": f"lifespan.{kind}.complete"})
        elif scope["type"] == "http":
            number = next(self.numbers)
            for status in ("queued", *["running"] * 4, "done"):
                job = {"id": number, "status": status, "created_at": TIME, "updated_at": TIME, "steps": []}
                for line in self.lines:
                    line.add(json.dumps({"type": "job_changed", "job": job}))
                # Who reads has the time to do so.
                await asyncio.sleep(0.002)
            await send({"type": "http.response.start", "status": 204})
            await send({"type": "http.response.body"})
        else:
            await self.talk(receive, send)

    async def talk(self, receive: Any, send: Any) -> None:
        """Serve one connection."""
        await receive()
        await send({"type": "websocket.accept"})
        await receive()
        line = Line(self.fault, self.most)
        self.lines.append(line)
        await send({"type": "websocket.send", "text": json.dumps({"type": "welcome", "team": "red"})})

        async def push() -> None:
            while line.code is None:
                while line.waiting and line.code is None:
                    await send({"type": "websocket.send", "text": line.waiting.popleft()})
                line.filled.clear()
                if line.code is None:
                    await line.filled.wait()
            await send({"type": "websocket.close", "code": line.code})

        pushing = asyncio.create_task(push())
        while (await receive())["type"] != "websocket.disconnect":
            pass
        pushing.cancel()
        self.lines.remove(line)


@pytest.fixture
def play(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Callable[..., dict[str, Outcome]]]:
    """Return a function that plays the trial against a service, and gives the outcomes by rule."""
    monkeypatch.setattr("accord.findings.catalogue.rules", lambda: (*message.RULES, *session.RULES))
    clients: list[AsgiClient] = []

    def start(service: Flood, promised: str = PROMISED, *, works: bool = True) -> dict[str, Outcome]:
        text = (CASES / "channel.yaml").read_text(encoding="utf-8")
        assert "token-expired: 4401\n" in text
        path = tmp_path / "channel.yaml"
        path.write_text(text.replace("token-expired: 4401\n", f"token-expired: 4401\n        {promised}\n"))
        client = AsgiClient(service, target="flood", limits=Limits(seconds=2.0))
        clients.append(client)
        people: Any = People(default="token-of-red")
        context = Context(
            contract=load(path),
            client=CarefulClient(client, permission=Permission(), pace=Pace()),
            identities=people,
            secrets=Secrets(),
            hooks=Hooks(),
            seed=0,
            budget=Budget(),
        )
        context.patience, context.silence = 0.4, 3.0
        if works:
            work = Request(method="POST", url="http://testserver/work")
            context.player = lambda: client.send(work)
        trials = {trial.id: trial for trial in plan(context.contract)}
        outcomes = trials["websocket/progress/slow-reader"].play(context).outcomes("x")
        return {item.rule: item for item in outcomes}

    yield start
    for client in clients:
        client.close()


def found(outcomes: dict[str, Outcome]) -> list[str]:
    """Return the rules that found something."""
    return [rule for rule, item in outcomes.items() if item.verdict is Verdict.FOUND]


def test_service_that_closes_as_promised_is_in_accord(play: Callable[..., dict[str, Outcome]]) -> None:
    """It keeps as many messages as it says, and with one more it closes with its code."""
    outcomes = play(Flood())
    assert [] == found(outcomes)
    assert {Verdict.HELD} == {outcomes[rule].verdict for rule in ("missing-close", "wrong-close-code")}


@pytest.mark.parametrize(
    ("fault", "promised", "rule"),
    [
        ("code", PROMISED, "wrong-close-code"),
        ("code", "slow-reader: 1013", "wrong-close-code"),
        ("drops", PROMISED, "missing-close"),
        ("hoards", PROMISED, "missing-close"),
    ],
)
def test_fault_is_found_by_its_rule_alone(
    play: Callable[..., dict[str, Outcome]], fault: str, promised: str, rule: str
) -> None:
    """Another code, lost messages, and more messages kept than is promised are found."""
    service = Flood(fault, most=1 if "messages" not in promised else KEPT)
    assert [rule] == found(play(service, promised))


def test_service_that_waits_is_not_blamed(play: Callable[..., dict[str, Outcome]]) -> None:
    """Where no number is promised, a server may keep all that came; nothing is claimed then."""
    outcomes = play(Flood("hoards"), "slow-reader: 1013")
    assert [] == found(outcomes)
    assert "were too few for the server to give up" in outcomes["missing-close"].reason


def test_without_events_nothing_is_claimed(play: Callable[..., dict[str, Outcome]]) -> None:
    """Where nothing can be caused, the trial says so."""
    outcomes = play(Flood(), works=False)
    assert ["nothing is played whose events could be left unread"] == [
        item.reason for item in outcomes.values()
    ]
