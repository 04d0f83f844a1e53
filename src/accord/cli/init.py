"""``accord init``: from somebody's repository to a first report."""

from __future__ import annotations

import sys
from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from accord.cli import option
from accord.cli.option import Threshold
from accord.cli.telling import INTERRUPTED
from accord.errors import AccordError, ConfigurationError, ContractError

if TYPE_CHECKING:
    from accord.contract.contract import Contract
    from accord.run.beginning import Draft
    from accord.run.survey import Survey

_LINES = 12
_NAMES = 3
_EXAMPLES = 10
_SECONDS = 40.0
_TRIED = 3


def init(
    target: Annotated[
        str | None,
        typer.Argument(
            help="package.module:name of the application, or an http(s) URL. Default: what is found here."
        ),
    ] = None,
    *,
    contract: Annotated[
        Path | None, typer.Option(help="The contract's folder or document. Default: what is found here.")
    ] = None,
    yes: Annotated[bool, typer.Option("--yes", "-y", help="Write without asking.")] = False,
    dry_run: Annotated[
        bool, typer.Option("--dry-run", help="Show what would be written, and nothing else.")
    ] = False,
    verify: Annotated[
        bool, typer.Option("--verify/--no-verify", help="Give a first report when all is written.")
    ] = True,
    no_color: option.NoColor = False,
) -> None:
    """Set a project up: find its contract and its application, write the settings, give a first report.

    \b
    accord init                              what is found in this folder; shown before it is written
    accord init myapp.main:app --yes         an application, without a question
    accord init http://127.0.0.1:8000        a running service, which is asked with --safe
    """
    from accord.run.beginning import GITLAB, needs, write  # noqa: PLC0415 - heavy, and not needed for --help
    from accord.run.survey import survey  # noqa: PLC0415

    folder = Path.cwd()
    _refuse_settings(folder)
    found = survey(folder)
    target, given, drafts = _planned(folder, found, target, contract)
    _show(given, target, found, drafts)
    if dry_run or not _is_agreed(yes=yes):
        typer.echo("Nothing was written.")
        raise typer.Exit
    for path in write(folder, drafts):
        typer.echo(f"written: {_safe(path)}")
    if (folder / ".gitlab-ci.yml").exists():
        job = GITLAB.replace("{needs}", needs(folder))
        typer.echo(f"\nFor .gitlab-ci.yml:\n\n{job}")
    if verify and target is not None:
        _report(folder, target, no_color=no_color)


def _refuse_settings(folder: Path) -> None:
    from accord.config import Settings, read_settings  # noqa: PLC0415

    settings = read_settings(folder, {})
    if settings != Settings(root=folder.absolute()):
        raise ConfigurationError(
            "the project has settings already",
            place=str(settings.root),
            next_step="Change them there; `accord verify` goes by them.",
        )


def _planned(
    folder: Path, found: Survey, target: str | None, contract: Path | None
) -> tuple[str | None, Contract, list[Draft]]:
    """Return the target, the contract that there is or that it publishes, and the files to be written."""
    from accord.contract.contract import load  # noqa: PLC0415
    from accord.run.beginning import beginning  # noqa: PLC0415

    targets = (target,) if target else found.applications[:_TRIED]
    drafts: list[Draft] = []
    kept = (
        (str(contract), load(folder / contract))
        if contract is not None
        else _kept(folder, found, alone=not targets)
    )
    if kept is not None:
        target, (named, given) = next(iter(targets), None), kept
    else:
        target, given, draft = _published(folder, targets)
        named = draft.path
        drafts.append(draft)
    job = (
        any((folder / name).exists() for name in (".git", ".github"))
        and not (folder / ".gitlab-ci.yml").exists()
    )
    drafts.extend(beginning(folder, named, target, secured=bool(given.security_schemes), job=job))
    return target, given, drafts


def _kept(folder: Path, found: Survey, *, alone: bool) -> tuple[str, Contract] | None:
    """Return the first document that was found and can be read; *alone*, there is nothing to fall back on."""
    from accord.contract.contract import load  # noqa: PLC0415

    documents = (found.documents or found.others)[:_TRIED]
    for document in documents:
        name = _home(document, found)
        try:
            return name, load(folder / name)
        except ContractError as error:
            if alone and document == documents[-1]:
                raise
            _pass_by(name, error)
    return None


def _published(folder: Path, targets: Sequence[str]) -> tuple[str, Contract, Draft]:
    """Return the first of *targets* that publishes its contract, with that and the file that keeps it."""
    from accord.run.beginning import published  # noqa: PLC0415

    for target in targets:
        try:
            return target, *published(target)
        except AccordError as error:
            if target == targets[-1]:
                raise
            _pass_by(target, error)
    raise ConfigurationError(
        "neither an OpenAPI document nor an application was found",
        place=str(folder),
        next_step="Name one: accord init package.module:app, an http(s) URL, or --contract PATH.",
    )


def _pass_by(name: str, error: AccordError) -> None:
    place = error.place if error.place.startswith(name) else name
    typer.echo(f"passed by: {_safe(place)}: {_safe(error.reason)}")


def _home(document: str, found: Survey) -> str:
    """Return *document*, or its folder where what travels on sockets stands beside it."""
    home = document.rpartition("/")[0]
    here = [name for name in (*found.documents, *found.others) if name.rpartition("/")[0] == home]
    kinds = {name in found.documents for name in here}
    return home if home and len(here) == 2 and len(kinds) == 2 else document


def _show(given: Contract, target: str | None, found: Survey, drafts: Sequence[Draft]) -> None:
    from accord.report.text import count  # noqa: PLC0415

    typer.echo(
        f"contract: {_safe(given.title)} {_safe(given.version)}, {count(len(given.operations), 'operation')}, "
        f"{count(len(given.channels), 'channel')}"
    )
    typer.echo(f"target:   {_safe(target) if target else 'none was found; name it in the settings'}")
    others = [name for name in (*found.documents[1:], *found.applications[1:]) if name != target][:_NAMES]
    if others:
        typer.echo(f"found as well: {', '.join(map(_safe, others))}")
    for draft in drafts:
        lines = draft.text.strip("\n").split("\n")
        typer.echo(f"\n{'added to' if draft.adds else 'new file'} {_safe(draft.path)}")
        for line in lines[:_LINES]:
            typer.echo(f"  | {_safe(line)}")
        if len(lines) > _LINES:
            typer.echo(f"  | and {len(lines) - _LINES:,} more lines")
    typer.echo("")


def _is_agreed(*, yes: bool) -> bool:
    if yes:
        return True
    if not sys.stdin.isatty():
        typer.echo("Run it again with --yes to have this written.")
        return False
    try:
        return typer.confirm("Write this?", default=True)
    except typer.Abort:
        raise typer.Exit(INTERRUPTED) from None


def _report(folder: Path, target: str, *, no_color: bool) -> None:
    """Verify *target* with few cases and for a short time; what is found there is no failure of this command."""
    from accord.cli.asking import quieten  # noqa: PLC0415
    from accord.cli.telling import Telling  # noqa: PLC0415
    from accord.cli.verify import asked  # noqa: PLC0415
    from accord.config import read_settings  # noqa: PLC0415
    from accord.run.options import Options  # noqa: PLC0415
    from accord.run.source.discovery import is_url  # noqa: PLC0415

    quieten()
    safe = is_url(target)
    telling = Telling(reports=(), fail_on=Threshold.ERROR, quiet=False, verbose=False, no_color=no_color)
    options = Options(max_examples=_EXAMPLES, safe=safe, budget=_SECONDS)
    arguments = ["verify", "--max-examples", str(_EXAMPLES), *(["--safe"] if safe else [])]
    typer.echo("")
    asked(None, read_settings(folder), options, telling, arguments=arguments)
    more = ", also what changes the service" if safe else ""
    typer.echo(
        f"\nThat was a first look, of {_SECONDS:.0f} s at most. `accord verify` asks everything{more}."
    )


def _safe(text: str) -> str:
    from accord.report.text import printable  # noqa: PLC0415

    return printable(text, limit=200)
