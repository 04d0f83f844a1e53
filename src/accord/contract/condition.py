"""Simple conditions of Arazzo criteria (1.0.1, section 4.6.11), read into a tree."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from typing import TypeAlias

from accord.contract.expression import Expression, parse_expression

MAXIMUM_LENGTH = 10_000
MAXIMUM_DEPTH = 50

_TOKEN = re.compile(
    r"""\s*(?:
        (?P<expression>\$(?:(?!==|!=|<|>|&&|\|\||[\s(){}]).)+)
      | (?P<string>'(?:[^']|'')*')
      | (?P<number>-?[0-9]{1,400}(?:\.[0-9]{1,400})?(?:[eE][-+]?[0-9]{1,3})?(?![\w.]))
      | (?P<word>[A-Za-z_]\w*)
      | (?P<operator>==|!=|<=|>=|<|>|&&|\|\||[!(){}])
    )""",
    re.VERBOSE | re.DOTALL,
)
_WORDS: dict[str, bool | None] = {"true": True, "false": False, "null": None}
_COMPARISONS = ("==", "!=", "<", "<=", ">", ">=")
_CLOSING = {"(": ")", "{": "}"}


@dataclass(frozen=True, slots=True, kw_only=True)
class Literal:
    """A constant."""

    value: str | int | float | bool | None


@dataclass(frozen=True, slots=True, kw_only=True)
class Negation:
    """``!`` before an operand."""

    operand: Condition


@dataclass(frozen=True, slots=True, kw_only=True)
class Comparison:
    """Two operands and one of ``== != < <= > >=`` between them."""

    operator: str
    left: Condition
    right: Condition


@dataclass(frozen=True, slots=True, kw_only=True)
class Combination:
    """Operands joined by ``&&`` or by ``||``."""

    operator: str
    operands: tuple[Condition, ...]


Condition: TypeAlias = "Literal | Expression | Negation | Comparison | Combination"


def parse_condition(text: str) -> Condition:
    """Return the tree of a simple condition; raises ``ValueError`` with the reason.

    ``!`` binds closest, then comparisons, then ``&&``, then ``||``. ``{$...}`` groups as
    parentheses do, since the examples of the specification write it so.
    """
    if len(text) > MAXIMUM_LENGTH:
        raise ValueError(f"the condition is longer than {MAXIMUM_LENGTH} characters")
    reader = _Reader(tokens=list(_tokens(text)))
    condition = _any_of(reader, 0)
    kind, found = reader.peek()
    if kind:
        raise ValueError(f"{found!r} stands where the condition should end")
    return condition


def references(condition: Condition) -> Iterator[Expression]:
    """Yield each runtime expression of *condition*, in order."""
    match condition:
        case Expression():
            yield condition
        case Negation():
            yield from references(condition.operand)
        case Comparison():
            yield from references(condition.left)
            yield from references(condition.right)
        case Combination():
            for operand in condition.operands:
                yield from references(operand)
        case Literal():
            return


@dataclass(slots=True)
class _Reader:
    tokens: list[tuple[str, str]]
    place: int = 0

    def peek(self) -> tuple[str, str]:
        return self.tokens[self.place] if self.place < len(self.tokens) else ("", "")

    def take(self) -> tuple[str, str]:
        token = self.peek()
        self.place += 1
        return token


def _tokens(text: str) -> Iterator[tuple[str, str]]:
    place = 0
    text = text.rstrip()
    while place < len(text):
        found = _TOKEN.match(text, place)
        if not found:
            raise ValueError(_unreadable(text[place:].lstrip()))
        yield str(found.lastgroup), found.group(str(found.lastgroup))
        place = found.end()


def _unreadable(rest: str) -> str:
    if rest[0] == '"':
        return "strings stand in single quotes"
    if rest[0] == "'":
        return "a string has no closing quote"
    if rest[0] in "=&|":
        return f"{rest[0]!r} is no operator; write {rest[0] * 2!r}"
    return f"{rest[:20]!r} is not understood"


def _any_of(reader: _Reader, depth: int) -> Condition:
    if depth > MAXIMUM_DEPTH:
        raise ValueError(f"the condition nests deeper than {MAXIMUM_DEPTH}")
    return _chain(reader, depth, "||")


def _all_of(reader: _Reader, depth: int) -> Condition:
    return _chain(reader, depth, "&&")


def _chain(reader: _Reader, depth: int, operator: str) -> Condition:
    below = _all_of if operator == "||" else _comparison
    operands = [below(reader, depth)]
    while reader.peek() == ("operator", operator):
        reader.take()
        operands.append(below(reader, depth))
    return operands[0] if len(operands) == 1 else Combination(operator=operator, operands=tuple(operands))


def _comparison(reader: _Reader, depth: int) -> Condition:
    left = _operand(reader, depth)
    if reader.peek()[1] not in _COMPARISONS or reader.peek()[0] != "operator":
        return left
    operator = reader.take()[1]
    right = _operand(reader, depth)
    if reader.peek()[0] == "operator" and reader.peek()[1] in _COMPARISONS:
        raise ValueError("comparisons do not chain; join two with &&")
    return Comparison(operator=operator, left=left, right=right)


def _operand(reader: _Reader, depth: int) -> Condition:
    kind, text = reader.take()
    if kind == "expression":
        return parse_expression(text)
    if kind == "string":
        return Literal(value=text[1:-1].replace("''", "'"))
    if kind == "number":
        return Literal(value=float(text) if set(text) & set(".eE") else int(text))
    if kind == "word" and text in _WORDS:
        return Literal(value=_WORDS[text])
    if kind == "word":
        raise ValueError(f"{text!r} is no value; a string stands in single quotes")
    if (kind, text) == ("operator", "!"):
        return _negation(reader, depth)
    if kind == "operator" and text in _CLOSING:
        inner = _any_of(reader, depth + 1)
        if reader.take() != ("operator", _CLOSING[text]):
            raise ValueError(f"{text!r} is not closed")
        return inner
    raise ValueError(
        f"{text!r} stands where a value is due" if kind else "the condition ends where a value is due"
    )


def _negation(reader: _Reader, depth: int) -> Condition:
    odd = True
    while reader.peek() == ("operator", "!"):
        reader.take()
        odd = not odd
    operand = _operand(reader, depth + 1)
    # Pairs of ! still turn a value into true or false.
    return Negation(operand=operand) if odd else Negation(operand=Negation(operand=operand))
