"""Drawn conversations are held against a service in process: healthy, and with one fault at a time."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator
from contextlib import suppress
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
from queue_service import People, Queue

from accord.cases.engine import Budget
from accord.contract.contract import load
from accord.exchange.asgi import AsgiClient
from accord.exchange.careful import CarefulClient
from accord.exchange.client import Limits
from accord.exchange.pace import Pace
from accord.exchange.permission import Permission
from accord.exchange.script import read_script
from accord.exchange.secrets import Secrets
from accord.exchange.values import Session
from accord.findings.checks import message, session
from accord.findings.finding import Finding
from accord.findings.tally import Tally
from accord.run.context import Context
from accord.run.hooks import Hooks
from accord.run.websocket.conversation import Player, plan_conversations
from accord.run.websocket.playback import Stage
from accord.run.websocket.reconnect import plan_reconnect

CASES = Path(__file__).resolve().parents[3] / "docs" / "rules" / "cases"


@pytest.fixture
def opened(monkeypatch: pytest.MonkeyPatch) -> Iterator[Callable[..., Context]]:
    """Return a function that opens a run against the queue with a fault."""
    monkeypatch.setattr("accord.findings.catalogue.rules", lambda: (*message.RULES, *session.RULES))
    clients: list[AsgiClient] = []

    def open_context(fault: str = "", *, examples: int = 30, queue: Queue | None = None) -> Context:
        client = AsgiClient(queue or Queue(fault), target="queue", limits=Limits(seconds=2.0))
        clients.append(client)
        people: Any = People(default="token-of-red")
        context = Context(
            contract=load(CASES / "channel.yaml"),
            client=CarefulClient(client, permission=Permission(), pace=Pace()),
            identities=people,
            secrets=Secrets(),
            hooks=Hooks(),
            seed=0,
            budget=Budget(max_examples=examples),
        )
        context.patience = 0.3
        return context

    yield open_context
    for client in clients:
        client.close()


def play(context: Context, plan: Any = plan_conversations) -> Tally:
    """Play the trial."""
    tally: Tally = plan(context.contract.channels[0], "websocket").play(context)
    return tally


def found(context: Context, plan: Any = plan_conversations) -> list[Finding]:
    """Return what is found."""
    return [finding for outcome in play(context, plan).outcomes("x") for finding in outcome.findings]


def test_healthy_service_has_no_findings(opened: Callable[..., Context]) -> None:
    """Whatever is said, a service that keeps its contract is not found."""
    context = opened(examples=40)
    assert [] == found(context)


FAULTS = {
    "crash": ("crashed-session", 1),
    "talkative": ("message-after-authentication-failure", 1),
    "twice": ("message-out-of-turn", 1),
    "mute": ("missing-authentication-reply", 1),
    "code": ("wrong-close-code", 1),
    "open": ("missing-close", 1),
    "no-handshake": ("missing-close-code", 1),
}


@pytest.mark.parametrize("fault", FAULTS)
def test_fault_is_shrunk_to_the_shortest_script(opened: Callable[..., Context], fault: str) -> None:
    """The evidence is a session in which the client says no more than it must."""
    rule, messages = FAULTS[fault]
    evidence = [item.evidence for item in found(opened(fault)) if item.rule == rule]
    said = [
        sum(type(event).__name__ == "Sent" for event in item.events)
        for item in evidence
        if isinstance(item, Session)
    ]
    assert messages == min(said)


class Jealous(Queue):
    """A queue that ends a team's connection when the team opens another one."""

    def __init__(self) -> None:
        super().__init__()
        self.welcomed: list[Callable[[], Any]] = []

    async def talk(self, receive: Any, send: Any) -> None:
        """Serve one connection, and end those before it once it is welcome."""
        gone: list[str] = []

        async def leave() -> None:
            gone.append("gone")
            with suppress(Exception):
                await send({"type": "websocket.close", "code": 4999})

        async def say(event: Any) -> None:
            if not gone:
                await send(event)
            if "welcome" in event.get("text", ""):
                before, self.welcomed = self.welcomed, [leave]
                for end in before:
                    await end()

        async def hear() -> Any:
            event = await receive()
            if event["type"] == "websocket.disconnect":
                self.welcomed = [end for end in self.welcomed if end is not leave]
            return event

        await super().talk(hear, say)


class Forgetful(Queue):
    """A queue that does not hear the first word of a client whose last connection was lost."""

    async def talk(self, receive: Any, send: Any) -> None:
        """Serve one connection, and remember how it ended."""

        async def noted() -> Any:
            event = await receive()
            if event["type"] == "websocket.disconnect" and event["code"] == 1006:
                self.fault = "mute"
            elif event["type"] == "websocket.disconnect":
                self.fault = ""
            return event

        await super().talk(noted, send)


def replay(queue: Queue, script: str) -> bool:
    """Play *script* as `accord ws` does, and tell whether everything came as it says."""
    lines = read_script(script, "x", lambda text, _: text.replace("${TOKEN}", "token-of-red"))
    client = AsgiClient(queue, target="queue", limits=Limits(seconds=2.0))
    try:
        told = list(Stage(client=client, seconds=0.5).play(lines))
    finally:
        client.close()
    return all(line.met is not False for line in told)


@pytest.mark.parametrize(
    ("queue", "plan", "rule", "verbs"),
    [
        (
            Jealous,
            plan_conversations,
            "undocumented-close-code",
            ["connect", "send", "connect", "send", "close"],
        ),
        (Forgetful, plan_reconnect, "missing-authentication-reply", ["connect", "break", "connect", "send"]),
    ],
)
def test_script_of_several_connections_shows_it_again(
    opened: Callable[..., Context], queue: type[Queue], plan: Any, rule: str, verbs: list[str]
) -> None:
    """What takes two connections, or a reconnect, is told as the shortest script, which can be played."""
    told = found(opened(queue=queue(), examples=40), plan)
    (finding,) = [item for item in told if item.rule == rule]
    said = [next(verb for verb in json.loads(line) if verb != "on") for line in finding.reproduce.split("\n")]
    assert verbs == [verb for verb in said if verb != "expect"]
    assert replay(queue(), finding.reproduce)
    assert not replay(Queue(), finding.reproduce)


def test_run_repeats_itself(opened: Callable[..., Context]) -> None:
    """The same seed finds the same, by the same messages."""
    one, two = ([(item.rule, item.reproduce) for item in found(opened("code"))] for _ in range(2))
    assert one == two


def test_time_is_bounded(opened: Callable[..., Context], monkeypatch: pytest.MonkeyPatch) -> None:
    """Once the time is up, nothing more is played, and the trial says so."""
    monkeypatch.setattr(Player.__init__, "__kwdefaults__", {**Player.__init__.__kwdefaults__, "limit": 0.0})
    (outcome,) = play(opened()).outcomes("x")
    assert "not all was tried within 0 s" == outcome.reason


def test_channel_without_rules_is_not_reached(opened: Callable[..., Context]) -> None:
    """Nobody knows what is right on a channel without x-session."""
    context = opened()
    channel = context.contract.channels[0]
    bare = replace(channel, id="c", address="/c", session=None)
    (outcome,) = plan_conversations(bare, "websocket").play(context).outcomes("x")
    assert "no x-session" in outcome.reason
    templated = replace(channel, id="c", address="/{c}")
    (outcome,) = plan_conversations(templated, "websocket").play(context).outcomes("x")
    assert "has parameters" in outcome.reason
