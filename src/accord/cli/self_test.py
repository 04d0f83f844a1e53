"""``accord verify --self-test``: does the suite find the faults that it should?"""

from __future__ import annotations

import sys
from collections.abc import Sequence
from typing import TYPE_CHECKING

from accord.errors import ConfigurationError

if TYPE_CHECKING:
    from accord.config import Settings
    from accord.run.options import Options


def self_test(
    target: str | None, faults: Sequence[str], settings: Settings, options: Options, *, no_color: bool
) -> int:
    """Run the suite against each fault, tell each row as it comes, and return the exit code."""
    from accord.report.console import console_for  # noqa: PLC0415 - heavy, and not needed for --help
    from accord.report.kills import tell_row, tell_sum  # noqa: PLC0415
    from accord.run.opening import chosen_target  # noqa: PLC0415
    from accord.run.self_test import Fate, Kill, chosen, read_catalogue  # noqa: PLC0415
    from accord.run.self_test import self_test as play  # noqa: PLC0415

    subject = chosen_target(target, settings)
    if not isinstance(subject, str):
        raise ConfigurationError("the self-test needs a target by name", place="accord verify --self-test")
    entries = chosen(read_catalogue(settings.faults), faults)
    console = console_for(sys.stdout, no_color=no_color)
    kills: list[Kill] = []
    for kill in play(subject, entries, settings, options):
        kills.append(kill)
        tell_row(kill, console)
    tell_sum(kills, console)
    return 0 if all(kill.fate in (Fate.FOUND, Fate.FOUND_OTHERWISE) for kill in kills) else 1
