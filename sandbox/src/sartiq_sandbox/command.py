"""The command line: ``sartiq-sandbox serve``."""

from __future__ import annotations

import argparse
import logging
import socket
import sys
from collections.abc import Sequence
from difflib import get_close_matches

import uvicorn

from sartiq_sandbox.application import create_app
from sartiq_sandbox.database import DatabaseError
from sartiq_sandbox.demo import CREDENTIALS
from sartiq_sandbox.faults import CATALOGUE, Fault
from sartiq_sandbox.faults.fault import Application
from sartiq_sandbox.state import Sandbox
from sartiq_sandbox.tables import User

__all__ = ["main"]

USAGE_ERROR = 2
LAST_PORT = 65_535
PING_SECONDS = 20.0
BACKLOG = 128
SHUTDOWN_SECONDS = 5


def main(arguments: Sequence[str] | None = None) -> int:
    """Run a command; return its exit code, 2 when it cannot begin."""
    choices = _parser().parse_args(arguments)
    if choices.list_faults:
        return _list_faults()
    try:
        return _serve(choices)
    except (DatabaseError, ValueError) as error:
        return _fail(str(error))
    except KeyboardInterrupt:
        return 0


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(
        prog="sartiq-sandbox", description="A working stand-in of the Sartiq backend."
    )
    commands = parser.add_subparsers(required=True, metavar="COMMAND")
    serve = commands.add_parser(
        "serve",
        help="serve the REST API and the WebSocket",
        description="Serve the REST API and the WebSocket below /api/v1, and docs at /docs.",
        formatter_class=argparse.ArgumentDefaultsHelpFormatter,
    )
    serve.add_argument("--host", default="127.0.0.1", help="address to listen on")
    serve.add_argument("--port", type=_port, default=8000, help="port to listen on, 0 for any")
    serve.add_argument(
        "--database",
        default="sqlite://",
        metavar="URL",
        help="where data lives: sqlite:///FILE to keep it, sqlite:// for memory only",
    )
    serve.add_argument(
        "--seed-demo",
        action="store_true",
        help="add the demo users and their data, unless they are there already",
    )
    serve.add_argument(
        "--step-seconds",
        type=float,
        default=0.5,
        metavar="SECONDS",
        help="time between two steps of a generation",
    )
    serve.add_argument(
        "--failure-rate",
        type=float,
        default=0.0,
        metavar="SHARE",
        help="share of images that fail, from 0 to 1",
    )
    serve.add_argument("--seed", type=int, help="repeat the ids, images and failures of a run")
    serve.add_argument(
        "--public-url",
        metavar="URL",
        help="what image addresses begin with, if not the address that a client asks for",
    )
    serve.add_argument(
        "--fault",
        dest="faults",
        action="append",
        type=_fault,
        default=[],
        metavar="NAME",
        help="serve with this defect; may be given several times",
    )
    serve.add_argument(
        "--list-faults", action="store_true", help="print the faults that there are, and stop"
    )
    return parser


def _fault(name: str) -> Fault:
    known = {fault.name: fault for fault in CATALOGUE}
    if name in known:
        return known[name]
    near = get_close_matches(name, known, n=1, cutoff=0.0)[0]
    message = f"there is no fault {name!r}; did you mean {near}? --list-faults prints all"
    raise argparse.ArgumentTypeError(message)


def _list_faults() -> int:
    for fault in CATALOGUE:
        print(f"{fault.name:<40} {fault.rule:<36} {fault.consequence}")  # noqa: T201
    return 0


def _port(text: str) -> int:
    if text.isascii() and text.isdigit() and int(text) <= LAST_PORT:
        return int(text)
    message = f"{text!r} is no port"
    raise argparse.ArgumentTypeError(message)


def _serve(choices: argparse.Namespace) -> int:
    app = create_app(
        database_url=choices.database,
        seed_demo=choices.seed_demo,
        step_seconds=choices.step_seconds,
        failure_rate=choices.failure_rate,
        seed=choices.seed,
        public_url=choices.public_url,
    )
    sandbox: Sandbox = app.state.sandbox
    served: Application = app
    for fault in choices.faults:
        served = fault.wrap(served)
    try:
        listener = _listener(choices.host, choices.port)
    except OSError as error:
        reason = error.strerror or str(error)
        return _fail(f"cannot listen on {choices.host} port {choices.port}: {reason}")
    config = uvicorn.Config(
        served,
        ws="websockets-sansio",  # the other implementation is deprecated by its library
        ws_max_size=sandbox.settings.max_frame_bytes,
        ws_ping_interval=PING_SECONDS,
        ws_ping_timeout=PING_SECONDS,
        timeout_graceful_shutdown=SHUTDOWN_SECONDS,
    )
    logging.getLogger("python_multipart").setLevel(logging.ERROR)  # each bad upload is a 400
    with listener:
        _announce(listener, sandbox, choices.faults)
        uvicorn.Server(config).run(sockets=[listener])
    return 0


def _listener(host: str, port: int) -> socket.socket:
    family = socket.getaddrinfo(host, port, type=socket.SOCK_STREAM)[0][0]
    listener = socket.socket(family, socket.SOCK_STREAM)
    try:
        listener.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        listener.bind((host, port))
        listener.listen(BACKLOG)
    except OSError:
        listener.close()
        raise
    return listener


def _announce(listener: socket.socket, sandbox: Sandbox, faults: Sequence[Fault]) -> None:
    host, port = listener.getsockname()[:2]
    shown = f"[{host}]" if ":" in host else host
    lines = [f"Sartiq sandbox: http://{shown}:{port}/api/v1 (docs: http://{shown}:{port}/docs)"]
    if sandbox.settings.seed_demo:
        lines += [f"  {email} / {password}  ({who})" for email, password, who in CREDENTIALS]
    elif not _has_users(sandbox):
        lines.append("  No users yet: start it with --seed-demo to add the demo data.")
    lines += [f"  Fault {fault.name}: {fault.consequence}" for fault in faults]
    print("\n".join(lines), flush=True)  # noqa: T201


def _has_users(sandbox: Sandbox) -> bool:
    with sandbox.database.reading() as session:
        return session.query(User.id).first() is not None


def _fail(message: str) -> int:
    print(f"sartiq-sandbox: {message}", file=sys.stderr)  # noqa: T201
    return USAGE_ERROR
