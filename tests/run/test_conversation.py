"""Drawn conversations are held against a service in process: healthy, and with one fault at a time."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
from queue_service import People, Queue

from accord.cases.engine import Budget
from accord.contract.contract import load
from accord.exchange.asgi import AsgiClient
from accord.exchange.client import Limits
from accord.exchange.secrets import Secrets
from accord.exchange.values import Session
from accord.findings.checks import message, session
from accord.findings.finding import Finding
from accord.findings.tally import Tally
from accord.run import conversation
from accord.run.context import Context
from accord.run.conversation import plan_conversations
from accord.run.hooks import Hooks

CASES = Path(__file__).resolve().parents[2] / "docs" / "rules" / "cases"


@pytest.fixture
def opened(monkeypatch: pytest.MonkeyPatch) -> Iterator[Callable[..., Context]]:
    """Return a function that opens a run against the queue with a fault."""
    monkeypatch.setattr("accord.findings.catalogue.rules", lambda: (*message.RULES, *session.RULES))
    clients: list[AsgiClient] = []

    def open_context(fault: str = "", *, examples: int = 30) -> Context:
        client = AsgiClient(Queue(fault), target="queue", limits=Limits(seconds=2.0))
        clients.append(client)
        people: Any = People(default="token-of-red")
        context = Context(
            contract=load(CASES / "channel.yaml"),
            client=client,
            identities=people,
            secrets=Secrets(),
            hooks=Hooks(),
            seed=0,
            budget=Budget(max_examples=examples),
        )
        context.shared["websocket-patience"] = 0.3
        return context

    yield open_context
    for client in clients:
        client.close()


def play(context: Context) -> Tally:
    """Play the trial."""
    return plan_conversations(context.contract.channels[0], "websocket").play(context)


def found(context: Context) -> list[Finding]:
    """Return what is found."""
    return [finding for outcome in play(context).outcomes("x") for finding in outcome.findings]


def test_healthy_service_has_no_findings(opened: Callable[..., Context]) -> None:
    """Whatever is said, a service that keeps its contract is not found."""
    context = opened(examples=100)
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
    evidence = [item.evidence for item in found(opened(fault, examples=100)) if item.rule == rule]
    said = [
        sum(type(event).__name__ == "Sent" for event in item.events)
        for item in evidence
        if isinstance(item, Session)
    ]
    assert messages == min(said)


def test_run_repeats_itself(opened: Callable[..., Context]) -> None:
    """The same seed finds the same, by the same messages."""
    one, two = ([(item.rule, item.reproduce) for item in found(opened("code"))] for _ in range(2))
    assert one == two


def test_time_is_bounded(opened: Callable[..., Context], monkeypatch: pytest.MonkeyPatch) -> None:
    """Once the time is up, nothing more is played, and the trial says so."""
    monkeypatch.setattr(conversation, "_LONGEST", 0.0)
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
