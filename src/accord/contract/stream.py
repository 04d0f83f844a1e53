"""What a contract says of a sequence: of the whole, as a list, and of each of its items (OpenAPI 3.2, 4.14.3)."""

from __future__ import annotations

from collections.abc import Iterator

import jsonschema_rs

from accord.contract.library import Library
from accord.contract.openapi import MediaType
from accord.contract.sequence import Sequence


def judges(library: Library, media_type: MediaType, sequence: Sequence) -> Iterator[jsonschema_rs.Validator]:
    """Yield what the items of *sequence*, as a list, are held against; a part of it says nothing of the whole."""
    if media_type.schema is not None and sequence.whole:
        yield library.validator(media_type.schema)
    if media_type.item is not None:
        yield library.validator(media_type.item, each=True)


def keeps(library: Library, media_type: MediaType, sequence: Sequence) -> bool:
    """Tell whether *sequence* can be read and is what *media_type* says."""
    items = list(sequence.items)
    return not sequence.fault and all(
        judge.is_valid(items) for judge in judges(library, media_type, sequence)
    )
