"""``accord record``: what a service answers to the cases of the suite, written down to be compared later."""

from __future__ import annotations

import sys
from pathlib import Path
from typing import Annotated

import typer

from accord.cli import option
from accord.cli.asking import options_for, quieten, settings_for
from accord.cli.option import Exploration

Output = Annotated[
    Path, typer.Option("--output", "-o", metavar="FILE", help="Write the recording to this file.")
]
Cases = Annotated[
    Path | None,
    typer.Option(
        metavar="RECORDING", help="Ask what this recording asked, instead of cases that are made anew."
    ),
]


def record(  # noqa: PLR0913 - one argument for each option
    target: option.Target = None,
    *,
    output: Output,
    cases: Cases = None,
    contract: option.Contract = None,
    seed: option.Seed = 0,
    max_examples: option.MaxExamples = 5,
    only: option.Only = None,
    operation: option.OneOperation = None,
    exclude: option.Exclude = None,
    corpus: option.Corpus = None,
    exploration: option.Explore = Exploration.FULL,
    header: option.Header = None,
    timeout: option.Timeout = 10.0,
    safe: option.Safe = False,
    rate: option.RateLimit = None,
    keep: option.Keep = None,
    no_color: option.NoColor = False,
) -> None:
    """Play the cases of the suite twice and write what came, without secrets, for `accord regress`.

    \b
    accord record https://staging.example.com -o v1.4.ndjson                        make cases and record them
    accord record https://staging.example.com -o v1.5.ndjson --cases v1.4.ndjson    ask the same again
    """
    from accord.report.display import Display  # noqa: PLC0415 - heavy, and not needed for --help
    from accord.run.opening import chosen_target  # noqa: PLC0415
    from accord.run.regression.record import record as ask  # noqa: PLC0415

    settings = settings_for(contract, corpus)
    options = options_for(
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
    )
    quieten()
    with Display(sys.stderr, no_color=no_color) as display:
        written = ask(chosen_target(target, settings), output, settings, options, display.show, cases=cases)
    typer.echo(f"Recorded {written:,} plays.")
