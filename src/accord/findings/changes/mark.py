"""What schemas say beside which values are valid: direction, default, discriminator, announcements."""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping
from typing import Any

from accord.contract.pointer import Json
from accord.findings.changes.change import Effect, Sender
from accord.findings.changes.node import Conjunct, Node, Schemas, TooManyAlternativesError
from accord.findings.changes.walk import Difference, Pair, Walk

HIDDEN: Mapping[Sender, str] = {Sender.CLIENT: "readOnly", Sender.SERVER: "writeOnly"}
"""What marks a member that this side does not send."""

_NEVER_PROVEN = {
    "changed-default": "a default is no constraint: whether anybody relies on it shows in no value",
    "changed-read-only": "the specification leaves open what becomes of a read-only member that is sent",
    "changed-write-only": "whether a client reads the member that is no longer sent, no contract says",
    "changed-discriminator": "the values are the same; tools that go by the discriminator read them by another schema",
}
NEVER_SENT = frozenset({*_NEVER_PROVEN, "changed-schema-deprecated"})
"""The rules about what no value shows, so that nothing is to be searched or proven."""


def marks(walk: Walk, pair: Pair) -> Iterator[Difference]:
    """Yield what the schemas of *pair* say otherwise of themselves."""
    old, new = _conjuncts(walk.old, pair.old), _conjuncts(walk.new, pair.new)
    if old is None or new is None or not old or not new:
        return
    hidden = tuple(_any(group, HIDDEN[pair.sender]) for group in (old, new))
    if hidden[0] != hidden[1]:
        rule = "changed-read-only" if pair.sender is Sender.CLIENT else "changed-write-only"
        effect = Effect.NARROWED if hidden[1] == (pair.sender is Sender.CLIENT) else Effect.WIDENED
        yield _difference(rule, effect, HIDDEN[pair.sender], pair, *map(_word, hidden))
    deprecated = tuple(_any(group, "deprecated") for group in (old, new))
    if deprecated[0] != deprecated[1]:
        yield _difference(
            "changed-schema-deprecated", Effect.OTHER, "deprecated", pair, *map(_word, deprecated)
        )
    defaults = tuple(_default(group) for group in (old, new))
    if defaults[0] != defaults[1]:
        yield _difference("changed-default", Effect.OTHER, "default", pair, *defaults)
    yield from _discriminators(pair, old, new)


def _discriminators(pair: Pair, old: list[Conjunct], new: list[Conjunct]) -> Iterator[Difference]:
    before, after = _discriminator(old), _discriminator(new)
    if before != after and before and after:
        yield _difference("changed-discriminator", Effect.OTHER, "discriminator", pair, before, after)


def _discriminator(group: list[Conjunct]) -> str:
    """Return the property, and which value of it leads to a schema that is not called so (OpenAPI 3.1, 4.8.25)."""
    for conjunct in group:
        said = conjunct.schema.get("discriminator")
        if isinstance(said, dict):
            mapping = said.get("mapping") or {}
            pairs = ", ".join(
                f"{key}: {str(value).rpartition('/')[2]}" for key, value in sorted(mapping.items())
            )
            return f"{said.get('propertyName')} ({pairs})" if pairs else str(said.get("propertyName"))
    return ""


def _conjuncts(schemas: Schemas, node: Node) -> list[Conjunct] | None:
    """Return every schema object that holds for all values at *node*."""
    try:
        shapes = schemas.shapes(node)
    except TooManyAlternativesError:
        return None
    counts: dict[str, tuple[int, Conjunct]] = {}
    for shape in shapes:
        for conjunct in shape.conjuncts:
            counts[conjunct.uri] = (counts.get(conjunct.uri, (0, conjunct))[0] + 1, conjunct)
    return [conjunct for count, conjunct in counts.values() if count == len(shapes)]


def _any(group: list[Conjunct], word: str) -> bool:
    return any(item.schema.get(word) is True for item in group)


def _default(group: list[Conjunct]) -> str:
    # Beside a reference, what is said last is nearest to the place.
    values: list[Json] = [item.schema["default"] for item in group if "default" in item.schema]
    return json.dumps(values[-1], sort_keys=True, ensure_ascii=False) if values else "none"


def _word(value: Any) -> str:
    return str(bool(value)).lower()


def _difference(rule: str, effect: Effect, keyword: str, pair: Pair, old: str, new: str) -> Difference:
    return Difference(
        rule=rule,
        effect=effect,
        keyword=keyword,
        old_uri=pair.old[0],
        new_uri=pair.new[0],
        old=old,
        new=new,
        reason=_NEVER_PROVEN.get(rule, ""),
    )
