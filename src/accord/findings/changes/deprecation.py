"""Schemas that are announced to go, or are announced no longer: what no value shows and nobody is harmed by."""

from __future__ import annotations

from collections.abc import Iterator

from accord.findings.changes.change import Effect
from accord.findings.changes.node import Conjunct, Node, Schemas, TooManyAlternativesError
from accord.findings.changes.walk import Difference, Pair, Walk

ANNOUNCED = "changed-schema-deprecated"


def announcements(walk: Walk, pair: Pair) -> Iterator[Difference]:
    """Yield that the schemas of *pair* are newly deprecated, or no longer."""
    old, new = _conjuncts(walk.old, pair.old), _conjuncts(walk.new, pair.new)
    if not old or not new:
        return
    before, after = (any(item.schema.get("deprecated") is True for item in group) for group in (old, new))
    if before != after:
        yield Difference(
            rule=ANNOUNCED,
            effect=Effect.OTHER,
            keyword="deprecated",
            old_uri=pair.old[0],
            new_uri=pair.new[0],
            old=str(before).lower(),
            new=str(after).lower(),
        )


def _conjuncts(schemas: Schemas, node: Node) -> list[Conjunct]:
    """Return every schema object that holds for all values at *node*, none where there are too many alternatives."""
    try:
        shapes = schemas.shapes(node)
    except TooManyAlternativesError:
        return []
    counts: dict[str, tuple[int, Conjunct]] = {}
    for shape in shapes:
        for conjunct in shape.conjuncts:
            counts[conjunct.uri] = (counts.get(conjunct.uri, (0, conjunct))[0] + 1, conjunct)
    return [conjunct for count, conjunct in counts.values() if count == len(shapes)]
