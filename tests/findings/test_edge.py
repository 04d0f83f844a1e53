"""The edges of a session's states that sessions took."""

from __future__ import annotations

from typing import Any

import pytest
from session_cases import observe, queue

from accord.findings.edge import edges, edges_taken
from accord.findings.transcript import transcript

LOGIN = ["sent", {"type": "login", "token": "t"}]
WELCOME = ["received", {"type": "welcome", "team": "red"}]


def taken(*events: Any) -> list[str]:
    """Return the edges that a session of *events* takes."""
    contract = queue()
    session = observe({"script": "events", "events": [["opened"], *events]}).session
    lines = transcript(contract, contract.channels[0], session)
    return [part.name.partition(": ")[2] for part in edges_taken(contract.channels[0], lines)]


def test_edges_follow_from_the_states() -> None:
    """Each message of each state is an edge, and so is its timeout; each once, in the order of the contract."""
    assert [
        "progress: waiting, login → judging",
        "progress: waiting, 5 s → close 4408",
        "progress: judging, login → close 4429",
        "progress: judging, welcome → listening",
        "progress: judging, rejected → close 4401",
        "progress: listening, login → close 4429",
        "progress: listening, jobChanged → listening",
        "progress: listening, note → listening",
    ] == [part.name for part in edges(queue().channels[0])]


def test_a_session_takes_the_edges_on_its_way() -> None:
    """A login and its answer are two edges, in the states that they lead through."""
    assert ["waiting, login → judging", "judging, welcome → listening"] == taken(LOGIN, WELCOME)


@pytest.mark.parametrize(("by", "edges_"), [("server", ["waiting, 5 s → close 4408"]), ("client", [])])
def test_timeout_is_an_edge_when_the_server_closes(by: str, edges_: list[str]) -> None:
    """The code of a timeout counts from the server, not from the client."""
    assert edges_ == taken(["closed", 4408, by])


@pytest.mark.parametrize(
    ("code", "by", "is_taken"), [(4429, "server", True), (1000, "server", False), (4429, "client", False)]
)
def test_edge_that_ends_a_session_needs_its_code(code: int, by: str, is_taken: bool) -> None:
    """What leads to a close is taken when the server closes with its code, in the state that it came in."""
    found = taken(LOGIN, WELCOME, LOGIN, ["closed", code, by])
    assert is_taken == ("listening, login → close 4429" in found)
    assert "judging, login → close 4429" not in found
    assert "judging, login → close 4429" in taken(LOGIN, LOGIN, ["closed", 4429, "server"])


def test_message_that_is_not_valid_takes_no_edge() -> None:
    """What the server need not understand leads nowhere."""
    assert [] == taken(["sent", {"type": "login"}])
    assert [] == taken(["refused", 403])
