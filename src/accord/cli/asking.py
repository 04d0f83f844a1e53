"""What verbs that ask a service have in common: settings and options of runs, put together."""

from __future__ import annotations

import logging
import sys
import warnings
from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING

from accord.cli.option import Exploration, Stage

if TYPE_CHECKING:
    from accord.config import Settings
    from accord.run.options import Options


def settings_for(contract: str | None, corpus: Path | None) -> Settings:
    """Return the settings of the working directory, with the *contract* and the *corpus* of the options."""
    from accord.config import located, read_settings  # noqa: PLC0415 - heavy, and not needed for --help

    settings = read_settings(Path.cwd())
    if contract is not None:
        settings = replace(settings, contract=located(contract, Path()))
    if corpus is not None:
        settings = replace(settings, corpus=corpus)
    return settings


def options_for(  # noqa: PLR0913 - one argument for each option
    *,
    seed: int,
    max_examples: int,
    only: Stage | None,
    operations: Sequence[str] | None,
    exclude: Sequence[str] | None,
    exploration: Exploration,
    headers: Sequence[str] | None,
    timeout: float,
    safe: bool,
    rate: str | None,
    keep: bool | None,
) -> Options:
    """Return the options of the runs."""
    from accord.cli.header import read_header  # noqa: PLC0415
    from accord.exchange.client import Limits  # noqa: PLC0415
    from accord.exchange.pace import read_rate  # noqa: PLC0415
    from accord.run.options import Options  # noqa: PLC0415

    return Options(
        seed=seed,
        max_examples=max_examples,
        only=only.value if only else None,
        operations=tuple(operations or ()),
        excluded=frozenset(exclude or ()),
        headers=tuple(read_header(item) for item in headers or ()),
        limits=Limits(seconds=timeout),
        explores=exploration is Exploration.FULL,
        safe=safe,
        rate=read_rate(rate, "--rate") if rate is not None else None,
        keep=keep,
    )


def quieten() -> None:
    """Keep what an application in process logs or warns of from standing between the lines of a report.

    What libraries warn of may hold credentials as well.
    """
    logging.getLogger().addHandler(logging.NullHandler())
    if not sys.warnoptions:
        warnings.simplefilter("ignore")
