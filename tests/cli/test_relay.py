"""``accord relay`` listens until it is interrupted, and refuses what means nothing."""

from __future__ import annotations

import signal
import socket
import subprocess
import sys

import pytest
from projects import PATIENCE


@pytest.mark.parametrize(
    ("words", "told"),
    [
        (("--to", "nowhere"), "--to: 'nowhere' is not host:port"),
        (("--to", "h:0"), "--to: 'h:0' is not host:port"),
        (("--to", "h:1", "--reset", "server"), "--reset: 'server' is no place for reset"),
        (("--to", "h:1", "--delay", "server:3"), "--delay: 'server:3' is no place for delay"),
    ],
)
def test_option_that_means_nothing_ends_with_2(words: tuple[str, ...], told: str) -> None:
    """The option and what is wrong with it are told in one paragraph."""
    command = [sys.executable, "-m", "accord", "relay", *words]
    done = subprocess.run(command, capture_output=True, text=True, timeout=PATIENCE, check=False)
    assert 2 == done.returncode, done
    assert told in done.stderr
    assert "Traceback" not in done.stderr


def test_relay_breaks_the_connection_off_until_it_is_interrupted() -> None:
    """It says where it listens, does what it is told to, and ends with Ctrl-C."""
    with socket.create_server(("127.0.0.1", 0)) as service:
        command = [sys.executable, "-m", "accord", "relay", "--reset", "client:0"]
        command += ["--to", f"127.0.0.1:{service.getsockname()[1]}"]
        with subprocess.Popen(
            command,
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            text=True,
            # Of a job in the background, children ignore Ctrl-C.
            preexec_fn=lambda: signal.signal(signal.SIGINT, signal.SIG_DFL),
        ) as process:
            assert process.stdout is not None
            try:
                port = int(process.stdout.readline().split(",")[0].rpartition(":")[2])
                with socket.create_connection(("127.0.0.1", port), timeout=PATIENCE) as client:
                    client.sendall(b"GET / HTTP/1.1\r\nUpgrade: websocket\r\n\r\n")
                    with pytest.raises(ConnectionResetError):
                        client.recv(1)
            finally:
                process.send_signal(signal.SIGINT)
                try:
                    process.wait(timeout=PATIENCE)
                except subprocess.TimeoutExpired:
                    process.kill()
        assert 0 == process.returncode
