"""Commands and scripts: what a person pastes into a shell sends what accord sent."""

from __future__ import annotations

import json
import shutil
import socket
import subprocess
import threading
from collections.abc import Callable, Iterator
from contextlib import suppress
from typing import Any

import pytest
from hypothesis import HealthCheck, example, given, settings
from hypothesis import strategies as st

from accord.cases.request import Request
from accord.exchange.reproduce import Padding, curl, dialogue, script
from accord.exchange.secrets import Secrets
from accord.exchange.values import Closed, Opened, Received, Sent, Session, Side

needs_curl = pytest.mark.skipif(
    not (shutil.which("curl") and shutil.which("bash")), reason="curl or bash is missing"
)
OWN = {b"host", b"user-agent", b"accept", b"content-length", b"expect"}
TOKEN = "!#$%&'*+-.^_`|~09azAZ"
NAMES = st.text(TOKEN, min_size=1, max_size=8).map(lambda name: f"X-{name}")
VALUES = st.text(
    st.characters(min_codepoint=1, max_codepoint=0x17F, exclude_characters="\r\n\v\f"), max_size=12
)
TARGETS = st.text("abz/.%~?&='\"$`\\!*()[]{}|^;:@,+-_<>", max_size=20).map(lambda text: "/" + text)
BODIES = st.binary(max_size=30) | st.text(max_size=30).map(lambda text: text.encode(errors="replace"))


@pytest.fixture(scope="module")
def echo() -> Iterator[tuple[str, Callable[[], bytes]]]:
    """A server that keeps the bytes of each request; its URL, and a way to take the last one."""
    taken: list[bytes] = []
    listener = socket.create_server(("127.0.0.1", 0))

    def work() -> None:
        with suppress(OSError):
            while True:
                stream, _ = listener.accept()
                with suppress(OSError), stream:
                    stream.settimeout(5)
                    taken.append(read_whole(stream))
                    stream.sendall(b"HTTP/1.1 204 No Content\r\nConnection: close\r\n\r\n")

    thread = threading.Thread(target=work)
    thread.start()
    yield f"http://127.0.0.1:{listener.getsockname()[1]}", taken.pop
    listener.shutdown(socket.SHUT_RDWR)
    listener.close()
    thread.join(5)


def read_whole(stream: socket.socket) -> bytes:
    """Read one request with the body that it announces."""
    data = b""
    while b"\r\n\r\n" not in data:
        data += stream.recv(65536)
    head, _, body = data.partition(b"\r\n\r\n")
    length = next(
        (line for line in head.split(b"\r\n") if line.lower().startswith(b"content-length:")), b":0"
    )
    while len(body) < int(length.split(b":")[1]):
        body += stream.recv(65536)
    return head + b"\r\n\r\n" + body


def run(command: str, **environment: str) -> None:
    """Run *command* in bash, as a person would."""
    path = {"PATH": "/usr/bin:/bin:/usr/local/bin", "LC_ALL": "C.UTF-8"}
    subprocess.run(
        [shutil.which("bash") or "bash", "-s"],
        input=f"set -o pipefail; {command} --silent --show-error --max-time 5".encode(),
        check=True,
        capture_output=True,
        env={**path, **environment},
    )


def lines_of(raw: bytes) -> tuple[bytes, list[bytes], bytes]:
    """Return request line, header lines that the request asked for, and body."""
    head, _, body = raw.partition(b"\r\n\r\n")
    start, *headers = head.split(b"\r\n")
    return start, [line for line in headers if line.split(b":")[0].lower() not in OWN], body


@needs_curl
@settings(max_examples=60, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(
    method=st.sampled_from(["GET", "POST", "PUT", "DELETE", "PATCH", "OPTIONS", "M-SEARCH"]),
    target=TARGETS,
    headers=st.lists(st.tuples(NAMES, VALUES), max_size=3, unique_by=lambda item: item[0].lower()).map(tuple),
    body=BODIES,
)
@example(method="POST", target="/", headers=(), body=b"@/etc/hostname")
@example(
    method="POST", target="/", headers=(("X-A", "it's"), ("X-B", ""), ("X-C", "café €")), body=b"it's\n\ttwo"
)
@example(
    method="PUT", target="/a/../b/./?[1-3]{a,b}", headers=(("Content-Type", "a/b"),), body=bytes(range(256))
)
@example(method="POST", target="/", headers=(), body=b"x" * 200_000)
@example(method="GET", target="/%00%2F//", headers=(("X-'", "'\"$(id)`id`\\!"),), body=b"")
def test_curl_sends_the_same_bytes(
    echo: tuple[str, Callable[[], bytes]],
    method: str,
    target: str,
    headers: tuple[tuple[str, str], ...],
    body: bytes,
) -> None:
    """Run by bash, the command makes the request that accord made: line, headers, body."""
    url, take = echo
    run(curl(Request(method=method, url=url + target, headers=headers, body=body), secrets=None))
    start, lines, sent = lines_of(take())
    assert f"{method} {target} HTTP/1.1".encode() == start
    assert body == sent
    assert [expected_pair(*item) for item in headers] == [
        (name, value.strip(b" \t")) for name, _, value in (line.partition(b":") for line in lines)
    ]


@needs_curl
def test_zeros_are_written_short_and_sent_whole(echo: tuple[str, Callable[[], bytes]]) -> None:
    """A body with very many zeros makes a short command, which sends all of them, and no secret shows."""
    url, take = echo
    request = Request(
        method="POST", url=url, headers=(("Content-Type", "a/b"),), body=b"it's\r\x00\xffkey-1234\n"
    )
    padding = Padding(at=6, count=100_000)
    command = curl(request, secrets=None, padding=padding)
    assert len(command) < 300
    run(command)
    assert b"it's\r\x00" + bytes(100_000) + b"\xffkey-1234\n" == lines_of(take())[2]
    masked = curl(request, secrets=Secrets(["key-1234"]), padding=padding)
    run(masked)
    assert b"it's\r\x00" + bytes(100_000) + b"\xff[secret]\n" == lines_of(take())[2]


def expected_pair(name: str, value: str) -> tuple[bytes, bytes]:
    """Return name and value in the bytes of the wire: Latin-1 where that will do, else UTF-8."""
    try:
        data = value.encode("latin-1")
    except UnicodeEncodeError:
        data = value.encode()
    return name.encode(), data.strip(b" \t")


@needs_curl
def test_the_token_comes_from_the_environment(echo: tuple[str, Callable[[], bytes]]) -> None:
    """The command shows a variable where the secret was; with it set, the request is the same."""
    url, take = echo
    headers = (("Authorization", "Bearer abc.def"), ("X-API-Key", "key"), ("Cookie", "sid=1"))
    command = curl(Request(method="GET", url=url + "/?token=t0k3n", headers=headers), secrets=Secrets())
    assert '-H "Authorization: Bearer $TOKEN" -H "X-API-Key: $X_API_KEY" -H "Cookie: $COOKIE"' in command
    for secret in ("abc.def", "t0k3n", "sid=1"):
        assert secret not in command
    run(command, TOKEN="abc.def", X_API_KEY="key", COOKIE="sid=1")
    assert [b"Authorization: Bearer abc.def", b"X-API-Key: key", b"Cookie: sid=1"] == lines_of(take())[1]


@needs_curl
def test_a_head_request_ends(echo: tuple[str, Callable[[], bytes]]) -> None:
    """HEAD does not wait for a body that never comes."""
    url, take = echo
    run(curl(Request(method="HEAD", url=url + "/a"), secrets=None))
    assert lines_of(take())[0] == b"HEAD /a HTTP/1.1"


@pytest.mark.parametrize(
    ("request_", "expected"),
    [
        (Request(method="GET", url="http://h/a"), "curl http://h/a"),
        (Request(method="DELETE", url="http://h/a?b=c"), "curl -X DELETE 'http://h/a?b=c'"),
        (
            Request(
                method="POST",
                url="http://h/",
                headers=(("Content-Type", "application/json"),),
                body=b'{"a": 1}',
            ),
            "curl -X POST -H 'Content-Type: application/json' --data-binary '{\"a\": 1}' http://h/",
        ),
        (
            Request(method="POST", url="http://h/", body=b"\xff\x00"),
            "printf %s /wA= | base64 -d | curl -X POST -H Content-Type: --data-binary @- http://h/",
        ),
        (
            Request(method="PUT", url="http://h/", body="a\né".encode()),
            r"curl -X PUT -H Content-Type: --data-binary $'a\n\xc3\xa9' http://h/",
        ),
    ],
)
def test_a_command_is_one_plain_line(request_: Request, expected: str) -> None:
    """What is simple is shown simply."""
    assert expected == curl(request_, secrets=Secrets())


@given(
    st.builds(
        Request,
        method=st.text(max_size=5),
        url=st.text(st.characters(), max_size=20),
        headers=st.lists(st.tuples(st.text(st.characters()), st.text(st.characters()))).map(tuple),
        body=st.binary(),
    )
)
def test_any_request_makes_one_line(request_: Request) -> None:
    """Also a request that could not be sent is told, on one line."""
    for secrets in (None, Secrets()):
        command = curl(request_, secrets=secrets)
        assert len(command.splitlines()) == 1
        command.encode()


def test_a_script_tells_both_sides() -> None:
    """Each line is one JSON object: what to send, what to expect, how it ended; secrets are masked."""
    session = Session(
        id="s1",
        channel="events",
        url="ws://h/ws?token=abc",
        script="greeting",
        identity="ann",
        events=(
            Opened(at=0, subprotocol="v1"),
            Sent(at=1, data='{"type":"authenticate","token":"abc"}'),
            Received(at=2, data='{"type": "auth_success"}'),
            Sent(at=3, data="not JSON"),
            Sent(at=4, data='{"a":1,"a":2}'),
            Sent(at=4, data="NaN"),
            Sent(at=5, data=b"\xff"),
            Received(at=6, data="x" * 3000),
            Closed(at=7, code=4401, reason="who?", by=Side.SERVER),
        ),
        started=0,
    )
    expected = [
        {"connect": "ws://h/ws?token=${TOKEN}"},
        {"expect": {"opened": "v1"}},
        {"send": {"json": {"type": "authenticate", "token": "${TOKEN}"}}},
        {"expect": {"json": {"type": "auth_success"}}},
        {"send": {"text": "not JSON"}},
        {"send": {"text": '{"a":1,"a":2}'}},
        {"send": {"text": "NaN"}},
        {"send": {"base64": "/w=="}},
        {"expect": {"begins": "x" * 2000}},
        {"expect": {"closed": 4401, "reason": "who?", "status": None}},
    ]
    assert expected == [json.loads(line) for line in script(session, secrets=Secrets()).splitlines()]
    ended = Session(
        id="s1",
        channel="c",
        url="ws://h/",
        script="s",
        identity=None,
        started=0,
        events=(Closed(at=0, code=1000, reason="bye", by=Side.CLIENT),),
    )
    last = script(ended, secrets=None).splitlines()[-1]
    assert {"close": {"code": 1000, "reason": "bye"}} == json.loads(last)


def spoken(started: float, *events: Any) -> Session:
    """Return a session of these events that began then."""
    return Session(
        id="s1", channel="c", url="ws://h/", script="s", identity=None, events=events, started=started
    )


def test_a_long_silence_is_expected_and_a_lost_connection_broken() -> None:
    """Who closes after seconds of silence waits for them again; an end without a code is a reset."""
    session = spoken(
        0, Opened(at=0), Received(at=5, data="1"), Closed(at=8.35, code=1006, by=Side.CLIENT), Opened(at=9)
    )
    assert [
        {"connect": "ws://h/"},
        {"expect": {"opened": None}},
        {"expect": {"json": 1}},
        {"expect": {"nothing": 3.3}},
        {"break": "reset"},
    ] == [json.loads(line) for line in script(session, secrets=None).splitlines()][:5]


def test_several_sessions_are_one_script_in_the_order_of_time() -> None:
    """Each line says on which connection it is."""
    one = spoken(10.0, Opened(at=0.1), Received(at=0.5, data="1"))
    two = spoken(10.2, Opened(at=0.1), Sent(at=0.2, data="2"))
    lines = [json.loads(line) for line in dialogue([("1", one), ("2", two)], secrets=None).splitlines()]
    assert [("1", "connect"), ("1", "expect"), ("2", "connect"), ("2", "expect"), ("2", "send")] == [
        tuple(line[name] if name == "on" else name for name in ("on", *(set(line) - {"on"})))
        for line in lines[:5]
    ]
    assert {"on": "1", "expect": {"json": 1}} == lines[5]


@given(st.text(st.characters()))
def test_any_text_is_told_in_one_line(text: str) -> None:
    """Deep, odd and broken messages make one line that gives the message back."""
    session = Session(
        id="s", channel="c", url="u", script="s", identity=None, events=(Sent(at=0, data=text),), started=0
    )
    _, line = script(session, secrets=None).split("\n")
    told = json.loads(line)["send"]
    assert told == {"text": text} or told["json"] == json.loads(text)
