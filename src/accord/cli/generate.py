"""``accord generate``: write the pydantic models of the contract, or say whether they are stale."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from accord.errors import ConfigurationError


def generate(
    *,
    contract: Annotated[
        Path | None,
        typer.Option("--contract", help="Folder or document of the contract.", show_default=False),
    ] = None,
    output: Annotated[
        Path | None,
        typer.Option("--output", help="Folder that the models are written to.", show_default=False),
    ] = None,
    check: Annotated[
        bool,
        typer.Option(
            "--check", help="Write nothing; print what would change and exit with 1 if anything would."
        ),
    ] = False,
) -> None:
    """Write the pydantic models of the contract."""
    from accord import codegen  # noqa: PLC0415 - heavy, and not needed for --help
    from accord.config import read_settings  # noqa: PLC0415
    from accord.contract.contract import load  # noqa: PLC0415

    settings = read_settings(Path.cwd())
    folder = _given(output or settings.generated, "generated", "--output")
    texts = codegen.generate(load(_given(contract or settings.contract, "contract", "--contract")))
    difference = codegen.stale(texts, folder)
    if check:
        typer.echo(difference, nl=False)
        raise typer.Exit(1 if difference else 0)
    codegen.write(texts, folder)
    typer.echo(f"{folder}: {len(texts)} files {'written' if difference else 'are up to date'}", err=True)


def _given(path: Path | str | None, key: str, option: str) -> Path:
    if isinstance(path, str):
        raise ConfigurationError(
            f"{key!r} is a URL",
            place="[tool.accord] of pyproject.toml",
            next_step=f"Save the document, and name the file with {option}.",
        )
    if path is None:
        raise ConfigurationError(
            f"{key!r} is not set",
            place="[tool.accord] of pyproject.toml",
            next_step=f"Set it there, or name a path with {option}.",
        )
    return path
