"""Arrays: how many items they have, of what, in what order, and whether twice the same."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import suppress

from accord.contract.pointer import Json
from accord.findings.changes.change import Effect
from accord.findings.changes.count import counted
from accord.findings.changes.node import Node, Shape
from accord.findings.changes.sample import Sampler, UnbuildableError, item
from accord.findings.changes.walk import Difference, Found, Pair, Step, Walk


def arrays(walk: Walk, pair: Pair, old: Shape, new: Shape) -> Iterator[Found]:
    """Yield how two shapes of array differ, and the pairs of their items."""
    yield from counted(walk, old, new, "minItems", "maxItems")
    yield from _unique(walk, old, new)
    longest = max((len(said) for shape in (old, new) for _, said in shape.all("prefixItems")), default=0)
    for index in range(longest + 1):
        before, after = _items(old, index), _items(new, index)
        if before is None and after is None:
            continue
        if before is None or after is None:
            yield _closed(walk, old, new, index, Effect.NARROWED if after is None else Effect.WIDENED)
        else:
            kind = "item" if index < longest or not longest else "rest"
            yield (
                Step(kind=kind, key=index, old=old, new=new),
                Pair(old=before, new=after, sender=pair.sender),
            )


def _items(shape: Shape, index: int) -> Node | None:
    """Return what *shape* says of the item at *index* by prefix and rest, None when it forbids one."""
    found: list[str] = []
    for conjunct in shape.conjuncts:
        prefix = conjunct.schema.get("prefixItems") or ()
        if index < len(prefix):
            found.append(conjunct.below("prefixItems", index))
        elif conjunct.schema.get("items") is False or conjunct.schema.get("unevaluatedItems") is False:
            return None
        elif "items" in conjunct.schema:
            found.append(conjunct.below("items"))
    return tuple(found)


def _closed(walk: Walk, old: Shape, new: Shape, index: int, effect: Effect) -> Difference:
    shape, schemas = (old, walk.old) if effect is Effect.NARROWED else (new, walk.new)
    values: tuple[Json, ...] = ()
    with suppress(UnbuildableError):
        sampler = Sampler(schemas)
        values = ([sampler.smallest(_items(shape, position) or (), 1) for position in range(index + 1)],)
    return Difference(
        rule="changed-items",
        effect=effect,
        keyword="items",
        old_uri=old.at("items"),
        new_uri=new.at("items"),
        old="" if _items(old, index) is not None else f"no item at {index}",
        new="" if _items(new, index) is not None else f"no item at {index}",
        values=values,
        old_shape=old,
        new_shape=new,
    )


def _unique(walk: Walk, old: Shape, new: Shape) -> Iterator[Difference]:
    before = any(value for _, value in old.all("uniqueItems"))
    after = any(value for _, value in new.all("uniqueItems"))
    if before == after:
        return
    effect = Effect.NARROWED if after else Effect.WIDENED
    shape, schemas = (old, walk.old) if after else (new, walk.new)
    values: tuple[Json, ...] = ()
    with suppress(UnbuildableError):
        sampler = Sampler(schemas)
        value = sampler.smallest(item(shape, 0), 1)
        least = max((int(number) for _, number in shape.all("minItems")), default=0)
        values = ([value] * max(2, min(least, 100)),)
    yield Difference(
        rule="changed-unique-items",
        effect=effect,
        keyword="uniqueItems",
        old_uri=old.at("uniqueItems"),
        new_uri=new.at("uniqueItems"),
        old=f"uniqueItems: {str(before).lower()}",
        new=f"uniqueItems: {str(after).lower()}",
        values=values,
        old_shape=old,
        new_shape=new,
    )
