"""Facts about the time that a run may explore: other seeds until it is spent, and everything else once."""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import pytest
from corpus_service import DOCUMENT, Notes

from accord.config import Settings
from accord.findings.finding import Verdict
from accord.findings.tally import Tally
from accord.run import deadline
from accord.run.context import Context, Trial
from accord.run.deadline import Deadline
from accord.run.opening import opened
from accord.run.options import Options
from accord.run.verification import Verification


class Clock:
    """A clock that goes on by one second for each exploring trial."""

    def __init__(self, monkeypatch: pytest.MonkeyPatch) -> None:
        self.now = 100.0
        monkeypatch.setattr(deadline, "time", SimpleNamespace(monotonic=lambda: self.now))


@pytest.fixture
def clock(monkeypatch: pytest.MonkeyPatch) -> Clock:
    """Return the clock that deadlines read."""
    return Clock(monkeypatch)


def test_without_a_limit_there_is_no_end(clock: Clock) -> None:
    """A run explores once, however long that takes."""
    unlimited = Deadline()
    unlimited.start()
    clock.now += 1e9
    assert not unlimited.over()


def test_time_begins_with_the_run(clock: Clock) -> None:
    """What came before does not count."""
    limited = Deadline(10.0)
    clock.now += 20
    limited.start()
    clock.now += 9
    assert not limited.over()
    clock.now += 1
    assert limited.over()


def _run(folder: Path, trials: Callable[[list[str]], list[Trial]], **options: Any) -> tuple[list[str], Any]:
    (folder / "openapi.json").write_text(json.dumps(DOCUMENT))
    said: list[str] = []
    settings = Settings(root=folder, contract=folder / "openapi.json")
    with opened(Notes(), settings, Options(seed=7, **options)) as verification:
        assert isinstance(verification, Verification)
        run = verification.run(lambda _: None, trials(said))
    return said, run


def _trials(clock: Clock) -> Callable[[list[str]], list[Trial]]:
    def made(said: list[str]) -> list[Trial]:
        def play(name: str, *, seconds: float) -> Callable[[Context], Tally]:
            def played(context: Context) -> Tally:
                said.append(f"{name} {context.seed}")
                clock.now += seconds
                tally = context.tally()
                tally.miss("server-error", f"{name} is not real")
                return tally

            return played

        return [
            Trial(stage="rest", id="rest/a/fixed", play=play("fixed", seconds=0)),
            Trial(stage="rest", id="rest/a/drawn", play=play("drawn", seconds=1), explores=True),
            Trial(stage="rest", id="rest/b/drawn", play=play("more", seconds=1), explores=True),
            Trial(stage="websocket", id="websocket/c", play=play("last", seconds=0)),
        ]

    return made


@pytest.mark.parametrize(
    ("seconds", "said"),
    [
        (None, ["fixed 7", "drawn 7", "more 7", "last 7"]),
        (1.0, ["fixed 7", "drawn 7", "last 7"]),
        (3.5, ["fixed 7", "drawn 7", "more 7", "last 7", "drawn 8", "more 8"]),
        (5.0, ["fixed 7", "drawn 7", "more 7", "last 7", "drawn 8", "more 8", "drawn 9"]),
    ],
)
def test_exploring_goes_on_from_the_next_seed(
    tmp_path: Path, clock: Clock, seconds: float | None, said: list[str]
) -> None:
    """Each round draws from a seed of its own; what does not explore is asked once, also when time is up."""
    assert said == _run(tmp_path, _trials(clock), max_seconds=seconds)[0]


def test_where_time_is_short_each_operation_is_asked_a_little_first(tmp_path: Path, clock: Clock) -> None:
    """The trials of one kind come together, those of many cases last; without a limit each operation is asked whole."""
    names = [f"rest/{name}/{kind}" for name in "ab" for kind in ("examples", "coverage", "unknown-id")]

    def trials(said: list[str]) -> list[Trial]:
        def noting(name: str) -> Callable[[Context], Tally]:
            return lambda context: (said.append(name), context.tally())[1]

        return [Trial(stage="rest", id=name, play=noting(name)) for name in names]

    short = ["a/examples", "b/examples", "a/unknown-id", "b/unknown-id", "a/coverage", "b/coverage"]
    assert [f"rest/{name}" for name in short] == _run(tmp_path, trials, budget=5.0)[0]
    assert names == _run(tmp_path, trials)[0]


def test_rounds_add_up_to_one_outcome_for_each_place(tmp_path: Path, clock: Clock) -> None:
    """However many rounds there were, a place has one line in the report; what time did not allow is told."""
    _, run = _run(tmp_path, _trials(clock), max_seconds=5.0)
    assert 4 == len({(item.rule, item.place) for item in run.outcomes if item.rule == "server-error"})
    assert len(run.outcomes) == len({(item.rule, item.place) for item in run.outcomes})
    reasons = {item.reason for item in run.outcomes if item.rule == "unanswered-request"}
    assert {"the time of --max-time was spent"} == reasons
    assert {Verdict.NOT_REACHED} == {item.verdict for item in run.outcomes}


def test_a_trial_that_explores_ends_with_its_time(tmp_path: Path, clock: Clock) -> None:
    """What is drawn is not drawn to the end when time is up in the middle."""

    class Slow(Notes):
        def answer(self, *asked: Any) -> tuple[int, Any]:
            clock.now += 0.3
            return super().answer(*asked)

    counted: list[int] = []
    (tmp_path / "openapi.json").write_text(json.dumps(DOCUMENT))
    settings = Settings(root=tmp_path, contract=tmp_path / "openapi.json")
    for seconds in (None, 0.5):
        service = Slow()
        with opened(service, settings, Options(max_examples=5, max_seconds=seconds)) as verification:
            drawn = [trial for trial in verification.trials if trial.id == "rest/create_note/fuzzing"]
            verification.run(lambda _: None, drawn)
        counted.append(len(service.asked))
    assert counted[0] > counted[1] == 2


def test_a_share_is_of_the_time_that_is_left(clock: Clock) -> None:
    """Half of what is left of 100 seconds after 20 ends after 60; without a time there is no end of a share either."""
    whole, endless = Deadline(100.0), Deadline()
    whole.start()
    clock.now += 20
    half = whole.share(0.5)
    clock.now += 39
    assert not half.over()
    clock.now += 1
    assert (True, False, False) == (half.over(), whole.over(), endless.share(0.5).over())
    clock.now += 40
    assert whole.share(0.5).over()
