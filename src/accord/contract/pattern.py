"""Patterns of ECMA-262 that the validator cannot use: they are set aside, so that all else of a contract is judged.

Some need more memory than is granted, some are only read without the ``u`` flag. The rule ``foreign-pattern`` tells
each. What is no regular expression at all stays, and keeps a contract from being used.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from dataclasses import replace
from functools import lru_cache
from typing import cast

import jsonschema_rs

from accord.contract.document import Document
from accord.contract.ecma import PatternError, read_pattern
from accord.contract.pointer import Json
from accord.contract.traversal import objects, rewritten

ASIDE = "x-unusable-pattern"
ASIDE_NAMES = "x-unusable-pattern-properties"
# What else counts where no name has a pattern: without all of the names it would refuse too much.
_OF_OTHERS = ("additionalProperties", "unevaluatedProperties")


@lru_cache(maxsize=4096)
def finder(pattern: str) -> Callable[[Json], bool]:
    """Return what tells whether *pattern* is found in a text; raises ``ValueError`` where that cannot be said."""
    return jsonschema_rs.Draft202012Validator({"pattern": pattern}).is_valid


def is_usable(pattern: str) -> bool:
    """Tell whether the validator can use *pattern*."""
    try:
        finder(pattern)
    except ValueError:
        return False
    return True


def is_found(pattern: str, text: str) -> bool:
    """Tell whether *pattern* is surely found in *text*."""
    try:
        return finder(pattern)(text)
    except ValueError:
        return False


@lru_cache(maxsize=4096)
def is_set_aside(pattern: str) -> bool:
    """Tell whether *pattern* is one of ECMA-262 that the validator cannot use."""
    if is_usable(pattern):
        return False
    try:
        read_pattern(pattern)
    except PatternError:
        return False
    return True


def patterns(schema: Mapping[str, Json]) -> Iterator[tuple[str, str]]:
    """Yield each pattern that stands in *schema*, set aside or not, and the keyword that it belongs to."""
    for keyword, names in (("pattern", "patternProperties"), (ASIDE, ASIDE_NAMES)):
        given, named = schema.get(keyword), schema.get(names)
        if isinstance(given, str):
            yield "pattern", given
        if isinstance(named, dict):
            yield from (("patternProperties", name) for name in named)


def set_aside(documents: Mapping[str, Document]) -> dict[str, Document]:
    """Return *documents* without the patterns that the validator cannot use."""
    return {
        name: replace(document, data=cast("dict[str, Json]", rewritten(document.data, _without)))
        if any(map(_holds_one, (value for _, value in objects(document.data))))
        else document
        for name, document in documents.items()
    }


def _holds_one(schema: Mapping[str, Json]) -> bool:
    return any(is_set_aside(pattern) for _, pattern in patterns(schema))


def _without(schema: dict[str, Json], _at: str) -> Json:
    if not _holds_one(schema):
        return schema
    if isinstance(given := schema.get("pattern"), str) and is_set_aside(given):
        schema[ASIDE] = schema.pop("pattern")
    named = schema.get("patternProperties")
    unusable = [name for name in named if is_set_aside(name)] if isinstance(named, dict) else []
    if unusable:
        held = cast("dict[str, Json]", named)
        schema[ASIDE_NAMES] = {name: held.pop(name) for name in unusable}
        for keyword in _OF_OTHERS:
            schema.pop(keyword, None)
    return schema
