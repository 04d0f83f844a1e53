"""JSON text read at once where nothing about it is doubtful: large documents are nearly always JSON.

What is doubtful is left to the reader of events, which knows lines: a text that is no JSON, a member
that appears twice, a number or half a surrogate pair that other readers refuse, and what passes a limit.
"""

from __future__ import annotations

import json
import math
import re
from contextlib import suppress
from typing import Any, NoReturn

import orjson

from accord.contract.pointer import Json

MAXIMUM_DEPTH = 256
MAXIMUM_NODES = 5_000_000
# Python refuses to write out an integer of more than 4300 digits.
MAXIMUM_DIGITS = 1000

_BEGINS = re.compile(r"\ufeff?[ \t\r\n]*\{")
_CONTAINERS = (dict, list)
_SURROGATE = re.compile(r"\\u[dD][89a-fA-F]")


class _DoubtfulError(Exception):
    """Something that the reader of events should look at."""


def parse_json(text: str) -> dict[str, Json] | None:
    """Return the object that *text* holds, None when it is not beyond doubt one that every reader takes."""
    # Each value but the first of its container follows a comma.
    too_many = sum(map(text.count, ",{[")) > MAXIMUM_NODES
    if too_many or not _BEGINS.match(text) or _SURROGATE.search(text):
        return None
    try:
        value = json.loads(
            text.removeprefix("\ufeff"),
            object_pairs_hook=_members,
            parse_constant=_refuse,
            parse_int=_integer,
            parse_float=_float,
        )
    except (ValueError, RecursionError, _DoubtfulError):
        return None
    return value if isinstance(value, dict) and _is_shallow(value) else None


def _members(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    found = dict(pairs)
    if len(found) < len(pairs):
        raise _DoubtfulError
    return found


def _integer(text: str) -> int:
    if len(text) > MAXIMUM_DIGITS:
        raise _DoubtfulError
    return int(text)


def _float(text: str) -> float:
    value = float(text)
    if math.isinf(value):
        raise _DoubtfulError
    return value


def _refuse(name: str) -> NoReturn:
    raise _DoubtfulError(name)


def _is_shallow(value: Json) -> bool:
    with suppress(TypeError):
        # It writes no more levels than 254, and is much faster than counting them.
        orjson.dumps(value)
        return True
    level: list[Any] = [value]
    for _ in range(MAXIMUM_DEPTH):
        level = [
            inner
            for outer in level
            for inner in (outer.values() if isinstance(outer, dict) else outer)
            if isinstance(inner, _CONTAINERS)
        ]
        if not level:
            return True
    return False
