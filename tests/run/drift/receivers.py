"""Receivers of alerts, and a service that publishes what it is told to: real servers on 127.0.0.1."""

from __future__ import annotations

import copy
import json
import socket
import socketserver
import threading
from collections.abc import Callable
from contextlib import suppress
from email import message_from_bytes
from email.message import Message
from email.policy import default
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any

# "whsec_" and base64 of the 24 bytes 0 to 23.
SECRET = "whsec_AAECAwQFBgcICQoLDA0ODxAREhMUFRYX"

WIDER = ["integer", "null"]
"""A type for what was an integer: a break for whoever reads it."""

DOCUMENT: dict[str, Any] = {
    "openapi": "3.1.0",
    "info": {"title": "Things", "version": "1"},
    "paths": {
        "/things": {
            "get": {
                "operationId": "list_things",
                "responses": {
                    "200": {
                        "description": "Things.",
                        "content": {"application/json": {"schema": {"$ref": "#/components/schemas/Thing"}}},
                    }
                },
            }
        }
    },
    "components": {
        "schemas": {
            "Thing": {
                "type": "object",
                "required": ["a", "b", "c"],
                "properties": {"a": {"type": "integer"}, "b": {"type": "integer"}, "c": {"type": "integer"}},
            }
        }
    },
}


def document(**types: Any) -> dict[str, Any]:
    """Return the document with another type for each member named; None takes the member out."""
    made = copy.deepcopy(DOCUMENT)
    thing = made["components"]["schemas"]["Thing"]
    for name, type_ in types.items():
        if type_ is None:
            del thing["properties"][name]
            thing["required"].remove(name)
        else:
            thing["properties"][name] = {"type": type_}
    return made


class _Server:
    """A server in a thread of its own, which is over when it is closed."""

    def __init__(self, server: socketserver.TCPServer) -> None:
        self.server = server
        self.port: int = server.server_address[1]
        self.thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.01})

    def __enter__(self) -> Any:
        """Start it."""
        self.thread.start()
        return self

    def __exit__(self, *_: object) -> None:
        """Stop it."""
        self.server.shutdown()
        self.server.server_close()
        self.thread.join(10)


class HookServer(_Server):
    """Takes posts, and answers each with ``status``, or as ``answer`` says for its number, counted from 0.

    ``heard`` are the headers and bodies, in order; ``on_taken`` is called after an answer has been sent.
    """

    def __init__(self) -> None:
        self.status = 204
        self.heard: list[tuple[dict[str, str], bytes]] = []
        self.headers: dict[str, str] = {}
        self.hangs = threading.Event()
        self.release = threading.Event()
        self.on_taken: Callable[[int], None] = lambda _: None
        outer = self

        class Handler(BaseHTTPRequestHandler):
            def do_POST(self) -> None:
                body = self.rfile.read(int(self.headers["content-length"]))
                if outer.hangs.is_set():
                    outer.release.wait(10)
                    self.close_connection = True
                    return
                outer.heard.append(({name.lower(): value for name, value in self.headers.items()}, body))
                self.send_response(outer.status)
                for name, value in outer.headers.items():
                    self.send_header(name, value)
                self.send_header("content-length", "0")
                self.end_headers()
                self.wfile.flush()
                outer.on_taken(len(outer.heard))

            def log_message(self, *_: object) -> None:
                pass

        super().__init__(_Quiet(("127.0.0.1", 0), Handler))

    @property
    def url(self) -> str:
        """Return where to post."""
        return f"http://127.0.0.1:{self.port}/webhook/T0KEN-part?key=qu3ry-part"

    def __exit__(self, *rest: object) -> None:
        """Let go of what hangs, and stop."""
        self.release.set()
        super().__exit__(*rest)

    def ids(self) -> list[str]:
        """Return the ids that were heard, in order."""
        return [headers["webhook-id"] for headers, _ in self.heard]

    def events(self) -> list[tuple[str, str]]:
        """Return event and headline of each fact that was heard, in order."""
        facts = [fact for _, body in self.heard for fact in json.loads(body)["data"]["facts"]]
        return [(fact["event"], fact["headline"]) for fact in facts]


class _Quiet(ThreadingHTTPServer):
    """One that says nothing of clients that were killed."""

    daemon_threads = True

    def handle_error(self, *_: object) -> None:
        """Say nothing."""


class Publisher(_Server):
    """A service that publishes ``document`` at ``/openapi.json``, or answers with ``status``.

    ``asked`` are the headers of each question; ``choose``, if given, makes the document by their number.
    """

    def __init__(self) -> None:
        self.document = document()
        self.status = 200
        self.asked: list[dict[str, str]] = []
        self.choose: Callable[[int], dict[str, Any]] | None = None
        outer = self

        class Handler(BaseHTTPRequestHandler):
            def do_GET(self) -> None:
                outer.asked.append({name.lower(): value for name, value in self.headers.items()})
                there = self.path.partition("?")[0] == "/openapi.json"
                given = outer.choose(len(outer.asked)) if outer.choose else outer.document
                body = json.dumps(given).encode()
                self.send_response(outer.status if there else 404)
                self.send_header("content-type", "application/json")
                self.send_header("content-length", str(len(body)))
                self.end_headers()
                self.wfile.write(body)

            def log_message(self, *_: object) -> None:
                pass

        super().__init__(_Quiet(("127.0.0.1", 0), Handler))

    @property
    def url(self) -> str:
        """Return where it is."""
        return f"http://127.0.0.1:{self.port}"


class MailServer(_Server):
    """Takes mail as RFC 5321 has it; ``answers`` says otherwise for a verb, such as ``{"DATA": b"451 no"}``."""

    def __init__(self) -> None:
        self.heard: list[Message] = []
        self.envelopes: list[tuple[str, list[str]]] = []
        self.answers: dict[str, bytes] = {}
        self.on_taken: Callable[[int], None] = lambda _: None
        outer = self

        class Handler(socketserver.StreamRequestHandler):
            def handle(self) -> None:
                with suppress(OSError):
                    self.talk()

            def say(self, line: bytes) -> None:
                self.wfile.write(line + b"\r\n")

            def talk(self) -> None:
                self.connection.settimeout(10)
                self.say(b"220 here")
                sender, receivers = "", []
                while line := self.rfile.readline():
                    verb, _, rest = line.decode().strip().partition(" ")
                    verb = verb.upper()
                    if verb in outer.answers:
                        self.say(outer.answers[verb])
                        continue
                    if verb == "EHLO":
                        self.say(b"250-here\r\n250 8BITMIME")
                    elif verb == "MAIL":
                        sender, receivers = rest.partition(":")[2].split()[0].strip("<>"), []
                        self.say(b"250 fine")
                    elif verb == "RCPT":
                        receivers.append(rest.partition(":")[2].split()[0].strip("<>"))
                        self.say(b"250 fine")
                    elif verb == "DATA":
                        self.say(b"354 go on")
                        lines = []
                        while (part := self.rfile.readline()) not in (b".\r\n", b""):
                            lines.append(part.removeprefix(b"."))
                        outer.heard.append(message_from_bytes(b"".join(lines), policy=default))
                        outer.envelopes.append((sender, receivers))
                        self.say(b"250 taken")
                        self.wfile.flush()
                        outer.on_taken(len(outer.heard))
                    elif verb == "QUIT":
                        self.say(b"221 bye")
                        return
                    else:
                        self.say(b"502 no")

        class Server(socketserver.ThreadingTCPServer):
            daemon_threads = True

        super().__init__(Server(("127.0.0.1", 0), Handler))

    @property
    def url(self) -> str:
        """Return where it is, as the settings name it."""
        return f"smtp://127.0.0.1:{self.port}"

    def ids(self) -> list[str]:
        """Return the ids of the messages, in order."""
        return [str(item["Message-ID"]).strip("<>").partition("@")[0] for item in self.heard]


def refused_port() -> int:
    """Return a port where nothing listens."""
    with socket.create_server(("127.0.0.1", 0)) as server:
        return int(server.getsockname()[1])
