r"""Patterns of schemas: whether the validator can use them, and those that it can once a dash is escaped.

Without the ``u`` flag, ECMA-262 takes a dash beside a class as itself, as in ``[\w-.]``, which most readers of
JSON Schema refuse. With the dash escaped, all of them take it, and it means the same.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Mapping
from dataclasses import replace
from functools import lru_cache
from typing import cast

import jsonschema_rs

from accord.contract.document import Document
from accord.contract.ecma import PatternError, read_pattern
from accord.contract.pointer import Json
from accord.contract.traversal import described, reworded

# A class in brackets; in it, what stands for more than one character; and a dash beside that.
_BRACKETS = re.compile(r"\\.|\[\^?(?:\\.|[^\]\\])*+\]", re.DOTALL)
_BESIDE = re.compile(r"(\\[dDsSwW]|\\[pP]\{[^}]*\})-(?!\])|((?:\\.|[^\\-])-)(?=\\[dDsSwWpP])", re.DOTALL)


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
def escaped(pattern: str) -> str:
    """Return *pattern* with the dashes beside classes escaped where the validator can use it so, and only so."""
    if is_usable(pattern):
        return pattern
    try:
        read_pattern(pattern)
    except PatternError:
        return pattern
    changed = _BRACKETS.sub(lambda found: _BESIDE.sub(_with_escape, found[0]), pattern)
    return changed if is_usable(changed) else pattern


def _with_escape(found: re.Match[str]) -> str:
    return found[0][:-1] + r"\-"


def patterns(schema: Mapping[str, Json]) -> Iterator[tuple[str, str]]:
    """Yield each pattern that stands in *schema*, and the keyword that it belongs to."""
    given, named = schema.get("pattern"), schema.get("patternProperties")
    if isinstance(given, str):
        yield "pattern", given
    if isinstance(named, dict):
        yield from (("patternProperties", name) for name in named)


def with_escapes(documents: Mapping[str, Document]) -> dict[str, Document]:
    """Return *documents* with the dashes in their patterns escaped where that makes them of use."""
    return {
        name: replace(document, data=cast("dict[str, Json]", reworded(document.data, _renewed)))
        if any(map(_lacks, described(document.data)))
        else document
        for name, document in documents.items()
    }


def _lacks(schema: Mapping[str, Json]) -> bool:
    given = schema.get("pattern")
    return isinstance(given, str) and escaped(given) != given


def _renewed(schema: dict[str, Json]) -> Json:
    if _lacks(schema):
        schema["pattern"] = escaped(cast("str", schema["pattern"]))
    return schema
