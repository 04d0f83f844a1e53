"""``accord regress``: the same questions to two services or recordings, and what is answered otherwise."""

from __future__ import annotations

import sys
from enum import StrEnum
from functools import partial
from typing import Annotated

import typer

from accord.cli import option
from accord.cli.asking import options_for, quieten, settings_for
from accord.cli.option import Exploration
from accord.cli.telling import INTERRUPTED, write_and_tell


class Threshold(StrEnum):
    """What ``--fail-on`` takes; a severity may be named instead of the standing that has it."""

    BREAKS = "breaks"
    UNCOVERED = "uncovered"
    ALLOWED = "allowed"
    ERROR = "error"
    WARNING = "warning"
    NOTE = "note"
    NONE = "none"


_SEVERITIES = {"breaks": "error", "uncovered": "warning", "allowed": "note"}


Baseline = Annotated[
    str,
    typer.Argument(
        help="What clients know: an http(s) URL, package.module:name of an application or factory, "
        "or a recording."
    ),
]
Candidate = Annotated[str, typer.Argument(help="What is to come: the same.")]
ShapeOnly = Annotated[
    bool, typer.Option("--shape-only", help="Compare no values: for sides with other data.")
]
Slower = Annotated[
    float,
    typer.Option(
        min=0,
        metavar="FACTOR",
        help="Tell an operation that takes so many times as long; 0 compares no times.",
    ),
]
BaselineHeader = Annotated[
    list[str] | None, typer.Option(metavar="HEADER", help="The same, for the baseline alone.")
]
CandidateHeader = Annotated[
    list[str] | None, typer.Option(metavar="HEADER", help="The same, for the candidate alone.")
]
FailOn = Annotated[Threshold, typer.Option(help="From which standing or severity the exit code is 1.")]
Report = Annotated[
    list[str] | None,
    typer.Option(
        metavar="FORMAT=PATH",
        help="Write a report: json=PATH, junit=, markdown= or github=; - is standard output; repeatable.",
    ),
]


def regress(  # noqa: PLR0913 - one argument for each option
    baseline: Baseline,
    candidate: Candidate,
    *,
    contract: option.Contract = None,
    seed: option.Seed = 0,
    max_examples: option.MaxExamples = 5,
    only: option.Only = None,
    operation: option.OneOperation = None,
    exclude: option.Exclude = None,
    corpus: option.Corpus = None,
    exploration: option.Explore = Exploration.FULL,
    budget: option.Budget = None,
    shape_only: ShapeOnly = False,
    slower: Slower = 1.5,
    header: option.Header = None,
    baseline_header: BaselineHeader = None,
    candidate_header: CandidateHeader = None,
    fail_on: FailOn = Threshold.UNCOVERED,
    report: Report = None,
    timeout: option.Timeout = 10.0,
    safe: option.Safe = False,
    rate: option.RateLimit = None,
    keep: option.Keep = None,
    quiet: option.Quiet = False,
    verbose: option.Verbose = False,
    no_color: option.NoColor = False,
) -> None:
    """Ask two sides the same and tell what the candidate answers otherwise than the baseline.

    \b
    accord regress https://api.example.com https://staging.example.com    two services
    accord regress v1.4.ndjson myapp.main:app                             a recording and an application
    """
    from accord.cli.header import read_header  # noqa: PLC0415 - heavy, and not needed for --help
    from accord.findings.finding import Severity  # noqa: PLC0415
    from accord.report.display import Display  # noqa: PLC0415
    from accord.report.regression.files import parse, write  # noqa: PLC0415
    from accord.report.regression.terminal import Detail, tell  # noqa: PLC0415
    from accord.run.duration import seconds  # noqa: PLC0415
    from accord.run.regression.regress import Asking  # noqa: PLC0415
    from accord.run.regression.regress import regress as ask  # noqa: PLC0415

    for item in report or ():
        parse(item)
    threshold = None if fail_on is Threshold.NONE else Severity(_SEVERITIES.get(fail_on, fail_on))
    settings = settings_for(contract, corpus)
    asking = Asking(
        run=options_for(
            seed=seed,
            max_examples=max_examples,
            only=only,
            operations=operation,
            exclude=exclude,
            exploration=exploration,
            headers=header,
            timeout=timeout,
            safe=safe,
            rate=rate,
            keep=keep,
        ),
        baseline_headers=tuple(read_header(item) for item in baseline_header or ()),
        candidate_headers=tuple(read_header(item) for item in candidate_header or ()),
        shape_only=shape_only,
        slower=slower or None,
        budget=seconds(budget, place="--budget") if budget is not None else None,
    )
    quieten()
    with Display(sys.stderr, no_color=no_color) as display:
        regression = ask(baseline, candidate, settings, asking, display.show)
    detail = Detail.QUIET if quiet else Detail.VERBOSE if verbose else Detail.NORMAL
    write_and_tell(
        report or (),
        partial(write, regression=regression, fail_on=threshold),
        partial(tell, regression, fail_on=threshold, detail=detail),
        no_color=no_color,
    )
    if regression.interrupted:
        typer.echo("interrupted: what both sides had answered until then is told, asked once", err=True)
        raise typer.Exit(INTERRUPTED)
    raise typer.Exit(1 if regression.counted(threshold) else 0)
