"""Sequences as whole requests and responses carry them: the smallest text of one, and the verdict on one."""

from __future__ import annotations

from typing import Any

from accord.cases.expression import ABSENT
from accord.contract.openapi import MediaType
from accord.contract.sequence import Sequence, write_item
from accord.findings.changes.judge import Judge
from accord.findings.changes.sample import Sampler


def text_of(media_type: MediaType, body: Any, sampler: Sampler, *, listed: bool) -> str:
    """Return *body*, the list of all items or the only item, as text; where it is absent, the smallest there is."""
    if body is ABSENT and media_type.schema is not None:
        body = sampler.smallest((media_type.schema,))
    elif body is ABSENT:
        body, listed = sampler.smallest((media_type.item,) if media_type.item else ()), True
    items = [body] if listed or not isinstance(body, list) else body
    return "".join(write_item(item, media_type.name) for item in items)


def judged(values: Judge, media_type: MediaType, sequence: Sequence) -> str:
    """Return why *sequence* is none that *media_type* allows, empty when it is one."""
    if sequence.fault:
        return f"its body cannot be read: {sequence.fault}"
    whole, item = media_type.schema, media_type.item
    if whole is not None and values.accepts((whole,), list(sequence.items)) is False:
        return "its body is not valid"
    if item is not None and any(values.accepts((item,), each) is False for each in sequence.items):
        return "an item of its body is not valid"
    return ""
