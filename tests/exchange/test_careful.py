"""The one place through which a run leaves: what is withheld, what waits, what is asked again."""

from __future__ import annotations

from typing import Any

import pytest

from accord.cases.request import Request
from accord.exchange.careful import CarefulClient
from accord.exchange.client import Client, Connection
from accord.exchange.pace import Pace, Rate
from accord.exchange.patience import TIMES
from accord.exchange.permission import Permission
from accord.exchange.values import Closed, Exchange, Lapse, Response, Side

SAFE = Permission(safe=True, scripts=frozenset({"legal"}))


class Service:
    """A client that answers from a list, the last answer for ever."""

    target = "service"
    base_url = "http://service"

    def __init__(self, *answers: Response) -> None:
        self.answers = list(answers or [Response(status=200)])
        self.sent: list[str] = []
        self.opened: list[str] = []
        self.closed = False

    def send(self, request: Request, *, operation: str | None = None) -> Exchange:
        """Answer."""
        self.sent.append(request.method)
        answer = self.answers.pop(0) if len(self.answers) > 1 else self.answers[0]
        return Exchange(
            id="e1", operation=operation, request=request, response=answer, started=0.0, seconds=0.1
        )

    def connect(self, path: str, **named: Any) -> Connection:
        """Note the script."""
        self.opened.append(named["script"])
        return None  # type: ignore[return-value]

    def close(self) -> None:
        """Note it."""
        self.closed = True


def careful(
    service: Client, *, permission: Permission = Permission(), rate: Rate | None = None
) -> tuple[CarefulClient, list[float]]:
    """Return a careful client on a clock that goes only by sleeping, and what was slept."""
    slept: list[float] = []
    pace = Pace(rate, now=lambda: sum(slept), sleep=slept.append)
    return CarefulClient(service, permission=permission, pace=pace), slept


def request(method: str, *headers: tuple[str, str]) -> Request:
    """Return a request."""
    return Request(method=method, url="http://service/things", headers=headers)


@pytest.mark.parametrize("method", ["GET", "HEAD", "OPTIONS"])
def test_safe_run_sends_safe_methods(method: str) -> None:
    """The methods that change nothing (RFC 9110, 9.2.1) leave."""
    service = Service()
    exchange = careful(service, permission=SAFE)[0].send(request(method), operation="a")
    assert ([method], None, "a") == (service.sent, exchange.lapse, exchange.operation)


@pytest.mark.parametrize(
    "asked",
    [
        *(
            request(method)
            for method in ("POST", "PUT", "PATCH", "DELETE", "TRACE", "CONNECT", "get", "QUERY", "")
        ),
        request("GET", ("X-HTTP-Method-Override", "DELETE")),
        request("GET", ("x-http-method", "PUT")),
        request("GET", ("X-Method-Override", "PATCH")),
    ],
    ids=str,
)
def test_safe_run_withholds_the_rest(asked: Request) -> None:
    """Every other method stays here, also one that a header says; the exchange tells why."""
    service = Service()
    exchange = careful(service, permission=SAFE)[0].send(asked, operation="a")
    assert ([], Lapse.WITHHELD) == (service.sent, exchange.lapse)
    assert exchange.response is None
    assert exchange.detail.startswith("a safe run sends no ")


def test_safe_run_opens_legal_sessions_alone() -> None:
    """A session that plays something else is never opened: it begins with its end, and nothing can be said."""
    service = Service()
    client, _ = careful(service, permission=SAFE)
    client.connect("/ws", channel="events", script="legal")
    connection = client.connect("/ws", channel="events", script="bad-json", identity="default")
    connection.send("[")
    connection.close()
    end = connection.receive(10.0)
    assert ["legal"] == service.opened
    assert isinstance(end, Closed)
    assert (1006, Side.CLIENT) == (end.code, end.by)
    assert (end,) == connection.session().events
    assert "ws://service/ws" == connection.session().url


def test_login_is_sent_in_a_safe_run() -> None:
    """What the contract declares goes through the unrestricted side, at the same pace."""
    service = Service()
    client, slept = careful(service, permission=SAFE, rate=Rate(number=1, seconds=1))
    client.send(request("GET"))
    client.unrestricted().send(request("POST"))
    assert (["GET", "POST"], [1.0]) == (service.sent, slept)


def test_run_without_restriction_sends_everything() -> None:
    """Nothing is withheld unless it is asked for."""
    service = Service()
    client, _ = careful(service)
    client.send(request("DELETE"))
    client.connect("/ws", channel="events", script="bad-json")
    client.close()
    assert (["DELETE"], ["bad-json"], True) == (service.sent, service.opened, service.closed)
    assert client is client.unrestricted()


def test_sessions_keep_to_the_rate_too() -> None:
    """Opening a session counts as a request."""
    client, slept = careful(Service(), rate=Rate(number=2, seconds=1))
    client.send(request("GET"))
    client.connect("/ws", channel="events", script="open")
    client.send(request("GET"))
    assert [0.5, 0.5] == slept


def test_refusal_for_asking_too_much_is_asked_again() -> None:
    """After the time that the service asks for, the same request is sent; its answer is the one that counts."""
    limited = Response(status=429, headers=(("Retry-After", "9"),))
    service = Service(limited, limited, Response(status=201))
    client, slept = careful(service)
    answer = client.send(request("POST"), operation="a").response
    assert answer is not None
    assert (201, ["POST"] * 3, [9.0, 9.0]) == (answer.status, service.sent, slept)
    assert [429, 429] == [item.response.status for item in client.patience.take() if item.response]


def test_service_that_stays_limited_is_asked_a_bounded_number_of_times() -> None:
    """In the end the refusal is the answer."""
    service = Service(Response(status=429))
    client, slept = careful(service)
    answer = client.send(request("GET"), operation="a").response
    assert answer is not None
    assert (429, TIMES + 1) == (answer.status, len(service.sent))
    assert [1.0, 2.0, 4.0, 8.0, 16.0] == slept
