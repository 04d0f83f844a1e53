"""Facts about messages as mail."""

from __future__ import annotations

import socket
import socketserver
import threading
from contextlib import suppress
from email import message_from_bytes
from email.policy import default

import pytest

from accord.exchange import mail
from accord.exchange.mail import Mailbox, Security, send
from accord.exchange.message import Message

MESSAGE = Message(
    id="msg_1", thread="drift-1", written=1_795_000_000.0, subject="Größe: x", text="a\n.\nb\n", data=b"{}"
)
GOOD = {
    "": b"220 here",
    "EHLO": b"250 here",
    "MAIL": b"250 fine",
    "RCPT": b"250 fine",
    "DATA": b"354 go on",
    ".": b"250 taken",
    "QUIT": b"221 bye",
}


@pytest.fixture
def server():
    """Give a function that starts a server of SMTP with these answers; it returns the port and what it heard."""
    servers = []

    def start(**answers):
        said = {
            **GOOD,
            **{"." if name == "END" else name.replace("FIRST", ""): value for name, value in answers.items()},
        }
        heard = []

        class Handler(socketserver.StreamRequestHandler):
            def handle(self):
                with suppress(OSError):
                    self.connection.settimeout(5)
                    self.wfile.write(said[""] + b"\r\n")
                    while line := self.rfile.readline():
                        verb = line[:4].decode().strip().upper()
                        self.wfile.write(said.get(verb, b"502 no") + b"\r\n")
                        if verb == "DATA" and said["DATA"].startswith(b"354"):
                            lines = []
                            while (part := self.rfile.readline()) not in (b".\r\n", b""):
                                lines.append(part[1:] if part.startswith(b".") else part)
                            heard.append(message_from_bytes(b"".join(lines), policy=default))
                            self.wfile.write(said["."] + b"\r\n")
                        if verb == "QUIT":
                            return

        class Server(socketserver.ThreadingTCPServer):
            daemon_threads = True

        made = Server(("127.0.0.1", 0), Handler)
        thread = threading.Thread(target=made.serve_forever, kwargs={"poll_interval": 0.01})
        thread.start()
        servers.append((made, thread))
        return made.server_address[1], heard

    yield start
    for made, thread in servers:
        made.shutdown()
        made.server_close()
        thread.join(5)


def box(port, **more):
    return Mailbox(
        host="127.0.0.1",
        port=port,
        security=Security.STARTTLS,
        sender="accord@example.com",
        receivers=("one@example.com", "two@example.com"),
        **more,
    )


def test_a_mail_has_an_id_that_stays(server):
    """Message-ID is made of the id of the message; date, subject and text are those of the message."""
    port, heard = server()
    for _ in range(2):
        assert send(box(port), MESSAGE, seconds=5).taken
    for item in heard:
        assert "<msg_1@example.com>" == item["Message-ID"]
        assert "<drift-1@example.com>" == item["References"]
        assert ("Größe: x", "one@example.com, two@example.com") == (item["Subject"], item["To"])
        assert ["a", ".", "b"] == item.get_content().splitlines()
        assert 1_795_000_000 == item["Date"].datetime.timestamp()
        assert "auto-generated" == item["Auto-Submitted"]
    assert 2 == len(heard)


@pytest.mark.parametrize(
    ("answers", "reason"),
    [
        ({"FIRST": b"554 go away"}, "the server answers 554"),
        ({"MAIL": b"451 later"}, "the server answers 451"),
        ({"RCPT": b"550 unknown"}, "the server refuses every receiver"),
        ({"DATA": b"451 later"}, "the server answers 451"),
        ({"END": b"552 too much"}, "the server answers 552"),
    ],
)
def test_a_refusal_is_no_delivery(server, answers, reason):
    """Whatever the server says, the reason names its code alone."""
    port, _ = server(**answers)
    delivery = send(box(port), MESSAGE, seconds=5)
    assert (False, reason) == (delivery.taken, delivery.detail)


def test_how_a_server_takes_its_leave_does_not_matter(server):
    """The mail was accepted before that: it would come twice otherwise."""
    port, heard = server(QUIT=b"500 what?")
    assert send(box(port), MESSAGE, seconds=5).taken
    assert 1 == len(heard)


def test_a_password_is_not_sent_in_the_open(server, monkeypatch):
    """Where the server is not this machine and offers no STARTTLS, nothing is sent at all."""
    port, heard = server(AUTH=b"235 welcome")
    monkeypatch.setattr(mail, "_is_here", lambda _: False)
    delivery = send(box(port, user="u", password="hunter2"), MESSAGE, seconds=5)
    assert (False, []) == (delivery.taken, heard)
    assert "a password is not sent in the open" in delivery.detail


@pytest.mark.parametrize(
    ("host", "here"),
    [
        ("127.0.0.1", True),
        ("::1", True),
        ("localhost", True),
        ("smtp.example.com", False),
        ("10.0.0.1", False),
    ],
)
def test_this_machine_is_known_by_its_addresses(host, here):
    """What goes nowhere else needs no TLS."""
    assert here == mail._is_here(host)


def test_a_server_that_dawdles_is_left_in_time():
    """Each of its lines comes in time, all of them together do not: the whole sending has a limit."""
    over = threading.Event()
    with socket.create_server(("127.0.0.1", 0)) as listener:

        def dawdle():
            connection, _ = listener.accept()
            with connection, suppress(OSError):
                while not over.wait(0.05):
                    connection.sendall(b"220-wait\r\n")

        thread = threading.Thread(target=dawdle)
        thread.start()
        delivery = send(box(listener.getsockname()[1]), MESSAGE, seconds=0.5)
        over.set()
        thread.join(5)
    assert not delivery.taken
    assert not thread.is_alive()


def test_nobody_there_is_no_delivery():
    """The reason is that of the system."""
    delivery = send(box(1), MESSAGE, seconds=1)
    assert not delivery.taken
    assert "refused" in delivery.detail.lower()


def test_a_mailbox_does_not_show_its_password():
    """Not in a traceback either."""
    assert "hunter2" not in repr(box(25, user="u", password="hunter2"))
