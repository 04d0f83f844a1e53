"""``accord config``: what can be set, for editors."""

from __future__ import annotations

import typer

config = typer.Typer(help="Tell what can be set.", no_args_is_help=True)


@config.callback()
def _config() -> None:
    pass


@config.command()
def schema() -> None:
    """Print the JSON Schema of accord.toml and of [tool.accord].

    \b
    accord config schema > accord.schema.json
    """
    from importlib.resources import files  # noqa: PLC0415 - not needed for --help

    typer.echo(files("accord").joinpath("config.schema.json").read_text("utf-8"), nl=False)
