"""``accord ws`` plays scripts of sessions, and bad ones end with one paragraph."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

import pytest
from projects import PATIENCE

QUEUE = Path(__file__).resolve().parents[1] / "run"
LOGIN = """
{"connect": "ws://testserver/progress"}
{"expect": {"opened": null}}
{"send": {"json": {"type": "login", "token": "${QUEUE_TOKEN}"}}}
{"expect": {"like": {"type": "welcome"}}}
{"send": {"text": "{"}}
{"expect": {"closed": 4400}}
"""


def accord(*words: str, stdin: str = "", **environment: str) -> subprocess.CompletedProcess[str]:
    """Run the verb where the queue can be imported."""
    path = os.pathsep.join([str(QUEUE), *filter(None, [os.environ.get("PYTHONPATH")])])
    return subprocess.run(
        [sys.executable, "-m", "accord", "ws", *words],
        input=stdin,
        env={**os.environ, "PYTHONPATH": path, **environment},
        capture_output=True,
        text=True,
        timeout=PATIENCE,
        check=False,
    )


def test_script_that_is_met_ends_with_0() -> None:
    """Every expectation is told as met, and the token is not told at all."""
    done = accord("queue_service:healthy", "--script", "-", stdin=LOGIN, QUEUE_TOKEN="token-of-red")
    assert 0 == done.returncode, done
    assert 3 == done.stdout.count("ok  expect")
    assert "token-of-red" not in done.stdout + done.stderr


def test_script_that_is_not_met_ends_with_1(tmp_path: Path) -> None:
    """What came instead is told."""
    path = tmp_path / "script.ndjson"
    path.write_text(LOGIN)
    done = accord("queue_service:healthy", "--script", str(path), QUEUE_TOKEN="token-of-nobody")
    assert 1 == done.returncode, done
    assert 'NOT expect  {"like": {"type": "welcome"}}  but came: {"type": "rejected"' in done.stdout
    assert 'NOT expect  {"closed": 4400}  but came: closed 4401' in done.stdout


@pytest.mark.parametrize(
    ("words", "stdin", "told"),
    [
        (("--script", "-"), "{", "standard input:1: not JSON"),
        (("--script", "-"), LOGIN, "standard input:4: environment variable QUEUE_TOKEN is not set"),
        (("--script", "absent.ndjson"), "", "absent.ndjson: the script cannot be read"),
        (("--script", "-"), '{"connect": "/x"}', "needs a target"),
        (("ws://127.0.0.1:1/x", "--script", "-"), '{"connect": "/x"}', "127.0.0.1:1"),
        (("--script", "-", "-H", "nonsense"), '{"connect": "/x"}', "a header has no colon"),
    ],
)
def test_what_cannot_be_asked_ends_with_2(words: tuple[str, ...], stdin: str, told: str) -> None:
    """The reason and its place are told in one paragraph."""
    done = accord(*words, stdin=stdin)
    assert 2 == done.returncode, done
    assert told in done.stderr
    assert "Traceback" not in done.stderr


def test_script_that_is_no_text_is_refused(tmp_path: Path) -> None:
    """Bytes that are not UTF-8 are told as such."""
    path = tmp_path / "script"
    path.write_bytes(b"\xff\xfe")
    done = accord("--script", str(path))
    assert (2, True) == (done.returncode, "is not UTF-8" in done.stderr)
