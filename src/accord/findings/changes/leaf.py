"""Values without parts: which keyword of a text or a number changed, and whether for more or fewer values."""

from __future__ import annotations

import json
from collections.abc import Iterator
from contextlib import suppress
from dataclasses import replace
from typing import Any, TypeAlias

from accord.contract.algebra import Answer, covers, left_over, takes
from accord.contract.closure import FORMATS
from accord.contract.pointer import Json
from accord.contract.sample import of_format
from accord.findings.changes.change import Effect
from accord.findings.changes.language import Texts, UndecidedError, separating
from accord.findings.changes.node import Shape
from accord.findings.changes.sample import BOUNDS, numbers, texts
from accord.findings.changes.walk import Difference

# Keywords and their values as JSON.
Said: TypeAlias = tuple[tuple[str, str], ...]

# Keywords that mean something together are one, by the name that the rule has.
_GROUPS: dict[str, dict[str, tuple[str, ...]]] = {
    "string": {
        "changed-min-length": ("minLength",),
        "changed-max-length": ("maxLength",),
        "changed-pattern": ("pattern",),
        "changed-format": ("format",),
    },
    "number": {
        "changed-minimum": ("minimum", "exclusiveMinimum"),
        "changed-maximum": ("maximum", "exclusiveMaximum"),
        "changed-multiple": ("multipleOf",),
        "changed-format": ("format",),
    },
}

_LENGTHS = frozenset({"changed-min-length", "changed-max-length"})
_LONGEST = 100_000


def leaves(old: Shape, new: Shape) -> Iterator[Difference]:
    """Yield how two shapes of text or of number differ, keyword by keyword."""
    groups = _GROUPS.get(old.type, {})
    before, after = ({rule: _said(shape, words) for rule, words in groups.items()} for shape in (old, new))
    changed = [rule for rule in groups if before[rule] != after[rule]]
    if old.integer != new.integer:
        changed.insert(0, "changed-type")
    for rule in changed:
        if rule == "changed-format" and not any(
            _is_judged(said) for side in (before, after) for said in side[rule]
        ):
            yield _unjudged(old, new, before[rule], after[rule])
            continue
        words = groups.get(rule, ("type",))
        yield from _effects(rule, words, old, new, (before, after))


def _is_judged(said: tuple[str, str]) -> bool:
    name = json.loads(said[1])
    return name in FORMATS or name in BOUNDS


def _unjudged(old: Shape, new: Shape, before: Said, after: Said) -> Difference:
    """Return that a format changed which no validator knows: there is no value to tell by."""
    effect = Effect.OTHER if before and after else Effect.WIDENED if before else Effect.NARROWED
    found = _difference("changed-format", effect, ("format",), old, new, (), "no validator knows the format")
    return replace(found, valueless=True)


def _effects(
    rule: str, words: tuple[str, ...], old: Shape, new: Shape, said: tuple[dict[str, Said], dict[str, Said]]
) -> Iterator[Difference]:
    """Yield for whom the keywords of *rule* change anything, all others being as they are on his side."""
    values = _candidates(old, new, words)
    for effect in (Effect.NARROWED, Effect.WIDENED):
        mine, theirs = (old, new) if effect is Effect.NARROWED else (new, old)
        here, there = said if effect is Effect.NARROWED else (said[1], said[0])
        more = _schema(mine, here)
        fewer = (
            {**more, "type": "integer" if theirs.integer else "number"}
            if rule == "changed-type"
            else _schema(mine, {**here, rule: there[rule]})
        )
        held = covers(_key(fewer), _key(more))
        if held is Answer.YES:
            continue
        proofs = tuple(
            value for value in values if takes(_key(more), value) and not takes(_key(fewer), value)
        )
        proofs = tuple(sorted(proofs, key=lambda value: len(json.dumps(value))))
        if not proofs and old.type == "string":
            try:
                found = separating(_texts(more), _texts(fewer))
            except UndecidedError:
                found = ""
            if found is None and _formats(fewer) <= _formats(more):
                continue
            proofs = () if found is None else (found,)
        proofs = proofs or left_over(_key(more), _key(fewer))
        # What nobody could decide stands for a text that shows nothing.
        unsure = _unsure(rule, held) if proofs in ((), ("",)) else ""
        yield _difference(rule, effect, words, old, new, proofs, unsure)


def _unsure(rule: str, held: Answer) -> str:
    """Return why nothing shows what *rule* is about, where *held* says whether something could."""
    if held is Answer.NO:
        return "a text that shows it is too long to be built" if rule in _LENGTHS else ""
    return "no value was found that tells them apart"


def _texts(schema: dict[str, Any]) -> Texts:
    """Return what the parts of *schema* say of the characters of a text."""
    parts = schema.get("allOf", ())
    return Texts(
        patterns=tuple(part["pattern"] for part in parts if "pattern" in part),
        least=max((int(part["minLength"]) for part in parts if "minLength" in part), default=0),
        most=min((int(part["maxLength"]) for part in parts if "maxLength" in part), default=None),
    )


def _formats(schema: dict[str, Any]) -> set[str]:
    return {part["format"] for part in schema.get("allOf", ()) if "format" in part}


def _difference(  # noqa: PLR0917 - the parts of one value
    rule: str,
    effect: Effect,
    words: tuple[str, ...],
    old: Shape,
    new: Shape,
    values: tuple[Json, ...],
    reason: str = "",
) -> Difference:
    sides = []
    for shape in (old, new):
        said = [(item.below(word), value) for word in words for item, value in shape.all(word)]
        sides.append(
            (
                said[0][0] if said else shape.uri,
                ", ".join(f"{word_of(at)}: {json.dumps(value)}" for at, value in said),
            )
        )
    return Difference(
        rule=rule,
        effect=effect,
        keyword=words[0],
        old_uri=sides[0][0],
        new_uri=sides[1][0],
        old=sides[0][1],
        new=sides[1][1],
        values=values,
        old_shape=old,
        new_shape=new,
        reason=reason,
    )


def word_of(uri: str) -> str:
    """Return the keyword that *uri* ends with."""
    return uri.rpartition("/")[2]


def _said(shape: Shape, words: tuple[str, ...]) -> Said:
    """Return what *shape* says by these keywords, in a form that compares: no order, no repetition."""
    return tuple(sorted({(word, json.dumps(value)) for word in words for _, value in shape.all(word)}))


def _schema(shape: Shape, said: dict[str, Said]) -> dict[str, Any]:
    kind = "integer" if shape.integer else shape.type
    parts: list[dict[str, Any]] = []
    for pairs in said.values():
        for word, value in pairs:
            parts.append({word: json.loads(value)})
            if word == "format" and json.loads(value) in BOUNDS and shape.type == "number":
                low, high = BOUNDS[json.loads(value)]
                parts.append({"minimum": low, "maximum": high})
    return {"type": kind, "allOf": parts} if parts else {"type": kind}


def _candidates(old: Shape, new: Shape, words: tuple[str, ...]) -> tuple[Json, ...]:
    """Return values near the edges of both shapes: what one may take and the other not."""
    found: list[Json] = []
    formats = {str(name) for shape in (old, new) for _, name in shape.all("format")}
    for shape in (old, new):
        found.extend(texts(shape) if shape.type == "string" else numbers(shape))
        found.extend(
            text
            for word in ("minLength", "maxLength")
            for _, value in shape.all(word)
            for length in _lengths(value)
            for name in sorted(formats)
            if (text := of_format(name, length)) is not None
        )
        for word in words:
            for _, value in shape.all(word):
                with suppress(OverflowError):  # no float is that great
                    found.extend(_near(word, value))
    unique: dict[str, Json] = {json.dumps(value): value for value in found}
    return tuple(unique.values())


def _lengths(value: Any) -> Iterator[int]:
    """Yield the lengths around a bound, as far as texts are built so long."""
    return (length for length in (int(value) - 1, int(value), int(value) + 1) if 0 <= length <= _LONGEST)


def _near(word: str, value: Any) -> Iterator[Json]:
    match word:
        case "minLength" | "maxLength":
            yield from ("a" * length for length in _lengths(value))
        case "minimum" | "exclusiveMinimum" | "maximum" | "exclusiveMaximum":
            yield from (value + offset for offset in (0, 1, -1, 0.5, -0.5))
        case "multipleOf":
            yield from (value, value * 2, value * 3, value / 2, value + 1, value * 5, value * 7)
        case "type":
            yield from (0.5, 1)
        case "format":
            yield from ("text", "a", 2**31, 2**63, -(2**31) - 1, -(2**63) - 1)
        case "pattern":
            yield from ("", "a", "0", "A", "text", "-", " ", "a0", "!", "ab", "aa", "00")


def _key(schema: dict[str, Any]) -> str:
    return json.dumps(schema, sort_keys=True)
