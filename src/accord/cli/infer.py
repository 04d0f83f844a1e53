"""``accord infer``: the changes of a contract that make observed traffic legal, as a patch."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from accord.cli import observe
from accord.errors import ConfigurationError

if TYPE_CHECKING:
    from accord.findings.observed.proposal import Proposal


Clients = Annotated[bool, typer.Option("--clients", help="Make what clients say legal as well.")]
Output = Annotated[
    Path | None,
    typer.Option(
        "--output", "-o", metavar="FILE", help="The file to write the patch to. Default: standard output."
    ),
]


def infer(
    sources: observe.Sources,
    *,
    contract: observe.Contract = None,
    channel: observe.Channel = None,
    message: observe.Kind = None,
    sender: observe.Sends = observe.Sender.SERVER,
    clients: Clients = False,
    output: Output = None,
) -> None:
    """Propose the changes of the contract that make observed traffic legal, as a unified diff.

    \b
    accord infer browser.har > contract.patch
    patch -p1 -d contracts/mine < contract.patch
    """
    from accord.config import read_settings  # noqa: PLC0415 - heavy, and not needed for --help
    from accord.contract.contract import load  # noqa: PLC0415
    from accord.report.text import count  # noqa: PLC0415
    from accord.run.infer import infer as propose  # noqa: PLC0415
    from accord.run.observe import Naming  # noqa: PLC0415
    from accord.run.plan import contract_path  # noqa: PLC0415

    loaded = load(contract or contract_path(read_settings(Path.cwd())))
    naming = Naming(channel=channel, side=sender.value, message=message)
    inference = propose(loaded, sources, naming, clients=clients)
    patch = inference.patch()
    if output is None:
        typer.echo(patch, nl=False)
    else:
        try:
            output.write_text(patch, encoding="utf-8")
        except OSError as error:
            raise ConfigurationError(
                f"the patch cannot be written: {error.strerror}",
                place=str(output),
                next_step="Name another path.",
            ) from error
    typer.echo(f"{count(len(inference.done), 'change')} proposed.", err=True)
    for proposal in inference.done:
        typer.echo(f"  {_told(proposal)}", err=True)
    if inference.left:
        typer.echo(f"{count(len(inference.left), 'change')} left to you:", err=True)
    for proposal, reason in inference.left:
        typer.echo(f"  {_told(proposal)}: {reason}", err=True)


def _told(proposal: Proposal) -> str:
    from accord.contract.library import place  # noqa: PLC0415
    from accord.exchange.secrets import Secrets  # noqa: PLC0415
    from accord.report.text import printable  # noqa: PLC0415

    return printable(Secrets().mask(f"{place(proposal.uri)}: {proposal.words}"), limit=300)
