"""The algebra of canonical forms: what is known of schemas that need no other document, held against each other.

It is asked by JSON text, so that a question that comes again is answered once. What it cannot tell is
unknown, and the values that it gives are likely ones: who uses one has it judged by a validator.
"""

from __future__ import annotations

import json
from collections.abc import Iterator
from enum import StrEnum
from functools import lru_cache
from itertools import islice
from typing import Any, Literal

import jsonschema_rs
from jsonschema_rs import canonical

from accord.contract.pointer import Json
from accord.contract.sample import samples

MAXIMUM_SAMPLES = 24


class Answer(StrEnum):
    """The answer to a question about sets of values."""

    YES = "yes"
    NO = "no"
    UNKNOWN = "unknown"


def canonicalized(schema: dict[str, Any] | bool) -> jsonschema_rs.CanonicalSchema | None:  # noqa: FBT001 - a schema
    """Return the canonical form of *schema*, formats taken as rules; None where there is none."""
    try:
        return jsonschema_rs.canonicalize(schema, draft=jsonschema_rs.Draft202012, validate_formats=True)
    except (ValueError, RecursionError):  # nested too deeply, or no JSON Schema: then nothing is known of it
        return None


@lru_cache(maxsize=8192)
def _form(schema: str) -> jsonschema_rs.CanonicalSchema | None:
    return canonicalized(json.loads(schema))


@lru_cache(maxsize=8192)
def written(schema: str) -> str | None:
    """Return the canonical form of *schema* as text, the same for many schemas with the same values."""
    form = _form(schema)
    return None if form is None else json.dumps(form.to_json_schema(), sort_keys=True, default=str)


@lru_cache(maxsize=8192)
def covers(outer: str, inner: str) -> Answer:
    """Tell whether the schema *outer* takes all that *inner* takes."""
    if outer == inner:
        return Answer.YES
    one, other = _form(outer), _form(inner)
    try:
        return Answer.UNKNOWN if one is None or other is None else Answer(one.covers(other).value)
    except ValueError:
        return Answer.UNKNOWN


@lru_cache(maxsize=2048)
def left_over(more: str, fewer: str) -> tuple[Json, ...]:
    """Return values that the schema *more* most likely takes and *fewer* not."""
    return tuple(islice(values(combined(_form(more), _form(fewer), "subtract")), MAXIMUM_SAMPLES))


def combined(
    one: jsonschema_rs.CanonicalSchema | None,
    other: jsonschema_rs.CanonicalSchema | None,
    operation: Literal["intersect", "subtract"],
) -> jsonschema_rs.CanonicalSchema | None:
    """Return the form of what *operation* makes of two, None where the algebra does not know."""
    if one is None or other is None:
        return None
    try:
        found: jsonschema_rs.CanonicalSchema = getattr(one, operation)(other)
    except ValueError:
        return None
    return found


def is_empty(form: jsonschema_rs.CanonicalSchema | None) -> bool:
    """Tell whether it is known that no value has *form*."""
    return form is not None and form.satisfiability() is canonical.Satisfiability.NO


def values(form: jsonschema_rs.CanonicalSchema | None) -> Iterator[Json]:
    """Yield values that most likely have *form*, as far as the algebra has them."""
    if form is None:
        return
    try:
        yield from samples(form)
    except (ValueError, RecursionError):
        return


@lru_cache(maxsize=8192)
def _validator(schema: str) -> jsonschema_rs.Validator:
    return jsonschema_rs.Draft202012Validator(json.loads(schema), validate_formats=True)


def takes(schema: str, value: Json) -> bool:
    """Tell whether *schema* takes *value*; one that is none takes nothing."""
    try:
        return _validator(schema).is_valid(value)
    except ValueError:
        return False
