"""What comes over an open session: each end that the contract promises is provoked and judged."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from queue_service import SHORT, People, Queue

from accord.cases.engine import Budget
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
from accord.run.midstream import plan_midstream

CHANNEL = Path(__file__).resolve().parents[2] / "docs" / "rules" / "cases" / "channel.yaml"
PATIENCE = 0.6


@pytest.fixture
def opened(monkeypatch: pytest.MonkeyPatch) -> Iterator[Callable[..., Context]]:
    """Return a function that opens a run against the queue with a fault; only rules about sessions are held."""
    monkeypatch.setattr("accord.findings.catalogue.rules", lambda: (*message.RULES, *session.RULES))
    clients: list[AsgiClient] = []

    def open_context(fault: str = "", **tokens: str) -> Context:
        client = AsgiClient(Queue(fault), target="queue", limits=Limits(seconds=2.0))
        clients.append(client)
        context = Context(
            contract=load(CHANNEL),
            client=CarefulClient(client, permission=Permission(), pace=Pace()),
            identities=People(**(tokens or {"expiring": "short-token"})),
            secrets=Secrets(),
            hooks=Hooks(),
            seed=0,
            budget=Budget(),
        )
        context.shared["websocket-patience"] = PATIENCE
        return context

    yield open_context
    for client in clients:
        client.close()


def play(context: Context, name: str) -> dict[str, Outcome]:
    """Return the outcomes of the trial called *name* by rule."""
    trials = {trial.id: trial for trial in plan_midstream(context.contract.channels[0], "websocket")}
    outcomes = trials[f"websocket/progress/{name}"].play(context).outcomes("x")
    return {item.rule: item for item in outcomes}


def found(outcomes: dict[str, Outcome]) -> list[str]:
    """Return the rules that found something."""
    return [rule for rule, item in outcomes.items() if item.verdict is Verdict.FOUND]


def test_session_that_ends_with_its_token_is_in_accord(opened: Callable[..., Context]) -> None:
    """A service that closes with the promised code when the token has expired passes."""
    outcomes = play(opened(), "token-expired")
    assert Verdict.HELD == outcomes["outlived-token"].verdict
    assert [] == found(outcomes)


@pytest.mark.parametrize(
    ("fault", "rule"), [("undying", "outlived-token"), ("expiry-code", "wrong-close-code")]
)
def test_faulty_end_of_a_token_is_found_by_its_rule_alone(
    opened: Callable[..., Context], fault: str, rule: str
) -> None:
    """A session that stays open, or ends with another code, is found by one rule."""
    assert [rule] == found(play(opened(fault), "token-expired"))


@pytest.mark.parametrize(
    ("tokens", "silence", "words"),
    [
        ({"nobody": "x"}, 15.0, "no token is at hand that expires"),
        ({"expiring": "short-token"}, SHORT / 2, "longer than the 0.15 s that a run waits"),
        ({"expiring": "unknown"}, 15.0, "did not begin before the token had expired"),
    ],
)
def test_expiry_that_cannot_be_shown_says_why(
    opened: Callable[..., Context], tokens: dict[str, str], silence: float, words: str
) -> None:
    """Without a short token, with one that lives too long, or with a bad one, nothing is claimed."""
    context = opened(**tokens)
    context.shared["websocket-silence"] = silence
    outcomes = play(context, "token-expired")
    assert Verdict.NOT_REACHED == outcomes["outlived-token"].verdict
    assert words in outcomes["outlived-token"].reason
    assert [] == found(outcomes)
