"""Facts about signed webhooks."""

from __future__ import annotations

import threading
from http.server import BaseHTTPRequestHandler, HTTPServer

import pytest

from accord.exchange.message import Message
from accord.exchange.webhook import Webhook, post, read_key, signature

MESSAGE = Message(id="msg_1", thread="t", written=0.0, subject="s", text="t", data=b'{"test": 2432232314}')
KEYS = (bytes(range(24)), bytes(range(32)))


@pytest.fixture
def receiver():
    """Give a function that starts a server which answers in one way; it returns URL and what was heard."""
    servers = []

    def start(status, headers=(), body=b""):
        heard = []

        class Handler(BaseHTTPRequestHandler):
            def do_POST(self):
                heard.append(
                    (self.path, dict(self.headers), self.rfile.read(int(self.headers["content-length"])))
                )
                self.send_response(status)
                for name, value in headers:
                    self.send_header(name, value)
                self.end_headers()
                self.wfile.write(body)

            def log_message(self, *_):
                pass

        server = HTTPServer(("127.0.0.1", 0), Handler)
        thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.01})
        thread.start()
        servers.append((server, thread))
        return f"http://127.0.0.1:{server.server_port}/hook?key=1", heard

    yield start
    for server, thread in servers:
        server.shutdown()
        server.server_close()
        thread.join(5)


def test_the_signature_is_that_of_standard_webhooks():
    """The example of its own libraries: id, timestamp and body, each behind a full stop, under HMAC-SHA256."""
    key = read_key("whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw")
    assert "v1,g0hM9SsE+OTPJTGt/tmIKtSyZlE3uFJELVlNIOLJ1OE=" == signature(
        key, "msg_p5jXN8AQM9LWM0D4loKWxJek", 1_614_265_330, b'{"test": 2432232314}'
    )


def test_a_message_is_posted_with_id_time_and_a_signature_for_each_key(receiver):
    """The path and query of the URL are kept, and a status of 2xx says that it was taken."""
    url, heard = receiver(202)
    delivery = post(Webhook(url=url, keys=KEYS), MESSAGE, now=1_614_265_330.9, seconds=5)
    assert (True, "status 202") == (delivery.taken, delivery.detail)
    ((path, headers, body),) = heard
    assert ("/hook?key=1", MESSAGE.data) == (path, body)
    lowered = {name.lower(): value for name, value in headers.items()}
    assert ("msg_1", "1614265330", "application/json") == tuple(
        lowered[name] for name in ("webhook-id", "webhook-timestamp", "content-type")
    )
    assert [signature(key, "msg_1", 1_614_265_330, MESSAGE.data) for key in KEYS] == lowered[
        "webhook-signature"
    ].split(" ")


@pytest.mark.parametrize(
    ("status", "headers", "wait"),
    [
        (500, (), None),
        (302, (("Location", "http://127.0.0.1:1/"),), None),
        (429, (("Retry-After", "120"),), 120.0),
        (503, (("Retry-After", "1e99"),), 86_400.0),
        (503, (("Retry-After", "nan"),), None),
        (503, (("Retry-After", "-1"),), None),
        (503, (("Retry-After", "Wed, 21 Oct 2026 07:28:00 GMT"),), None),
    ],
)
def test_any_other_status_is_no_delivery(receiver, status, headers, wait):
    """A redirection is not followed; how long the receiver wants to be left alone is kept, within a day."""
    url, heard = receiver(status, headers)
    delivery = post(Webhook(url=url, keys=KEYS[:1]), MESSAGE, now=0, seconds=5)
    assert (False, f"status {status}", wait) == (delivery.taken, delivery.detail, delivery.wait)
    assert 1 == len(heard)


def test_a_body_that_never_ends_changes_nothing_about_the_status(receiver):
    """The receiver has said that it took the message."""
    url, _ = receiver(200, (("Content-Length", "100"),), b"x")
    assert post(Webhook(url=url, keys=KEYS[:1]), MESSAGE, now=0, seconds=5).taken


def test_nobody_there_is_no_delivery():
    """The reason says so, without the URL."""
    delivery = post(Webhook(url="http://127.0.0.1:1/secret", keys=KEYS[:1]), MESSAGE, now=0, seconds=1)
    assert not delivery.taken
    assert "does not accept connections" in delivery.detail
    assert "secret" not in delivery.detail


@pytest.mark.parametrize(
    "text",
    [
        "",
        "whsec_",
        "AAECAwQFBgcICQoLDA0ODxAREhMUFRYX",
        "whsec_AAEC",
        "whsec_not base64",
        "whsec_" + "A" * 100,
    ],
)
def test_a_key_is_of_24_to_64_bytes(text):
    """Anything else is refused, and the error does not repeat it."""
    with pytest.raises(ValueError, match="whsec_") as caught:
        read_key(text)
    assert not text[6:] or text[6:] not in str(caught.value)


def test_a_webhook_shows_neither_url_nor_key():
    """Not in a traceback either."""
    assert "Webhook()" == repr(Webhook(url="http://127.0.0.1/secret", keys=KEYS))
