"""``accord record`` without its command line: the cases of the suite played twice, and what came written down."""

from __future__ import annotations

import time
from collections.abc import Callable, Sequence
from contextlib import ExitStack
from dataclasses import replace
from pathlib import Path

import orjson

from accord.config import Settings
from accord.contract.contract import Contract
from accord.errors import RecordingError
from accord.exchange.recording import Mark, Recorder
from accord.exchange.secrets import Secrets
from accord.exchange.values import Session
from accord.findings.result import Progress, StageFinished, StageStarted, TrialFinished, TrialStarted
from accord.run.corpus.stored import write_case
from accord.run.opening import opened
from accord.run.options import Options
from accord.run.regression.drawing import find_cases, find_contract
from accord.run.regression.live import Live
from accord.run.regression.recorded import END, read_recording
from accord.run.regression.scene import Answer, Chain, Scene, scenes


def record(
    target: object,
    path: Path,
    settings: Settings,
    options: Options,
    tell: Callable[[Progress], None],
    *,
    cases: Path | None = None,
) -> int:
    """Play the cases of the suite, or those of the recording *cases*, against *target*, and write them to *path*.

    Each is played twice, the second time of an application made anew where there is a factory: so whoever reads
    it knows what changes by itself. Returns how many plays were written; raises an ``AccordError``.
    """
    if not path.absolute().parent.is_dir() or path.is_dir():
        # Said before anything is asked, which takes its time.
        raise RecordingError(
            "the recording cannot be written there",
            place=str(path),
            next_step="Name a file in a directory that exists.",
        )
    contract = find_contract([target], settings, options)
    if cases is None:
        corpus = find_cases(target, contract, settings, options, tell)
    else:
        corpus = read_recording(cases, contract).corpus
    chosen = list(scenes(contract, corpus, only=options.only, operations=options.operations))
    written = 0
    with ExitStack() as stack:
        recorder = stack.enter_context(Recorder(path, Secrets()))
        for number in (1, 2):
            side = _opened(target, contract, settings, options, stack)
            written += _played(f"recorded {number}", side, chosen, recorder, tell)
            side.verification.clear_up()
        recorder.mark(END)
    return written


def _opened(
    target: object, contract: Contract, settings: Settings, options: Options, stack: ExitStack
) -> Live:
    quiet = replace(settings, corpus=None)
    run = replace(options, explores=True, learns=False)
    return Live(verification=stack.enter_context(opened(target, quiet, run, contract=contract)))


def _played(
    name: str, side: Live, chosen: Sequence[Scene], recorder: Recorder, tell: Callable[[Progress], None]
) -> int:
    since, written = time.monotonic(), 0
    tell(StageStarted(stage=name, trials=len(chosen)))
    for scene in chosen:
        tell(TrialStarted(stage=name, trial=scene.name))
        for key, answer in side.play(scene).items():
            _write(recorder, side, scene, key, answer)
            written += 1
        tell(TrialFinished(stage=name, trial=scene.name, outcomes=(), cases=1))
    tell(StageFinished(stage=name, seconds=time.monotonic() - since))
    return written


def _write(recorder: Recorder, side: Live, scene: Scene, key: str, answer: Answer) -> None:
    case = orjson.loads(write_case(scene.case)) if isinstance(scene, Chain) else None
    recorder.mark(Mark(name=key, case=case))
    for item in (answer,) if isinstance(answer, Session) else answer.exchanges:
        recorder(side.mask(item))
