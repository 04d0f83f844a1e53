"""Facts about the life of a fact as one listener hears of it."""

from __future__ import annotations

from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from accord.findings.drift.fact import Fact, Grade, Kind
from accord.findings.drift.lifecycle import Event, Heard, Listener, due
from accord.findings.finding import Severity

FACT = Fact(
    kind=Kind.PUBLISHED,
    key="k" * 16,
    state="one",
    rule="changed-type",
    grade=Grade.UNPROVEN,
    severity=Severity.WARNING,
    proof="a reason",
)
LISTENER = Listener(name="team", threshold=Severity.WARNING, remind=100.0)
HEARD = Heard(event=Event.NEW, state="one", severity=Severity.WARNING, at=1000.0)


@pytest.mark.parametrize(
    ("fact", "heard", "now", "event"),
    [
        (FACT, None, 1000, Event.NEW),
        (FACT, HEARD, 1099, None),
        (FACT, HEARD, 1100, Event.REMINDED),
        (FACT, replace(HEARD, event=Event.REMINDED, at=1100.0), 1199, None),
        (replace(FACT, state="two"), HEARD, 1001, Event.CHANGED),
        (replace(FACT, state="two", severity=Severity.ERROR), HEARD, 1001, Event.WORSE),
        (None, HEARD, 1001, Event.OVER),
        (None, replace(HEARD, event=Event.OVER), 1001, None),
        (None, None, 1001, None),
        (FACT, replace(HEARD, event=Event.OVER), 1001, Event.NEW),
        (replace(FACT, severity=Severity.NOTE), None, 1001, None),
        (replace(FACT, severity=Severity.NOTE, state="two"), HEARD, 1001, Event.OVER),
        (replace(FACT, approval="approved by a team"), None, 1001, None),
        (replace(FACT, approval="approved by a team"), HEARD, 1001, Event.OVER),
    ],
)
def test_what_is_due_follows_from_what_stands_and_what_was_told(fact, heard, now, event):
    """New once, changed and worse when it is, reminded after a time, over once; approved is over as well."""
    assert event == due(fact, heard, LISTENER, now)


def test_nobody_is_reminded_unasked():
    """Without a time to remind after, what stands is told once."""
    assert due(FACT, HEARD, replace(LISTENER, remind=None), 10.0**9) is None


@given(
    st.lists(
        st.tuples(
            st.one_of(st.none(), st.sampled_from(["one", "two"])),
            st.sampled_from(list(Severity)),
            st.integers(0, 60),
        ),
        max_size=30,
    )
)
def test_every_story_is_whole(history):
    """Told step by step, each story begins with new, ends with over where nothing stands, and never says over twice."""
    heard, told, now = None, [], 0.0
    for state, severity, wait in history:
        now += wait
        fact = replace(FACT, state=state, severity=severity) if state else None
        event = due(fact, heard, LISTENER, now)
        stands = fact is not None and severity is not Severity.NOTE
        if event is not None:
            told.append(event)
            heard = Heard(event=event, state=state or "", severity=severity, at=now)
        assert stands == (bool(told) and told[-1] is not Event.OVER)
    for before, after in zip([Event.OVER, *told], told, strict=False):
        assert (before is Event.OVER) == (after is Event.NEW)
