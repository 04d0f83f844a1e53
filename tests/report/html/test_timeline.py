"""The drawing of when facts of drift came and went."""

from __future__ import annotations

import pytest

from accord.findings.drift.history import Moment, Span
from accord.findings.drift.lifecycle import Event
from accord.report.html import timeline
from accord.report.html.timeline import WIDTH, lines, render

DAY = 86_400.0
NOW = 1_800_000_000.0


def span(came: float, went: float | None = None, *moments: Moment, target: str = "t", **body: object) -> Span:
    facts = {"grade": "breaking", "rule": "changed-type", "headline": "integer became string"} | body
    return Span(target=target, contract="c", body=facts, came=came, went=went, moments=moments)  # type: ignore[arg-type]


def test_a_bar_lies_where_the_fact_stood() -> None:
    """The scale begins with the first fact and ends now; what still stands reaches to its end."""
    (line,) = lines([span(NOW - DAY), span(NOW - 4 * DAY, NOW - 2 * DAY)], now=NOW)
    standing, gone = line.stays
    assert (WIDTH * 3 / 4, WIDTH / 4, True) == (standing.x, standing.width, standing.stands)
    assert (0.0, WIDTH / 2, False) == (gone.x, gone.width, gone.stands)
    assert (1, 2) == (line.standing, line.total)


def test_what_is_drawn_is_said() -> None:
    """The words of a bar have when it came and went, for how long, and how often it was told of again."""
    again = Moment(at=NOW - 3 * DAY, event=Event.WORSE, severity="error", headline="x")
    (line,) = lines([span(NOW - 4 * DAY, NOW, again)], now=NOW)
    assert (
        "came 2027-01-11 08:00:00 UTC, went 2027-01-15 08:00:00 UTC, 4 days, told of again 1 time"
        == line.stays[0].words
    )
    assert (65.0,) == line.stays[0].ticks


@pytest.mark.parametrize("days", [0.0, 0.01, 0.5, 3, 9, 40, 200, 3_000])
def test_the_scale_has_few_marks(days: float) -> None:
    """From an instant to years, there is room for each mark's words."""
    (line,) = lines([span(NOW - days * DAY)], now=NOW)
    assert 6 >= len(line.marks)
    assert all(0 <= x <= WIDTH for x, _ in line.marks)


def test_each_service_has_a_scale_of_its_own() -> None:
    """Facts of two services are told apart."""
    assert ["a", "b"] == [line.target for line in lines([span(1, target="a"), span(2, target="b")], now=NOW)]


def test_of_very_many_stays_the_latest_are_drawn(monkeypatch) -> None:
    """The page says how many there are besides."""
    monkeypatch.setattr(timeline, "MAXIMUM_SPANS", 2)
    page = render([span(NOW - number) for number in range(5)], now=NOW).decode()
    assert 2 == page.count("<tr data-card")
    assert "3 older ones are in" in page


@pytest.mark.parametrize("body", [{"grade": 3, "rows": "x"}, {"rows": [["a"], 1, ["label", "<b>text"]]}])
def test_a_body_of_another_making_breaks_nothing(body: dict[str, object]) -> None:
    """What the state file has is not trusted: it is left out, or stays text."""
    assert "<b>" not in render([span(NOW - 1, **body)], now=NOW).decode()


def test_without_facts_the_page_says_so() -> None:
    """There is nothing to draw."""
    assert "Nothing has come or gone." in render([], now=NOW).decode()
