"""``accord rules``: every rule that accord knows, or the page of one."""

from __future__ import annotations

from collections.abc import Iterator
from difflib import get_close_matches
from typing import Annotated

import typer

from accord.errors import ConfigurationError


def _known(incomplete: str) -> list[str]:
    """Return the ids that a shell may complete *incomplete* to."""
    from accord.findings.page import sentences  # noqa: PLC0415 - not needed for --help

    return [id_ for id_ in sentences() if id_.startswith(incomplete)]


def rules(
    rule: Annotated[
        str | None,
        typer.Argument(
            help="The id of a rule, such as undocumented-status; without one, all are listed.",
            autocompletion=_known,
        ),
    ] = None,
) -> None:
    """List the rules of verify and of compare, or explain one."""
    from accord.findings.page import page  # noqa: PLC0415 - not needed for --help

    rows = list(_rows())
    if rule is None:
        width = max(len(id_) for id_, _, _ in rows)
        for id_, severity, words in rows:
            typer.echo(f"{id_:<{width}}  {severity:<8} {words}".rstrip())
        return
    known = {id_: (severity, words) for id_, severity, words in rows}
    if rule not in known:
        near = get_close_matches(rule, sorted(known), n=1)
        raise ConfigurationError(
            f"there is no rule {rule[:100]!r}",
            next_step=f"Did you mean {near[0]!r}?" if near else "`accord rules` lists them all.",
        )
    severity, words = known[rule]
    own = _of_change(rule) if severity == "change" else f"Default severity: {severity}"
    typer.echo((page(rule) or f"# {rule}\n\n{words}\n\n{own}").rstrip())


def _of_change(rule: str) -> str:
    """Return when a change breaks a client, and what to do about one that is meant."""
    from accord.findings.page import change  # noqa: PLC0415

    return "\n\n".join(
        (
            *(f"{label.capitalize()}: {said}" for label, said in change(rule).items()),
            "Default severity: error when it breaks a client, warning when that is not proven, note when it is safe",
            f'Another one, or "off": {rule} = "warning" below [tool.accord.rules] of pyproject.toml',
            "One that is meant: its fingerprint in the file that `accord compare --approvals FILE` names",
        )
    )


def _rows() -> Iterator[tuple[str, str, str]]:
    """Yield id, severity and sentence of each rule, those of verify first."""
    from accord.findings.catalogue import rules as known  # noqa: PLC0415 - heavy
    from accord.findings.changes.catalogue import CATALOGUE  # noqa: PLC0415
    from accord.findings.page import sentences  # noqa: PLC0415

    said = sentences()
    for rule in sorted(known(), key=lambda item: item.id):
        # A rule of somebody else's has no row in the index.
        about = (rule.function.__doc__ or "").strip().partition("\n")[0]
        yield rule.id, str(rule.severity), said.get(rule.id, about)
    for change in sorted(CATALOGUE, key=lambda item: item.id):
        yield change.id, "change", change.about
