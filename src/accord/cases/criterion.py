"""Whether an Arazzo criterion holds where a workflow has come to."""

from __future__ import annotations

import functools
import json
import re
from dataclasses import dataclass

from accord.cases.expression import Context, UnresolvedError, as_text, evaluate
from accord.contract.condition import (
    Combination,
    Comparison,
    Condition,
    Literal,
    Negation,
    parse_condition,
    references,
)
from accord.contract.expression import Expression
from accord.contract.pointer import Json
from accord.contract.query import TooCostlyError, has_match, selects
from accord.contract.workflow import Criterion

LONGEST = 200
"""How many characters of a value a judgement shows."""

_NUMBER = re.compile(r"-?[0-9]{1,400}(\.[0-9]{1,400})?([eE][-+]?[0-9]{1,3})?")

_parse = functools.lru_cache(maxsize=256)(parse_condition)


@dataclass(frozen=True, slots=True, kw_only=True)
class Judgement:
    """Whether one criterion holds, what it expected and what it saw, in short texts."""

    held: bool
    expected: str
    seen: str = ""


def judge(criterion: Criterion, context: Context) -> Judgement:
    """Hold *criterion* against *context*.

    An expression without a value counts as null in a simple condition; no other condition holds of it.
    """
    if criterion.type == "simple":
        return _simple(criterion.condition, context)
    verb = "match" if criterion.type == "regex" else "select from"
    expected = f"{criterion.condition} to {verb} {criterion.context}"
    try:
        value = evaluate(criterion.context or "", context)
    except UnresolvedError as error:
        return Judgement(held=False, expected=expected, seen=error.reason)
    try:
        if criterion.type == "regex":
            held = has_match(criterion.condition, as_text(value))
        else:
            held = selects(criterion.condition, value)
    except TooCostlyError as error:
        return Judgement(held=False, expected=expected, seen=str(error))
    return Judgement(held=held, expected=expected, seen=f"{criterion.context} is {_shown(value)}")


def _simple(text: str, context: Context) -> Judgement:
    condition = _parse(text)
    held = _truth(_value(condition, context))
    seen = dict.fromkeys(_seen(expression, context) for expression in references(condition))
    return Judgement(held=held, expected=text, seen=", ".join(seen))


def _seen(expression: Expression, context: Context) -> str:
    try:
        return f"{expression.text} is {_shown(evaluate(expression, context))}"
    except UnresolvedError as error:
        return error.reason


def _shown(value: Json) -> str:
    text = json.dumps(value, ensure_ascii=False).encode("utf-8", "backslashreplace").decode()
    return text if len(text) <= LONGEST else f"{text[:LONGEST]}…"


def _value(condition: Condition, context: Context) -> Json:
    match condition:
        case Literal():
            return condition.value
        case Expression():
            try:
                return evaluate(condition, context)
            except UnresolvedError:
                return None
        case Negation():
            return not _truth(_value(condition.operand, context))
        case Comparison():
            return compare(
                _value(condition.left, context), condition.operator, _value(condition.right, context)
            )
        case Combination():
            chosen = all if condition.operator == "&&" else any
            return chosen(_truth(_value(operand, context)) for operand in condition.operands)


def _truth(value: Json) -> bool:
    return bool(value) if not isinstance(value, dict | list) else True


def compare(left: Json, operator: str, right: Json) -> bool:
    """Compare as simple conditions do (4.6.11.2): loosely, and strings without regard to case.

    A number and a string compare as numbers when the string is one, a boolean and a string when the
    string is its name. Values that have no order are neither less nor greater.
    """
    if operator == "==":
        return _equal(left, right)
    if operator == "!=":
        return not _equal(left, right)
    left, right = _alike(left, right)
    if isinstance(left, str) and isinstance(right, str):
        return _ordered(left.casefold(), operator, right.casefold())
    if _is_number(left) and _is_number(right):
        return _ordered(left, operator, right)
    return False


def _ordered(left: object, operator: str, right: object) -> bool:
    first: float = left  # type: ignore[assignment]
    second: float = right  # type: ignore[assignment]
    match operator:
        case "<":
            return first < second
        case "<=":
            return first <= second
        case ">":
            return first > second
    return first >= second


def _equal(left: Json, right: Json) -> bool:
    left, right = _alike(left, right)
    if isinstance(left, str) and isinstance(right, str):
        return left.casefold() == right.casefold()
    if isinstance(left, list) and isinstance(right, list):
        return len(left) == len(right) and all(map(_equal_inside, left, right))
    if isinstance(left, dict) and isinstance(right, dict):
        return left.keys() == right.keys() and all(_equal_inside(left[name], right[name]) for name in left)
    return left == right and isinstance(left, bool) == isinstance(right, bool)


def _equal_inside(left: Json, right: Json) -> bool:
    return isinstance(left, str) == isinstance(right, str) and _equal(left, right)


def _alike(left: Json, right: Json) -> tuple[Json, Json]:
    if isinstance(left, str) and not isinstance(right, str):
        return _from_text(left, right), right
    if isinstance(right, str) and not isinstance(left, str):
        return left, _from_text(right, left)
    return left, right


def _from_text(text: str, other: Json) -> Json:
    if isinstance(other, bool) and text.casefold() in ("true", "false"):
        return text.casefold() == "true"
    if _is_number(other) and _NUMBER.fullmatch(text):
        return float(text) if set(text) & set(".eE") else int(text)
    return text


def _is_number(value: Json) -> bool:
    return isinstance(value, int | float) and not isinstance(value, bool)
