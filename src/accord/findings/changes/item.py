"""What a media type says of its whole content, and of each item of one that is a sequence (OpenAPI 3.2, 4.14.3)."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace

from accord.contract.library import Library
from accord.contract.openapi import MediaType
from accord.contract.pointer import join
from accord.contract.sequence import is_sequence
from accord.findings.changes.answer import Part
from accord.findings.changes.ask import Ask
from accord.findings.changes.call import Call
from accord.findings.changes.change import Change, Effect, Sender
from accord.findings.changes.fact import fact
from accord.findings.changes.prove import Root

# What a schema may say beside its items and still be the same as one of each item.
_OF_A_LIST = frozenset({"type", "items", "title", "description", "example", "examples"})


def changes(
    call: Call, said: str, sender: Sender, old: MediaType, new: MediaType, part: Ask | Part
) -> Iterator[Change | Root]:
    """Yield the schemas of two media types, *said* of *part* of a request or response, that are about the same."""
    if old.item is not None or new.item is not None:
        before, after = _item(call.sides.old.library, old), _item(call.sides.new.library, new)
        yield call.root(f"{said} item", before, after, sender, replace(part, listed=True))
        if old.schema is None or new.schema is None:
            yield from _more(call, sender, old, new)
            return
    yield call.root(said, old.schema, new.schema, sender, part)


def _more(call: Call, sender: Sender, old: MediaType, new: MediaType) -> Iterator[Change]:
    """Yield that only one side says something of the whole that a schema of each item cannot."""
    words = [_words(call.sides.old.library, old), _words(call.sides.new.library, new)]
    if any(words):
        yield fact(
            "changed-schema",
            Effect.OTHER,
            sender,
            call.at(old.schema or old.uri, new.schema or new.uri),
            old=", ".join(words[0]),
            new=", ".join(words[1]),
            reason="what is said of a whole sequence is not held against what is said of each of its items",
        )


def _item(library: Library, media_type: MediaType) -> str | None:
    """Return the schema of each item, also where it is that of a list, or of what most meant by one before 3.2."""
    if media_type.item is not None or media_type.schema is None:
        return media_type.item
    uri, schema = library.follow(media_type.schema)
    if isinstance(schema, dict) and "items" in schema:
        return join(uri, "items")
    return media_type.schema if is_sequence(media_type.name) and not media_type.sequence else None


def _words(library: Library, media_type: MediaType) -> list[str]:
    """Return the keywords of the schema of the whole that say something which one of each item cannot."""
    if media_type.schema is None:
        return []
    _, schema = library.follow(media_type.schema)
    of_items = not media_type.sequence and not (isinstance(schema, dict) and "items" in schema)
    if of_items or not isinstance(schema, dict):
        return []
    return sorted(schema.keys() - _OF_A_LIST)
