"""JSON text read strictly: what another reader would refuse, or read otherwise, is a fault."""

from __future__ import annotations

import json
import re
from dataclasses import dataclass
from typing import NoReturn, cast

from accord.contract.pointer import Json

MAXIMUM_DEPTH = 200

_SURROGATE = re.compile(r"\\u[dD][89a-fA-F]")
_LONGEST_INTEGER = 4000
_DISPUTED = ("number", "duplicate-member", "unpaired-surrogate")


@dataclass(frozen=True, slots=True, kw_only=True)
class Reading:
    """A JSON value, or its ``fault``.

    One of ``encoding``, ``syntax``, ``constant`` (NaN, Infinity), ``number`` (beyond what a double
    holds), ``duplicate-member``, ``unpaired-surrogate`` and ``depth``; ``detail`` says where.
    """

    value: Json = None
    fault: str = ""
    detail: str = ""

    @property
    def disputed(self) -> bool:
        """Whether the grammar of JSON allows the text, and only its meaning is in dispute."""
        return self.fault in _DISPUTED


class _FaultError(Exception):
    """Carries a fault out of the parser."""


def read_json(data: str | bytes) -> Reading:
    """Read *data* as one JSON text (RFC 8259) that every reader understands alike (RFC 7493)."""
    try:
        text = data.decode() if isinstance(data, bytes) else data
        text.encode()
    except (UnicodeDecodeError, UnicodeEncodeError) as error:
        return Reading(
            fault="encoding" if isinstance(data, bytes) else "unpaired-surrogate", detail=error.reason
        )
    try:
        value = json.loads(
            text,
            object_pairs_hook=_object,
            parse_constant=_constant,
            parse_int=_integer,
            parse_float=_float,
        )
    except _FaultError as fault:
        return Reading(fault=fault.args[0], detail=fault.args[1])
    except json.JSONDecodeError as error:
        return Reading(fault="syntax", detail=f"{error.msg} at character {error.pos}")
    except RecursionError:
        return Reading(fault="depth", detail=f"more than {MAXIMUM_DEPTH} levels")
    return _read(cast("Json", value), search_surrogates=bool(_SURROGATE.search(text)))


def _object(pairs: list[tuple[str, Json]]) -> dict[str, Json]:
    members: dict[str, Json] = {}
    for name, value in pairs:
        if name in members:
            raise _FaultError("duplicate-member", f"member {name[:60]!r} twice in one object")
        members[name] = value
    return members


def _constant(name: str) -> NoReturn:
    raise _FaultError("constant", f"{name} is not JSON")


def _integer(text: str) -> int | float:
    return int(text) if len(text) < _LONGEST_INTEGER else _float(text)


def _float(text: str) -> float:
    value = float(text)
    if value in (float("inf"), float("-inf")):
        raise _FaultError("number", f"{text[:30]} is beyond the range of a double")
    return value


def _read(value: Json, *, search_surrogates: bool) -> Reading:
    level: list[Json] = [value]
    for _ in range(MAXIMUM_DEPTH):
        below: list[Json] = []
        for item in level:
            if isinstance(item, dict):
                below.extend(item)
                below.extend(item.values())
            elif isinstance(item, list):
                below.extend(item)
            elif search_surrogates and isinstance(item, str) and not _encodes(item):
                return Reading(fault="unpaired-surrogate", detail="half of a surrogate pair in a string")
        if not below:
            return Reading(value=value)
        level = below
    return Reading(fault="depth", detail=f"more than {MAXIMUM_DEPTH} levels")


def _encodes(text: str) -> bool:
    try:
        text.encode()
    except UnicodeEncodeError:
        return False
    return True
