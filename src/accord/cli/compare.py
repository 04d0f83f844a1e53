"""``accord compare``: what changed between two contracts, and whom it breaks."""

from __future__ import annotations

import os
from enum import StrEnum
from functools import partial
from pathlib import Path
from typing import Annotated

import typer

from accord.cli import option
from accord.cli.telling import write_and_tell
from accord.errors import ConfigurationError


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


Old = Annotated[
    str | None,
    typer.Argument(
        help="What clients know: a file, a folder, a URL, a running service, or REVISION:PATH of git. "
        "Default: contract in [tool.accord], as it was where this branch left the main one."
    ),
]
New = Annotated[
    str | None, typer.Argument(help="What is to come: the same. Default: contract in [tool.accord].")
]
Base = Annotated[
    str | None,
    typer.Option(
        metavar="REV", help="Without arguments: the branch that the change is for. Default: the main one."
    ),
]
Rely = Annotated[
    Reliance,
    typer.Option(
        help="strict: lists of values and unions are complete. open: undeclared members are ignored, and a "
        "server may send new values. wire: only what can no longer be parsed breaks."
    ),
]
FailOn = Annotated[Threshold, typer.Option(help="From which verdict or severity the exit code is 1.")]
Report = Annotated[
    list[str] | None,
    typer.Option(
        metavar="FORMAT=PATH",
        help="Write a report: html=PATH, json=, junit=, markdown=, sarif= or github=; - for standard output.",
    ),
]
Approvals = Annotated[
    Path | None,
    typer.Option(
        metavar="FILE", help="File of approved changes: fingerprint, owner, reason and until of each."
    ),
]
Months = Annotated[
    int | None,
    typer.Option(
        min=0,
        max=1200,
        metavar="NUMBER",
        help="For how many months after its announced sunset a thing must stay; `sunset-months` in the settings.",
    ),
]
Usage = Annotated[
    Path | None,
    typer.Option(
        metavar="RECORDING", help="Count what each change touches in a recording of `accord verify --record`."
    ),
]
Replay = Annotated[
    str | None, typer.Option(metavar="URL", help="Send the witness requests to the service there.")
]
AllowRemote = Annotated[
    list[str] | None,
    typer.Option(metavar="HOST", help="Let references lead to documents of this host; repeatable."),
]
Sends = Annotated[Speaker, typer.Option(help="Who sends the messages of JSON Schemas that stand alone.")]

_SEVERITIES = {"breaking": "error", "unproven": "warning"}


def compare(  # noqa: PLR0913 - one argument for each option
    old: Old = None,
    new: New = None,
    *,
    base: Base = None,
    policy: Rely = Reliance.OPEN,
    fail_on: FailOn = Threshold.BREAKING,
    report: Report = None,
    approvals: Approvals = None,
    months: Months = None,
    usage: Usage = None,
    replay: Replay = None,
    header: option.Header = None,
    allow_remote: AllowRemote = None,
    sender: Sends = Speaker.BOTH,
    timeout: option.Timeout = 30.0,
    quiet: option.Quiet = False,
    verbose: option.Verbose = False,
    no_color: option.NoColor = False,
) -> None:
    """Tell what changed between two contracts, and prove what breaks a client that is out there.

    \b
    accord compare                                       the contract since this branch left the main one
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
    from accord.run.compare import Options  # noqa: PLC0415
    from accord.run.compare import compare as ask  # noqa: PLC0415
    from accord.run.severities import read_severities  # noqa: PLC0415

    for item in report or ():
        parse(item)
    sides = _sides(old, new, base)
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
    compared = ask(*sides, options)
    detail = Detail.QUIET if quiet else Detail.VERBOSE if verbose else Detail.NORMAL
    write_and_tell(
        report or (),
        partial(write, compared=compared, fail_on=threshold),
        partial(tell, compared, fail_on=threshold, detail=detail),
        no_color=no_color,
    )
    raise typer.Exit(1 if compared.counted(threshold) else 0)


def _sides(old: str | None, new: str | None, base: str | None) -> tuple[str, str]:
    """Return both sides: those that are named, else the contract of the settings; exits where that is new."""
    if old is not None and new is not None and base is None:
        return old, new
    from accord.config import read_settings  # noqa: PLC0415 - heavy, and not needed for --help
    from accord.run.plan import contract_path  # noqa: PLC0415 - imports all that a run may need
    from accord.run.source.ancestor import ancestor  # noqa: PLC0415

    if old is not None:
        raise ConfigurationError(
            "names one side alone" if new is None else "is given beside two sides",
            place="accord compare" if new is None else "--base",
            next_step="Name both sides, or none of them.",
        )
    path = contract_path(read_settings(Path.cwd()))
    before = ancestor(path, base)
    if before is None:
        typer.echo("The contract is new: there is nothing that it could break.")
        raise typer.Exit
    return before, os.path.relpath(path)
