"""When two values say the same: instants are compared as such, texts as Unicode means them."""

from __future__ import annotations

import json
import unicodedata
from collections.abc import Iterable
from datetime import datetime

from accord.contract import pointer as pointers
from accord.contract.pointer import Json

LONGEST = 80
"""How many characters of a value are shown."""


def instant(value: Json) -> datetime | None:
    """Return the instant that a date-time with an offset names (RFC 3339), else None."""
    try:
        found = datetime.fromisoformat(value) if isinstance(value, str) and "T" in value.upper() else None
    except ValueError:
        return None
    return found if found and found.tzinfo else None


def same(first: Json, second: Json) -> bool:
    """Tell whether two values say the same, all of it."""
    return difference(first, second) is None


def kept(written: Json, read: Json) -> bool:
    """Tell whether *read* says all that *written* did; an object that was read may have more members."""
    if isinstance(written, dict) and isinstance(read, dict):
        return all(name in read and kept(value, read[name]) for name, value in written.items())
    if isinstance(written, list) and isinstance(read, list):
        return len(written) == len(read) and all(map(kept, written, read))
    return _alike(written, read)


def difference(first: Json, second: Json, at: str = "") -> str | None:
    """Return the pointer of the first place where two values do not say the same, None when they do."""
    if isinstance(first, dict) and isinstance(second, dict):
        odd = sorted(first.keys() ^ second.keys())
        if odd:
            return pointers.join(at, odd[0])
        return _first(at, ((name, first[name], second[name]) for name in first))
    if isinstance(first, list) and isinstance(second, list):
        if len(first) != len(second):
            return at
        return _first(at, ((index, *pair) for index, pair in enumerate(zip(first, second, strict=True))))
    return None if _alike(first, second) else at


def _first(at: str, places: Iterable[tuple[str | int, Json, Json]]) -> str | None:
    for name, one, other in places:
        found = difference(one, other, pointers.join(at, name))
        if found is not None:
            return found
    return None


def _alike(first: Json, second: Json) -> bool:
    if isinstance(first, str) and isinstance(second, str):
        if unicodedata.normalize("NFC", first) == unicodedata.normalize("NFC", second):
            return True
        one = instant(first)
        return one is not None and one == instant(second)
    if isinstance(first, bool) or isinstance(second, bool):
        return first is second
    return first == second


def short(value: Json) -> str:
    """Return *value* in few characters: texts as they are, all else as JSON."""
    text = value if isinstance(value, str) else json.dumps(value, ensure_ascii=False)
    return text if len(text) <= LONGEST else f"{text[: LONGEST - 3]}..."
