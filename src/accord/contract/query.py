"""Regular expressions and JSONPath queries (RFC 9535) whose cost is bounded on hostile values."""

from __future__ import annotations

import functools
from collections.abc import ItemsView, Iterator
from dataclasses import dataclass
from typing import Any

import jsonpath
import jsonschema_rs
from jsonpath.exceptions import JSONPathError
from jsonpath.filter import UNDEFINED
from jsonpath.function_extensions import ExpressionType, FilterFunction

from accord.contract.pointer import Json

MAXIMUM_LENGTH = 10_000
MAXIMUM_VISITS = 300_000
"""How many members and items one query may look at."""

_BACKTRACKS = 200_000
_COMPILED_BYTES = 4 * 1024 * 1024


class TooCostlyError(Exception):
    """A pattern or a query that would take too long on the value at hand."""


@functools.lru_cache(maxsize=256)
def compile_pattern(text: str) -> jsonschema_rs.Validator:
    """Return a validator of strings that hold a match of *text*, an ECMA-262 regular expression.

    Raises ``ValueError`` for one that cannot be read.
    """
    options = jsonschema_rs.FancyRegexOptions(
        backtrack_limit=_BACKTRACKS, size_limit=_COMPILED_BYTES, dfa_size_limit=_COMPILED_BYTES
    )
    if len(text) > MAXIMUM_LENGTH:
        raise ValueError(f"the regular expression is longer than {MAXIMUM_LENGTH} characters")
    try:
        return jsonschema_rs.Draft202012Validator({"pattern": text}, pattern_options=options)
    except (jsonschema_rs.ValidationError, ValueError) as error:
        raise ValueError(f"{text[:80]!r} is no regular expression") from error


def has_match(pattern: str, text: str) -> bool:
    """Tell whether *pattern* matches anywhere in *text*.

    Raises ``ValueError`` for a bad pattern and ``TooCostlyError``.
    """
    validator = compile_pattern(pattern)
    try:
        validator.validate(text)
    except jsonschema_rs.ValidationError as error:
        if isinstance(error.kind, jsonschema_rs.ValidationErrorKind.BacktrackLimitExceeded):
            raise TooCostlyError(f"the regular expression {pattern[:80]!r} takes too long") from error
        return False
    return True


class _Matches(FilterFunction):
    """The functions ``match`` and ``search`` of RFC 9535 (2.4.6, 2.4.7), in bounded time."""

    arg_types = [ExpressionType.VALUE, ExpressionType.VALUE]  # noqa: RUF012
    return_type = ExpressionType.LOGICAL

    def __init__(self, form: str) -> None:
        self.form = form

    def __call__(self, value: object, pattern: object) -> bool:
        if not isinstance(value, str) or not isinstance(pattern, str):
            return False
        try:
            return has_match(self.form.format(pattern), value)
        except ValueError:
            return False


@dataclass(slots=True)
class _Budget:
    left: int = MAXIMUM_VISITS

    def spend(self, amount: int) -> None:
        self.left -= amount + 1
        if self.left < 0:
            raise TooCostlyError("the JSONPath query looks at too many values")


class _Object(dict[str, Any]):
    """A JSON object that charges for being walked through."""

    budget: _Budget

    def items(self) -> ItemsView[str, Any]:  # type: ignore[override]
        self.budget.spend(len(self))
        return super().items()


class _Array(list[Any]):
    """A JSON array that charges for being walked through."""

    budget: _Budget

    def __iter__(self) -> Iterator[Any]:
        self.budget.spend(len(self))
        return super().__iter__()


def _charged(value: Json, budget: _Budget) -> Any:
    if isinstance(value, dict):
        charged = _Object((name, _charged(item, budget)) for name, item in value.items())
        charged.budget = budget
        return charged
    if isinstance(value, list):
        items = _Array([_charged(item, budget) for item in value])
        items.budget = budget
        return items
    return value


def _environment() -> jsonpath.JSONPathEnvironment:
    environment = jsonpath.JSONPathEnvironment(strict=True, filter_caching=False)
    environment.function_extensions["match"] = _Matches("^(?:{})$")
    environment.function_extensions["search"] = _Matches("{}")
    return environment


@functools.lru_cache(maxsize=256)
def compile_query(text: str) -> jsonpath.JSONPath:
    """Return the JSONPath query that *text* is; raises ``ValueError`` with the reason."""
    if len(text) > MAXIMUM_LENGTH:
        raise ValueError(f"the JSONPath query is longer than {MAXIMUM_LENGTH} characters")
    try:
        query = _environment().compile(text)
    except (JSONPathError, RecursionError, ValueError, IndexError) as error:
        reason = error.args[0] if error.args else "it cannot be read"
        raise ValueError(f"{text[:80]!r} is no JSONPath query (RFC 9535): {reason}") from error
    if not isinstance(query, jsonpath.JSONPath):
        raise ValueError(f"{text[:80]!r} is no JSONPath query (RFC 9535)")  # noqa: TRY004
    return query


def selects(text: str, value: Json) -> bool:
    """Tell whether the JSONPath query *text* selects anything in *value*.

    Raises ``ValueError`` for a bad query and ``TooCostlyError``.
    """
    query = compile_query(text)
    if not isinstance(value, dict | list):
        # The library would read a string as JSON text; a scalar has no children to select.
        return not query.segments
    try:
        first = next(iter(query.finditer(_charged(value, _Budget()))), UNDEFINED)
    except (JSONPathError, RecursionError) as error:
        raise TooCostlyError("the value nests too deeply for the JSONPath query") from error
    return first is not UNDEFINED


def locations(text: str, value: Json) -> tuple[tuple[str | int, ...], ...]:
    """Return the path of each thing that the JSONPath query *text* selects in *value*, each once.

    Raises ``ValueError`` for a bad query and ``TooCostlyError``.
    """
    query = compile_query(text)
    try:
        found = {tuple(match.parts): None for match in query.finditer(_charged(value, _Budget()))}
    except (JSONPathError, RecursionError) as error:
        raise TooCostlyError("the value nests too deeply for the JSONPath query") from error
    return tuple(found)
