"""Path templates (OpenAPI 3.1, 4.8.2.2) read back: which texts stand for the variables of an address.

Each variable ends where what follows it first begins, so that an address is walked once, whatever the template.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from functools import lru_cache

_VARIABLE = re.compile(r"\{([^{}]*)\}")


def variables(template: str, address: str) -> Mapping[str, str] | None:
    """Return the text of each variable of *template* in *address*, None where it is another address.

    No variable is empty or has a slash. Of several of one name, the last counts.
    """
    steps, given = _steps(template), address.split("/")
    if len(steps) != len(given):
        return None
    found: dict[str, str] = {}
    for step, text in zip(steps, given, strict=True):
        known = _read(step, text)
        if known is None:
            return None
        found.update(known)
    return found


@lru_cache(maxsize=4096)
def _steps(template: str) -> tuple[tuple[str, ...], ...]:
    """Return each step of *template*: what is written, and between that the names of variables."""
    return tuple(tuple(_VARIABLE.split(step)) for step in template.split("/"))


def _read(step: tuple[str, ...], text: str) -> dict[str, str] | None:
    begin, end = step[0], step[-1]
    if len(step) == 1:
        return {} if text == begin else None
    if not text.startswith(begin) or not text.endswith(end):
        return None
    found: dict[str, str] = {}
    at, last = len(begin), len(text) - len(end)
    for index in range(1, len(step) - 2, 2):
        following = text.find(step[index + 1], at + 1, last)
        if following < 0:
            return None
        found[step[index]] = text[at:following]
        at = following + len(step[index + 1])
    if at >= last:
        return None
    found[step[-2]] = text[at:last]
    return found
