"""The options of the plugin: declared to pytest, and read for a run."""

from __future__ import annotations

import argparse
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from accord.errors import AccordError

if TYPE_CHECKING:
    from accord.config import Settings
    from accord.run.options import Options


def declare(parser: pytest.Parser) -> None:
    """Declare the options."""
    group = parser.getgroup("accord", "contract suite")
    group.addoption(
        "--accord-target",
        help="http(s) URL, or package.module:name of an ASGI or WSGI application or factory",
    )
    group.addoption("--accord-contract", help="the contract's folder or document")
    group.addoption("--accord-seed", type=int, default=0, help="where the drawn cases start (default: 0)")
    group.addoption(
        "--accord-max-examples", type=_positive, default=30, help="fuzzing cases an operation (default: 30)"
    )
    group.addoption(
        "--accord-safe", action="store_true", help="send only GET, HEAD, OPTIONS and what a workflow declares"
    )
    group.addoption(
        "--accord-rate", type=_rate, help="ask no more often than this, all workers together: 10/s or 100/m"
    )
    group.addoption("--accord-keep", action="store_true", help="keep what the run creates at the service")
    group.addoption(
        "--accord-corpus", help="the stored cases, played first (default: corpus in [tool.accord])"
    )
    group.addoption(
        "--accord-exploration",
        choices=("full", "none"),
        default="full",
        help="none: only what is fixed, the corpus, workflows and sessions (default: full)",
    )
    group.addoption(
        "--accord-baseline",
        help="the file of what was found before and may stand (default: baseline in [tool.accord])",
    )
    group.addoption(
        "--accord-fail-on",
        choices=("error", "warning", "note"),
        default="error",
        help="the severity from which a finding fails its test (default: error)",
    )
    group.addoption(
        "--accord-require-reach",
        action="store_true",
        help="make an error of each documented status that the whole suite does not see",
    )
    group.addoption(
        "--accord-min-message-coverage",
        type=_percent,
        help="fail when a whole suite saw less of what messages can show (default: that of [tool.accord])",
    )
    group.addoption(
        "--accord-report",
        action="append",
        type=_report,
        default=[],
        metavar="FORMAT=PATH",
        help="write a report: html=PATH, json=, junit=, sarif=, github=, gitlab= or markdown=",
    )


def _positive(text: str) -> int:
    number = int(text)
    if number < 1:
        raise argparse.ArgumentTypeError(f"{text} is less than 1")
    return number


def _percent(text: str) -> float:
    number = float(text)
    if not 0 <= number <= 100:
        raise argparse.ArgumentTypeError(f"{text} is not from 0 to 100")
    return number


def _rate(text: str) -> str:
    from accord.exchange.pace import read_rate  # noqa: PLC0415 - only this option needs it

    try:
        read_rate(text, "--accord-rate")
    except AccordError as error:
        raise argparse.ArgumentTypeError(f"{error.reason}. {error.next_step}") from None
    return text


def _report(item: str) -> str:
    from accord.report.files import parse  # noqa: PLC0415 - only reports need it

    try:
        parse(item)
    except AccordError as error:
        raise argparse.ArgumentTypeError(f"{error.reason}. {error.next_step}") from None
    return item


def settings_of(config: pytest.Config) -> Settings:
    """Return the settings of the project, with what options put in their place; raises ``ConfigurationError``."""
    from accord.config import located, read_settings  # noqa: PLC0415

    settings = read_settings(config.rootpath)
    contract, corpus = config.getoption("--accord-contract"), config.getoption("--accord-corpus")
    baseline = config.getoption("--accord-baseline")
    return replace(
        settings,
        contract=located(contract, Path()) if contract else settings.contract,
        corpus=Path(corpus) if corpus else settings.corpus,
        baseline=Path(baseline) if baseline else settings.baseline,
    )


def options_of(config: pytest.Config, settings: Settings) -> Options:
    """Return what one process is asked to do; workers of pytest-xdist share the rate."""
    from accord.exchange.pace import read_rate  # noqa: PLC0415
    from accord.run.options import Options  # noqa: PLC0415

    rate = config.getoption("--accord-rate")
    text, place = (rate, "--accord-rate") if rate else (settings.rate, "[tool.accord] rate")
    workers = getattr(config, "workerinput", {}).get("workercount", 1)
    return Options(
        seed=config.getoption("--accord-seed"),
        max_examples=config.getoption("--accord-max-examples"),
        safe=config.getoption("--accord-safe"),
        rate=read_rate(text, place).shared(workers) if text else None,
        keep=config.getoption("--accord-keep") or None,
        explores=config.getoption("--accord-exploration") == "full",
    )
