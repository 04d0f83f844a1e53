"""What schemas say in whatever words: a text that is the same for two spellings, as far as that is known."""

from __future__ import annotations

import json
from collections.abc import Sequence

from accord.contract.algebra import written
from accord.contract.closure import is_longer, leads_round, whole
from accord.contract.library import Library
from accord.errors import ContractError

MAXIMUM_TEXT = 10_000
"""How many characters a schema may have to be told by its values, however it is spelt."""


def meaning(library: Library, uris: Sequence[str], kind: str = "", *, unfolded: bool = False) -> str:
    """Return what all schemas at *uris* say together, of values of the type *kind* where one is named.

    It is empty where that is too much to be told; with *unfolded* as ``whole`` has it.
    """
    key = ("meaning", tuple(uris), kind, unfolded)
    return library.once(key, lambda: _meaning(library, uris, kind, unfolded=unfolded))


def _meaning(library: Library, uris: Sequence[str], kind: str, *, unfolded: bool) -> str:
    if _is_too_long(library, uris, unfolded=unfolded):
        return ""
    text = spelled(library, uris, kind, unfolded=unfolded)
    return (written(text) or "") if len(text) <= MAXIMUM_TEXT else ""


def is_told(library: Library, uris: Sequence[str]) -> bool:
    """Tell whether all that the schemas say is small and leads to no end: what the algebra knows all of."""
    if _is_too_long(library, uris) or is_round(library, uris):
        return False
    text = spelled(library, uris)
    return 0 < len(text) <= MAXIMUM_TEXT and '"$ref": "#/$defs/' not in text


def is_round(library: Library, uris: Sequence[str]) -> bool:
    """Tell whether one of the schemas leads to an end never: to what leads back to itself."""
    try:
        return any(leads_round(library, item) for item in uris)
    except ContractError:
        return False


def _is_too_long(library: Library, uris: Sequence[str], *, unfolded: bool = False) -> bool:
    try:
        return is_longer(library, uris, MAXIMUM_TEXT, unfolded=unfolded)
    except ContractError:
        return True


def spelled(library: Library, uris: Sequence[str], kind: str = "", *, unfolded: bool = False) -> str:
    """Return the same as JSON in the words of the contract, references followed; empty where it is too large."""
    key = ("spelled", tuple(uris), kind, unfolded)
    return library.once(key, lambda: _spelled(library, uris, kind, unfolded=unfolded))


def _spelled(library: Library, uris: Sequence[str], kind: str, *, unfolded: bool) -> str:
    try:
        schema = whole(library, uris, dict, unfolded=unfolded)
    except ContractError:
        return ""
    if schema is None:
        return ""
    if kind:
        schema = {**schema, "type": kind}
    elif len(uris) == 1 and not schema["$defs"]:
        (schema,) = schema["allOf"]
    return json.dumps(schema, sort_keys=True)
