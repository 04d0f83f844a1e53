"""The WebSocket stage is played against a small service in process: healthy, and with one fault at a time."""

from __future__ import annotations

import asyncio
import socket as sockets
import threading
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
import uvicorn
from queue_service import LIMIT, People, Queue

from accord.cases.engine import Budget
from accord.cases.request import Request
from accord.contract.contract import Contract, load
from accord.errors import CredentialError
from accord.exchange.asgi import AsgiClient
from accord.exchange.careful import CarefulClient
from accord.exchange.client import Limits
from accord.exchange.network import NetworkClient
from accord.exchange.pace import Pace
from accord.exchange.permission import Permission
from accord.exchange.secrets import Secrets
from accord.findings.checks import message, session
from accord.findings.finding import Verdict
from accord.findings.tally import Tally
from accord.run.context import Context
from accord.run.hooks import Hooks
from accord.run.websocket import stage as socket

CASES = Path(__file__).resolve().parents[3] / "docs" / "rules" / "cases"
PATIENCE = 0.6


@pytest.fixture(scope="module")
def contract(tmp_path_factory: pytest.TempPathFactory) -> Contract:
    """Return the contract of the queue, with a time limit that suits tests."""
    text = (CASES / "channel.yaml").read_text(encoding="utf-8")
    path = tmp_path_factory.mktemp("contract") / "channel.yaml"
    assert "seconds: 5," in text
    path.write_text(text.replace("seconds: 5,", f"seconds: {LIMIT},"), encoding="utf-8")
    return load(path)


@pytest.fixture
def opened(contract: Contract, monkeypatch: pytest.MonkeyPatch) -> Iterator[Callable[..., Context]]:
    """Return a function that opens a run against the queue with a fault; only rules about sessions are held."""
    monkeypatch.setattr("accord.findings.catalogue.rules", lambda: (*message.RULES, *session.RULES))
    clients: list[AsgiClient] = []

    def open_context(fault: str = "", *, play: bool = True, **tokens: str) -> Context:
        client = AsgiClient(Queue(fault), target="queue", limits=Limits(seconds=2.0))
        clients.append(client)
        context = Context(
            contract=contract,
            client=CarefulClient(client, permission=Permission(), pace=Pace()),
            identities=People(**(tokens or {"default": "token-of-red", "other": "token-of-blue"})),
            secrets=Secrets(),
            hooks=Hooks(),
            seed=0,
            budget=Budget(),
        )
        context.patience = PATIENCE
        if play:
            request = Request(method="POST", url=f"{client.base_url}/jobs")
            context.player = lambda: client.send(request)
        return context

    yield open_context
    for client in clients:
        client.close()


def play(context: Context, *names: str) -> dict[str, Tally]:
    """Play the trials of the stage but the drawn ones, or those of these *names*; return the tally of each."""
    prefix = "websocket/progress/"
    trials = {trial.id.removeprefix(prefix): trial for trial in socket.plan(context.contract)}
    every = [name for name in trials if name != "conversations"]
    return {name: trials[name].play(context) for name in names or every}


def found(tallies: dict[str, Tally]) -> dict[str, set[str]]:
    """Return the rules that found something, each with the names of the trials."""
    rules: dict[str, set[str]] = {}
    for name, tally in tallies.items():
        for outcome in tally.outcomes(name):
            if outcome.verdict is Verdict.FOUND:
                rules.setdefault(outcome.rule, set()).add(name)
    return rules


def test_healthy_service_has_no_findings(opened: Callable[..., Context]) -> None:
    """A service that keeps its contract passes every trial."""
    assert {} == found(play(opened()))


# Each fault, the rule that must find it, and the trials that show it.
FAULTS = {
    "refuse": "refused-handshake",
    "crash": "crashed-session",
    "early": "message-before-authentication",
    "talkative": "message-after-authentication-failure",
    "twice": "message-out-of-turn",
    "mute": "missing-authentication-reply",
    "open-door": "accepted-bad-credential-on-socket",
    "closed-door": "refused-good-credential-on-socket",
    "code": "wrong-close-code",
    "timeout-code": "wrong-close-code",
    "open": "missing-close",
    "patient": "missing-close",
    "open-after-failure": "missing-close",
    "no-handshake": "missing-close-code",
    "order": "status-out-of-order",
    "final": "change-after-final-status",
    "fixed": "changed-fixed-value",
    "time": "decreasing-update-time",
    "schema": "message-schema-violation",
    "unknown": "undeclared-message",
    "ambiguous": "ambiguous-message",
    "nan": "malformed-message",
    "binary": "binary-message",
    "isolation": "foreign-event",
}


@pytest.mark.parametrize("fault", FAULTS)
def test_fault_is_found_by_its_rule_alone(opened: Callable[..., Context], fault: str) -> None:
    """One fault in the service is found by exactly the rule that is about it."""
    assert {FAULTS[fault]} == set(found(play(opened(fault))))


def reasons(tally: Tally) -> dict[str, str]:
    """Return the rules that were not reached, each with its reason."""
    return {item.rule: item.reason for item in tally.outcomes("") if item.verdict is Verdict.NOT_REACHED}


def test_trials_have_names_of_their_own(contract: Contract) -> None:
    """Every trial of the stage has an id that names channel and script, silence and shutdown last."""
    ids = [trial.id for trial in socket.plan(contract)]
    assert len(ids) == len(set(ids))
    assert {
        "websocket/progress/accepted-token",
        "websocket/progress/isolation",
        "websocket/progress/events",
    } < set(ids)
    assert "websocket/progress/message/jobChanged" in ids
    assert ["websocket/progress/silence", "websocket/progress/shutdown"] == ids[-2:]


def test_each_session_is_played_once(opened: Callable[..., Context], monkeypatch: pytest.MonkeyPatch) -> None:
    """Trials that look at the same sessions share them."""
    context = opened()
    names: list[str] = []
    connect = context.client.connect

    def count(path: str, *, script: str, **more: Any) -> Any:
        names.append(script)
        return connect(path, script=script, **more)

    monkeypatch.setattr(context.client, "connect", count)
    play(
        context,
        "accepted-token",
        "message/welcome",
        "message/jobChanged",
        "isolation",
        "events",
        "accepted-token",
    )
    assert len(names) == len(set(names))
    assert {"silence", "events", "isolation", "accepted-token"} < set(names)


def test_messages_of_each_variant_are_counted(opened: Callable[..., Context]) -> None:
    """The trial of a message says how many of them were held against the contract."""
    tallies = play(opened(), "message/jobChanged", "message/note")
    assert (3, 1) == (tallies["message/jobChanged"].cases, tallies["message/note"].cases)
    assert {} == reasons(tallies["message/note"])


def test_finding_stands_at_the_message_that_has_it(opened: Callable[..., Context]) -> None:
    """A message that breaks its schema is found in its own trial, not in that of another message."""
    tallies = play(opened("schema"), "message/jobChanged", "message/note")
    assert {"message-schema-violation": {"message/jobChanged"}} == found(tallies)


def test_events_need_something_that_causes_them(opened: Callable[..., Context]) -> None:
    """Without a workflow nobody knows whether events are right, and the run says so."""
    tallies = play(opened(play=False), "events", "isolation", "message/jobChanged", "message/welcome")
    reason = "nothing is played whose events could be awaited"
    assert {"message-schema-violation": reason} == reasons(tallies["events"])
    assert {"foreign-event": reason} == reasons(tallies["isolation"])
    assert {"message-schema-violation": reason} == reasons(tallies["message/jobChanged"])
    assert {} == reasons(tallies["message/welcome"])


def test_isolation_needs_another_identity(opened: Callable[..., Context]) -> None:
    """Without an identity of another party, isolation is not reached."""
    alone = play(opened(default="token-of-red"), "isolation", "events")
    assert {
        "foreign-event": "no identity called 'other' is configured ([tool.accord.identities.other])"
    } == reasons(alone["isolation"])
    assert {} == reasons(alone["events"])
    same = play(opened(default="token-of-red", other="token-of-red"), "isolation")
    assert "have the same team at /team" in reasons(same["isolation"])["foreign-event"]


def test_isolation_needs_an_event(opened: Callable[..., Context]) -> None:
    """Where the owner got no event, that others got none proves nothing."""
    context = opened()
    context.player = lambda: None
    assert "got no event" in reasons(play(context, "isolation")["isolation"])["foreign-event"]


def test_trials_without_an_identity_say_why(opened: Callable[..., Context]) -> None:
    """Without an identity only what needs no token is played."""
    tallies = play(opened(nobody="x"), "accepted-token", "events", "garbage-token", "bad-json")
    assert "'default'" in reasons(tallies["accepted-token"])["refused-good-credential-on-socket"]
    assert "'default'" in reasons(tallies["events"])["message-schema-violation"]
    assert {} == {**reasons(tallies["garbage-token"]), **reasons(tallies["bad-json"]), **found(tallies)}


def test_limit_longer_than_a_run_waits_is_not_reached(opened: Callable[..., Context]) -> None:
    """A time limit beyond what a run waits for is a reason, and no connection is held for it."""
    context = opened()
    context.silence = LIMIT / 2
    assert "longer than" in reasons(play(context, "silence")["silence"])["missing-close"]


def test_failure_of_the_workflow_is_not_swallowed(opened: Callable[..., Context]) -> None:
    """What stops the workflow stops the trial too."""
    context = opened()

    def stop() -> None:
        raise CredentialError("refused")

    context.player = stop
    with pytest.raises(CredentialError, match="refused"):
        play(context, "events")


def test_address_with_parameters_is_not_reached(tmp_path: Path, opened: Callable[..., Context]) -> None:
    """Nobody knows what to put into the parameters of an address."""
    text = (CASES / "channel.yaml").read_text(encoding="utf-8")
    path = tmp_path / "channel.yaml"
    path.write_text(text.replace("address: /progress", 'address: "/progress/{queue}"'), encoding="utf-8")
    context = opened()
    context.contract = load(path)
    tallies = play(context, "accepted-token", "events", "silence")
    assert all("has parameters" in reason for tally in tallies.values() for reason in reasons(tally).values())
    assert {"accepted-token", "events", "silence"} == {
        name for name, tally in tallies.items() if reasons(tally)
    }


@pytest.mark.parametrize("rules", ["x-session: { initial: open, states: { open: {} } }", "x-other: {}"])
def test_handshake_carries_the_token_where_no_message_does(
    tmp_path: Path, opened: Callable[..., Context], monkeypatch: pytest.MonkeyPatch, rules: str
) -> None:
    """On a channel without authentication by a message, the default identity connects with its token."""
    text = (CASES / "channel.yaml").read_text(encoding="utf-8")
    head, rest = text.split("    x-session:\n")
    path = tmp_path / "channel.yaml"
    path.write_text(f"{head}    {rules}\n\n{rest[rest.index('operations:') :]}", encoding="utf-8")
    context = opened()
    context.contract = load(path)
    seen: list[Any] = []
    connect = context.client.connect

    def note(path: str, *, headers: Any, **more: Any) -> Any:
        seen.append((more["script"], headers))
        return connect(path, headers=headers, **more)

    monkeypatch.setattr(context.client, "connect", note)
    play(context, "open")
    assert ("open", (("Authorization", "Bearer token-of-red"),)) in seen


def test_healthy_service_has_no_findings_over_a_socket(opened: Callable[..., Context]) -> None:
    """The same service behind a server on 127.0.0.1 passes every trial too."""
    listener = sockets.socket(sockets.AF_INET, sockets.SOCK_STREAM)
    listener.bind(("127.0.0.1", 0))
    listener.listen()
    config = uvicorn.Config(
        Queue(), ws="websockets-sansio", log_level="critical", timeout_graceful_shutdown=1
    )
    server = uvicorn.Server(config)
    thread = threading.Thread(target=lambda: asyncio.run(server.serve(sockets=[listener])))
    thread.start()
    context = opened(play=False)
    try:
        url = f"http://127.0.0.1:{listener.getsockname()[1]}"
        client = NetworkClient(url, limits=Limits(seconds=2.0))
        context.client = CarefulClient(client, permission=Permission(), pace=Pace())
        request = Request(method="POST", url=f"{url}/jobs")
        context.player = lambda: context.client.send(request)
        tallies = play(context)
        context.client.close()
    finally:
        server.should_exit = True
        thread.join(10)
        listener.close()
    assert {} == found(tallies)
    assert 3 == tallies["message/jobChanged"].cases
