"""The values of Arazzo's runtime expressions, where a workflow has come to."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field
from enum import Enum
from types import MappingProxyType
from typing import TypeAlias
from urllib.parse import quote_plus
from xml.sax.saxutils import escape as escape_markup

from accord.cases.request import first_header
from accord.contract import pointer as pointers
from accord.contract.expression import (
    Expression,
    is_expression,
    parse_expression,
    split_name,
    split_template,
)
from accord.contract.media_type import FORM, JSON, essence, is_json
from accord.contract.pointer import Json

Values: TypeAlias = Mapping[str, Json]

MAXIMUM_DEPTH = 100

_NONE: Values = MappingProxyType({})


class Absent(Enum):
    """The mark of a body that is not there; JSON's null is one that is."""

    ABSENT = "absent"


ABSENT = Absent.ABSENT


class UnresolvedError(Exception):
    """A runtime expression that has no value where the workflow has come to.

    ``step`` is the step whose outputs it wanted, empty for none.
    """

    def __init__(self, reason: str, *, step: str = "") -> None:
        super().__init__(reason)
        self.reason = reason
        self.step = step


@dataclass(frozen=True, slots=True, kw_only=True)
class Message:
    """The request of a step and what came back; ``status`` None when nothing did."""

    url: str = ""
    method: str = ""
    request_headers: tuple[tuple[str, str], ...] = ()
    query: Values = field(default_factory=dict)
    path: Values = field(default_factory=dict)
    request_body: Json | Absent = ABSENT
    status: int | None = None
    response_headers: tuple[tuple[str, str], ...] = ()
    response_body: Json | Absent = ABSENT


@dataclass(frozen=True, slots=True, kw_only=True)
class Context:
    """All that runtime expressions can read.

    ``steps`` maps the steps that ran to their outputs; ``workflow_inputs`` and
    ``workflow_outputs`` map the workflows that ran; ``message`` is None outside a step.
    """

    inputs: Values = field(default_factory=dict)
    outputs: Values = field(default_factory=dict)
    steps: Mapping[str, Values] = field(default_factory=dict)
    workflow_inputs: Mapping[str, Values] = field(default_factory=dict)
    workflow_outputs: Mapping[str, Values] = field(default_factory=dict)
    sources: Mapping[str, str] = field(default_factory=dict)
    components: Values = field(default_factory=dict)
    message: Message | None = None


def read_body(headers: tuple[tuple[str, str], ...], body: bytes) -> Json | Absent:
    """Return *body* as expressions see it: JSON by its media type, else text; absent when empty.

    JSON that is malformed, or deeper than ``MAXIMUM_DEPTH``, is text.
    """
    if not body:
        return ABSENT
    if is_json(first_header(headers, "content-type") or JSON):
        try:
            value: Json = json.loads(body, parse_constant=_refuse)
        except (ValueError, RecursionError):
            pass
        else:
            if not _is_deep(value):
                return value
    return body.decode("utf-8", errors="replace")


def _is_deep(value: Json) -> bool:
    level: list[Json] = [value]
    for _ in range(MAXIMUM_DEPTH + 1):
        if not level:
            return False
        level = [item for outer in level for item in _items(outer)]
    return True


def _items(value: Json) -> Iterable[Json]:
    if isinstance(value, dict):
        return value.values()
    return value if isinstance(value, list) else ()


def _refuse(name: str) -> None:
    raise ValueError(name)


def evaluate(text: str | Expression, context: Context) -> Json:
    """Return the value of a runtime expression, of its own type.

    Raises ``UnresolvedError`` where there is none and ``ValueError`` for text that is no expression.
    """
    expression = parse_expression(text) if isinstance(text, str) else text
    value = _read(expression, context)
    if expression.pointer is None:
        return value
    try:
        return pointers.lookup(value, expression.pointer)
    except LookupError as error:
        raise _unresolved(expression) from error


def _unresolved(expression: Expression) -> UnresolvedError:
    step = expression.owner if expression.source == "steps" else ""
    return UnresolvedError(f"{expression.text} has no value", step=step)


def _read(expression: Expression, context: Context) -> Json:  # noqa: PLR0911
    match expression.source:
        case "inputs":
            return _member(expression, context.inputs)
        case "outputs":
            return _member(expression, context.outputs)
        case "steps":
            return _member(expression, context.steps.get(expression.owner, _NONE))
        case "workflows.inputs":
            return _member(expression, context.workflow_inputs.get(expression.owner, _NONE))
        case "workflows.outputs":
            return _member(expression, context.workflow_outputs.get(expression.owner, _NONE))
        case "sourceDescriptions" if expression.name == "url" and expression.owner in context.sources:
            return context.sources[expression.owner]
        case "components":
            return _component(expression, context)
    return _read_message(expression, context.message)


def _component(expression: Expression, context: Context) -> Json:
    value = _member(expression, context.components)
    if isinstance(value, str) and is_expression(value) and parse_expression(value).source == "components":
        # A parameter that names parameters could name itself.
        raise _unresolved(expression)
    return resolve(value, context)


def _read_message(expression: Expression, message: Message | None) -> Json:  # noqa: C901
    if message is None:
        raise _unresolved(expression)
    value: Json | Absent = ABSENT
    match expression.source:
        case "url":
            value = message.url
        case "method":
            value = message.method
        case "statusCode" if message.status is not None:
            value = message.status
        case "request.header":
            value = _header(message.request_headers, expression.name)
        case "response.header":
            value = _header(message.response_headers, expression.name)
        case "request.query":
            value = message.query.get(expression.name, ABSENT)
        case "request.path":
            value = message.path.get(expression.name, ABSENT)
        case "request.body":
            value = _below(message.request_body, expression.name)
        case "response.body":
            value = _below(message.response_body, expression.name)
    if isinstance(value, Absent):
        raise _unresolved(expression)
    return value


def _header(headers: tuple[tuple[str, str], ...], name: str) -> str | Absent:
    value = first_header(headers, name)
    return ABSENT if value is None else value


def _below(body: Json | Absent, name: str) -> Json | Absent:
    if isinstance(body, Absent) or not name:
        return body
    # The name begins with the first member to follow: the body itself has no name.
    follow = next(follow for head, follow in split_name(name) if not head)
    return _follow(body, follow)


def _member(expression: Expression, values: Values) -> Json:
    for name, follow in split_name(expression.name):
        if name in values:
            found = _follow(values[name], follow)
            if not isinstance(found, Absent):
                return found
    raise _unresolved(expression)


def _follow(value: Json, follow: tuple[str | int, ...]) -> Json | Absent:
    for token in follow:
        match value, token:
            case dict(), str() if token in value:
                value = value[token]
            case list(), int() if token < len(value):
                value = value[token]
            case _:
                return ABSENT
    return value


def resolve(value: Json, context: Context, *, media_type: str = "") -> Json:
    """Return *value* with every expression in it replaced by its value.

    A string that is an expression becomes a value of any type; one that embeds expressions as
    ``{$...}`` stays a string, in which values are escaped as *media_type* asks. Raises
    ``UnresolvedError``.
    """
    if isinstance(value, dict):
        return {name: resolve(item, context) for name, item in value.items()}
    if isinstance(value, list):
        return [resolve(item, context) for item in value]
    if not isinstance(value, str):
        return value
    if is_expression(value):
        return evaluate(value, context)
    escape = _escape_for(media_type)
    return "".join(
        part if isinstance(part, str) else escape(evaluate(part, context)) for part in split_template(value)
    )


def as_text(value: Json) -> str:
    """Return *value* inside a string: strings as they are, all else as compact JSON."""
    return value if isinstance(value, str) else json.dumps(value, ensure_ascii=False, separators=(",", ":"))


def _escape_for(media_type: str) -> Callable[[Json], str]:
    """Return how a value is written so that it cannot change the text around it."""
    name = essence(media_type)
    if is_json(name):
        return lambda value: (
            json.dumps(value, ensure_ascii=False)[1:-1] if isinstance(value, str) else as_text(value)
        )
    if name == FORM:
        return lambda value: quote_plus(as_text(value))
    if name.endswith(("/xml", "+xml")):
        return lambda value: escape_markup(as_text(value), {'"': "&quot;", "'": "&apos;"})
    return as_text
