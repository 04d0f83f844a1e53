"""``accord regress`` without its command line: both sides asked the same, and told apart where they differ."""

from __future__ import annotations

import tempfile
import time
from collections.abc import Callable, Iterator
from contextlib import ExitStack
from dataclasses import dataclass, field, replace
from importlib.metadata import version
from pathlib import Path

from accord.config import Settings
from accord.contract.contract import Contract
from accord.errors import ConfigurationError
from accord.findings.regression.result import Regression
from accord.findings.result import Progress
from accord.run.corpus import EMPTY, Corpus, stored, write_corpus
from accord.run.deadline import Deadline
from accord.run.discovery import is_url
from accord.run.opening import opened
from accord.run.options import Options
from accord.run.plan import load_contract
from accord.run.regression.live import Live
from accord.run.regression.recorded import Recorded, is_recording, read_recording
from accord.run.regression.scene import scenes
from accord.run.regression.stage import Showing, Sides, Stage


@dataclass(frozen=True, slots=True, kw_only=True)
class Asking:
    """What ``accord regress`` is asked; see its help for each.

    ``run`` is what goes for every run against either side; the headers of each side go there alone.
    """

    run: Options = field(default_factory=lambda: Options(max_examples=5))
    baseline_headers: tuple[tuple[str, str], ...] = ()
    candidate_headers: tuple[tuple[str, str], ...] = ()
    shape_only: bool = False
    slower: float | None = 1.5
    budget: float | None = None


def regress(
    baseline: object, candidate: object, settings: Settings, asking: Asking, tell: Callable[[Progress], None]
) -> Regression:
    """Ask *baseline* and *candidate* the same and return how they differ; *tell* hears of the cases being made.

    Each is the path of a recording, or what ``open_client`` takes.

    Raises an ``AccordError`` when one of them cannot be asked, or the two cannot be compared.
    """
    began = time.monotonic()
    deadline = Deadline(asking.budget)
    deadline.start()
    with ExitStack() as stack:
        contract = _contract(baseline, candidate, settings, asking)
        recordings = {
            name: read_recording(Path(name), contract)
            for name in (baseline, candidate)
            if isinstance(name, str) and is_recording(name)
        }
        if recordings:
            corpus = _recorded(*recordings.values())
        elif asking.run.explores and asking.run.only in (None, "rest"):
            corpus = drawn(baseline, contract, settings, asking, tell)
        else:
            corpus = stored(settings.corpus, needed=not asking.run.explores)

        def side(target: object, headers: tuple[tuple[str, str], ...]) -> Live | Recorded:
            if isinstance(target, str) and target in recordings:
                return recordings[target]
            options = replace(
                asking.run, headers=(*asking.run.headers, *headers), explores=True, learns=False
            )
            quiet = replace(settings, corpus=None)
            return Live(verification=stack.enter_context(opened(target, quiet, options, contract=contract)))

        def sides() -> Sides:
            first = side(baseline, asking.baseline_headers)
            other = side(candidate, asking.candidate_headers)
            second = side(baseline, asking.baseline_headers) if isinstance(first, Live) else None
            return Sides(first=first, second=second if isinstance(second, Live) else None, candidate=other)

        chosen = list(scenes(contract, corpus, only=asking.run.only, operations=asking.run.operations))
        names = (name_of(baseline), name_of(candidate))
        show = Showing(names=names, values=not asking.shape_only, slower=asking.slower)
        play = Stage(sides=sides(), contract=contract, showing=show, deadline=deadline)
        play.perform(chosen)
        # What had happened before may be why they differ: those that start anew do not know of it.
        if len(play.sides.live()) == 3 and play.collection.differences:
            play.repeat(sides())
        for live in play.sides.live():
            live.verification.clear_up()
        return Regression(
            accord=version("accord"),
            baseline=name_of(baseline),
            candidate=name_of(candidate),
            contract=f"{contract.title} {contract.version}".strip(),
            seed=asking.run.seed,
            seconds=time.monotonic() - began,
            cases=len(play.plays),
            plays=play.sent,
            differences=play.differences(),
            settled=play.collection.settled,
            restless=play.collection.restless,
            skipped=dict(play.skipped),
            latencies=tuple(play.latencies),
            notices=tuple(_notices(play.sides, asking)),
        )


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


def _contract(baseline: object, candidate: object, settings: Settings, asking: Asking) -> Contract:
    """Return the contract of *settings*, else what a side that runs publishes, the baseline before the candidate."""
    if settings.contract is not None and not is_url(settings.contract):
        return load_contract(settings)
    running = [item for item in (baseline, candidate) if not (isinstance(item, str) and is_recording(item))]
    if not running:
        raise ConfigurationError(
            "no contract is named, and no side runs that could publish one",
            place="[tool.accord] contract",
            next_step="Name the contract that the recordings were made for with --contract.",
        )
    headers = asking.baseline_headers if running[0] is baseline else asking.candidate_headers
    options = replace(asking.run, headers=(*asking.run.headers, *headers))
    with opened(running[0], replace(settings, corpus=None), options) as verification:
        return verification.context.contract


def name_of(target: object) -> str:
    """Return what people call *target*."""
    return target if isinstance(target, str) else f"{type(target).__module__}.{type(target).__qualname__}"


def drawn(
    target: object, contract: Contract, settings: Settings, asking: Asking, tell: Callable[[Progress], None]
) -> Corpus:
    """Return the stored cases and those that a run of the suite against *target* learns with its seed."""
    headers = (*asking.run.headers, *asking.baseline_headers)
    options = replace(asking.run, headers=headers, only="rest", learns=True, max_seconds=None, record=None)
    with tempfile.TemporaryDirectory(prefix="accord-") as folder:
        path = Path(folder) / "cases.ndjson"
        before = stored(settings.corpus, needed=False)
        if before is not EMPTY:
            write_corpus(before, path)
        with opened(target, replace(settings, corpus=path), options, contract=contract) as verification:
            verification.run(tell)
            if verification.stopped is not None:
                raise verification.stopped
        return stored(path, needed=False)


def _recorded(one: Recorded, other: Recorded | None = None) -> Corpus:
    """Return the cases of *one* recording, which the *other* has to have some of."""
    if other is not None and not any(key in other.answers for key in one.answers):
        raise ConfigurationError(
            f"has no case in common with {one.path}",
            place=str(other.path),
            next_step="Record both with the same --seed and contract, or the second with --cases of the first.",
        )
    return one.corpus
