"""Texts that match a regular expression, few and short: enough to tell two patterns apart."""

from __future__ import annotations

import re
import warnings
from collections.abc import Iterator
from itertools import islice, product
from typing import Any

with warnings.catch_warnings():
    warnings.simplefilter("ignore", DeprecationWarning)
    import re._constants as constants  # type: ignore[import-not-found]
    import re._parser as parser  # type: ignore[import-not-found]

from accord.findings.changes.node import pattern_of

MAXIMUM_TEXTS = 40
MAXIMUM_REPEAT = 64
_ALPHABET = "a0A-_ .b1Z@/:é"


def texts_of(pattern: str, least: int = 0, most: int = 1000) -> Iterator[str]:
    """Yield some texts in which *pattern* is found, each of *least* to *most* characters."""
    compiled = pattern_of(pattern)
    if compiled is None:
        return
    try:
        parsed = parser.parse(pattern)
    except (re.error, RecursionError, OverflowError):
        return
    seen: set[str] = set()
    for text in islice(_sequence(list(parsed), 0), MAXIMUM_TEXTS * 4):
        for candidate in (text, text.ljust(least, text[-1:] or "a")):
            if least <= len(candidate) <= most and candidate not in seen and compiled.search(candidate):
                seen.add(candidate)
                yield candidate
        if len(seen) >= MAXIMUM_TEXTS:
            return


def _sequence(nodes: list[Any], depth: int) -> Iterator[str]:
    if depth > 20:  # noqa: PLR2004 - deeper than any pattern that people write
        return
    choices = [list(islice(_node(node, depth), 6)) for node in nodes]
    if not all(choices):
        return
    # The first choice everywhere, then each part varied alone, then all together.
    first = [item[0] for item in choices]
    yield "".join(first)
    for index, options in enumerate(choices):
        for option in options[1:]:
            yield "".join([*first[:index], option, *first[index + 1 :]])
    yield from ("".join(parts) for parts in islice(product(*choices), MAXIMUM_TEXTS))


def _node(node: Any, depth: int) -> Iterator[str]:
    operation, argument = node
    name = str(operation)
    match name:
        case "LITERAL":
            yield chr(argument)
        case "NOT_LITERAL":
            yield from (character for character in _ALPHABET if ord(character) != argument)
        case "ANY":
            yield from "a0."
        case "IN":
            yield from _characters(argument)
        case "MAX_REPEAT" | "MIN_REPEAT" | "POSSESSIVE_REPEAT":
            yield from _repeated(argument, depth)
        case "SUBPATTERN":
            yield from _sequence(list(argument[-1]), depth + 1)
        case "ATOMIC_GROUP":
            yield from _sequence(list(argument), depth + 1)
        case "BRANCH":
            for branch in argument[1]:
                yield from islice(_sequence(list(branch), depth + 1), 4)
        case "AT" | "ASSERT" | "ASSERT_NOT":
            yield ""


def _repeated(argument: Any, depth: int) -> Iterator[str]:
    least, most, inner = argument
    top = least + 2 if most is constants.MAXREPEAT else int(most)
    counts = dict.fromkeys((least, least + 1, top))
    for count in counts:
        if least <= count <= min(top, MAXIMUM_REPEAT + least):
            for text in islice(_sequence(list(inner), depth + 1), 3):
                yield text * count


def _characters(items: Any) -> Iterator[str]:
    negated = bool(items) and str(items[0][0]) == "NEGATE"
    chosen = [character for item in items for character in _of_class(item)]
    if negated:
        yield from (character for character in _ALPHABET if character not in chosen and not _in_class(items, character))
    else:
        yield from chosen


def _of_class(item: Any) -> Iterator[str]:
    operation, argument = item
    match str(operation):
        case "LITERAL":
            yield chr(argument)
        case "RANGE":
            yield chr(argument[0])
            yield chr(argument[1])
        case "CATEGORY":
            yield from {"CATEGORY_DIGIT": "05", "CATEGORY_WORD": "a0_", "CATEGORY_SPACE": " "}.get(
                str(argument), "-!"
            )


def _in_class(items: Any, character: str) -> bool:
    code = ord(character)
    return any(
        (str(operation) == "RANGE" and argument[0] <= code <= argument[1])
        or (str(operation) == "CATEGORY" and _is_of(str(argument), character))
        for operation, argument in items
    )


def _is_of(category: str, character: str) -> bool:
    match category:
        case "CATEGORY_DIGIT":
            return character.isdigit()
        case "CATEGORY_WORD":
            return character.isalnum() or character == "_"
        case "CATEGORY_SPACE":
            return character.isspace()
        case _:
            return False
