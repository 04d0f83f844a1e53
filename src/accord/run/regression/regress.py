"""``accord regress`` without its command line: both sides asked the same, and told apart where they differ."""

from __future__ import annotations

import re
import time
from collections.abc import Callable, Iterator
from contextlib import ExitStack
from dataclasses import dataclass, field, replace
from importlib.metadata import version
from pathlib import Path
from typing import cast

from accord.config import Settings
from accord.contract.contract import Contract
from accord.errors import ConfigurationError
from accord.exchange.values import Session
from accord.exchange.wire import Headers
from accord.findings.regression.difference import Difference
from accord.findings.regression.result import Regression
from accord.findings.result import Location, Progress
from accord.run.corpus.stored import Corpus
from accord.run.deadline import Deadline
from accord.run.location import place_in
from accord.run.opening import opened
from accord.run.options import Options
from accord.run.regression.drawing import find_cases, find_contract
from accord.run.regression.live import Live
from accord.run.regression.recorded import Recorded, is_recording, read_recording
from accord.run.regression.scene import scenes
from accord.run.regression.stage import Showing, Sides, Stage

_SHOWN = 10
_LINE = re.compile(r":\d+#")


@dataclass(frozen=True, slots=True, kw_only=True)
class Asking:
    """What ``accord regress`` is asked; see its help for each.

    ``run`` is what goes for every run against either side; the headers of each side go there alone.
    """

    run: Options = field(default_factory=lambda: Options(max_examples=5))
    baseline_headers: Headers = ()
    candidate_headers: Headers = ()
    shape_only: bool = False
    slower: float | None = 1.5
    budget: float | None = None

    def options(self, *, baseline: bool) -> Options:
        """Return the options for one side."""
        headers = self.baseline_headers if baseline else self.candidate_headers
        return replace(self.run, headers=(*self.run.headers, *headers))


def regress(
    baseline: object,
    candidate: object,
    settings: Settings,
    asking: Asking,
    tell: Callable[[Progress], None],
) -> Regression:
    """Ask *baseline* and *candidate* the same and return how they differ; *tell* hears how far it is.

    Each is the path of a recording, or what ``open_client`` takes. Raises an ``AccordError`` when one of them
    cannot be asked, or the two cannot be compared.
    """
    began = time.monotonic()
    deadline = Deadline(asking.budget)
    deadline.start()
    contract = _contract(baseline, candidate, settings, asking)
    recordings = {
        side: read_recording(Path(cast("str", name)), contract)
        for side, name in (("baseline", baseline), ("candidate", candidate))
        if is_recording(name)
    }
    if recordings:
        corpus = _recorded(*recordings.values())
    else:
        options = replace(asking.options(baseline=True), budget=asking.budget and asking.budget / 3)
        corpus = find_cases(baseline, contract, settings, options, tell)
    with ExitStack() as stack:

        def side(name: str, target: object) -> Live | Recorded:
            if name in recordings:
                return recordings[name]
            # The plan of a run is not played, but an empty one would be refused.
            options = replace(asking.options(baseline=name == "baseline"), explores=True, learns=False)
            quiet = replace(settings, corpus=None)
            return Live(verification=stack.enter_context(opened(target, quiet, options, contract=contract)))

        def sides() -> Sides:
            first, other = side("baseline", baseline), side("candidate", candidate)
            second = side("baseline", baseline) if isinstance(first, Live) else None
            return Sides(first=first, second=second if isinstance(second, Live) else None, candidate=other)

        names = (name_of(baseline), name_of(candidate))
        showing = Showing(names=names, values=not asking.shape_only, slower=asking.slower)
        stage = Stage(sides=sides(), contract=contract, showing=showing, deadline=deadline, tell=tell)
        stage.perform(list(scenes(contract, corpus, only=asking.run.only, operations=asking.run.operations)))
        # What had happened before may be why they differ: those that start anew do not know of it.
        if stage.sides.live() and stage.collection.differences and not stage.interrupted:
            stage.repeat(sides())
        for live in stage.sides.live():
            live.verification.clear_up()
    return _result(stage, names, asking, seconds=time.monotonic() - began)


def name_of(target: object) -> str:
    """Return what people call *target*."""
    return target if isinstance(target, str) else f"{type(target).__module__}.{type(target).__qualname__}"


def _contract(baseline: object, candidate: object, settings: Settings, asking: Asking) -> Contract:
    """Return the contract of *settings*, else what a side that runs publishes, the baseline before the candidate."""
    baseline_runs = not is_recording(baseline)
    running = [item for item in (baseline, candidate) if not is_recording(item)]
    return find_contract(running, settings, asking.options(baseline=baseline_runs))


def _recorded(one: Recorded, other: Recorded | None = None) -> Corpus:
    """Return the cases of *one* recording, which the *other* has to have some of."""
    if other is not None and not any(key in other.answers for key in one.answers):
        raise ConfigurationError(
            f"has no case in common with {one.path}",
            place=str(other.path),
            next_step="Record both with the same --seed and contract, or the second with --cases of the first.",
        )
    return one.corpus


def _result(stage: Stage, names: tuple[str, str], asking: Asking, *, seconds: float) -> Regression:
    differences = stage.differences()
    cases = sum(1 for plays in stage.plays.values() if plays.candidate and (plays.first or plays.second))
    if not cases and stage.deadline.over():
        raise ConfigurationError(
            f"nothing was compared within {asking.budget:g} seconds",
            place="--budget",
            next_step="Give it more time, or ask less with --operation or --only.",
        )
    return Regression(
        accord=version("accord"),
        baseline=names[0],
        candidate=names[1],
        contract=f"{stage.contract.title} {stage.contract.version}".strip(),
        seed=asking.run.seed,
        seconds=seconds,
        cases=cases,
        plays=stage.sent,
        differences=differences,
        locations={item.fingerprint: _location(item, stage.contract) for item in differences},
        settled=stage.collection.settled,
        restless=stage.collection.restless,
        skipped=dict(stage.skipped),
        latencies=tuple(stage.latencies),
        notices=(*_left_out(stage, asking), *_notices(stage.sides, asking)),
        interrupted=stage.interrupted,
    )


def _location(difference: Difference, contract: Contract) -> Location:
    """Return where *contract* speaks of *difference*, else where it has its operation or channel."""
    shown = difference.baseline or difference.candidate
    subject = shown.channel if isinstance(shown, Session) else difference.place
    return place_in(_LINE.sub("#", difference.contract), contract, subject=subject)


def _left_out(stage: Stage, asking: Asking) -> Iterator[str]:
    """Yield a line for what there was no time to ask again, and for the operations of which nothing was compared."""
    if stage.unsettled:
        yield (
            f"{stage.unsettled} more seemed to differ, and there was no time to ask again: give --budget more"
        )
    if asking.run.only not in (None, "rest"):
        return
    wanted = asking.run.operations or [item.id for item in stage.contract.operations]
    compared = stage.compared()
    left = [item for item in wanted if item not in compared and item not in asking.run.excluded]
    if left:
        more = f" and {len(left) - _SHOWN} more" if len(left) > _SHOWN else ""
        yield f"nothing was compared of {', '.join(left[:_SHOWN])}{more}"


def _notices(sides: Sides, asking: Asking) -> Iterator[str]:
    for side in (sides.first, sides.candidate):
        if isinstance(side, Recorded) and side.left_out:
            yield (
                f"{side.path}: {side.left_out} exchanges cannot be asked again by themselves; "
                "`accord record` keeps what each case needs"
            )
    if asking.shape_only:
        yield "values were not compared, only what they look like"
    elif isinstance(sides.first, Recorded) and not any(
        len(item) > 1 for item in sides.first.answers.values()
    ):
        yield "the baseline was asked once, so values were not compared, only what they look like"
    if len(sides.live()) < 3 and asking.slower is not None:
        yield "how long answers take was not compared: a side is recorded"
