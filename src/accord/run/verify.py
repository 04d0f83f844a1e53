"""``accord verify`` for a program."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

from accord.config import read_settings
from accord.findings.result import Progress, Run
from accord.run.opening import chosen_target, opened
from accord.run.options import Options
from accord.run.source.discovery import is_url


def verify(
    target: object = None,
    *,
    contract: Path | str | None = None,
    seed: int = 0,
    max_examples: int = 30,
    tell: Callable[[Progress], None] = lambda _: None,
) -> Run:
    """Verify *target* and return the run: ``accord verify`` for a program.

    *target* is an http(s) URL, ``package.module:name`` or an ASGI application; it and *contract*
    default to ``[tool.accord]`` of the working directory; without a contract there, it is what the
    service publishes. Raises an ``AccordError`` when the
    question cannot be asked.
    """
    settings = read_settings(Path.cwd())
    if contract is not None:
        settings = replace(settings, contract=contract if is_url(contract) else Path(contract))
    with opened(
        chosen_target(target, settings), settings, Options(seed=seed, max_examples=max_examples)
    ) as opening:
        return opening.run(tell)
