"""What is asked: the contract, and the cases that are stored or that a run of the suite makes."""

from __future__ import annotations

import tempfile
from collections.abc import Callable, Sequence
from dataclasses import replace
from pathlib import Path

from accord.config import Settings
from accord.contract.contract import Contract
from accord.errors import ConfigurationError
from accord.findings.result import Progress
from accord.run.corpus.stored import EMPTY, Corpus, stored, write_corpus
from accord.run.opening import opened
from accord.run.options import Options
from accord.run.plan import load_contract
from accord.run.regression.addition import with_additions
from accord.run.source.discovery import is_url


def find_contract(running: Sequence[object], settings: Settings, options: Options) -> Contract:
    """Return the contract of *settings*, else what the first of the *running* services publishes."""
    if settings.contract is not None and not is_url(settings.contract):
        return load_contract(settings)
    if not running:
        raise ConfigurationError(
            "no contract is named, and no side runs that could publish one",
            place="[tool.accord] contract",
            next_step="Name the contract that the recordings were made for with --contract.",
        )
    with opened(running[0], replace(settings, corpus=None), options) as verification:
        return verification.context.contract


def find_cases(
    target: object,
    contract: Contract,
    settings: Settings,
    options: Options,
    tell: Callable[[Progress], None],
) -> Corpus:
    """Return the stored cases and, where *options* explore, those that a run against *target* learns, and more.

    What is more is made from them: see ``with_additions``.
    """
    return with_additions(contract, _corpus(target, contract, settings, options, tell))


def _corpus(
    target: object,
    contract: Contract,
    settings: Settings,
    options: Options,
    tell: Callable[[Progress], None],
) -> Corpus:
    if not options.explores or options.only not in (None, "rest"):
        return stored(settings.corpus, needed=not options.explores)
    options = replace(options, only="rest", learns=True, max_seconds=None, record=None)
    with tempfile.TemporaryDirectory(prefix="accord-") as folder:
        path = Path(folder) / "cases.ndjson"
        before = stored(settings.corpus, needed=False)
        if before is not EMPTY:
            write_corpus(before, path)
        with opened(target, replace(settings, corpus=path), options, contract=contract) as verification:
            run = verification.run(tell)
            if verification.stopped is not None:
                raise verification.stopped
            if run.interrupted:
                raise KeyboardInterrupt
        return stored(path, needed=False)
