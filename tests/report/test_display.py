"""Facts about the display of progress."""

from __future__ import annotations

import io
import re

import pytest

from accord.findings.finding import Finding, Outcome, Verdict
from accord.findings.result import StageFinished, StageStarted, TrialFinished, TrialStarted
from accord.report.display import Display


class _Terminal(io.StringIO):
    def isatty(self) -> bool:
        return True


class _Clock:
    """A clock that stands still until it is moved."""

    now = 100.0

    def __call__(self) -> float:
        return self.now


@pytest.fixture(autouse=True)
def _environment(monkeypatch: pytest.MonkeyPatch) -> None:
    for name in ("NO_COLOR", "FORCE_COLOR"):
        monkeypatch.delenv(name, raising=False)
    monkeypatch.setenv("TERM", "xterm")
    monkeypatch.setenv("COLUMNS", "60")


def _finished(trial: str, *findings: Finding, cases: int = 10) -> TrialFinished:
    verdict = Verdict.FOUND if findings else Verdict.HELD
    outcome = Outcome(rule="r", place=trial, verdict=verdict, findings=findings)
    return TrialFinished(stage="rest", trial=trial, outcomes=(outcome,), cases=cases)


def _lines(stream: io.StringIO) -> list[str]:
    return stream.getvalue().splitlines()


def test_without_a_terminal_a_stage_has_a_line_at_each_end() -> None:
    """A log holds whole, plain lines."""
    out = io.StringIO()
    with Display(out, clock=_Clock()) as display:
        display.show(StageStarted(stage="rest", trials=2))
        display.show(TrialStarted(stage="rest", trial="rest/a/fuzzing"))
        display.show(_finished("rest/a/fuzzing", Finding(rule="r", message="m")))
        display.show(_finished("rest/b/fuzzing"))
        display.show(StageFinished(stage="rest", seconds=3.4))
    assert ["rest: 2 trials", "rest: 2 trials, 20 cases, 1 finding in 3.4 s"] == _lines(out)


def test_a_finding_counts_once_whatever_the_trials_that_found_it() -> None:
    """The count is that of fingerprints, as in the report."""
    out = io.StringIO()
    with Display(out, clock=_Clock()) as display:
        display.show(StageStarted(stage="rest", trials=2))
        for trial in ("rest/a/fuzzing", "rest/a/coverage"):
            display.show(_finished(trial, Finding(rule="r", message=trial)))
        display.show(StageFinished(stage="rest", seconds=1))
    assert _lines(out)[-1] == "rest: 2 trials, 20 cases, 1 finding in 1.0 s"


def test_a_long_stage_speaks_at_most_each_ten_seconds() -> None:
    """A trial each 3 s for a minute gives a line at 12, 24, 36 and 48 s, not twenty."""
    out, clock = io.StringIO(), _Clock()
    with Display(out, clock=clock) as display:
        display.show(StageStarted(stage="rest", trials=20))
        for number in range(19):
            clock.now += 3
            display.show(_finished(f"rest/{number}/fuzzing"))
        display.show(StageFinished(stage="rest", seconds=57))
    since = [found[1] for line in _lines(out) if (found := re.search(r"after (\d+) s", line))]
    assert ["12", "24", "36", "48"] == since
    assert _lines(out)[1] == "rest: 4 of 20 trials, 40 cases, 0 findings after 12 s, about 50 s left"


def test_a_trial_that_hangs_is_not_silent() -> None:
    """A heartbeat needs no event, and the guess of the time that remains grows with the wait."""
    out, clock = io.StringIO(), _Clock()
    with Display(out, clock=clock) as display:
        display.show(StageStarted(stage="rest", trials=4))
        for number in range(3):
            clock.now += 1
            display.show(_finished(f"rest/{number}/fuzzing"))
        clock.now += 87
        display.beat()
        display.beat()
    assert [
        "rest: 4 trials",
        "rest: 3 of 4 trials, 30 cases, 0 findings after 1 min 30 s, about 30 s left",
    ] == _lines(out)[:2]


def test_too_few_trials_are_no_ground_for_a_guess() -> None:
    """Two trials of twenty say nothing about the rest."""
    out, clock = io.StringIO(), _Clock()
    with Display(out, clock=clock) as display:
        display.show(StageStarted(stage="rest", trials=20))
        clock.now += 20
        display.show(_finished("rest/a/fuzzing"))
    assert "left" not in out.getvalue()


def test_a_stage_that_is_broken_off_is_told() -> None:
    """After an interrupt the log says how far the stage came."""
    out = io.StringIO()
    with pytest.raises(KeyboardInterrupt), Display(out, clock=_Clock()) as display:
        display.show(StageStarted(stage="rest", trials=5))
        display.show(_finished("rest/a/fuzzing"))
        raise KeyboardInterrupt
    assert _lines(out)[-1] == "rest: stopped after 1 of 5 trials, 10 cases, 0 findings in 0 ms"


def test_events_of_a_stage_that_never_began_are_let_pass() -> None:
    """A display never breaks the run that it watches."""
    out = io.StringIO()
    with Display(out, clock=_Clock()) as display:
        display.show(TrialStarted(stage="rest", trial="t"))
        display.show(_finished("t"))
        display.show(StageFinished(stage="rest", seconds=1))
    assert out.getvalue() == ""


def _screens(out: io.StringIO) -> list[str]:
    return re.sub(r"\x1b\[[0-9;?]*[A-Za-z]", "", out.getvalue()).replace("\r", "\n").split("\n")


def test_on_a_terminal_a_bar_fits_the_width() -> None:
    """Nothing that the bar shows is wider than the terminal, however long the names."""
    out, clock = _Terminal(), _Clock()
    with Display(out, clock=clock) as display:
        display.show(StageStarted(stage="workflows", trials=1234))
        stage = TrialFinished(stage="workflows", trial="t", outcomes=(), cases=99999)
        for _ in range(1000):
            display.show(stage)
        clock.now += 5000
        display.show(TrialStarted(stage="workflows", trial="workflows/" + "very-long-" * 30))
    assert any("1,000/1,234" in line and "about 20 min left" in line for line in _screens(out))
    assert any("99,999,000 cases, 0 findings" in line for line in _screens(out))
    assert max(len(line) for line in _screens(out) if "stopped" not in line) <= 60


def test_on_a_terminal_the_bar_gives_way_to_one_line() -> None:
    """When a stage is over its bar is gone, the cursor is back and one line stays."""
    out = _Terminal()
    with Display(out, clock=_Clock()) as display:
        display.show(StageStarted(stage="rest", trials=1))
        display.show(_finished("rest/a/fuzzing"))
        display.show(StageFinished(stage="rest", seconds=2))
    assert out.getvalue().endswith("rest: 1 trial, 10 cases, 0 findings in 2.0 s\n")
    assert out.getvalue().rindex("\x1b[?25h") > out.getvalue().rindex("\x1b[?25l")


def test_a_dumb_terminal_gets_lines(monkeypatch: pytest.MonkeyPatch) -> None:
    """TERM=dumb means no cursor movement and no colour."""
    monkeypatch.setenv("TERM", "dumb")
    out = _Terminal()
    with Display(out, clock=_Clock()) as display:
        display.show(StageStarted(stage="rest", trials=1))
    assert "\x1b" not in out.getvalue()


def test_without_color_a_terminal_still_has_its_bar() -> None:
    """No colour takes the colour, not the bar."""
    out = _Terminal()
    with Display(out, no_color=True, clock=_Clock()) as display:
        display.show(StageStarted(stage="rest", trials=1))
    assert "0/1" in out.getvalue()
    assert not re.search(r"\x1b\[[0-9;]*m", out.getvalue())


@pytest.mark.parametrize("stream", [io.StringIO, _Terminal])
def test_a_hostile_name_steers_nothing(stream: type[io.StringIO], hostile: str) -> None:
    """Names come from contracts and are shown, not obeyed."""
    out = stream()
    with Display(out, no_color=True, clock=_Clock()) as display:
        display.show(StageStarted(stage=hostile, trials=1))
        display.show(TrialStarted(stage=hostile, trial=hostile))
    assert "\x1b[31m" not in out.getvalue()
    assert "\u202e" not in out.getvalue()
    out.getvalue().encode("utf-8")
