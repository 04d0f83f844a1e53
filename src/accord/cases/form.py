"""What a URL-encoded form can say: texts and absence, and no difference between empty, null and absent.

And what a sequence can: its items, whatever they were before they were written.
"""

from __future__ import annotations

from itertools import product
from urllib.parse import parse_qsl

from accord.contract.library import Library
from accord.contract.media_type import FORM, essence
from accord.contract.openapi import Operation
from accord.contract.pointer import Json
from accord.contract.sequence import read_sequence
from accord.contract.stream import keeps

_MAXIMUM_EMPTY = 6


def may_keep_contract(library: Library, operation: Operation, content_type: str | None, body: bytes) -> bool:
    """Tell whether a form or a sequence, *body*, has a reading that keeps the contract.

    A case may break a keyword with a value that the wire cannot tell from another: ``a=`` is an
    empty text, a null, and to many frameworks a field that was not filled in. One item is no other
    than a list of one, and an event of a stream has no members but those that HTML names.
    """
    name = essence(content_type)
    every = operation.body.media_types if operation.body else ()
    media_type = next((item for item in every if essence(item.name) == name), None)
    if media_type is not None and media_type.sequence:
        return keeps(library, media_type, read_sequence(body, name))
    if name != FORM or media_type is None or media_type.schema is None:
        return False
    try:
        pairs = dict(parse_qsl(body.decode(), keep_blank_values=True))
    except UnicodeDecodeError:
        return False
    empty = [name for name, value in pairs.items() if not value]
    if not empty or len(empty) > _MAXIMUM_EMPTY:
        return False
    validator = library.validator(media_type.schema)
    filled: dict[str, Json] = {name: value for name, value in pairs.items() if value}
    for chosen in product((True, False), repeat=len(empty)):
        nulls = {name: None for name, null in zip(empty, chosen, strict=True) if null}
        if validator.is_valid({**filled, **nulls}):
            return True
    return False
