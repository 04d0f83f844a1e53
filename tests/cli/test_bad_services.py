"""``accord verify`` against services that misbehave on the wire, and logins that fail."""

from __future__ import annotations

import itertools
import socket
import struct
from contextlib import suppress

import pytest
from projects import HEAD, request_of

READ = ("--operation", "read_thing", "--report", "json=report.json")
SOON = ("--timeout", "0.3")


def silent(connection: socket.socket) -> None:
    while connection.recv(65536):
        pass


def closing(connection: socket.socket) -> None:
    request_of(connection)


def halving(connection: socket.socket) -> None:
    request_of(connection)
    connection.sendall(HEAD % 100 + b'{"id": 1')


def dripping(connection: socket.socket) -> None:
    request_of(connection)
    connection.sendall(HEAD % 1000)
    connection.settimeout(0.1)
    for _ in range(1000):
        connection.sendall(b" ")
        with suppress(TimeoutError):
            if not connection.recv(1):
                return


def flooding(connection: socket.socket) -> None:
    request_of(connection)
    connection.sendall(HEAD % 50_000_000)
    for _ in range(50):
        connection.sendall(bytes(1_000_000))


def babbling(connection: socket.socket) -> None:
    request_of(connection)
    connection.sendall(b"\x00\xff\x1b[31m this is not HTTP\r\n\r\n")


def resetting(connection: socket.socket) -> None:
    request_of(connection)
    connection.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))


def heading(connection: socket.socket) -> None:
    request_of(connection)
    connection.sendall(b"HTTP/1.1 200 OK\r\n" + b"x-more: and more\r\n" * 50_000)


BEHAVIOURS = [
    (silent, "timeout"),
    (closing, "closed"),
    (halving, "closed"),
    (dripping, "timeout"),
    (flooding, "too-large"),
    (babbling, "protocol"),
    (resetting, "closed"),
    (heading, "protocol"),
]


@pytest.mark.parametrize(("behave", "lapse"), BEHAVIOURS, ids=[row[0].__name__ for row in BEHAVIOURS])
def test_a_service_without_whole_answers_is_found(behave, lapse, project, serve):
    """Whatever it does instead, the run ends in time and the finding says what it was."""
    done = project.verify(serve(behave), *READ, *(SOON if lapse == "timeout" else ()))

    assert done.code == 1, done
    findings = project.report()["findings"]
    assert {("unanswered-request", "read_thing", lapse)} == {
        (item["rule"], item["operation"], item["seen"]) for item in findings
    }
    assert "\x1b" not in done.out + done.err


def test_a_service_that_never_answers_is_asked_three_times(project, serve):
    """After three silences in a row, and one at its root, the service counts as gone, and the rest as not reached."""
    done = project.verify(serve(silent), *READ, *SOON)

    assert project.report()["counts"]["cases"] == 3 + 1
    assert "the service stopped answering (timeout, 3 times in a row)" in done.out, done


def test_one_silent_operation_leaves_the_others_asked(project, serve):
    """What else the service has to say is asked, and the silent one found by whatever way it was reached."""

    def picky(connection: socket.socket) -> None:
        while request := request_of(connection):
            if not request.startswith(b"GET "):
                connection.recv(65536)
                return
            connection.sendall(HEAD % 2 + b"[]")

    done = project.verify(serve(picky), *SOON, "--report", "json=report.json")

    assert done.code == 1, done
    assert "the operation stopped answering (timeout, 3 times in a row)" in done.out, done
    assert "the service stopped" not in done.out, done


def test_chains_end_when_no_request_is_answered(project, serve):
    """Broken chains do not count as chains, and yet there is an end to them."""
    done = project.verify(serve(closing), "--report", "json=report.json")

    assert done.code == 1, done
    assert project.report()["counts"]["cases"] < 120


def test_a_service_that_dies_in_the_middle_is_found_and_the_rest_not_reached(project, serve):
    """What was asked before counts; what comes after is told in one line."""
    numbers = itertools.count(1)

    def mortal(connection: socket.socket) -> None:
        while request_of(connection):
            if next(numbers) > 5:
                raise OSError
            connection.sendall(HEAD % 23 + b'{"id": 1, "name": "a"} ')

    done = project.verify(serve(mortal), *READ)

    assert done.code == 1, done
    report = project.report()
    assert "unanswered-request" in {item["rule"] for item in report["findings"]}
    seen = report["coverage"]["operations"]["read_thing"]["documented"]
    assert 0 < seen["200"] <= 5


SECURED = """
  securitySchemes:
    login: {type: oauth2, flows: {password: {tokenUrl: /login, scopes: {}}}}
"""

LOGINS = {
    "bad request": ('return 400, {"detail": "wrong"}, {}', "refuses the login at /login with status 400"),
    "unauthorized": ('return 401, {"detail": "PA55WORD"}, {}', "refuses the login at /login with status 401"),
    "no token": ('return 200, {"token": "none"}, {}', "refuses the login at /login"),
    "not JSON": ('return 200, b"<html>", {}', "refuses the login at /login"),
    "raises": ('raise RuntimeError("PA55WORD")', "the login at /login got no answer (crash): RuntimeError"),
    "hangs": ("threading.Event().wait()", "the login at /login got no answer (timeout)"),
}


@pytest.mark.parametrize("name", LOGINS)
def test_a_login_that_fails_ends_the_run(name, project):
    """The identity and the reason are named, without the password, and a login that hangs is left."""
    behaviour, words = LOGINS[name]
    project.replace("openapi.yaml", "info:", "security: [{login: []}]\ninfo:")
    project.replace("openapi.yaml", "\ncomponents:", f"\ncomponents:{SECURED.rstrip()}")
    project.append("pyproject.toml", 'username = "me"\npassword = "PA55WORD"\n')
    project.append("app.py", "\nimport threading\n\ndef handle(scope, body):\n")
    project.append("app.py", f'    if scope["path"] == "/login":\n        {behaviour}\n')
    project.append("app.py", "    return answer(scope, body)\n\n\nsecured = served(handle)\n")

    done = project.verify("app:secured", *(("--timeout", "0.5") if name == "hangs" else ()))
    assert done.code == 2, done
    assert words in done.err, done
    assert "[tool.accord.identities.default]" in done.err, done
    assert "PA55WORD" not in done.out + done.err
