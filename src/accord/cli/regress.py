"""``accord regress``: the same questions to two services or recordings, and what is answered otherwise."""

from __future__ import annotations

import sys
from contextlib import suppress
from enum import StrEnum
from pathlib import Path
from typing import Annotated, Optional

import typer

from accord.cli.asking import Exploration, Stage, options_for, quieten, settings_for


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


def regress(  # noqa: PLR0913 - one argument for each option
    baseline: Annotated[
        str,
        typer.Argument(
            help="What clients know: an http(s) URL, package.module:name of an application or factory, "
            "or a recording."
        ),
    ],
    candidate: Annotated[str, typer.Argument(help="What is to come: the same.")],
    *,
    contract: Annotated[
        Optional[str],  # noqa: UP045 - typer reads it at run time
        typer.Option(
            help="The contract's folder, document or git:REVISION:PATH. Default: contract in [tool.accord], "
            "else what the baseline publishes."
        ),
    ] = None,
    seed: Annotated[int, typer.Option(help="Where the drawn cases start; the same seed draws the same.")] = 0,
    max_examples: Annotated[int, typer.Option(min=1, help="Fuzzing cases for each operation.")] = 5,
    only: Annotated[Optional[Stage], typer.Option(help="Ask the cases of one stage alone.")] = None,  # noqa: UP045
    operation: Annotated[
        Optional[list[str]],  # noqa: UP045
        typer.Option(help="Ask this operation alone; repeatable."),
    ] = None,
    corpus: Annotated[
        Optional[Path],  # noqa: UP045
        typer.Option(help="Ask the cases stored in PATH first. Default: corpus in [tool.accord]."),
    ] = None,
    exploration: Annotated[
        Exploration, typer.Option(help="none: only what is stored, workflows and sessions.")
    ] = Exploration.FULL,
    budget: Annotated[
        Optional[str],  # noqa: UP045
        typer.Option(metavar="TIME", help="Ask no longer than this, such as 60s or 10m."),
    ] = None,
    shape_only: Annotated[
        bool, typer.Option("--shape-only", help="Compare no values: for sides with other data.")
    ] = False,
    slower: Annotated[
        float,
        typer.Option(min=0, help="Tell an operation that takes so many times as long; 0 compares no times."),
    ] = 1.5,
    header: Annotated[
        Optional[list[str]],  # noqa: UP045
        typer.Option("--header", "-H", help="Add 'Name: value' to every request; repeatable."),
    ] = None,
    baseline_header: Annotated[
        Optional[list[str]],  # noqa: UP045
        typer.Option(help="The same, for the baseline alone."),
    ] = None,
    candidate_header: Annotated[
        Optional[list[str]],  # noqa: UP045
        typer.Option(help="The same, for the candidate alone."),
    ] = None,
    fail_on: Annotated[
        Threshold, typer.Option(help="From which standing or severity the exit code is 1.")
    ] = Threshold.UNCOVERED,
    report: Annotated[
        Optional[list[str]],  # noqa: UP045
        typer.Option(
            help="Write a report: json=PATH, junit= or markdown=; - is standard output; repeatable."
        ),
    ] = None,
    timeout: Annotated[
        float, typer.Option(min=0.1, max=86_400, help="Seconds that one answer may take.")
    ] = 10.0,
    safe: Annotated[bool, typer.Option("--safe", help="Send only GET, HEAD and OPTIONS.")] = False,
    rate: Annotated[
        Optional[str],  # noqa: UP045
        typer.Option(help="Ask neither side more often than this: 10/s, 100/m or 1000/h."),
    ] = None,
    keep: Annotated[
        Optional[bool],  # noqa: UP045
        typer.Option("--keep/--remove", help="Keep or remove what was created. Default: remove at a URL."),
    ] = None,
    quiet: Annotated[
        bool, typer.Option("--quiet", "-q", help="Tell the verdict and one line a difference.")
    ] = False,
    verbose: Annotated[
        bool, typer.Option("--verbose", "-v", help="Tell what both sides answered as well.")
    ] = False,
    no_color: Annotated[bool, typer.Option("--no-color", help="Print without colours.")] = False,
) -> None:
    """Ask two sides the same and tell what the candidate answers otherwise than the baseline.

    \b
    accord regress https://api.example.com https://staging.example.com    two services
    accord regress v1.4.ndjson myapp.main:app                             a recording and an application
    """
    from accord.cli.header import read_header  # noqa: PLC0415 - heavy, and not needed for --help
    from accord.findings.finding import Severity  # noqa: PLC0415
    from accord.report.console import console_for  # noqa: PLC0415
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
    # A report on standard output is read by a program: people read the other stream then.
    stream = sys.stderr if any(item.endswith("=-") for item in report or ()) else sys.stdout
    detail = Detail.QUIET if quiet else Detail.VERBOSE if verbose else Detail.NORMAL
    try:
        for item in report or ():
            write(item, regression, fail_on=threshold)
    finally:
        # Rich exits when nobody reads on, as in `accord regress ... | head`.
        with suppress(SystemExit):
            tell(regression, console_for(stream, no_color=no_color), fail_on=threshold, detail=detail)
    raise typer.Exit(1 if regression.counted(threshold) else 0)
