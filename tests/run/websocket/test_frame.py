"""Raw bytes are sent to servers: a healthy one, one that breaks each rule, and the sandbox."""

from __future__ import annotations

import asyncio
import socket as sockets
import threading
from collections.abc import Callable, Iterator
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import pytest
import uvicorn
from queue_service import People, Queue
from raw_server import Raw

from accord.cases.engine import Budget
from accord.contract.contract import Contract, load
from accord.exchange.asgi import AsgiClient
from accord.exchange.client import Limits
from accord.exchange.network import NetworkClient
from accord.exchange.secrets import Secrets
from accord.findings.checks import frame
from accord.findings.finding import Verdict
from accord.run.context import Context
from accord.run.hooks import Hooks
from accord.run.websocket import stage as socket
from accord.run.websocket.frame import plan_frames

CASES = Path(__file__).resolve().parents[3] / "docs" / "rules" / "cases"
PATIENCE = 5.0
"""Seconds that a server may take for what it does; the faults in which it does nothing are waited for shortly."""
SHORTLY = 0.5
HEARTBEAT = "heartbeat: { frame: ping, interval: 0.1, timeout: 0.1, close: 1011 }\n      isolation:"


@pytest.fixture(scope="module")
def contract(tmp_path_factory: pytest.TempPathFactory) -> Contract:
    """Return the contract of the queue, which promises a heartbeat too."""
    text = (CASES / "channel.yaml").read_text(encoding="utf-8")
    path = tmp_path_factory.mktemp("contract") / "channel.yaml"
    path.write_text(text.replace("isolation:", HEARTBEAT), encoding="utf-8")
    return load(path)


@pytest.fixture
def opened(contract: Contract, monkeypatch: pytest.MonkeyPatch) -> Iterator[Callable[..., Context]]:
    """Return a function that opens a run against a URL or an application; only rules about frames are held."""
    monkeypatch.setattr("accord.findings.catalogue.rules", lambda: frame.RULES)
    clients: list[Any] = []

    def open_context(target: Any, *, patience: float = PATIENCE, **tokens: str) -> Context:
        limits = Limits(seconds=PATIENCE)
        client: Any = (
            NetworkClient(target, limits=limits)
            if isinstance(target, str)
            else AsgiClient(target, target="queue", limits=limits)
        )
        clients.append(client)
        people: Any = People(**(tokens or {"default": "token-of-red"}))
        context = Context(
            contract=contract,
            client=client,
            identities=people,
            secrets=Secrets(),
            hooks=Hooks(),
            seed=0,
            budget=Budget(),
        )
        context.patience = patience
        return context

    yield open_context
    for client in clients:
        client.close()


def outcomes(context: Context, *names: str) -> dict[str, dict[str, Any]]:
    """Play the trials, or those of these names, and return the outcomes of each by rule."""
    prefix = "websocket/progress/frames/"
    trials = {
        trial.id.removeprefix(prefix): trial
        for trial in plan_frames(context.contract.channels[0], "websocket")
    }
    return {
        name: {item.rule: item for item in trials[name].play(context).outcomes(name)}
        for name in names or trials
    }


def found(context: Context, *names: str) -> dict[str, set[str]]:
    """Return the rules that found something, each with the cases."""
    rules: dict[str, set[str]] = {}
    for name, told in outcomes(context, *names).items():
        for rule, outcome in told.items():
            if outcome.verdict is Verdict.FOUND:
                rules.setdefault(rule, set()).add(name)
    return rules


@pytest.fixture
def serve() -> Iterator[Callable[[str], str]]:
    """Return a function that serves with a fault, and gives the URL."""
    servers: list[Raw] = []

    def start(fault: str = "") -> str:
        servers.append(Raw(fault))
        return servers[-1].url

    yield start
    for server in servers:
        server.close()


def test_server_that_keeps_the_protocol_has_no_findings(
    opened: Callable[..., Context], serve: Callable[..., str]
) -> None:
    """No case finds anything, and all but the bomb are reached."""
    context = opened(serve())
    told = outcomes(context)
    assert {} == {
        (name, rule): item.findings
        for name, rules in told.items()
        for rule, item in rules.items()
        if item.verdict is Verdict.FOUND
    }
    missed = {
        name
        for name, rules in told.items()
        if not any(item.verdict is Verdict.HELD for item in rules.values())
    }
    assert set() == missed
    assert Verdict.HELD is told["no-pong"]["unkept-heartbeat"].verdict
    assert "unbounded-message" not in told["deflate-bomb"]


# Each fault of the raw server, the rule that finds it, and cases to play.
FAULTS = {
    "any-handshake": ("accepted-broken-handshake", ("bad-version", "bad-key", "post")),
    "no-answer": ("accepted-broken-handshake", ("bad-key",)),
    "no-version": ("unannounced-version", ("bad-version",)),
    "any-origin": ("accepted-foreign-origin", ("foreign-origin",)),
    "bad-accept": ("malformed-upgrade-response", ("ping",)),
    "no-upgrade": ("malformed-upgrade-response", ("ping",)),
    "unoffered": ("unoffered-negotiation", ("ping",)),
    "unoffered-extension": ("unoffered-negotiation", ("ping",)),
    "tolerant": (
        "tolerated-broken-frame",
        (
            "unmasked",
            "reserved-bit-3",
            "reserved-opcode",
            "impossible-length",
            "orphan-continuation",
            "invalid-utf8",
        ),
    ),
    "silent-failure": (
        "unexplained-failure",
        ("reserved-bit-1", "long-control", "invalid-utf8-in-two-frames"),
    ),
    "codeless": ("unexplained-failure", ("fragmented-control", "close-of-one-byte")),
    "wrong-code": ("unexplained-failure", ("interleaved-message",)),
    "no-pong": ("missing-pong", ("ping", "ping-in-message")),
    "other-pong": ("missing-pong", ("full-ping",)),
    "no-fragments": ("refused-fragments", ("message-in-fragments",)),
    "no-close": ("unanswered-close", ("close",)),
    "stays": ("unanswered-close", ("close",)),
    "half-a-code": ("reserved-close-code", ("close",)),
    "masked": ("broken-server-frame", ("ping",)),
    "reserved-bit": ("broken-server-frame", ("ping",)),
    "boundless": ("unbounded-message", ("large-message",)),
    "lingering": ("lingering-connection", ("half-close",)),
    "no-heartbeat": ("unkept-heartbeat", ("no-pong",)),
    "no-ping": ("unkept-heartbeat", ("no-pong",)),
}


IDLE = {"tolerant", "no-pong", "stays", "boundless", "lingering", "no-heartbeat", "no-ping"}


@pytest.mark.parametrize("fault", FAULTS)
def test_fault_is_found_by_its_rule_alone(
    opened: Callable[..., Context], serve: Callable[..., str], fault: str
) -> None:
    """A server that breaks the protocol in one way is found by the rule that is about it."""
    rule, cases = FAULTS[fault]
    patience = SHORTLY if fault in IDLE else PATIENCE
    assert {rule: set(cases)} == found(opened(serve(fault), patience=patience), *cases)


def test_code_that_is_sent_back_is_found(opened: Callable[..., Context], serve: Callable[..., str]) -> None:
    """A server that echoes any code sends one that nobody may send, and explains nothing by it."""
    cases = {"close-1005", "close-999"}
    assert {"reserved-close-code": cases, "unexplained-failure": cases} == found(
        opened(serve("echo")), *cases
    )


def test_every_finding_can_be_sent_again(opened: Callable[..., Context], serve: Callable[..., str]) -> None:
    """A finding has the bytes as a command, but where they hold a token."""
    context = opened(serve("no-fragments"))
    told = outcomes(context, "message-in-fragments")["message-in-fragments"]["refused-fragments"]
    assert [""] == [finding.reproduce for finding in told.findings]
    told = outcomes(opened(serve("tolerant"), patience=SHORTLY), "unmasked")["unmasked"][
        "tolerated-broken-frame"
    ]
    (finding,) = told.findings
    assert finding.reproduce.startswith("{ printf 'GET /progress HTTP/1.1")


def test_in_process_there_are_no_frames(opened: Callable[..., Context]) -> None:
    """An application that is called in process says why no case is reached."""
    told = outcomes(opened(Queue()))
    reasons = {item.reason for rules in told.values() for item in rules.values()}
    assert {"the target is in process: frames need a socket"} == reasons


def test_refused_handshake_reaches_no_frame(
    opened: Callable[..., Context], serve: Callable[..., str]
) -> None:
    """Where the channel does not open, the frames are not reached, with the status."""
    context = opened(serve("any-origin"))
    context.client = SimpleNamespace(endpoint=lambda path, headers: None, close=lambda: None)
    assert Verdict.NOT_REACHED is outcomes(context, "ping")["ping"]["missing-pong"].verdict


def test_without_a_token_only_the_answer_is_not_reached(
    opened: Callable[..., Context], serve: Callable[..., str]
) -> None:
    """No message is known that would be answered."""
    told = outcomes(opened(serve(), nobody="x"), "message-in-fragments", "ping")
    assert "no message is known" in told["message-in-fragments"]["refused-fragments"].reason
    assert Verdict.HELD is told["ping"]["missing-pong"].verdict


def test_trials_come_before_the_silence(contract: Contract) -> None:
    """The silent connection stays the last trial, and waits while frames are sent."""
    ids = [trial.id for trial in socket.plan(contract)]
    assert ["websocket/progress/silence", "websocket/progress/shutdown"] == ids[-2:]
    assert "websocket/progress/frames/bad-version" in ids


def test_uvicorn_has_nothing_but_notes(opened: Callable[..., Context]) -> None:
    """What is true of uvicorn is told as notes: no version in a refusal, any origin; the queue has no pings here."""
    listener = sockets.create_server(("127.0.0.1", 0))
    config = uvicorn.Config(
        Queue(), ws="websockets-sansio", log_level="critical", timeout_graceful_shutdown=1
    )
    server = uvicorn.Server(config)
    thread = threading.Thread(target=lambda: asyncio.run(server.serve(sockets=[listener])))
    thread.start()
    try:
        context = opened(f"http://127.0.0.1:{listener.getsockname()[1]}")
        rules = found(context)
    finally:
        server.should_exit = True
        thread.join(10)
        listener.close()
    assert {
        "accepted-foreign-origin": {"foreign-origin"},
        "unannounced-version": {"bad-version"},
        "unkept-heartbeat": {"no-pong"},
    } == rules
