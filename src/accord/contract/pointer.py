"""JSON values at the edge, and JSON pointers into them (RFC 6901)."""

from __future__ import annotations

import re
from collections.abc import Iterable
from typing import TypeAlias

Json: TypeAlias = "dict[str, Json] | list[Json] | str | int | float | bool | None"

# RFC 6901, section 4; no list is longer than nine digits can say.
_INDEX = re.compile("0|[1-9][0-9]{0,8}")


def escape(token: str) -> str:
    """Return *token* as one reference token of a JSON pointer (RFC 6901, section 3)."""
    return token.replace("~", "~0").replace("/", "~1")


def unescape(token: str) -> str:
    """Return the member name that a reference token stands for (RFC 6901, section 4)."""
    return token.replace("~1", "/").replace("~0", "~")


def join(base: str, *tokens: str | int) -> str:
    """Return *base* extended by *tokens*, each escaped: ``join("/a", "b/c", 0)`` is ``/a/b~1c/0``."""
    for token in tokens:
        text = str(token)
        base = f"{base}/{escape(text) if '~' in text or '/' in text else text}"
    return base


def from_path(path: Iterable[str | int]) -> str:
    """Return the pointer that *path*, a sequence of member names and indexes, spells."""
    return join("", *path)


def spelled(path: Iterable[str | int], value: Json) -> tuple[str | int, ...]:
    """Return the *path* of an error in *value*, with the names of its members as they are written there.

    jsonschema_rs makes a number of a name in digits, so that ``01`` and ``+1`` are told as 1. Where one
    object has several of them, the one that is written as the number is taken. Empty names, which it
    leaves out, stay left out.
    """
    steps: list[str | int] = []
    for step in path:
        name = step
        if isinstance(value, dict):
            name = str(step)
            if name not in value:
                name = next((item for item in value if re.fullmatch(rf"\+?0*{re.escape(name)}", item)), name)
            value = value.get(name)
        elif isinstance(value, list) and isinstance(step, int):
            value = value[step]
        steps.append(name)
    return tuple(steps)


def tokens(pointer: str) -> tuple[str, ...]:
    """Return the unescaped reference tokens of *pointer*; the empty pointer has none."""
    if "~" not in pointer:
        return tuple(pointer.split("/")[1:])
    return tuple([unescape(token) if "~" in token else token for token in pointer.split("/")[1:]])


def lookup(value: Json, pointer: str) -> Json:
    """Return what *pointer* names in *value*.

    Raises ``LookupError`` when a step leads nowhere, or *pointer* is none.
    """
    if pointer and not pointer.startswith("/"):
        raise LookupError(pointer)
    for token in tokens(pointer):
        if isinstance(value, dict):
            value = value[token]
        elif isinstance(value, list):
            if not _INDEX.fullmatch(token):
                raise LookupError(token)
            value = value[int(token)]
        else:
            raise LookupError(token)  # noqa: TRY004 - the one error of a pointer that leads nowhere
    return value
