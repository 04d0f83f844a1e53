"""Deliberate values for what a request writes: those that services are apt to lose, within the schema's bounds."""

from __future__ import annotations

import copy
from collections.abc import Iterator
from typing import Any

from accord.contract.library import Library
from accord.contract.part import of_member, parts_of, properties_of
from accord.contract.pointer import Json

ACCENTS = "Crème brûlée, Ærø, Łódź, Ωμέγα, Київ, 東京, سلام 🎈"
LONGEST = 2000
"""How long a long text is where the schema sets no bound."""

_LONG = "the quick brown fox jumps over the lazy dog "
_MOMENT = "2031-05-31T18:00:00+02:00"


def deliberate_bodies(library: Library, schema: str, body: Json) -> Iterator[tuple[str, Json]]:
    """Yield variants of *body*, a value of the schema at that URI: each with a name for what is written.

    Texts are in other alphabets, as long as may be, or empty; with each go date-times with an offset,
    the other boolean, and another member of an enumeration. Numbers, patterns and other formats are left alone.
    What equals *body* is not yielded, nor what the schema refuses.
    """
    if not isinstance(body, dict):
        return
    validator = library.validator(schema)
    parts = list(parts_of(library, (schema,)))
    names = {name for _, part in parts for name in properties_of(part)}
    seen = [body]
    for index, variant in enumerate(("accents", "long", "empty")):
        changed: dict[str, Json] = copy.deepcopy(body)
        for name in sorted(names):
            member = _merged(library, of_member(parts, name))
            value = _value(variant, index, member, body.get(name))
            if value is not None and validator.is_valid({**changed, name: value}):
                changed[name] = value
        if changed not in seen and validator.is_valid(changed):
            seen.append(changed)
            yield variant, changed


def _merged(library: Library, uris: tuple[str, ...]) -> dict[str, Any]:
    """Return the keywords that the schemas of one member have, those of the outermost first."""
    found: dict[str, Any] = {}
    for _, part in parts_of(library, uris):
        found = {**part, **found}
    return found


def _value(variant: str, index: int, member: dict[str, Any], present: Json) -> Json:
    """Return a value for a member, None to leave it as it is."""
    kinds = member.get("type")
    kinds = kinds if isinstance(kinds, list) else [kinds]
    choices: list[Json] = [item for item in member.get("enum", ()) if item is not None]
    if "const" in member or member.get("readOnly"):
        return None
    if choices:
        return choices[index % len(choices)]
    if "boolean" in kinds:
        return not member.get("default", present) if index == 0 else None
    return _text(variant, member) if "string" in kinds else None


def _text(variant: str, member: dict[str, Any]) -> str | None:
    if member.get("format") == "date-time":
        return _MOMENT
    if "format" in member or "pattern" in member:
        return None
    shortest = int(member.get("minLength", 0))
    longest = max(shortest, min(int(member.get("maxLength", LONGEST)), LONGEST))
    match variant:
        case "accents":
            text = ACCENTS
        case "long":
            text = (_LONG * (longest // len(_LONG) + 1))[:longest]
        case _:
            text = ""
    # A space at an end may be taken away.
    return (text[:longest].rstrip() + "." * longest)[: max(shortest, len(text[:longest]))]
