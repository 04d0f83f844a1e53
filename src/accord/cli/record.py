"""``accord record``: what a service answers to the cases of the suite, written down to be compared later."""

from __future__ import annotations

import sys
from pathlib import Path
from typing import Annotated, Optional

import typer

from accord.cli.asking import Exploration, Stage, options_for, quieten, settings_for


def record(  # noqa: PLR0913 - one argument for each option
    target: Annotated[
        Optional[str],  # noqa: UP045 - typer reads it at run time
        typer.Argument(
            help="An http(s) URL, or package.module:name of an ASGI or WSGI application or factory. "
            "Default: target in [tool.accord]."
        ),
    ] = None,
    *,
    output: Annotated[Path, typer.Option("--output", "-o", help="Write the recording to this file.")],
    cases: Annotated[
        Optional[Path],  # noqa: UP045
        typer.Option(help="Ask what this recording asked, instead of cases that are made anew."),
    ] = None,
    contract: Annotated[
        Optional[str],  # noqa: UP045
        typer.Option(
            help="The contract's folder, document or git:REVISION:PATH. Default: contract in [tool.accord], "
            "else what the service publishes."
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
    header: Annotated[
        Optional[list[str]],  # noqa: UP045
        typer.Option("--header", "-H", help="Add 'Name: value' to every request; repeatable."),
    ] = None,
    timeout: Annotated[
        float, typer.Option(min=0.1, max=86_400, help="Seconds that one answer may take.")
    ] = 10.0,
    safe: Annotated[bool, typer.Option("--safe", help="Send only GET, HEAD and OPTIONS.")] = False,
    rate: Annotated[
        Optional[str],  # noqa: UP045
        typer.Option(help="Ask no more often than this: 10/s, 100/m or 1000/h."),
    ] = None,
    keep: Annotated[
        Optional[bool],  # noqa: UP045
        typer.Option("--keep/--remove", help="Keep or remove what was created. Default: remove at a URL."),
    ] = None,
    no_color: Annotated[bool, typer.Option("--no-color", help="Print without colours.")] = False,
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
