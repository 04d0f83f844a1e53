"""The command, and the sandbox as a server of its own."""

from __future__ import annotations

import json
import re
import signal
import socket
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

import httpx
import pytest
from websockets.exceptions import ConnectionClosed
from websockets.sync.client import ClientConnection, connect

from sandbox_server import PATIENCE, Server, refused
from sandbox_talk import BRAND, FULL, HALF, PRODUCT, STYLE, SUBJECT

SAMPLE = Path(__file__).parent / "data" / "complete_workflow.py"
DEMO = {"username": "demo@example.com", "password": "demo-password"}
QUICK = ("--seed-demo", "--step-seconds", "0.001")


def session(server: Server) -> httpx.Client:
    """Return a client with the token of the demo user."""
    token = httpx.post(f"{server.url}/login/access-token", data=DEMO, timeout=PATIENCE).json()["access_token"]
    return httpx.Client(base_url=server.url, headers={"Authorization": f"Bearer {token}"}, timeout=PATIENCE)


def open_socket(server: Server) -> ClientConnection:
    """Return a WebSocket without authentication."""
    return connect(server.url.replace("http", "ws") + "/ws")


def close_code(websocket: ClientConnection) -> int | None:
    """Wait for the close of the server."""
    try:
        while True:
            websocket.recv(timeout=PATIENCE)
    except ConnectionClosed as closing:
        return None if closing.rcvd is None else closing.rcvd.code


def test_the_workflow_of_the_documentation_runs(serve: Callable[..., Server]) -> None:
    """The published sample works with another address, login and ids, and nothing else changed."""
    server = serve(*QUICK)
    sample = SAMPLE.read_text()
    substitutions = {
        "https://api.sartiq.com/api/v1": server.url,
        "your@email.com": DEMO["username"],
        "yourpassword": DEMO["password"],
        "your-brand-id": BRAND,
        "product-id": PRODUCT,
        "subject-id": SUBJECT,
        "style-id": STYLE,
        "full-body-id": FULL,
        "half-body-id": HALF,
    }
    for published, ours in substitutions.items():
        assert published in sample
        sample = sample.replace(f'"{published}"', f'"{ours}"')
    run = subprocess.run(
        [sys.executable, "-W", "error", "-c", sample],
        capture_output=True,
        text=True,
        timeout=PATIENCE,
        check=False,
    )
    assert (0, "") == (run.returncode, run.stderr)
    started, ready = run.stdout.splitlines()[:2], run.stdout.splitlines()[2:]
    assert 2 == len(started) == len(ready)
    for line in started:
        assert re.fullmatch(r"Generation started: [0-9a-f-]{36}", line)
    for line in ready:
        url = line.removeprefix("Shot ready: ")
        assert "image/png" == httpx.get(url, timeout=PATIENCE).headers["Content-Type"]


def test_the_websocket_works_over_a_real_connection(serve: Callable[..., Server]) -> None:
    """After the first frame, changes made over REST arrive, with addresses that can be fetched."""
    server = serve(*QUICK)
    with session(server) as client, open_socket(server) as websocket:
        token = client.headers["Authorization"].split()[1]
        websocket.send(json.dumps({"type": "authenticate", "token": token}))
        assert "auth_success" == json.loads(websocket.recv(timeout=PATIENCE))["type"]
        client.post("/shots/5407a000-0000-4000-8000-000000000001/generate", json={})
        kinds: list[str] = []
        while not kinds or kinds[-1] != "generation_completed":
            message = json.loads(websocket.recv(timeout=PATIENCE))
            kinds.append(message["type"])
        assert ["generation_created", "shot_updated", *["generation_updated"] * 3] == kinds[:-1]
        url = message["payload"]["predictions"][0]["result_image_url"]
        assert "image/png" == httpx.get(url, timeout=PATIENCE).headers["Content-Type"]


def test_the_websocket_closes_with_its_codes(serve: Callable[..., Server]) -> None:
    """The codes reach a real client, those of the server layer as well as ours."""
    server = serve(*QUICK)
    frames: list[tuple[str | bytes, int]] = [
        ("{", 4400),
        (b"{}", 1003),
        ("x" * 65537, 1009),
        (json.dumps({"type": "authenticate", "token": "x"}), 4401),
    ]
    for frame, code in frames:
        with open_socket(server) as websocket:
            websocket.send(frame)
            assert code == close_code(websocket), frame
    with open_socket(server) as websocket:
        server.process.send_signal(signal.SIGTERM)
        assert close_code(websocket) in (1001, 1012)


def test_a_file_keeps_the_demo_and_adds_it_once(serve: Callable[..., Server], tmp_path: Path) -> None:
    """Data survives a crash, a second --seed-demo adds nothing, and it is not needed again."""
    database = ("--database", f"sqlite:///{tmp_path / 'sandbox.db'}")
    first = serve(*database, *QUICK)
    with session(first) as client:
        made = client.post("/products/", json={"name": "a", "sku": "b", "category": "c"}).json()
    first.stop(signal.SIGKILL)
    for arguments in (QUICK, ()):
        server = serve(*database, *arguments)
        with session(server) as client:
            products = client.get("/products/").json()
            assert (2, made) == (products["total"], products["items"][1])
        server.stop()


def test_the_banner_says_how_to_begin(serve: Callable[..., Server], tmp_path: Path) -> None:
    """It shows the demo logins, or how to get them."""
    assert any("demo@example.com / demo-password" in line for line in serve(*QUICK).banner)
    empty = serve("--database", f"sqlite:///{tmp_path / 'empty.db'}")
    assert any("--seed-demo" in line for line in empty.banner)
    assert 401 == httpx.post(f"{empty.url}/login/access-token", data=DEMO, timeout=PATIENCE).status_code


@pytest.mark.parametrize(
    ("url", "reason"),
    [
        ("garbage", "not a database URL"),
        ("postgresql://localhost/x", "only SQLite is supported"),
        ("sqlite:////no/such/folder/x.db", "unable to open database file"),
        (f"sqlite:///{SAMPLE}", "file is not a database"),
    ],
)
def test_a_database_that_cannot_be_used_is_one_line(url: str, reason: str) -> None:
    """The command says why and exits with 2."""
    code, output = refused("--database", url)
    assert (2, 1) == (code, len(output.splitlines()))
    assert reason in output


def test_a_used_port_is_one_line() -> None:
    """The command says why and exits with 2."""
    with socket.create_server(("127.0.0.1", 0)) as taken:
        port = taken.getsockname()[1]
        code, output = refused("--port", str(port))
    assert (2, 1) == (code, len(output.splitlines()))
    assert f"127.0.0.1 port {port}" in output
