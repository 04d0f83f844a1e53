"""A YAML document brought to other data by edits at the places that differ, so that its comments and its order stay."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from functools import partial
from itertools import islice
from typing import TypeAlias

from accord.contract.document import parse_document
from accord.contract.edit import EditError, add_item, add_member, put, remove_member
from accord.contract.pointer import Json, join
from accord.errors import ContractError

MAXIMUM_EDITS = 100
"""A document that differs at more places is another one."""

_Edit: TypeAlias = Callable[[str], str]


def patched(text: str, data: Mapping[str, Json], *, name: str) -> str | None:
    """Return *text*, the YAML document *name*, with *data* in it; None where that takes more than a few edits."""
    try:
        before = parse_document(text, name=name).data
        edits = list(islice(_edits("", before, data), MAXIMUM_EDITS + 1))
        if len(edits) > MAXIMUM_EDITS:
            return None
        for edit in edits:
            text = edit(text)
        return text if parse_document(text, name=name).data == data else None
    except (EditError, ContractError, RecursionError):
        return None


def _edits(
    pointer: str, before: Json | Mapping[str, Json], after: Json | Mapping[str, Json]
) -> Iterator[_Edit]:
    """Yield what brings the value at *pointer* from *before* to *after*."""
    if isinstance(before, Mapping) and isinstance(after, Mapping) and before.keys() & after.keys():
        yield from _members(pointer, before, after)
    elif isinstance(before, list) and isinstance(after, list) and 0 < len(before) <= len(after):
        for index, item in enumerate(after):
            if index < len(before):
                yield from _edits(join(pointer, index), before[index], item)
            else:
                yield partial(add_item, pointer=pointer, value=item)
    elif before != after or isinstance(before, bool) != isinstance(after, bool):
        yield partial(put, pointer=pointer, value=after)  # type: ignore[arg-type]


def _members(pointer: str, before: Mapping[str, Json], after: Mapping[str, Json]) -> Iterator[_Edit]:
    for name in before:
        if name not in after:
            yield partial(remove_member, pointer=join(pointer, name))
    for name, value in after.items():
        if name in before:
            yield from _edits(join(pointer, name), before[name], value)
        else:
            yield partial(add_member, pointer=pointer, name=name, value=value)
