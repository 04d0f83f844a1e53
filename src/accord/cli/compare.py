"""``accord compare``: what changed between two contracts, and whom it breaks."""

from __future__ import annotations

import sys
from contextlib import suppress
from enum import StrEnum
from pathlib import Path
from typing import Annotated, Optional

import typer


class Reliance(StrEnum):
    """The policies, as ``--policy`` takes them."""

    STRICT = "strict"
    OPEN = "open"
    WIRE = "wire"


class Speaker(StrEnum):
    """Who sends messages, as ``--sender`` takes it."""

    CLIENT = "client"
    SERVER = "server"
    BOTH = "both"


class Threshold(StrEnum):
    """What ``--fail-on`` takes; a severity may be named instead of the verdict that has it."""

    BREAKING = "breaking"
    UNPROVEN = "unproven"
    ERROR = "error"
    WARNING = "warning"
    NOTE = "note"
    NONE = "none"


_SEVERITIES = {"breaking": "error", "unproven": "warning"}


def compare(  # noqa: PLR0913 - one argument for each option
    old: Annotated[
        str,
        typer.Argument(
            help="What clients know: a file, a folder, a URL, a running service, or REVISION:PATH of git."
        ),
    ],
    new: Annotated[str, typer.Argument(help="What is to come: the same.")],
    *,
    policy: Annotated[
        Reliance,
        typer.Option(
            help="strict: lists of values and unions are complete. open: undeclared members are ignored, and a "
            "server may send new values. wire: only what can no longer be parsed breaks."
        ),
    ] = Reliance.OPEN,
    fail_on: Annotated[
        Threshold, typer.Option(help="From which verdict or severity the exit code is 1.")
    ] = Threshold.BREAKING,
    report: Annotated[
        Optional[list[str]],  # noqa: UP045 - typer reads it at run time
        typer.Option(
            help="Write a report: json=PATH, junit=, markdown=, sarif= or github=; - is standard output; repeatable."
        ),
    ] = None,
    approvals: Annotated[
        Optional[Path],  # noqa: UP045
        typer.Option(help="File of approved changes: fingerprint, owner, reason and until of each."),
    ] = None,
    months: Annotated[
        Optional[int],  # noqa: UP045
        typer.Option(
            min=0,
            max=1200,
            help="For how many months after its announced sunset a thing must stay; `sunset-months` in the settings.",
        ),
    ] = None,
    usage: Annotated[
        Optional[Path],  # noqa: UP045
        typer.Option(help="Count what each change touches in a recording of `accord verify --record`."),
    ] = None,
    replay: Annotated[
        Optional[str],  # noqa: UP045
        typer.Option(metavar="URL", help="Send the witness requests to the service there."),
    ] = None,
    header: Annotated[
        Optional[list[str]],  # noqa: UP045
        typer.Option("--header", "-H", help="With --replay: add 'Name: value' to every request; repeatable."),
    ] = None,
    allow_remote: Annotated[
        Optional[list[str]],  # noqa: UP045
        typer.Option(metavar="HOST", help="Let references lead to documents of this host; repeatable."),
    ] = None,
    sender: Annotated[
        Speaker, typer.Option(help="Who sends the messages of JSON Schemas that stand alone.")
    ] = Speaker.BOTH,
    timeout: Annotated[
        float, typer.Option(min=0.1, max=86_400, help="Seconds that one answer may take.")
    ] = 30.0,
    quiet: Annotated[
        bool, typer.Option("--quiet", "-q", help="Tell the verdict and one line a change.")
    ] = False,
    verbose: Annotated[
        bool,
        typer.Option("--verbose", "-v", help="Tell all that a change reaches, and what is safe in full."),
    ] = False,
    no_color: Annotated[bool, typer.Option("--no-color", help="Print without colours.")] = False,
) -> None:
    """Tell what changed between two contracts, and prove what breaks a client that is out there.

    \b
    accord compare old.yaml new.yaml                     two documents, or two folders
    accord compare main:contracts/mine contracts/mine    a revision of git against the working directory
    accord compare openapi.yaml https://staging/         a document against what a service publishes
    """
    from accord.cli.header import read_header  # noqa: PLC0415
    from accord.config import read_settings  # noqa: PLC0415
    from accord.findings.changes.change import Sender  # noqa: PLC0415 - heavy, and not needed for --help
    from accord.findings.changes.policy import Policy  # noqa: PLC0415
    from accord.findings.finding import Severity  # noqa: PLC0415
    from accord.report.changes.files import parse, write  # noqa: PLC0415
    from accord.report.changes.terminal import Detail, tell  # noqa: PLC0415
    from accord.report.console import console_for  # noqa: PLC0415
    from accord.run.compare import Options  # noqa: PLC0415
    from accord.run.compare import compare as ask  # noqa: PLC0415
    from accord.run.severities import read_severities  # noqa: PLC0415

    for item in report or ():
        parse(item)
    threshold = None if fail_on is Threshold.NONE else Severity(_SEVERITIES.get(fail_on, fail_on))
    settings = read_settings(Path.cwd())
    severities, off = read_severities(settings)
    options = Options(
        policy=Policy(policy.value),
        seconds=timeout,
        approvals=approvals,
        hosts=frozenset(allow_remote or ()),
        severities=severities,
        off=off,
        months=settings.sunset_months if months is None else months,
        usage=usage,
        replay=replay,
        headers=tuple(read_header(item) for item in header or ()),
        sender=None if sender is Speaker.BOTH else Sender(sender.value),
    )
    compared = ask(old, new, options)
    # A report on standard output is read by a program: people read the other stream then.
    stream = sys.stderr if any(item.endswith("=-") for item in report or ()) else sys.stdout
    detail = Detail.QUIET if quiet else Detail.VERBOSE if verbose else Detail.NORMAL
    try:
        for item in report or ():
            write(item, compared, fail_on=threshold)
    finally:
        # Rich exits when nobody reads on, as in `accord compare ... | head`.
        with suppress(SystemExit):
            tell(compared, console_for(stream, no_color=no_color), fail_on=threshold, detail=detail)
    raise typer.Exit(1 if compared.counted(threshold) else 0)
