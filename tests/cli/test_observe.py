"""``accord observe`` and ``accord infer`` as their users run them."""

from __future__ import annotations

import json
import subprocess
import sys
from pathlib import Path

import pytest
from projects import PATIENCE

SHOP = Path(__file__).parents[2] / "docs" / "rules" / "cases" / "shop"


def run(*arguments, cwd=None):
    """Run the command line."""
    return subprocess.run(
        [sys.executable, "-m", "accord", *map(str, arguments)],
        cwd=cwd,
        capture_output=True,
        text=True,
        timeout=PATIENCE,
        check=False,
    )


@pytest.fixture
def messages(tmp_path):
    """Give a file of messages, one of them with null where it must not be."""
    path = tmp_path / "messages.ndjson"
    lines = [{"type": "paid", "id": number or None} for number in range(70)]
    path.write_text("".join(json.dumps(line) + "\n" for line in lines) + "\n")
    return path


def test_messages_are_counted_and_held(messages, tmp_path):
    """Exit code 1, the finding with how sure it is, and every count in the report."""
    report = tmp_path / "report.json"
    done = run("observe", messages, "--contract", SHOP, "--report", f"json={report}")

    assert done.returncode == 1, done
    assert "The traffic is not in accord with the contract: 1 error, 1 note." in done.stdout
    assert "1 of 70 (0.036 % to 7.7 % at 95 %)" in done.stdout
    assert "unseen-message" in done.stdout
    (body,) = json.loads(report.read_text())["observed"]["bodies"]
    assert ("events", "server", "paid", 70) == (body["owner"], body["part"], body["form"], body["seen"])
    assert {
        "present": 70,
        "seen": 70,
        "kinds": {"integer": 69, "null": 1},
        "ranges": {"number": [1, 69]},
    } == body["members"]["id"]


def test_the_threshold_and_how_many_are_enough_can_be_told(messages):
    """``--fail-on`` and ``--at-least`` change the exit code and the notes."""
    done = run("observe", messages, "--contract", SHOP, "--at-least", "71")

    assert done.returncode == 1
    assert "unseen-message  " not in done.stdout
    assert "Not reached" in done.stdout


def test_a_patch_goes_to_standard_output_and_its_words_to_the_other(messages):
    """So that it can be piped."""
    done = run("infer", messages, "--contract", SHOP)

    assert done.returncode == 0, done
    assert done.stdout.startswith("--- a/asyncapi.yaml\n+++ b/asyncapi.yaml\n")
    assert done.stderr.startswith("1 change proposed.\n")


@pytest.mark.parametrize(
    ("arguments", "words"),
    [
        (["absent.har"], "absent.har: the recording cannot be read: No such file or directory"),
        (["messages.ndjson", "--channel", "news"], "--channel: there is no channel 'news'"),
        (["messages.ndjson", "--message", "lost"], "--message: channel events has no message 'lost'"),
        (["messages.ndjson", "--report", "xml=1"], "--report: 'xml=1' is not a report"),
        (["cut.har"], "cut.har:1: is not JSON and seems to be cut off"),
    ],
)
def test_what_cannot_be_asked_is_told(messages, arguments, words):
    """Exit code 2, the place, no traceback."""
    (messages.parent / "cut.har").write_text('{"log": {"entries": [{"request": {"url": "htt')
    done = run("observe", *arguments, "--contract", SHOP, cwd=messages.parent)

    assert done.returncode == 2, done
    assert words in done.stderr
    assert "Traceback" not in done.stderr


def test_a_file_of_nonsense_is_told_as_such(tmp_path):
    """Lines that are no JSON are an error about the messages, not of accord."""
    (tmp_path / "x.ndjson").write_bytes(b"\x00\xff\xfe garbage\n" * 3 + b"[" * 10_000 + b"\n")
    done = run("observe", tmp_path / "x.ndjson", "--contract", SHOP)

    assert done.returncode == 1, done
    assert "a message of the server is no JSON" in done.stdout
    assert "4 of 4" in done.stdout


def test_a_recording_becomes_an_archive(tmp_path):
    """``accord export har`` writes what ``accord observe`` reads."""
    line = {
        "kind": "exchange",
        "id": "e1",
        "operation": None,
        "request": {
            "method": "GET",
            "url": "https://shop.example/orders/7",
            "headers": [],
            "body": {"text": ""},
        },
        "response": {"status": 410, "headers": [], "body": {"text": ""}},
        "lapse": None,
        "detail": "",
        "started": 0,
        "seconds": 0,
    }
    (tmp_path / "said.ndjson").write_text(json.dumps(line) + "\n")
    written = run("export", "har", "said.ndjson", "-o", "said.har", cwd=tmp_path)
    done = run("observe", "said.har", "--contract", SHOP, cwd=tmp_path)

    assert written.returncode == 0, written
    assert done.returncode == 1, done
    assert "read_order answered 410" in done.stdout
