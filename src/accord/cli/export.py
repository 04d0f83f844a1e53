"""``accord export``: write what a contract says in the form of another specification."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path
from typing import Annotated

import typer

from accord.errors import ConfigurationError

export = typer.Typer(
    help="Write what the contract says in the form of another specification.", no_args_is_help=True
)


@export.callback()
def _export() -> None:
    pass


@export.command()
def asyncapi(
    contract: Annotated[
        Path | None,
        typer.Argument(help="The contract's folder or document. Default: contract in [tool.accord]."),
    ] = None,
    *,
    address: Annotated[
        str | None,
        typer.Option(help="The path of the channel that a bundle of messages is, such as /ws."),
    ] = None,
) -> None:
    """Print the channels of the contract as one AsyncAPI document, in JSON.

    \b
    accord export asyncapi > asyncapi.json
    accord export asyncapi messages.schema.json --address /ws > asyncapi.json
    """
    import json  # noqa: PLC0415 - heavy with the rest, and not needed for --help

    from accord.config import read_settings  # noqa: PLC0415
    from accord.contract.asyncapi_document import export_asyncapi  # noqa: PLC0415
    from accord.contract.contract import load  # noqa: PLC0415
    from accord.run.plan import contract_path  # noqa: PLC0415

    settings = read_settings(Path.cwd())
    loaded = load(contract_path(settings if contract is None else replace(settings, contract=contract)))
    if address is not None and loaded.asyncapi:
        raise ConfigurationError(
            f"is given, but {loaded.asyncapi} says the address of each channel",
            place="--address",
            next_step="Leave it out; it is for a JSON Schema of messages.",
        )
    if address is not None and not address.startswith("/"):
        raise ConfigurationError(
            "is not a path", place="--address", next_step="Begin it with a slash, as in /ws."
        )
    typer.echo(json.dumps(export_asyncapi(loaded, address=address), indent=2))


@export.command()
def har(
    recording: Annotated[Path, typer.Argument(help="A recording of `accord verify --record`.")],
    *,
    output: Annotated[
        Path | None,
        typer.Option("--output", "-o", help="The file to write. Default: standard output."),
    ] = None,
) -> None:
    """Write a recording as an HTTP Archive (HAR 1.2), which browsers and proxies open.

    \b
    accord export har exchanges.ndjson -o exchanges.har
    """
    import sys  # noqa: PLC0415 - not needed for --help

    from accord.exchange.har_writer import render  # noqa: PLC0415
    from accord.exchange.recording import read  # noqa: PLC0415

    if output is None:
        for part in render(read(recording)):
            sys.stdout.buffer.write(part)
        return
    try:
        with output.open("wb") as stream:
            stream.writelines(render(read(recording)))
    except OSError as error:
        raise ConfigurationError(
            f"the archive cannot be written: {error.strerror}",
            place=str(output),
            next_step="Name another path.",
        ) from error
