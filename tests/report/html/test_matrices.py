"""What a page says of messages, of schemas and of a session's events."""

from __future__ import annotations

from dataclasses import replace

from accord.exchange.values import Closed, Opened, Received, Session, Side
from accord.findings.finding import Finding
from accord.findings.result import Coverage, Feature, Run
from accord.report.html.cell import Cell
from accord.report.html.features import tree
from accord.report.html.talk import talk
from accord.report.html.variants import rows


def test_a_message_is_held_found_or_never_seen(sample: Run) -> None:
    """A variant with a breach, or with a finding that names it, is found; its types tell which."""
    coverage = Coverage(
        statuses={},
        undocumented={},
        messages={},
        parts={
            "variants": {"c/one": 3, "c/two": 0, "c/three": 4},
            "types": {"c/one type=a": 3, "c/one type=b": 0},
        },
        breaches={"c/one": 2, "c/one type=b": 2},
    )
    named = Finding(channel="c", message="Message 3 (three) comes too early.")
    found = list(rows(replace(sample, coverage=coverage, findings=(named,))))
    assert [
        ("c/one", Cell(look="error", words="found 2")),
        ("c/two", Cell(look="idle", words="never")),
        ("c/three", Cell(look="error", words="found 1")),
    ] == [(row.name, row.cell) for row in found]
    assert (
        ("type=a", Cell(look="good", words="held 3×")),
        ("type=b", Cell(look="error", words="found 2")),
    ) == found[0].types


def test_the_tree_leads_down_to_values() -> None:
    """Each branch counts what is seen below it, and a leaf says where it was."""
    (root,) = tree(
        [
            Feature(owner="Thing", path="status", kind="member", value="off", answers=0, messages=None),
            Feature(owner="Thing", path="status", kind="member", value="on", answers=1, messages=2),
            Feature(owner="Thing", path="status", kind="property", answers=1, messages=2),
        ]
    )
    assert ("Thing", 2, 3, "warning") == (root.label, root.seen, root.total, root.look)
    status = root.below["status"]
    assert "1 answer and 2 messages" == status.words
    assert ["never", "1 answer and 2 messages"] == [item.words for item in status.below.values()]
    assert ["= off", "= on"] == [item.label for item in status.below.values()]


def test_of_a_long_session_the_events_around_the_finding_are_drawn() -> None:
    """The event that a finding numbers is marked, and what is left out is counted."""
    told = (Received(at=0.1, data=str(number)) for number in range(1, 1000))
    session = Session(
        id="s", channel="c", url="ws://x", script="s", identity=None, started=0.0,
        events=(Opened(at=0.0), *told, Closed(at=2.0, code=1000, by=Side.CLIENT)),
    )  # fmt: skip
    steps = list(talk(session, "Message 501 (one) is wrong."))
    assert ["500"] == [step.words for step in steps if step.here]
    assert ("400 events before", "and 401 more events") == (steps[0].words, steps[-1].words)
    assert 202 == len(steps)
