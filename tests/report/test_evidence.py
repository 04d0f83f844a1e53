"""Facts about evidence in a line."""

from __future__ import annotations

from dataclasses import replace

import pytest

from accord.exchange.values import Closed, Exchange, Lapse, Received, Sent, Session, Side
from accord.report.evidence import answered, conversation, told


def test_an_exchange_is_a_request_and_an_answer(exchange: Exchange) -> None:
    """Method, URL, sizes, status, media type and time are in the line."""
    assert told(exchange) == (
        "POST http://127.0.0.1:8000/products (12 bytes) → 500, text/plain, 21 bytes in 12 ms"
    )


def test_a_lapse_is_told_with_its_detail(exchange: Exchange) -> None:
    """Without a response the line says why there is none."""
    lapsed = replace(exchange, response=None, lapse=Lapse.TIMEOUT, detail="10 s passed", seconds=10.0)
    assert told(lapsed).endswith("→ timeout (10 s passed) in 10 s")
    assert answered(lapsed) == "timeout"


def test_a_partial_response_is_told_with_its_lapse(exchange: Exchange) -> None:
    """What had arrived counts too."""
    assert "→ closed, 500, text/plain, 21 bytes" in told(replace(exchange, lapse=Lapse.CLOSED))


def test_a_session_is_a_script_and_an_end(session: Session) -> None:
    """URL, script, identity, number of messages and the close code are in the line."""
    assert told(session) == (
        "ws://127.0.0.1:8000/ws silence as demo (0 sent, 1 received) "
        "→ closed with 4401 by the server (authentication required)"
    )
    assert answered(session) == "close 4401"


@pytest.mark.parametrize(
    ("expected", "head", "closed"),
    [
        ("refused with status 403", "status 403", Closed(at=0.0, code=1006, by=Side.SERVER, status=403)),
        ("closed with 1000 by the client", "close 1000", Closed(at=0.0, code=1000, by=Side.CLIENT)),
        ("left open", "", None),
    ],
)
def test_each_end_of_a_session_has_its_words(
    session: Session, expected: str, head: str, closed: Closed | None
) -> None:
    """A refusal, a close and no end are different things."""
    ended = replace(session, events=(closed,) if closed else ())
    assert told(ended).endswith(f"→ {expected}")
    assert head == answered(ended)


def test_a_crash_ends_a_session(session: Session) -> None:
    """The exception of an application in process is told."""
    assert told(replace(session, crash="ValueError: no")).endswith("→ crash (ValueError: no)")


def test_no_evidence_came_to_nothing() -> None:
    """A finding without evidence has no answer to show."""
    assert answered(None) == ""


def test_the_conversation_has_a_line_for_each_thing_said(exchange: Exchange, session: Session) -> None:
    """Bodies and messages are shown with their direction."""
    assert ['> {"name":"0"}', "< Internal Server Error"] == list(conversation(exchange))
    assert [
        "    0 ms = opened",
        '  100 ms < {"type":"shot"}',
        "   5.0 s = closed with 4401 by the server (authentication required)",
    ] == list(conversation(session))


def test_bytes_that_are_no_text_are_escaped(session: Session) -> None:
    """Binary messages are shown as far as they are text."""
    binary = replace(session, events=(Sent(at=0.0, data=b"\xff\x00ok"),))
    assert [r"    0 ms > \xff\x00ok"] == list(conversation(binary))


def test_a_long_conversation_is_cut(session: Session) -> None:
    """Forty events are shown, a long message is cut, and both tell what is missing."""
    events = tuple(Received(at=0.0, data=b"x" * 5000) for _ in range(100))
    lines = list(conversation(replace(session, events=events)))
    assert len(lines) == 41
    assert lines[0].endswith("x… (5,000 bytes)")
    assert lines[-1] == "and 60 more events"
