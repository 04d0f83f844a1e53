"""Scripts of WebSocket sessions as files: the lines that a report prints, or that somebody writes."""

from __future__ import annotations

import base64
import json
from collections.abc import Callable
from dataclasses import dataclass
from functools import cache
from importlib import resources
from typing import Any, TypeAlias, cast

import jsonschema_rs

from accord.contract.pointer import Json
from accord.errors import ConfigurationError
from accord.exchange.values import Closed, Opened, Received

LONGEST = 16 * 1024 * 1024
"""Characters that a script may have."""
_MOST_LINES = 10_000
_SHOWN = 200
_ADVICE = "See docs/configuration.md for what a line may say."

Came: TypeAlias = Opened | Received | Closed | None


@dataclass(frozen=True, slots=True, kw_only=True)
class Line:
    """One line of a script; ``place`` is file:line.

    ``verb`` is ``connect``, ``send``, ``expect``, ``wait``, ``close`` or ``break``.
    """

    place: str
    verb: str
    value: Any
    on: str
    subprotocols: tuple[str, ...] = ()


def read_script(text: str, name: str, expand: Callable[[str, str], str]) -> tuple[Line, ...]:
    """Return the lines of *text*, the script called *name*.

    *expand* fills in what a text to be sent leaves open, given the text and its place. Raises
    ``ConfigurationError`` at the line that means nothing.
    """
    if len(text) > LONGEST:
        raise ConfigurationError(f"the script has more than {LONGEST} characters", place=name)
    lines = [
        _line(written, f"{name}:{number}", expand)
        for number, written in enumerate(text.split("\n"), start=1)
        if written.strip() and not written.lstrip().startswith("#")
    ]
    if not lines or len(lines) > _MOST_LINES:
        reason = "the script says nothing" if not lines else f"the script has more than {_MOST_LINES} lines"
        raise ConfigurationError(reason, place=name, next_step=_ADVICE)
    opened: set[str] = set()
    for line in lines:
        if line.verb == "connect":
            opened.add(line.on)
        elif line.on not in opened:
            raise ConfigurationError("there is no connection yet", place=line.place, next_step=_ADVICE)
    return tuple(lines)


def message(value: Json) -> str | bytes:
    """Return what ``send`` says: text as str, binary as bytes."""
    ((kind, said),) = cast("dict[str, Any]", value).items()
    if kind == "base64":
        return base64.b64decode(said)
    return str(said) if kind == "text" else json.dumps(said, ensure_ascii=False)


def agrees(expected: Json, came: Came) -> bool:
    """Tell whether *came* is what ``expect`` says."""
    kind, said = next(iter(cast("dict[str, Any]", expected).items()))
    match came:
        case None:
            return kind == "nothing"
        case Opened(subprotocol=chosen):
            return kind == "opened" and said == chosen
        case Closed():
            return kind in ("closed", "reason", "status") and _ends(cast("dict[str, Any]", expected), came)
        case Received(data=data):
            return _fits(kind, said, data)


def _ends(expected: dict[str, Any], came: Closed) -> bool:
    told = {"closed": came.code, "reason": came.reason, "status": came.status}
    return all(told[name] == value for name, value in expected.items())


def _fits(kind: str, said: Any, data: str | bytes) -> bool:
    if kind == "base64":
        return isinstance(data, bytes) and data == base64.b64decode(said)
    if not isinstance(data, str):
        return False
    if kind in ("text", "begins"):
        return data == said or (kind == "begins" and data.startswith(said))
    try:
        value = json.loads(data)
    except (ValueError, RecursionError):
        return False
    return _like(said, value, whole=kind == "json") if kind in ("json", "like") else False


def _like(expected: Any, value: Any, *, whole: bool) -> bool:
    if isinstance(expected, dict) and isinstance(value, dict):
        fits = all(name in value and _like(item, value[name], whole=whole) for name, item in expected.items())
        return fits and (not whole or len(expected) == len(value))
    if isinstance(expected, list) and isinstance(value, list):
        return len(expected) == len(value) and all(
            _like(one, other, whole=whole) for one, other in zip(expected, value, strict=True)
        )
    if isinstance(expected, bool) or isinstance(value, bool):
        return expected is value
    return bool(expected == value)


def _line(written: str, place: str, expand: Callable[[str, str], str]) -> Line:
    try:
        document: Any = json.loads(written)
    except (ValueError, RecursionError) as error:
        raise ConfigurationError(f"not JSON: {error}"[:_SHOWN], place=place, next_step=_ADVICE) from None
    problem = next(iter(_validator().iter_errors(document)), None)
    if problem is not None:
        at = "".join(f"/{step}" for step in problem.instance_path) or "the line"
        raise ConfigurationError(f"{at}: {problem.message}"[:_SHOWN], place=place, next_step=_ADVICE)
    verb = next(name for name in ("connect", "send", "expect", "wait", "close", "break") if name in document)
    value = document[verb]
    if verb in ("connect", "send"):
        value = _expanded(value, place, expand)
    if verb == "send":
        _check_text(message(value), place)
    return Line(
        place=place,
        verb=verb,
        value=value,
        on=document.get("on", ""),
        subprotocols=tuple(document.get("subprotocols", ())),
    )


def _check_text(said: str | bytes, place: str) -> None:
    """Refuse what no text message can carry (RFC 6455, section 5.6)."""
    try:
        if isinstance(said, str):
            said.encode()
    except UnicodeEncodeError:
        reason = "half of a surrogate pair cannot be sent"
        raise ConfigurationError(
            reason, place=place, next_step="Escape it once more, or send base64."
        ) from None


def _expanded(value: Any, place: str, expand: Callable[[str, str], str]) -> Any:
    if isinstance(value, str):
        return expand(value, place)
    if isinstance(value, dict):
        return {name: _expanded(item, place, expand) for name, item in value.items()}
    return [_expanded(item, place, expand) for item in value] if isinstance(value, list) else value


@cache
def _validator() -> jsonschema_rs.Draft202012Validator:
    text = resources.files("accord.exchange").joinpath("script.schema.json").read_text(encoding="utf-8")
    return jsonschema_rs.Draft202012Validator(json.loads(text), mask="the value")
