"""Schemas with no contract around them, compared."""

from __future__ import annotations

from typing import Any

from accord.contract.document import Document
from accord.contract.library import Library
from accord.findings.changes.bundle import compare_schemas
from accord.findings.changes.change import Sender


def library(data: dict[str, Any]) -> Library:
    """Return a library of one document."""
    return Library(documents={"messages.json": Document(name="messages.json", data=data, text="")})


def said(old: dict[str, Any], new: dict[str, Any], **options: Any) -> list[str]:
    """Return what changed, in short."""
    return [
        f"{item.rule} {item.effect} {item.sender or 'nobody'} {item.verdict}"
        for item in compare_schemas(library(old), library(new), **options)
    ]


def test_each_definition_is_decided_for_both_senders() -> None:
    """Who sends a value decides, and a bundle does not say who does."""
    old, new = {"$defs": {"a": {"type": "integer"}}}, {"$defs": {"a": {"type": "integer", "minimum": 0}}}
    assert ["changed-minimum narrowed client breaking", "changed-minimum narrowed server safe"] == said(
        old, new
    )
    assert ["changed-minimum narrowed client breaking"] == said(old, new, senders=[Sender.CLIENT])


def test_a_definition_that_is_gone_breaks_what_refers_to_it() -> None:
    """A definition can be referred to from outside of the bundle."""
    old, new = {"$defs": {"a": {}, "b": {}}}, {"$defs": {"a": {}}}
    assert ["removed-definition narrowed nobody breaking"] == said(old, new)
    assert ["added-definition widened nobody safe"] == said(new, old)


def test_a_draft_7_bundle_means_the_same_under_the_new_keyword() -> None:
    """`definitions` became `$defs`; a document may be a schema itself."""
    old = {"type": "array", "items": {"$ref": "#/definitions/a"}, "definitions": {"a": {"type": "string"}}}
    new = {"type": "array", "items": {"$ref": "#/$defs/a"}, "$defs": {"a": {"type": "string"}}}
    assert [] == said(old, new)
