"""Cookies in the style ``cookie`` (OpenAPI 3.2, 4.12.3): nothing is escaped, and a list is a cookie for each item."""

from __future__ import annotations

from collections.abc import Iterator

from accord.cases.expression import UnresolvedError, as_text
from accord.contract.pointer import Json

STYLE = "cookie"


def crumbs(name: str, value: Json, *, explode: bool) -> Iterator[str]:
    """Yield the ``name=value`` pairs of a cookie; raises ``UnresolvedError`` for what no cookie can carry."""
    if isinstance(value, dict) and explode:
        yield from (f"{inner}={_text(name, item)}" for inner, item in value.items())
    elif isinstance(value, list) and explode:
        yield from (f"{name}={_text(name, item)}" for item in value)
    else:
        parts = [part for pair in value.items() for part in pair] if isinstance(value, dict) else value
        yield f"{name}={','.join(_text(name, part) for part in (parts if isinstance(parts, list) else [parts]))}"


def _text(name: str, value: Json) -> str:
    text = "" if value is None else as_text(value)
    if ";" in text:
        raise UnresolvedError(f"the value of cookie {name!r} has a semicolon, which no cookie can carry")
    return text
