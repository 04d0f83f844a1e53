"""Events and reads: when a read shows that an event was wrong, and when it shows nothing."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest
from session_cases import CHANNEL, hold

from accord.contract.contract import load
from accord.findings.checks import readback
from accord.findings.finding import Finding

DAY = "2024-05-01T{:02}:00:00Z"


def job(status: str, hour: int, **members: Any) -> dict[str, Any]:
    """Return a job as events and reads have it."""
    steps = {"steps": []} | members
    return {"id": 7, "status": status, "created_at": DAY.format(9), "updated_at": DAY.format(hour)} | steps


def read(after: int, body: dict[str, Any] | None, *, quiet: bool = False) -> dict[str, Any]:
    """Return a read, asked when so many events had come, that found a job or nothing."""
    found = {"status": 404} if body is None else {"body": body}
    return {"after": after, "quiet": quiet, **found}


def found(
    events: list[dict[str, Any]], *reads: dict[str, Any], folder: Path = CHANNEL.parent
) -> list[Finding]:
    """Return what the rules find; the first of the *events* is number 4 of its session."""
    lines = [["received", {"type": "job_changed", "job": event}] for event in events]
    head = [
        ["opened"],
        ["sent", {"type": "login", "token": "t"}],
        ["received", {"type": "welcome", "team": "red"}],
    ]
    case = {"script": "events", "events": [*head, *lines, ["closed", 1000, "client"]], "reads": list(reads)}
    return [finding for _, finding in hold(readback.RULES, case, load(folder))]


def deviations(*given: Any) -> list[tuple[str, str]]:
    """Return class and place of each finding."""
    return [(item.deviation, item.evidence_pointer) for item in found(*given)]


OPEN = [{"name": "paint", "status": "open"}]


@pytest.mark.parametrize(
    ("events", "reads", "expected"),
    [
        # The same state, told alike and told otherwise, in time and in the end.
        ([job("running", 10)], [read(4, job("running", 10))], []),
        ([job("running", 10)], [read(4, job("queued", 10))], [("differs", "/job/status")]),
        ([job("running", 10, steps=OPEN)], [read(4, job("running", 10))], [("differs", "/job/steps")]),
        (
            [job("running", 10, worker={"name": "a"})],
            [read(4, job("running", 10, worker={"name": "b"}), quiet=True)],
            [("differs", "/job/worker/name")],
        ),
        # A read that sees a later change says nothing, until it is quiet.
        ([job("queued", 10)], [read(4, job("running", 11, steps=OPEN))], []),
        ([job("queued", 10), job("running", 11)], [read(4, job("running", 11), quiet=True)], []),
        (
            [job("queued", 10)],
            [read(4, job("running", 11), quiet=True)],
            [("event behind", "/job/updated_at")],
        ),
        # A read of the state before.
        ([job("running", 11)], [read(4, job("queued", 10))], [("read behind", "/job/updated_at")]),
        ([job("queued", 10)], [read(4, None), read(4, job("queued", 10))], [("unknown", "/job/updated_at")]),
        ([job("queued", 10)], [read(4, None)], []),
        # Two changes with one time: the read may be of the second.
        ([job("queued", 10), job("running", 10)], [read(4, job("running", 10))], []),
        # The end.
        ([job("running", 10)], [read(4, job("done", 11), quiet=True)], [("done", "/job/status")]),
        ([job("running", 10), job("done", 11)], [read(4, job("done", 11), quiet=True)], []),
        ([job("running", 10)], [read(4, job("done", 11))], []),
        # What was read before any event came has nothing to be held against.
        ([job("running", 10)], [read(3, job("queued", 9), quiet=True)], []),
    ],
)
def test_read_shows_what_it_can_show(
    events: list[Any], reads: list[Any], expected: list[tuple[str, str]]
) -> None:
    """Only a read that no later change explains is held against an event."""
    assert expected == deviations(events, *reads)


def test_without_times_the_order_of_statuses_tells(tmp_path: Path) -> None:
    """A status that leads to the one of the event is an older state, one that follows a newer one."""
    for name in ("channel.yaml", "jobs.yaml"):
        text = (CHANNEL.parent / name).read_text(encoding="utf-8").replace("updated: /updated_at", "")
        (tmp_path / name).write_text(text.replace("updated: /job/updated_at", ""), encoding="utf-8")
    older = found([job("running", 10)], read(4, job("queued", 10)), folder=tmp_path)
    assert [("read behind", "/job/status")] == [(item.deviation, item.evidence_pointer) for item in older]
    assert [] == found([job("queued", 10)], read(4, job("running", 10, steps=OPEN)), folder=tmp_path)


def test_without_a_place_only_states_are_compared(tmp_path: Path) -> None:
    """A contract that does not say where the thing stands promises no equal members."""
    for name in ("channel.yaml", "jobs.yaml"):
        text = (CHANNEL.parent / name).read_text(encoding="utf-8").replace("at: /job\n", "\n")
        (tmp_path / name).write_text(text, encoding="utf-8")
    assert [] == found([job("running", 10)], read(4, job("running", 10, steps=OPEN)), folder=tmp_path)


def test_answer_that_is_no_answer_shows_nothing() -> None:
    """A failed read is another rule's business."""
    refused = {"after": 4, "quiet": True, "status": 500, "body": {}}
    assert [] == found([job("running", 10)], refused)
