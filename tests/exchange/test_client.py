"""What holds for every client, in process and over sockets: one application, asked both ways."""

from __future__ import annotations

import base64
import json
import time
from pathlib import Path
from typing import Any

import pytest
from patience import HASTE, PATIENCE

from accord.cases.request import Request
from accord.errors import TargetError
from accord.exchange.client import Client, Limits, open_client
from accord.exchange.values import Closed, Exchange, Lapse, Opened, Received, Sent, Session, Side

TARGETS = [
    "/a%2Fb",
    "/%00",
    "/%ff",
    "//",
    "//x//y/",
    "/a/../b/./c",
    "/;p=1;q?x",
    "/?",
    "/?a=%20&b=+&&=&c[]='\"{}|\\^`",
    "/a?b?c",
    "/%7Euser/~",
    "/%e4%BD%a0",
]


def seen(client: Client, request: Request) -> Any:
    """Send *request* to the echo and return what the application saw."""
    exchange = client.send(request)
    assert exchange.lapse is None, exchange.detail
    assert exchange.response is not None
    return json.loads(exchange.response.body)


@pytest.mark.parametrize("target", TARGETS)
def test_the_target_arrives_as_it_was_written(client: Client, target: str) -> None:
    """No client normalises what a case has made, percent-encoded or not."""
    echo = seen(client, Request(method="GET", url=f"{client.base_url}/echo{target}"))
    path, _, query = f"/echo{target}".partition("?")
    assert (path, query) == (echo["raw_path"], echo["query"])


def test_the_path_is_decoded_for_the_application(client: Client) -> None:
    """An application finds the decoded path beside the raw one."""
    assert (
        "/echo/a/b é"
        == seen(client, Request(method="GET", url=f"{client.base_url}/echo/a%2Fb%20%C3%A9"))["path"]
    )


@pytest.mark.parametrize("method", ["GET", "POST", "DELETE", "OPTIONS", "PATCH", "M-SEARCH"])
@pytest.mark.parametrize("body", [b"", b"\x00\xff" * 1000, b'{"a": 1}'])
def test_method_and_body_arrive(client: Client, method: str, body: bytes) -> None:
    """Any method may have any body."""
    echo = seen(client, Request(method=method, url=f"{client.base_url}/echo", body=body))
    assert (method, body) == (echo["method"], base64.b64decode(echo["body"]))


def test_headers_arrive_in_order_and_with_their_duplicates(client: Client) -> None:
    """Header lines are neither merged nor sorted; values beyond ASCII are Latin-1 or UTF-8."""
    given = (("X-A", "1"), ("X-B", "café"), ("x-a", "2"), ("X-C", "€"), ("X-Empty", ""))
    echo = seen(client, Request(method="GET", url=f"{client.base_url}/echo", headers=given))
    expected = [
        ["x-a", "1"],
        ["x-b", "café"],
        ["x-a", "2"],
        ["x-c", "€".encode().decode("latin-1")],
        ["x-empty", ""],
    ]
    assert expected == [item for item in echo["headers"] if item[0].startswith("x-")]


def test_both_clients_introduce_themselves_alike(client: Client) -> None:
    """What the transport adds is the same in process and over a socket."""
    echo = seen(client, Request(method="POST", url=f"{client.base_url}/echo", body=b"x"))
    expected = {
        "host": client.base_url.removeprefix("http://"),
        "accept": "*/*",
        "accept-encoding": "gzip, deflate",
        "user-agent": "accord",
        "content-length": "1",
    }
    assert expected == dict(echo["headers"])


def test_response_headers_keep_order_and_duplicates(client: Client) -> None:
    """Two cookies are two headers."""
    response = client.send(Request(method="GET", url=f"{client.base_url}/cookies")).response
    assert response is not None
    expected = (("set-cookie", "a=1"), ("x-other", "café"), ("set-cookie", "b=2"))
    assert expected == tuple(item for item in response.headers if item[0] in {"set-cookie", "x-other"})
    assert (b"ok", "a=1") == (response.body, response.header("Set-Cookie"))


def test_cookies_are_not_kept(client: Client) -> None:
    """Each request stands for itself: what a service sets is not sent back."""
    client.send(Request(method="GET", url=f"{client.base_url}/cookies"))
    echo = seen(client, Request(method="GET", url=f"{client.base_url}/echo"))
    assert "cookie" not in dict(echo["headers"])


@pytest.mark.parametrize("status", [200, 204, 304, 404, 500, 599])
def test_any_status_is_an_answer(client: Client, status: int) -> None:
    """An error status is no lapse, and a redirect is not followed."""
    exchange = client.send(Request(method="GET", url=f"{client.base_url}/status/{status}"), operation="get")
    assert exchange.response is not None
    assert (status, None, "get") == (exchange.response.status, exchange.lapse, exchange.operation)


def test_a_head_response_has_no_body(client: Client) -> None:
    """HEAD gives the headers of GET and nothing else (RFC 9110, section 9.3.2)."""
    response = client.send(Request(method="HEAD", url=f"{client.base_url}/echo")).response
    assert response is not None
    assert (200, b"", "application/json") == (response.status, response.body, response.header("content-type"))


def test_a_content_encoding_is_undone(client: Client) -> None:
    """The body comes decoded, the header stays."""
    response = client.send(Request(method="GET", url=f"{client.base_url}/gzip")).response
    assert response is not None
    assert (b"hello " * 100, "gzip") == (response.body, response.header("content-encoding"))


@pytest.mark.parametrize("path", ["/large", "/bomb"])
def test_a_body_ends_at_the_limit(client: Client, path: str) -> None:
    """Fifty megabytes, plain or squeezed, are read up to the limit only."""
    exchange = client.send(Request(method="GET", url=client.base_url + path))
    assert exchange.response is not None
    assert (Lapse.TOO_LARGE, bytes(100_000)) == (exchange.lapse, exchange.response.body)


@pytest.mark.parametrize(("path", "body"), [("/never", None), ("/half", b"half")])
def test_an_answer_that_does_not_end_is_a_timeout(hasty: Client, path: str, body: bytes | None) -> None:
    """The limit is for the whole exchange; what had come is kept."""
    exchange = hasty.send(Request(method="GET", url=hasty.base_url + path))
    assert (Lapse.TIMEOUT, body) == (exchange.lapse, exchange.response and exchange.response.body)
    assert HASTE * 0.9 < exchange.seconds


@pytest.mark.parametrize(
    ("request_", "detail"),
    [
        (Request(method="GET", url="{}/", headers=(("X", "a\r\nY: b"),)), "header X"),
        (Request(method="GET", url="{}/", headers=(("X\r\nY", "b"),)), "header cannot be named"),
        (Request(method="GET", url="{}/", headers=(("X", "\0"),)), "header X"),
        (Request(method="GET / HTTP/1.1\r\nX: y\r\n\r\n", url="{}/"), "not a method"),
        (Request(method="GET", url="{}/a b"), "percent-encoded"),
        (Request(method="GET", url="/relative"), "not absolute"),
        (Request(method="GET", url="{}/", headers=(("Content-Length", "7"),)), "contradicts"),
    ],
)
def test_what_http_cannot_say_is_not_sent(client: Client, request_: Request, detail: str) -> None:
    """An injected header, a bad URL or a wrong length stays here, and the exchange says so."""
    url = request_.url.replace("{}", client.base_url)
    exchange = client.send(Request(method=request_.method, url=url, headers=request_.headers))
    assert (None, Lapse.UNSENT) == (exchange.response, exchange.lapse)
    assert detail in exchange.detail


@pytest.mark.parametrize("data", ["", "hello", "né\0", b"", b"\x00\xff"])
def test_a_message_comes_back(client: Client, data: str | bytes) -> None:
    """Text stays text and binary stays binary, and the session tells it all."""
    connection = client.connect("/echo", channel="echo", script="hello", identity="ann")
    connection.send(data)
    answer = connection.receive(PATIENCE)
    connection.close(1000, "bye")
    session = connection.session()
    assert isinstance(answer, Received)
    assert answer.data == data
    assert [Opened, Sent, Received, Closed] == [type(event) for event in session.events]
    assert (data, data) == tuple(event.data for event in session.events if isinstance(event, Sent | Received))
    assert sorted(event.at for event in session.events) == [event.at for event in session.events]
    end = session.events[-1]
    assert isinstance(end, Closed)
    assert (1000, "bye", Side.CLIENT, None) == (end.code, end.reason, end.by, end.status)
    assert ("s1", "echo", "hello", "ann", "") == (
        session.id,
        session.channel,
        session.script,
        session.identity,
        session.crash,
    )
    assert session.url == client.base_url.replace("http", "ws", 1) + "/echo"


def test_an_ended_session_stays_ended(client: Client) -> None:
    """After the end, receive tells it again and again, and send and close do nothing."""
    connection = client.connect("/close?code=4401&reason=who%3F", channel="c", script="s")
    assert isinstance(connection.receive(PATIENCE), Received)
    end = connection.receive(PATIENCE)
    assert isinstance(end, Closed)
    assert (4401, "who?", Side.SERVER) == (end.code, end.reason, end.by)
    before = connection.session()
    connection.send("anybody?")
    connection.close(4000)
    assert (end, end, before) == (connection.receive(0), connection.receive(PATIENCE), connection.session())


@pytest.mark.parametrize("status", [302, 401, 403, 404, 500])
def test_a_refused_handshake_has_its_status(client: Client, status: int) -> None:
    """A refusal is a session of one event."""
    connection = client.connect(f"/refuse/{status}", channel="c", script="s")
    end = connection.receive(0)
    assert isinstance(end, Closed)
    assert (1006, Side.SERVER, status) == (end.code, end.by, end.status)
    assert (end,) == connection.session().events


def test_an_application_that_returns_ends_the_session_abnormally(client: Client) -> None:
    """No closing handshake is code 1006, by the server."""
    end = client.connect("/return", channel="c", script="s").receive(PATIENCE)
    assert isinstance(end, Closed)
    assert (1006, Side.SERVER, None) == (end.code, end.by, end.status)
    assert end.detail


def test_a_handshake_without_answer_is_given_up(hasty: Client) -> None:
    """The limit for connecting holds for the handshake."""
    end = hasty.connect("/never", channel="c", script="s").receive(0)
    assert isinstance(end, Closed)
    assert (1006, Side.CLIENT, None) == (end.code, end.by, end.status)
    assert f"not answered within {HASTE:g} s" in end.detail


def test_a_message_over_the_limit_ends_the_session(client: Client) -> None:
    """The client closes with 1009, message too big (RFC 6455, section 7.4.1)."""
    end = client.connect("/big", channel="c", script="s").receive(PATIENCE)
    assert isinstance(end, Closed)
    assert (1009, Side.CLIENT) == (end.code, end.by)


def test_more_messages_than_the_limit_end_the_session(client: Client) -> None:
    """A server that never stops is stopped after the fiftieth message."""
    connection = client.connect("/chatter", channel="c", script="s")
    received = 0
    while isinstance(event := connection.receive(PATIENCE), Received):
        assert event.data == str(received)
        received += 1
    assert isinstance(event, Closed)
    assert (1008, Side.CLIENT, "the limit of 50 messages was passed") == (event.code, event.by, event.detail)
    assert 50 <= received <= 51


def test_nothing_within_the_timeout_is_none(client: Client) -> None:
    """A silent server is waited for as long as was said, and may be asked again."""
    connection = client.connect("/echo", channel="c", script="s")
    begin = time.monotonic()
    assert (None, None) == (connection.receive(0.1), connection.receive(0))
    assert 0.09 < time.monotonic() - begin
    connection.send("x")
    answer = connection.receive(PATIENCE)
    assert isinstance(answer, Received)


def test_what_arrived_first_is_noted_first(client: Client) -> None:
    """A message that nobody had read yet still stands before what was sent after it."""
    connection = client.connect("/seen", channel="c", script="s")
    deadline = time.monotonic() + PATIENCE
    while len(connection.session().events) < 2 and time.monotonic() < deadline:
        pass
    connection.send("late")
    assert [Opened, Received, Sent] == [type(event) for event in connection.session().events[:3]]
    assert isinstance(connection.receive(0), Received)


def test_the_handshake_carries_path_query_headers_and_subprotocols(client: Client) -> None:
    """All that connect is given reaches the application."""
    connection = client.connect("/seen/a%20b?x=%2F", channel="c", script="s", headers=(("X-A", "é"),))
    event = connection.receive(PATIENCE)
    assert isinstance(event, Received)
    echo = json.loads(event.data)
    assert ("/seen/a b", "x=%2F", "é", "accord") == (
        echo["path"],
        echo["query"],
        echo["headers"]["x-a"],
        echo["headers"]["user-agent"],
    )
    opened = client.connect("/echo", channel="c", script="s", subprotocols=("a", "b")).session().events[0]
    assert isinstance(opened, Opened)
    assert opened.subprotocol == "b"


@pytest.mark.parametrize("headers", [(("X", "a\r\nb"),), (("X Y", "a"),)])
def test_a_handshake_that_http_cannot_say_is_not_sent(
    client: Client, headers: tuple[tuple[str, str], ...]
) -> None:
    """An injected header never leaves; the session says why it never began."""
    end = client.connect("/echo", channel="c", script="s", headers=headers).receive(0)
    assert isinstance(end, Closed)
    assert (1006, Side.CLIENT) == (end.code, end.by)
    assert end.detail.startswith("not sent: ")


def test_text_that_no_message_can_carry_is_refused(client: Client) -> None:
    """A lone surrogate is no text (RFC 6455, section 5.6)."""
    connection = client.connect("/echo", channel="c", script="s")
    with pytest.raises(ValueError, match="surrogates"):
        connection.send("\ud800")


@pytest.mark.parametrize("code", [0, 999, 1004, 1005, 1006, 1015, 2999, 5000])
def test_a_code_that_nobody_may_send_is_refused(client: Client, code: int) -> None:
    """Reserved codes never go on the wire (RFC 6455, section 7.4)."""
    with pytest.raises(ValueError, match="no close code"):
        client.connect("/echo", channel="c", script="s").close(code)


def test_a_long_reason_is_cut_to_fit(client: Client) -> None:
    """A close frame has room for 123 bytes of reason; characters are not cut in two."""
    connection = client.connect("/echo", channel="c", script="s")
    connection.close(4000, "é" * 100)
    end = connection.receive(0)
    assert isinstance(end, Closed)
    assert (4000, "é" * 61) == (end.code, end.reason)


@pytest.fixture
def module(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> str:
    """An application that can be imported from the working directory."""
    source = """
        async def app(scope, receive, send):
            if scope["type"] == "websocket":
                await receive()
                await send({"type": "websocket.accept"})
                await receive()
                return
            assert scope["type"] == "http"
            names = {name.decode(): value.decode() for name, value in scope["headers"]}
            await send({"type": "http.response.start", "status": 200, "headers": []})
            await send({"type": "http.response.body", "body": names.get("authorization", "none").encode()})
    """
    (tmp_path / "exchange_told.py").write_text("\n".join(line[8:] for line in source.splitlines()))
    monkeypatch.chdir(tmp_path)
    monkeypatch.syspath_prepend(tmp_path)
    return "exchange_told:app"


def test_an_observer_is_told_once_of_everything(module: str) -> None:
    """Exchanges when they end, sessions when they end or the client closes; ids count from one."""
    told: list[Exchange | Session] = []
    client = open_client(module, observe=told.append)
    assert ("http://testserver", module) == (client.base_url, client.target)
    first = client.send(Request(method="GET", url=f"{client.base_url}/"))
    early = client.connect("/", channel="c", script="early")
    late = client.connect("/", channel="c", script="late")
    early.close()
    early.close()
    second = client.send(Request(method="GET", url=f"{client.base_url}/"))
    client.close()
    client.close()
    assert [first, early.session(), second, late.session()] == told
    assert ["e1", "s1", "e2", "s2"] == [item.id for item in told]
    end = late.session().events[-1]
    assert isinstance(end, Closed)
    assert (1001, Side.CLIENT) == (end.code, end.by)


def test_default_headers_are_added_where_they_are_not_set(module: str) -> None:
    """The exchange tells what was really sent."""
    client = open_client(module, headers=(("Authorization", "Bearer a"),))
    plain = client.send(Request(method="GET", url=f"{client.base_url}/"))
    other = client.send(
        Request(method="GET", url=f"{client.base_url}/", headers=(("authorization", "Bearer b"),))
    )
    client.close()
    assert plain.response is not None
    assert other.response is not None
    assert (b"Bearer a", b"Bearer b") == (plain.response.body, other.response.body)
    assert (("Authorization", "Bearer a"),) == plain.request.headers
    assert (("authorization", "Bearer b"),) == other.request.headers


@pytest.mark.parametrize(
    ("target", "reason"),
    [
        ("http://127.0.0.1:1/", "does not accept connections: Connection refused"),
        ("http://", "names no host"),
        ("http://127.0.0.1:99999", "Port out of range"),
        ("http://user:hunter2@127.0.0.1/", "a password in a URL"),
        ("http://127.0.0.1/?a=b", "neither query nor fragment"),
        ("nonsense", "neither a URL nor"),
    ],
)
def test_a_target_that_cannot_be_asked_says_why(target: str, reason: str) -> None:
    """Whoever names a target learns at once that it means nothing, or that nobody is there."""
    with pytest.raises(TargetError, match=reason) as caught:
        open_client(target, limits=Limits(connect_seconds=0.3))
    assert caught.value.next_step
    assert "hunter2" not in str(caught.value)
