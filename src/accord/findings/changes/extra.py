"""Members of an object that nobody declared by name: forbidden, of one schema, or by patterns of names."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import suppress
from itertools import islice

from accord.contract.pointer import Json
from accord.findings.changes.change import Effect
from accord.findings.changes.language import Texts, takes_all, texts_of
from accord.findings.changes.node import Node, Shape
from accord.findings.changes.sample import Sampler, UnbuildableError, declared, member
from accord.findings.changes.walk import Difference, Found, Pair, Step, Walk

UNDECLARED = "undeclared"


def extras(walk: Walk, pair: Pair, old: Shape, new: Shape) -> Iterator[Found]:
    """Yield how two shapes of object differ in what they say of undeclared members."""
    before, after = extra(old), extra(new)
    if before and after:
        yield (
            Step(kind="extra", key=_free(old, new), old=old, new=new),
            Pair(old=before, new=after, sender=pair.sender),
        )
    elif before != after and not (not before and not after and (before is None) == (after is None)):
        for effect, here, there, sampler, shape in (
            (Effect.NARROWED, before, after, Sampler(walk.old), old),
            (Effect.WIDENED, after, before, Sampler(walk.new), new),
        ):
            if here is None or there == ():
                continue
            yield Difference(
                rule="changed-additional-properties",
                effect=effect,
                keyword="additionalProperties",
                old_uri=old.at("additionalProperties"),
                new_uri=new.at("additionalProperties"),
                old=_openness(before),
                new=_openness(after),
                name=UNDECLARED,
                opens=before is None or after is None,
                values=tuple(_with_extra(sampler, shape, here, _free(old, new))),
                old_shape=old,
                new_shape=new,
            )
    yield from _patterned(walk, pair, old, new)


def extra(shape: Shape) -> Node | None:
    """Return what *shape* says of members that nobody declared: None when it forbids them, empty for nothing."""
    found: list[str] = []
    for keyword in ("additionalProperties", "unevaluatedProperties"):
        for conjunct, value in shape.all(keyword):
            if value is False:
                return None
            if isinstance(value, dict) and value:
                found.append(conjunct.below(keyword))
    for conjunct, said in shape.all("patternProperties"):
        found.extend(conjunct.below("patternProperties", text) for text in said if takes_all(text))
    return tuple(found)


def _with_extra(sampler: Sampler, shape: Shape, node: Node, name: str) -> Iterator[Json]:
    odd: tuple[Json, ...] = (None, {"an": ["odd", "value"]}, "text", 0)
    for value in odd:
        try:
            yield {**sampler.object(shape, 0), name: sampler.smallest(node, 1) if node else value}
        except UnbuildableError:
            return


def _openness(node: Node | None) -> str:
    return (
        "no undeclared members"
        if node is None
        else "undeclared members of one schema"
        if node
        else "any undeclared member"
    )


def _free(*shapes: Shape) -> str:
    taken = {name for shape in shapes for name in declared(shape)}
    name = UNDECLARED
    while name in taken:
        name += "_"
    return name


def _patterned(walk: Walk, pair: Pair, old: Shape, new: Shape) -> Iterator[Found]:
    before = {
        text: item.below("patternProperties", text)
        for item, said in old.all("patternProperties")
        for text in said
        if not takes_all(text)
    }
    after = {
        text: item.below("patternProperties", text)
        for item, said in new.all("patternProperties")
        for text in said
        if not takes_all(text)
    }
    for text in dict.fromkeys((*before, *after)):
        if text in before and text in after:
            yield (
                Step(kind="pattern", key=text, old=old, new=new),
                Pair(old=(before[text],), new=(after[text],), sender=pair.sender),
            )
        else:
            values = [*_under(Sampler(walk.old), old, text), *_under(Sampler(walk.new), new, text)]
            yield Difference(
                rule="changed-pattern-properties",
                effect=Effect.OTHER,
                keyword="patternProperties",
                old_uri=before.get(text, old.uri),
                new_uri=after.get(text, new.uri),
                old=text if text in before else "",
                new=text if text in after else "",
                name=text,
                values=tuple(values),
                old_shape=old,
                new_shape=new,
            )


def _under(sampler: Sampler, shape: Shape, pattern: str) -> Iterator[Json]:
    """Yield objects of *shape* with a member whose name matches *pattern*: what the schema says, and odd values."""
    for name in islice(texts_of(Texts(patterns=(pattern,), least=1)), 1):
        with suppress(UnbuildableError):
            holder = sampler.object(shape, 0)
            odd: tuple[Json, ...] = (None, 0, "text", [])
            yield from ({**holder, name: value} for value in odd)
            yield {**holder, name: sampler.smallest(member(shape, name) or (), 1)}
