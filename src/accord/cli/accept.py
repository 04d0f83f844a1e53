"""``accord accept``: take what a service publishes as its contract."""

from __future__ import annotations

import sys
from contextlib import suppress
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from accord.cli import drift, option
from accord.cli.compare import AllowRemote
from accord.cli.drifting import Given, question
from accord.errors import ConfigurationError

if TYPE_CHECKING:
    from collections.abc import Mapping

    from accord.config import Settings
    from accord.run.drift.question import Question


Partial = Annotated[
    bool,
    typer.Option("--partial", help="Take what is published as a part: the rest of the contract stays."),
]
Yes = Annotated[bool, typer.Option("--yes", "-y", help="Do not ask first.")]


def accept(
    target: drift.Target = None,
    *,
    contract: drift.Contract = None,
    partial: Partial = False,
    header: option.Header = None,
    allow_remote: AllowRemote = None,
    timeout: drift.Timeout = None,
    yes: Yes = False,
    no_color: option.NoColor = False,
) -> None:
    """Show what differs, then write what the service publishes into the contract, and its models anew.

    Overlays, and all that the service does not publish, stay as they are.
    """
    from accord.cli.header import read_header  # noqa: PLC0415
    from accord.config import read_settings  # noqa: PLC0415 - heavy, and not needed for --help

    settings = read_settings(Path.cwd())
    given = Given(
        target=target,
        contract=contract,
        partial=partial,
        headers=tuple(read_header(item) for item in header or ()),
        timeout=timeout,
        hosts=tuple(allow_remote or ()),
        alerts=False,
    )
    _accept(settings, given, yes=yes, no_color=no_color)


def _accept(settings: Settings, given: Given, *, yes: bool, no_color: bool) -> None:
    from accord import codegen  # noqa: PLC0415
    from accord.contract.contract import load  # noqa: PLC0415
    from accord.report.changes.terminal import Detail, tell  # noqa: PLC0415
    from accord.report.console import console_for  # noqa: PLC0415
    from accord.report.text import printable  # noqa: PLC0415
    from accord.run.drift.acceptance import differing, losses, parted, write  # noqa: PLC0415
    from accord.run.drift.published import committed, published  # noqa: PLC0415
    from accord.run.drift.unspoken import completed, held, notice  # noqa: PLC0415
    from accord.run.source.document import Fetcher  # noqa: PLC0415

    put = question(settings, given)
    path = put.wanted.contract
    if not path.exists() or (path.is_dir() and not any(path.iterdir())):
        _begin(put, settings, yes=yes)
        return
    folder = path.parent if path.is_file() else path
    fetch = Fetcher(seconds=put.wanted.seconds, hosts=put.options.hosts).referenced
    with published(put.wanted, committed(put.wanted, fetch), fetch) as found:
        compared, names = held(found, put.options)
        whole = completed(found, names).files
        files = differing(parted(whole, found.committed) if put.wanted.partial else whole, folder)
        models = settings.generated if settings.contract == path else None
        # Made first: a contract without its models is written only where a part has no models of its own.
        texts = codegen.generate(found.current.contract) if models and not put.wanted.partial else {}
        notices = (*found.notices, *notice(names), *losses(files, folder))
    with suppress(SystemExit):
        console = console_for(sys.stdout, no_color=no_color)
        tell(compared, console, fail_on=put.drift.fail_on, detail=Detail.NORMAL)
    for line in notices:
        typer.echo(f"Note         {printable(line, limit=500)}")
    if not files:
        typer.echo("The contract has all of it: nothing is written.")
        return
    _confirm(files, folder, yes=yes)
    write(files, folder)
    typer.echo(f"{folder}: {', '.join(files)} written", err=True)
    if models:
        texts = texts or codegen.generate(load(path))
        codegen.write(texts, models)
        typer.echo(f"{models}: {len(texts)} files written", err=True)


def _begin(put: Question, settings: Settings, *, yes: bool) -> None:
    """Write the first contract: what the service publishes, all of it."""
    from accord import codegen  # noqa: PLC0415
    from accord.contract.contract import SUFFIXES, load, load_text  # noqa: PLC0415
    from accord.run.drift.acceptance import readable, write  # noqa: PLC0415
    from accord.run.drift.document import first  # noqa: PLC0415

    path = put.wanted.contract
    folder = path.parent if path.suffix in SUFFIXES else path
    found = {
        (path.name if path.suffix in SUFFIXES and name == "openapi.json" else name): item.data
        for name, item in first(put.wanted).items()
    }
    files = {name: readable(name, data) for name, data in found.items()}
    for name, data in files.items():
        contract = load_text(data.decode("utf-8", "replace"), name=name)
        typer.echo(
            f"{put.wanted.name}: {contract.title} {contract.version}, {len(contract.operations):,} operations"
        )
    _confirm(files, folder, yes=yes)
    write(files, folder)
    typer.echo(f"{folder}: {', '.join(files)} written", err=True)
    if settings.generated and settings.contract == path:
        texts = codegen.generate(load(path))
        codegen.write(texts, settings.generated)
        typer.echo(f"{settings.generated}: {len(texts)} files written", err=True)


def _confirm(files: Mapping[str, bytes], folder: Path, *, yes: bool) -> None:
    if yes:
        return
    if not sys.stdin.isatty():
        raise ConfigurationError(
            f"nobody is there to be asked whether to write {', '.join(files)}",
            place=str(folder),
            next_step="Run it on a terminal, or with --yes.",
        )
    typer.confirm(f"Write {', '.join(files)} to {folder}?", abort=True)
