"""What comes over an open session: each end that the contract promises is provoked and judged."""

from __future__ import annotations

import asyncio
import socket as sockets
import threading
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
import uvicorn
from queue_service import SHORT, People, Queue

from accord.cases.engine import Budget
from accord.contract.contract import load
from accord.errors import ConfigurationError
from accord.exchange.asgi import AsgiClient
from accord.exchange.careful import CarefulClient
from accord.exchange.client import Limits, open_client
from accord.exchange.pace import Pace
from accord.exchange.permission import Permission
from accord.exchange.secrets import Secrets
from accord.findings.checks import message, session
from accord.findings.finding import Outcome, Verdict
from accord.run.context import Context
from accord.run.deadline import Deadline
from accord.run.hooks import Hooks
from accord.run.websocket.midstream import plan_midstream, plan_shutdown

CHANNEL = Path(__file__).resolve().parents[3] / "docs" / "rules" / "cases" / "channel.yaml"
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
        context.patience = PATIENCE
        return context

    yield open_context
    for client in clients:
        client.close()


def play(context: Context, name: str) -> dict[str, Outcome]:
    """Return the outcomes of the trial called *name* by rule."""
    channel = context.contract.channels[0]
    planned = (*plan_midstream(channel, "websocket"), *plan_shutdown(channel, "websocket"))
    trials = {trial.id: trial for trial in planned}
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
    context.silence = silence
    outcomes = play(context, "token-expired")
    assert Verdict.NOT_REACHED == outcomes["outlived-token"].verdict
    assert words in outcomes["outlived-token"].reason
    assert [] == found(outcomes)


class Leaving(Queue):
    """A queue that ends its sessions when it shuts down, each with ``code``, or leaves them with 0."""

    def __init__(self, code: int) -> None:
        super().__init__()
        self.code = code
        self.sends: list[Any] = []
        self.gone = False

    def unless_gone(self, send: Any) -> Any:
        """Return *send*, which sends nothing more once the queue has taken leave."""

        async def say(event: Any) -> None:
            if not self.gone:
                await send(event)

        return say

    async def __call__(self, scope: Any, receive: Any, send: Any) -> None:
        """Serve one scope."""
        if scope["type"] == "websocket":
            self.sends.append(send)
            await super().__call__(scope, receive, self.unless_gone(send))
        elif scope["type"] == "lifespan":
            await receive()
            await send({"type": "lifespan.startup.complete"})
            await receive()
            gone, self.gone = self.sends if self.code else (), bool(self.code)
            for tell in gone:
                await tell({"type": "websocket.close", "code": self.code})
            await send({"type": "lifespan.shutdown.complete"})
        else:
            await super().__call__(scope, receive, send)


@pytest.fixture
def made(opened: Callable[..., Context]) -> Iterator[Callable[..., Context]]:
    """Return a function that opens a run against what makes applications."""
    clients: list[CarefulClient] = []

    def make(target: Any, **tokens: str) -> Context:
        client = open_client(target, limits=Limits(seconds=2.0))
        context = opened(**(tokens or {"default": "token-of-red"}))
        context.client = CarefulClient(client, permission=Permission(), pace=Pace())
        clients.append(context.client)
        return context

    yield make
    for client in clients:
        client.close()


@pytest.mark.parametrize(
    ("code", "rules"), [(1001, []), (1012, []), (1000, ["wrong-close-code"]), (1011, ["wrong-close-code"])]
)
def test_shutdown_ends_sessions_with_the_promised_code(
    made: Callable[..., Context], code: int, rules: list[str]
) -> None:
    """An application of its own is shut down under an open session; the close code is judged."""
    context = made(lambda: Leaving(code))
    outcomes = play(context, "shutdown")
    assert rules == found(outcomes)
    assert outcomes["wrong-close-code"].verdict is not Verdict.NOT_REACHED


def test_the_application_of_the_run_goes_on(made: Callable[..., Context]) -> None:
    """The one that is shut down is another one, and sessions are numbered on."""
    applications: list[Leaving] = []

    def make() -> Leaving:
        applications.append(Leaving(1001))
        return applications[-1]

    context = made(make)
    before = context.client.connect("/progress", channel="progress", script="x")
    play(context, "shutdown")
    after = context.client.connect("/progress", channel="progress", script="x")
    assert [2, 1] == [len(item.sends) for item in applications]
    assert (None, "s1", "s3") == (before.receive(0), before.session().id, after.session().id)


@pytest.mark.parametrize(
    ("target", "tokens", "seconds", "words"),
    [
        (Leaving(1001), {}, None, "not a factory"),
        (lambda: Leaving(0), {}, None, "leaves it to its server"),
        (lambda: Leaving(1001), {"nobody": "x"}, None, "'default'"),
        (lambda: Leaving(1001), {"default": "unknown"}, None, "did not begin"),
        (lambda: Leaving(1001), {}, 60.0, "goes on exploring"),
    ],
)
def test_shutdown_that_cannot_be_shown_says_why(
    made: Callable[..., Context], target: Any, tokens: dict[str, str], seconds: float | None, words: str
) -> None:
    """What the server does, what would end the run, and what never began is no finding."""
    context = made(target, **tokens)
    context.deadline = Deadline(seconds)
    outcomes = play(context, "shutdown")
    assert words in outcomes["wrong-close-code"].reason
    assert [] == found(outcomes)


class Served:
    """The queue behind a real server, which can be started again at the same place."""

    def __init__(self) -> None:
        self.listener = sockets.create_server(("127.0.0.1", 0))
        self.url = f"http://127.0.0.1:{self.listener.getsockname()[1]}"
        self.start()

    def start(self) -> None:
        """Start a server."""
        config = uvicorn.Config(
            Queue(), ws="websockets-sansio", log_level="critical", timeout_graceful_shutdown=1
        )
        self.server = uvicorn.Server(config)
        copy = sockets.fromfd(self.listener.fileno(), self.listener.family, self.listener.type)
        self.thread = threading.Thread(target=lambda: asyncio.run(self.server.serve(sockets=[copy])))
        self.thread.start()

    def stop(self) -> None:
        """Stop the server."""
        self.server.should_exit = True
        self.thread.join(10)

    def restart(self, _: str) -> None:
        """Stop the server and start another one."""
        self.stop()
        self.start()


@pytest.fixture
def served() -> Iterator[Served]:
    """Serve the queue."""
    service = Served()
    yield service
    service.stop()
    service.listener.close()


def test_restart_of_a_server_ends_sessions_with_the_promised_code(
    made: Callable[..., Context], served: Served
) -> None:
    """A server that says 1012 to open sessions when it restarts is in accord, and goes on."""
    context = made(served.url)
    context.hooks = Hooks(restart=served.restart)
    outcomes = play(context, "shutdown")
    assert [] == found(outcomes)
    assert Verdict.HELD is outcomes["wrong-close-code"].verdict
    assert Verdict.HELD is outcomes["missing-close"].verdict


def test_restart_that_no_session_notices_is_found(made: Callable[..., Context], served: Served) -> None:
    """A session that is open after the restart is one that had to be closed."""
    context = made(served.url)
    context.hooks = Hooks(restart=lambda _: None)
    assert ["missing-close"] == found(play(context, "shutdown"))


def test_service_on_the_network_is_stopped_by_nobody_else(
    made: Callable[..., Context], served: Served
) -> None:
    """Without the hook the question is not reached; an error of the hook ends the run."""
    context = made(served.url)
    assert "hook `restart`" in play(context, "shutdown")["wrong-close-code"].reason

    def fail(_: str) -> None:
        raise OSError("no such unit")

    context.hooks = Hooks(restart=fail)
    with pytest.raises(ConfigurationError, match="no such unit"):
        play(context, "shutdown")
