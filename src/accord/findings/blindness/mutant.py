"""Mutants: a good value made wrong at one spot, by what all good values have in common there."""

from __future__ import annotations

from collections.abc import Collection, Iterator
from dataclasses import dataclass
from typing import cast

from accord.contract.pointer import Json
from accord.findings.blindness.hole import Wrong
from accord.findings.blindness.spot import Spot, Steps, type_of
from accord.findings.blindness.trait import FEWEST, Trait

_OTHERS: dict[str, Json] = {"string": "text", "integer": 0, "boolean": True, "object": {}, "array": []}
_UNHEARD = "unheard-of"
_ABSENT = object()


@dataclass(frozen=True, slots=True, kw_only=True)
class Mutant:
    """A value made wrong, ``where`` and ``what`` in words.

    ``anchor`` is the place to blame when the contract accepts it; ``member`` is what is missing there.
    """

    wrong: Wrong
    anchor: str
    value: Json
    where: str
    what: str
    member: str = ""


def mutants(whole: Json, spot: Spot, traits: dict[str, Trait], allowed: Collection[str]) -> Iterator[Mutant]:
    """Yield the mutants of *whole* at *spot*; *allowed* are types that the contract allows there by name."""
    trait = traits[spot.anchor]
    name = "".join(f"/{step}" for step in spot.steps) or "the whole"

    def made(wrong: Wrong, replacement: object, told: str, *, anchor: str = "", member: str = "") -> Mutant:
        value = _replaced(whole, spot.steps, replacement)
        return Mutant(
            wrong=wrong, anchor=anchor or spot.anchor, value=value, where=name, what=told, member=member
        )

    if spot.parent is not None and spot.owner is not None:
        member = str(spot.steps[-1])
        if member in traits[spot.parent].always:
            yield made(Wrong.MISSING, _ABSENT, "is missing", anchor=spot.owner, member=member)
    if not trait.types["null"] and "null" not in allowed and trait.count >= FEWEST:
        yield made(Wrong.NULL, None, "is null")
    yield from (made(Wrong.TYPE, item, f"is {_shown(item)}") for item in _other_types(trait, allowed))
    yield from (
        made(wrong, item, f"is {_shown(item)}") for wrong, item in _other_values(spot.value, trait, allowed)
    )
    for tag, word in _other_tags(spot.value, trait):
        value = {**cast("dict[str, Json]", spot.value), tag: word}
        yield made(Wrong.VARIANT, value, f"has {tag} {_shown(word)} and the members of another")


def _other_types(trait: Trait, allowed: Collection[str]) -> Iterator[Json]:
    known = {*trait.types, *allowed}
    if known & {"integer", "number"}:
        known |= {"integer", "number"}
    # Two are enough to see whether the type is told; lists and texts are what is confused most.
    others = [item for kind, item in _OTHERS.items() if kind not in known]
    yield from others[:2]


def _other_values(value: Json, trait: Trait, allowed: Collection[str]) -> Iterator[tuple[Wrong, Json]]:
    kind = type_of(value)
    if kind == "string":
        if trait.vocabulary:
            yield Wrong.WORD, _UNHEARD
        if trait.format:
            yield Wrong.FORMAT, _UNHEARD
    elif kind in ("integer", "number") and trait.count >= FEWEST:
        if trait.is_only("integer", "number") and trait.least is not None and trait.least >= 0:
            yield Wrong.RANGE, -1
        if not trait.types["number"] and "number" not in allowed:
            yield Wrong.TYPE, 0.5


def _other_tags(value: Json, trait: Trait) -> Iterator[tuple[str, str]]:
    if not isinstance(value, dict):
        return
    for name, words in trait.tags().items():
        mine = value.get(name)
        # The first other is enough: whether a tag is tied to its members shows at any of them.
        other = next(
            (word for word, shape in words.items() if word != mine and not shape <= set(value)), None
        )
        if mine in words and other is not None:
            yield name, other


def _replaced(value: Json, steps: Steps, replacement: object) -> Json:
    """Return *value* with *replacement* at *steps*, or without what stands there; the rest is shared."""
    if not steps:
        return cast("Json", replacement)
    step, rest = steps[0], steps[1:]
    if isinstance(value, list):
        changed = list(value)
        changed[cast("int", step)] = _replaced(value[cast("int", step)], rest, replacement)
        return changed
    members = dict(cast("dict[str, Json]", value))
    if not rest and replacement is _ABSENT:
        del members[str(step)]
    else:
        members[str(step)] = _replaced(members[str(step)], rest, replacement)
    return members


def _shown(value: Json) -> str:
    words = {"{}": "an empty object", "[]": "an empty list", "True": "true"}
    return words.get(str(value), f'"{value}"' if isinstance(value, str) else str(value))
