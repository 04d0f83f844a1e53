"""A WSGI application in process, by the rules of PEP 3333."""

from __future__ import annotations

import sys
import threading
from collections.abc import Callable, Iterator
from typing import Any
from wsgiref.validate import validator

import pytest
from patience import HASTE, PATIENCE

from accord.cases.request import Request
from accord.errors import TargetError
from accord.exchange.application import as_application
from accord.exchange.client import Client, Limits, open_client
from accord.exchange.values import Closed, Lapse

Start = Callable[..., Any]


def echo(environ: dict[str, Any], start_response: Start) -> Iterator[bytes]:
    """Answer with what was asked."""
    body = environ["wsgi.input"].read(int(environ.get("CONTENT_LENGTH") or 0))
    said = [
        environ["REQUEST_METHOD"],
        environ["PATH_INFO"],
        environ["QUERY_STRING"],
        environ.get("HTTP_X_WORD", ""),
    ]
    answer = "|".join(said).encode("latin-1") + b"|" + body
    start_response("201 Created", [("Content-Type", "text/plain"), ("X-Twice", "a"), ("X-Twice", "b")])
    return iter([answer])


@pytest.fixture
def opened() -> Iterator[Callable[..., Client]]:
    """Give a way to open a client of an application; it is closed in the end."""
    clients: list[Client] = []

    def open_(application: object, **limits: Any) -> Client:
        clients.append(open_client(application, limits=Limits(**limits)))
        return clients[-1]

    yield open_
    for client in clients:
        client.close()


def ask(client: Client, method: str = "GET", path: str = "/", **members: Any) -> Any:
    return client.send(Request(method=method, url=client.base_url + path, **members))


def test_a_request_arrives_whole_and_its_answer_comes_back(opened: Callable[..., Client]) -> None:
    """Method, path, query, header and body are those that were sent; every header of the answer is there."""
    exchange = ask(opened(echo), "POST", "/a%20b?c=d", headers=(("X-Word", "w"),), body=b"body")
    assert (201, b"POST|/a b|c=d|w|body") == (exchange.response.status, exchange.response.body)
    assert ["a", "b"] == [value for name, value in exchange.response.headers if name == "x-twice"]


def test_the_adapter_keeps_to_the_standard(opened: Callable[..., Client]) -> None:
    """The checker of the standard library, which raises at every breach, is content."""

    def strict(environ: dict[str, Any], start_response: Start) -> list[bytes]:
        environ["wsgi.input"].read(4)
        start_response("200 OK", [("Content-Type", "text/plain"), ("Content-Length", "2")])
        return [b"ok"]

    def checked(environ: dict[str, Any], start_response: Start) -> Any:
        return validator(strict)(environ, start_response)

    exchange = ask(opened(checked), "POST", body=b"1234")
    assert (200, b"ok", "") == (exchange.response.status, exchange.response.body, exchange.detail)


def test_an_exception_is_a_crash_with_its_place(opened: Callable[..., Client]) -> None:
    """What the application raises before it answers is told as what an ASGI application raises."""

    def broken(environ: dict[str, Any], start_response: Start) -> list[bytes]:
        raise ZeroDivisionError("no")

    exchange = ask(opened(broken))
    assert Lapse.CRASH is exchange.lapse
    assert "ZeroDivisionError: no" in exchange.detail
    assert "in broken" in exchange.detail


def test_an_answer_without_start_response_is_a_crash(opened: Callable[..., Client]) -> None:
    """A body without a head is no response."""
    assert "PEP 3333" in ask(opened(lambda environ, start_response: [b"x"])).detail


def test_an_error_may_replace_an_answer_that_has_not_begun(opened: Callable[..., Client]) -> None:
    """``start_response`` may be called again with ``exc_info``."""

    def recovering(environ: dict[str, Any], start_response: Start) -> list[bytes]:
        start_response("200 OK", [])
        try:
            raise ValueError("late")
        except ValueError:
            start_response("500 Oops", [], sys.exc_info())
        return [b"sorry"]

    exchange = ask(opened(recovering))
    assert (500, b"sorry") == (exchange.response.status, exchange.response.body)


def test_an_endless_answer_is_cut_and_closed(opened: Callable[..., Client]) -> None:
    """Nothing but the limit is read, and the iterable is closed."""
    closed = threading.Event()

    def endless(environ: dict[str, Any], start_response: Start) -> Iterator[bytes]:
        start_response("200 OK", [])
        try:
            while True:
                yield b"x" * 1000
        finally:
            closed.set()

    assert Lapse.TOO_LARGE is ask(opened(endless, bytes=5000)).lapse
    assert closed.wait(PATIENCE)


def test_an_application_that_hangs_is_given_up_and_does_not_hold_the_next(
    opened: Callable[..., Client], release: threading.Event
) -> None:
    """A request that takes too long is a time-out; the next one is served all the same."""

    def hanging(environ: dict[str, Any], start_response: Start) -> list[bytes]:
        if environ["PATH_INFO"] == "/hang":
            release.wait()
        start_response("200 OK", [])
        return [b""]

    client = opened(hanging, seconds=HASTE)
    assert Lapse.TIMEOUT is ask(client, path="/hang").lapse
    assert ask(client).response.status == 200


def test_a_websocket_is_refused(opened: Callable[..., Client]) -> None:
    """WSGI knows no WebSocket."""
    connection = opened(echo).connect("/", channel="c", script="s")
    assert isinstance(connection.receive(PATIENCE), Closed)


class Callable3:
    """An object that is a WSGI application, as those of frameworks are."""

    def __call__(self, environ: dict[str, Any], start_response: Start) -> list[bytes]:
        start_response("200 OK", [])
        return []


@pytest.mark.parametrize("found", [echo, Callable3(), lambda: echo, Callable3])
def test_an_application_or_its_factory_is_recognised(found: object, opened: Callable[..., Client]) -> None:
    """Functions, objects, factories and classes of such objects all lead to an application."""
    assert ask(opened(found)).response.status in (200, 201)


@pytest.mark.parametrize("found", [lambda a: None, lambda a, b, c, d: None, 5])
def test_another_callable_is_refused(found: object) -> None:
    """What takes other arguments is neither kind of application."""
    with pytest.raises(TargetError, match="neither an ASGI nor a WSGI application"):
        as_application(found, "found")
