"""What a parameter or a header that was written may mean: every value that its style can make of the text."""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping, Sequence
from contextlib import suppress
from typing import Any

from accord.contract.openapi import Parameter
from accord.contract.pointer import Json

_SEPARATORS = {"spaceDelimited": " ", "pipeDelimited": "|"}


def readings(parameter: Parameter, said: str | Sequence[tuple[str, str]], *, is_json: bool) -> Iterator[Json]:
    """Yield what is written may mean: a scalar, a list, an object, as style and explode have it (4.8.12.4)."""
    if isinstance(said, str):
        yield from _of_text(parameter, said, is_json=is_json)
    elif parameter.style == "deepObject":
        yield from _objects(
            {name[len(parameter.name) + 1 : -1]: item for name, item in said if name[-1] == "]"}
        )
    elif parameter.explode and not is_json:
        yield from _lists([text for _, text in said])
        if len(said) == 1:
            yield from scalars(said[0][1])
    elif len(said) == 1:
        yield from _of_text(parameter, said[0][1], is_json=is_json)


def _of_text(parameter: Parameter, text: str, *, is_json: bool) -> Iterator[Json]:
    if is_json:
        with suppress(ValueError):
            yield json.loads(text)
        return
    yield from scalars(text)
    parts = text.split(_SEPARATORS.get(parameter.style, ","))
    yield from _lists(parts)
    if parameter.explode:
        yield from _objects(dict(part.partition("=")[::2] for part in parts if "=" in part))
    elif len(parts) % 2 == 0:
        yield from _objects(dict(zip(parts[::2], parts[1::2], strict=True)))


def scalars(text: str) -> list[Json]:
    """Return what *text* may be that is neither a list nor an object: itself, and a number or truth value."""
    try:
        value = json.loads(text)
    except (ValueError, RecursionError):
        return [text]
    return [text, value] if isinstance(value, int | float | bool) else [text]


def _lists(texts: Sequence[str]) -> Iterator[Json]:
    yield list(texts)
    yield [_typed(text) for text in texts]


def _objects(members: Mapping[str, Any]) -> Iterator[Json]:
    yield dict(members)
    yield {name: _typed(text) for name, text in members.items()}


def _typed(text: str) -> Json:
    return scalars(text)[-1]
